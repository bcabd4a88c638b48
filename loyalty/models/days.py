"""Closed business days of points in sums, so that a figure over years reads a few hundred rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel


class PointsDay(TenantModel):
    """One closed day: what moved in it, and what was owed when it ended.

    Entries are never changed or dated back, so a closed day stays as it is.
    """

    on = models.DateField(_("day"))
    earned_points = models.BigIntegerField(_("earned"))
    spent_points = models.BigIntegerField(_("spent"))
    expired_points = models.BigIntegerField(_("expired"))
    returned_points = models.BigIntegerField(_("taken back"))
    adjusted_points = models.BigIntegerField(_("corrected"))
    spendable_points = models.BigIntegerField(_("spendable at its end"))
    pending_points = models.BigIntegerField(_("pending at its end"))
    negative_points = models.BigIntegerField(_("below zero at its end"))
    closed_at = models.DateTimeField(_("closed"))

    class Meta:
        verbose_name = _("day of points")
        verbose_name_plural = _("days of points")
        constraints = (
            models.UniqueConstraint(fields=["business", "on"], name="loyalty_pointsday_once"),
        )

    def __str__(self) -> str:
        return str(self.on)

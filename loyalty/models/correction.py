"""Corrections of a balance by hand, and the second person large ones wait for."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import CorrectionState


class Correction(TenantModel):
    """Points somebody wants to add or take off by hand; `points` is signed.

    One that `writes_off` adds no points: it forgives so many that are owed.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    state = models.TextField(_("state"), choices=CorrectionState.choices)
    points = models.BigIntegerField(_("points"))
    writes_off = models.BooleanField(_("writes a debt off"), default=False)
    reason = models.TextField(_("reason"))
    asked_by = models.TextField(_("asked by"))
    asker_id = models.UUIDField(_("who asked"))
    asked_at = models.DateTimeField(_("asked"))
    decided_by = models.TextField(_("decided by"), blank=True, default="")
    decider_id = models.UUIDField(_("who decided"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints = (
            SameBusiness("customer"),
            models.CheckConstraint(
                condition=~Q(points=0) & ~Q(reason=""),
                name="loyalty_correction_said",
            ),
            models.CheckConstraint(
                condition=Q(writes_off=False) | Q(points__gt=0), name="loyalty_correction_forgives"
            ),
            models.CheckConstraint(
                condition=Q(state=CorrectionState.WAITING, decided_at=None, decider_id=None)
                | (
                    Q(decided_at__isnull=False, decider_id__isnull=False)
                    & ~Q(state=CorrectionState.WAITING)
                ),
                name="loyalty_correction_decided",
            ),
            # Nobody says yes to their own; taking it back is theirs.
            models.CheckConstraint(
                condition=~Q(state=CorrectionState.APPROVED) | ~Q(decider_id=F("asker_id")),
                name="loyalty_correction_second",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "customer"],
                name="loyalty_correction_waiting",
                condition=Q(state=CorrectionState.WAITING),
            ),
        )

    def __str__(self) -> str:
        return f"{self.points:+} {self.state}"

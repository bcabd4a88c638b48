"""For how long goods of a category, or of customers of a tier, come back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel


class ReturnWindow(TenantModel):
    """The days to return of one category or of one tier; which of them holds is decision 54.

    `days` None: these goods come back at any time. A tier is named by its id alone: the app that
    keeps tiers stands above and tells who holds which.
    """

    category = models.TextField(_("category"), default="", blank=True)
    tier_id = models.UUIDField(_("tier"), null=True, blank=True)
    days = models.SmallIntegerField(_("days to return"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("days to return of a category or tier")
        verbose_name_plural = _("days to return by category and tier")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "category"],
                condition=Q(tier_id=None),
                name="payments_return_window_once",
            ),
            models.UniqueConstraint(
                fields=["business", "tier_id"],
                condition=Q(tier_id__isnull=False),
                name="payments_return_window_tier",
            ),
            models.CheckConstraint(
                condition=(~Q(category="") & Q(tier_id=None))
                | (Q(category="") & Q(tier_id__isnull=False)),
                name="payments_return_window_of_one",
            ),
            models.CheckConstraint(
                condition=Q(days=None) | Q(days__gte=0),
                name="payments_return_window_sound",
            ),
        )

    def __str__(self) -> str:
        return f"{self.category or self.tier_id}: {self.days}"

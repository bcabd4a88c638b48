"""For how long goods of a category come back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel


class ReturnWindow(TenantModel):
    """A category's own days to return; they go before those of the refund policy.

    `days` None: goods of this category come back at any time.
    """

    category = models.TextField(_("category"))
    days = models.SmallIntegerField(_("days to return"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("days to return of a category")
        verbose_name_plural = _("days to return by category")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "category"], name="payments_return_window_once"
            ),
            models.CheckConstraint(
                condition=~Q(category="") & (Q(days=None) | Q(days__gte=0)),
                name="payments_return_window_sound",
            ),
        )

    def __str__(self) -> str:
        return f"{self.category}: {self.days}"

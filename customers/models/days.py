"""Closed business days in sums, so that a page over three years reads a thousand rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel


class SalesDay(TenantModel):
    """One closed day of sales. `stale` asks for a recount after a late purchase or return.

    `returning_*` are purchases by customers who had bought on an earlier day; `known_purchases`
    are those with a customer at all.
    """

    on = models.DateField(_("day"))
    purchases = models.IntegerField(_("purchases"))
    known_purchases = models.IntegerField(_("purchases with a customer"))
    returning_purchases = models.IntegerField(_("purchases of returning customers"))
    new_customers = models.IntegerField(_("new customers"))
    gross_rial = models.BigIntegerField(_("sales (rial)"))
    returned_rial = models.BigIntegerField(_("returned (rial)"))
    returning_rial = models.BigIntegerField(_("sales to returning customers (rial)"))
    counted_at = models.DateTimeField(_("counted"))
    stale = models.BooleanField(_("to be recounted"), default=False)

    class Meta:
        verbose_name = _("day of sales")
        verbose_name_plural = _("days of sales")
        constraints = (
            models.UniqueConstraint(fields=["business", "on"], name="customers_salesday_once"),
        )
        indexes = (
            models.Index(
                fields=["business", "on"],
                name="customers_salesday_stale",
                condition=models.Q(stale=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.on}: {self.purchases}"

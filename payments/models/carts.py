"""What a shop's buyer put together before any payment was asked for."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel


class Cart(TenantModel):
    """A cart as a shop told it last. Told again under its number it changes; no money moves here.

    `remind_at` makes it a due row: unless it was paid by then, its buyer gets one way back or is
    left alone to compare. `resume_url` is where the shop itself goes on with it; without one the
    way back is a payment of ours under the same number.
    """

    external_id = models.TextField(_("number"))
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    title = models.TextField(_("for what"), default="", blank=True)
    mobile = models.TextField(_("mobile"), default="", blank=True)
    customer_hint = models.JSONField(default=dict, editable=False)
    lines = models.JSONField(default=list, editable=False)
    resume_url = models.TextField(_("address to go on at"), default="", blank=True)
    return_url = models.TextField(_("return address"), default="", blank=True)
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))
    expires_at = models.DateTimeField(_("good until"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    remind_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "external_id"], name="payments_cart_external_id"
            ),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0) & (Q(closed_at=None) | Q(remind_at=None)),
                name="payments_cart_sane",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-changed_at", "-id"], name="payments_cart_newest"),
            models.Index(
                fields=["remind_at"],
                name="payments_cart_due",
                condition=Q(remind_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.external_id}: {self.amount_rial}"

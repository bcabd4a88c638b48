"""What gift cards and coupons take of payments."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from payments.enums.covers import CoverKind, CoverState


class PaymentCover(TenantModel):
    """What is held of a gift card or coupon for one payment; the rest of its sum is to be paid.

    `hold_id` is the hold in the app that keeps cards and coupons, one cover each. While it is held
    or used, its amount is in the payment's `covered_rial` or `discount_rial` and out of
    `amount_rial`. `off_lines` is what a coupon took off each line, to be put back with it.
    """

    payment = models.ForeignKey(
        "payments.Payment",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="covers",
        verbose_name=_("payment"),
    )
    kind = models.TextField(_("kind"), choices=CoverKind.choices)
    hold_id = models.UUIDField(_("hold"), editable=False)
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    label = models.TextField(_("name"))
    off_lines = models.JSONField(default=list, editable=False)
    state = models.TextField(_("state"), choices=CoverState.choices, default=CoverState.HELD)
    held_at = models.DateTimeField(_("held at"))
    held_until = models.DateTimeField(_("held until"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("part of a payment by gift card or coupon")
        verbose_name_plural = _("parts of payments by gift card or coupon")
        constraints = (
            SameBusiness("payment"),
            models.UniqueConstraint(fields=["business", "hold_id"], name="payments_cover_once"),
            models.UniqueConstraint(
                fields=["business", "payment"],
                name="payments_cover_one_coupon",
                condition=Q(kind=CoverKind.COUPON, state__in=[CoverState.HELD, CoverState.USED]),
            ),
            models.CheckConstraint(condition=Q(amount_rial__gt=0), name="payments_cover_amount"),
            models.CheckConstraint(
                condition=Q(state=CoverState.HELD, ended_at=None)
                | (~Q(state=CoverState.HELD) & Q(ended_at__isnull=False)),
                name="payments_cover_ended",
            ),
        )
        indexes = (
            models.Index(fields=["business", "payment"], name="payments_cover_payment"),
            models.Index(
                fields=["held_until"],
                name="payments_cover_due",
                condition=Q(state=CoverState.HELD),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_rial} {self.state}"

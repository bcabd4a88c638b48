"""A sum a business asks of a customer."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from payments.enums import PaymentMethod, PaymentState
from payments.enums.debits import Collects


class Payment(TenantModel):
    """One sum to be paid once, however many tries it takes.

    `customer_hint` and `lines` are what the business told us of the sale; they become the
    purchase when the money is here. `fingerprint` tells a repeated request from another one.
    `amount_rial` is what is to come as money: what gift cards cover and coupons take off is out of
    it (`covered_rial`, `discount_rial`, see PaymentCover), and `asked_rial` is all of it.
    `refunded_rial` is what refunds and reversals took of it or hold; never more than its amount.
    `offered` are the methods its page showed when it was first opened.
    One that `collects` a receivable pays the debt of `debtor` for an earlier purchase, and records
    no second one. One with a `quote` asks the price that was promised by it.
    """

    external_id = models.TextField(_("order number"))
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    covered_rial = models.BigIntegerField(_("by gift card (rial)"), default=0, editable=False)
    discount_rial = models.BigIntegerField(_("off by coupon (rial)"), default=0, editable=False)
    refunded_rial = models.BigIntegerField(_("given back or held for it (rial)"), default=0)
    state = models.TextField(_("state"), choices=PaymentState.choices, default=PaymentState.CREATED)
    method = models.TextField(
        _("method"), choices=PaymentMethod.choices, default=PaymentMethod.GATEWAY
    )
    collects = models.TextField(_("settles"), choices=Collects.choices, default=Collects.SALE)
    debtor = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    description = models.TextField(_("description"), default="", blank=True)
    return_url = models.TextField(_("return address"), default="", blank=True)
    customer_hint = models.JSONField(default=dict, editable=False)
    lines = models.JSONField(default=list, editable=False)
    branch_code = models.TextField(_("branch"), default="", blank=True)
    employee_code = models.TextField(_("employee"), default="", blank=True)
    fingerprint = models.TextField(editable=False)
    pay_token = models.TextField(editable=False)
    purchase = models.ForeignKey(
        "customers.Purchase",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("purchase"),
    )
    link = models.ForeignKey(
        "payments.PaymentLink",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment link"),
    )
    quote = models.ForeignKey(
        "payments.Quote",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("quote"),
    )
    offered = models.JSONField(_("methods offered"), default=list, editable=False)
    # When an unfinished checkout is due for its one reminder; none where nobody is reminded.
    remind_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("payable until"))
    settled_at = models.DateTimeField(_("paid"), null=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = (
            SameBusiness("purchase"),
            SameBusiness("link"),
            SameBusiness("quote"),
            SameBusiness("debtor"),
            models.CheckConstraint(
                condition=~Q(collects=Collects.RECEIVABLE) | Q(debtor__isnull=False),
                name="payments_payment_debtor",
            ),
            models.UniqueConstraint(
                fields=["business", "external_id"], name="payments_payment_external_id"
            ),
            models.UniqueConstraint(
                fields=["business", "pay_token"], name="payments_payment_pay_token"
            ),
            # A promised price is used once: by the payment that is under way or came to something.
            models.UniqueConstraint(
                fields=["business", "quote"],
                name="payments_payment_quote_once",
                condition=Q(quote__isnull=False)
                & ~Q(state__in=[PaymentState.EXPIRED, PaymentState.CANCELLED]),
            ),
            models.CheckConstraint(
                condition=Q(amount_rial__gte=0, covered_rial__gte=0, discount_rial__gte=0)
                & (Q(amount_rial__gt=0) | Q(covered_rial__gt=0)),
                name="payments_payment_amount_positive",
            ),
            models.CheckConstraint(
                condition=Q(refunded_rial__gte=0) & Q(refunded_rial__lte=F("amount_rial")),
                name="payments_payment_never_over_refunded",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["settled"]) | Q(settled_at__isnull=False),
                name="payments_payment_settled_when",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-created_at", "-id"], name="payments_payment_newest"),
            models.Index(
                fields=["business", "state", "-created_at"], name="payments_payment_state"
            ),
            models.Index(fields=["business", "purchase"], name="payments_payment_purchase"),
            models.Index(
                fields=["business", "link"],
                name="payments_payment_link",
                condition=Q(link__isnull=False),
            ),
            models.Index(
                fields=["remind_at"],
                name="payments_payment_remind",
                condition=Q(remind_at__isnull=False),
            ),
            models.Index(
                fields=["expires_at"],
                name="payments_payment_expiry",
                condition=Q(state=PaymentState.CREATED),
            ),
        )

    def __str__(self) -> str:
        return f"{self.external_id}: {self.amount_rial}"

    @property
    def asked_rial(self) -> int:
        """Return what the business asked for, before gift cards and coupons."""
        return self.amount_rial + self.covered_rial + self.discount_rial

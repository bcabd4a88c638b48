"""Links anybody can pay at, and reminders of checkouts left unfinished."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from payments.enums.links import RecoveryArm


class PaymentLink(TenantModel):
    """An address where anybody pays: a fixed sum, or one the payer types within bounds.

    Each visitor who goes on gets a payment of their own. `payments` counts those made, at most
    `max_payments` (None: any number); one that ends unpaid makes room again.
    """

    title = models.TextField(_("for what"))
    amount_rial = models.BigIntegerField(_("amount (rial)"), null=True)
    least_rial = models.BigIntegerField(_("at least (rial)"), null=True)
    most_rial = models.BigIntegerField(_("at most (rial)"), null=True)
    asks_mobile = models.BooleanField(_("mobile is required"), default=True)
    max_payments = models.IntegerField(_("at most so many payments"), null=True)
    payments = models.IntegerField(_("payments"), default=0)
    branch_code = models.TextField(_("branch"), default="", blank=True)
    employee_code = models.TextField(_("employee"), default="", blank=True)
    token = models.TextField(editable=False)
    created_at = models.DateTimeField(_("created"))
    created_by = models.TextField(_("created by"), default="", blank=True)
    expires_at = models.DateTimeField(_("good until"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("payment link")
        verbose_name_plural = _("payment links")
        constraints = (
            models.UniqueConstraint(fields=["business", "token"], name="payments_link_token"),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0, least_rial=None, most_rial=None)
                | Q(amount_rial=None, least_rial__gt=0, most_rial__gte=F("least_rial")),
                name="payments_link_amount",
            ),
            models.CheckConstraint(
                condition=Q(payments__gte=0)
                & (Q(max_payments=None) | Q(payments__lte=F("max_payments"))),
                name="payments_link_room",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-created_at", "-id"], name="payments_link_newest"),
        )

    def __str__(self) -> str:
        return self.title


class CheckoutPolicy(TenantModel):
    """Whether, and how soon, unfinished checkouts are reminded; one row a business."""

    is_on = models.BooleanField(_("remind"), default=False)
    after_minutes = models.IntegerField(_("after (minutes)"), default=30)
    holdout_percent = models.SmallIntegerField(_("left alone to compare (%)"), default=10)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("reminding of unfinished checkouts")
        verbose_name_plural = _("reminding of unfinished checkouts")
        constraints = (
            models.UniqueConstraint(fields=["business"], name="payments_checkout_policy_once"),
            models.CheckConstraint(
                condition=Q(after_minutes__gte=5, after_minutes__lte=1440)
                & Q(holdout_percent__gte=0, holdout_percent__lte=50),
                name="payments_checkout_policy_bounds",
            ),
        )

    def __str__(self) -> str:
        return f"{self.after_minutes} min"


class CheckoutRecovery(TenantModel):
    """What was decided about one unfinished checkout, once, before its outcome was known.

    It is a payment nobody finished, or a cart for which no payment was asked yet.
    """

    cart = models.ForeignKey(
        "payments.Cart",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("cart"),
    )
    payment = models.ForeignKey(
        "payments.Payment",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment"),
    )
    arm = models.TextField(_("what was done"), choices=RecoveryArm.choices)
    at = models.DateTimeField(_("when"))
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    message_id = models.UUIDField(_("message"), null=True)

    class Meta:
        verbose_name = _("unfinished checkout")
        verbose_name_plural = _("unfinished checkouts")
        constraints = (
            SameBusiness("payment"),
            SameBusiness("cart"),
            models.UniqueConstraint(fields=["business", "payment"], name="payments_recovery_once"),
            models.UniqueConstraint(fields=["business", "cart"], name="payments_recovery_cart"),
            models.CheckConstraint(
                condition=Q(payment=None, cart__isnull=False) | Q(payment__isnull=False, cart=None),
                name="payments_recovery_of_one",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-at", "-id"], name="payments_recovery_newest"),
        )

    def __str__(self) -> str:
        return self.arm

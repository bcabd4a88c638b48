"""Gift cards: money owed to whoever holds the code, in a ledger of its own."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import (
    OWED_CARDS,
    TOP_UP_PAID,
    CardEntryKind,
    CardKind,
    CardPaid,
    CardState,
    RedemptionState,
)


class GiftCardIssue(TenantModel):
    """Gift cards made together: one card, or many for an occasion. All are of one amount."""

    name = models.TextField(_("occasion"))
    kind = models.TextField(_("kind"), choices=CardKind.choices)
    paid_by = models.TextField(_("paid by"), choices=CardPaid.choices)
    amount_rial = models.BigIntegerField(_("on each card (rial)"))
    count = models.IntegerField(_("cards"))
    payment = models.ForeignKey(
        "payments.Payment",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment"),
    )
    expires_at = models.DateTimeField(_("good until"), null=True)
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.TextField(_("issued by"))

    class Meta:
        verbose_name = _("issue of gift cards")
        verbose_name_plural = _("issues of gift cards")
        constraints = (
            SameBusiness("payment"),
            models.UniqueConstraint(
                fields=["business", "payment"],
                name="loyalty_gift_issue_payment",
                condition=Q(payment__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0, count__gt=0), name="loyalty_gift_issue_numbers"
            ),
            models.CheckConstraint(
                condition=Q(kind=CardKind.PROMOTIONAL, paid_by=CardPaid.NOTHING)
                | Q(kind=CardKind.CREDIT_GIFT, paid_by=CardPaid.NOTHING)
                | (Q(kind__in=OWED_CARDS) & ~Q(paid_by=CardPaid.NOTHING)),
                name="loyalty_gift_issue_paid",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OWED_CARDS) | Q(expires_at__isnull=False),
                name="loyalty_gift_issue_ends",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-issued_at", "-id"], name="loyalty_gift_newest"),
        )

    def __str__(self) -> str:
        return self.name


class GiftCard(TenantModel):
    """One card, known by the keyed hash of its code; its row is the lock of its money.

    `balance_rial` is the sum of its entries: only writing an entry moves it, and the database
    refuses any other change. One made for somebody has a `customer`, and a code that is made from
    its id (`queries/gift_codes.py`), so that their own page can tell it.
    """

    issue = models.ForeignKey(
        GiftCardIssue,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="cards",
        verbose_name=_("issue"),
    )
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("made for"),
    )
    code_hmac = models.BinaryField(editable=False)
    ends_with = models.TextField(_("ends with"))
    state = models.TextField(_("state"), choices=CardState.choices)
    balance_rial = models.BigIntegerField(_("balance (rial)"), db_default=0, editable=False)
    activated_at = models.DateTimeField(_("active since"), null=True)
    expires_at = models.DateTimeField(_("good until"), null=True)
    reason = models.TextField(_("why stopped"), blank=True, default="")

    class Meta:
        verbose_name = _("gift card")
        verbose_name_plural = _("gift cards")
        constraints = (
            SameBusiness("issue"),
            SameBusiness("customer"),
            models.UniqueConstraint(
                fields=["business", "code_hmac"], name="loyalty_gift_card_code"
            ),
            models.CheckConstraint(
                condition=Q(balance_rial__gte=0), name="loyalty_gift_card_balance"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[CardState.ACTIVE, CardState.STOPPED]) | Q(balance_rial=0),
                name="loyalty_gift_card_dead",
            ),
        )
        indexes = (
            models.Index(fields=["business", "issue"], name="loyalty_gift_card_issue"),
            models.Index(
                fields=["business", "customer"],
                name="loyalty_gift_card_for",
                condition=Q(customer__isnull=False),
            ),
            models.Index(
                fields=["expires_at"],
                name="loyalty_gift_card_expiring",
                condition=Q(balance_rial__gt=0, expires_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"…{self.ends_with}"


class GiftCardUse(TenantModel):
    """Money held on a card for a sale; given back unless the sale comes in time."""

    card = models.ForeignKey(
        GiftCard,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="uses",
        verbose_name=_("gift card"),
    )
    purchase = models.ForeignKey(
        "customers.Purchase",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("purchase"),
    )
    state = models.TextField(_("state"), choices=RedemptionState.choices)
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    returned_rial = models.BigIntegerField(_("given back after returns (rial)"), default=0)
    reserved_at = models.DateTimeField(_("held at"))
    expires_at = models.DateTimeField(_("held until"))
    settled_at = models.DateTimeField(_("settled at"), null=True)

    class Meta:
        verbose_name = _("use of a gift card")
        verbose_name_plural = _("uses of gift cards")
        constraints = (
            SameBusiness("card"),
            SameBusiness("purchase"),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0, returned_rial__gte=0)
                & Q(returned_rial__lte=F("amount_rial")),
                name="loyalty_gift_use_numbers",
            ),
            models.CheckConstraint(
                condition=Q(state=RedemptionState.COMMITTED, purchase__isnull=False)
                | (~Q(state=RedemptionState.COMMITTED) & Q(returned_rial=0)),
                name="loyalty_gift_use_sale",
            ),
        )
        indexes = (
            models.Index(fields=["business", "card"], name="loyalty_gift_use_card"),
            models.Index(
                fields=["business", "purchase"],
                name="loyalty_gift_use_purchase",
                condition=Q(purchase__isnull=False),
            ),
            models.Index(
                fields=["expires_at"],
                name="loyalty_gift_use_due",
                condition=Q(state=RedemptionState.RESERVED),
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_rial} {self.state}"


class GiftCardTopUp(TenantModel):
    """Money somebody paid at the till onto a card that was sold; taken back whole or not at all."""

    card = models.ForeignKey(
        GiftCard,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="top_ups",
        verbose_name=_("gift card"),
    )
    external_id = models.TextField(_("number at whoever asked"))
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    paid_by = models.TextField(_("paid by"), choices=CardPaid.choices)
    at = models.DateTimeField(_("when"))
    by = models.TextField(_("topped up by"))
    taken_back_at = models.DateTimeField(_("taken back at"), null=True)

    class Meta:
        verbose_name = _("top-up of a gift card")
        verbose_name_plural = _("top-ups of gift cards")
        constraints = (
            SameBusiness("card"),
            models.UniqueConstraint(
                fields=["business", "external_id"], name="loyalty_gift_top_up_number"
            ),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0, paid_by__in=TOP_UP_PAID)
                & (Q(taken_back_at__isnull=True) | Q(taken_back_at__gte=F("at"))),
                name="loyalty_gift_top_up_paid",
            ),
        )
        indexes = (models.Index(fields=["business", "card", "-at"], name="loyalty_gift_top_up_of"),)

    def __str__(self) -> str:
        return f"{self.amount_rial}"


class GiftCardEntry(TenantModel):
    """One movement of money on a card, never changed. Writing it moves the card's balance."""

    card = models.ForeignKey(
        GiftCard,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="entries",
        verbose_name=_("gift card"),
    )
    use = models.ForeignKey(
        GiftCardUse,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("use"),
    )
    top_up = models.ForeignKey(
        GiftCardTopUp,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("top-up"),
    )
    kind = models.TextField(_("kind"), choices=CardEntryKind.choices)
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("movement of a gift card")
        verbose_name_plural = _("movements of gift cards")
        constraints = (
            SameBusiness("card"),
            SameBusiness("use"),
            SameBusiness("top_up"),
            models.UniqueConstraint(
                fields=["business", "card"],
                name="loyalty_gift_entry_loaded_once",
                condition=Q(kind=CardEntryKind.LOAD),
            ),
            models.UniqueConstraint(
                fields=["business", "top_up", "kind"],
                name="loyalty_gift_entry_top_up_once",
                condition=Q(top_up__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(kind=CardEntryKind.TOP_UP, top_up__isnull=False)
                | Q(kind=CardEntryKind.TAKE_BACK)
                | (~Q(kind=CardEntryKind.TOP_UP) & Q(top_up__isnull=True)),
                name="loyalty_gift_entry_top_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        CardEntryKind.LOAD,
                        CardEntryKind.RELEASE,
                        CardEntryKind.REFUND,
                        CardEntryKind.TOP_UP,
                    ],
                    amount_rial__gt=0,
                )
                | Q(
                    kind__in=[CardEntryKind.SPEND, CardEntryKind.EXPIRE, CardEntryKind.TAKE_BACK],
                    amount_rial__lt=0,
                ),
                name="loyalty_gift_entry_sign",
            ),
        )
        indexes = (models.Index(fields=["business", "card", "at"], name="loyalty_gift_entry_of"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_rial}"

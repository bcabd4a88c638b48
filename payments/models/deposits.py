"""Identified deposits: whom a number stands for, and what became of money that came in."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from payments.enums.deposits import (
    AllocationState,
    DepositReason,
    DepositState,
    IdentifierState,
    ReturnState,
    ReturnWay,
    SignatureState,
)
from payments.models.bank import BankAccount, BankRow
from payments.models.payment import Payment

_OPEN_IDENTIFIERS = [IdentifierState.PENDING, IdentifierState.ACTIVE]


class DepositIdentifier(TenantModel):
    """Digits a payer writes beside a transfer: a customer's for good, or one payment's.

    Issued by the provider (opaque) or minted here. With `sources`, only those IBANs may pay.
    """

    account = models.ForeignKey(
        BankAccount,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("bank account"),
    )
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment"),
    )
    digits = models.TextField(_("identifier"), default="", blank=True, db_collation="C")
    state = models.TextField(
        _("state"), choices=IdentifierState.choices, default=IdentifierState.PENDING
    )
    expected_rial = models.BigIntegerField(_("expected (rial)"), null=True, blank=True)
    sources = models.JSONField(_("registered IBANs"), default=list)
    # Where to pay, when the provider says so for this identifier.
    iban = models.TextField(_("IBAN"), default="", blank=True)
    owner = models.TextField(_("owner"), default="", blank=True)
    bank = models.TextField(_("bank"), default="", blank=True)
    reason = models.TextField(_("reason"), default="", blank=True)
    callback_token = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(_("created"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    next_try_at = models.DateTimeField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    tries = models.SmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("deposit identifier")
        verbose_name_plural = _("deposit identifiers")
        constraints = (
            SameBusiness("account"),
            SameBusiness("customer"),
            SameBusiness("payment"),
            models.UniqueConstraint(
                fields=["business", "account", "digits"],
                name="payments_identifier_digits",
                condition=~Q(digits=""),
            ),
            models.UniqueConstraint(
                fields=["business", "account", "customer"],
                name="payments_identifier_customer",
                condition=Q(state__in=_OPEN_IDENTIFIERS, payment__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["business", "account", "payment"],
                name="payments_identifier_payment",
                condition=Q(state__in=_OPEN_IDENTIFIERS, payment__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=False) | Q(payment__isnull=False),
                name="payments_identifier_of_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=IdentifierState.ACTIVE) | ~Q(digits=""),
                name="payments_identifier_shown",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-created_at", "-id"], name="payments_ident_newest"),
            models.Index(fields=["business", "customer"], name="payments_ident_customer"),
            models.Index(fields=["business", "payment"], name="payments_ident_payment"),
            models.Index(
                fields=["next_try_at"],
                name="payments_ident_due",
                condition=Q(next_try_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.digits or self.state


class Deposit(TenantModel):
    """What became of one bank row's money. A row makes one deposit; each rial is used once."""

    row = models.ForeignKey(
        BankRow,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("bank row"),
    )
    account = models.ForeignKey(
        BankAccount,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("bank account"),
    )
    identifier = models.ForeignKey(
        DepositIdentifier,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("identifier"),
    )
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    # Of it: promised to payments, gone or going back, and put aside (rounding, not a customer's).
    allocated_rial = models.BigIntegerField(_("allocated (rial)"), default=0)
    returned_rial = models.BigIntegerField(_("returned (rial)"), default=0)
    aside_rial = models.BigIntegerField(_("put aside (rial)"), default=0)
    state = models.TextField(
        _("state"), choices=DepositState.choices, default=DepositState.DETECTED
    )
    reason = models.TextField(_("reason"), choices=DepositReason.choices, default="", blank=True)
    hints = models.JSONField(_("suggestions"), default=dict)
    at = models.DateTimeField(_("when"))
    detected_at = models.DateTimeField(_("heard"))
    # The provider has to be told yes before the money is ours; `taken_at` is when it heard so.
    needs_confirm = models.BooleanField(default=False)
    taken_at = models.DateTimeField(_("taken"), null=True)
    resolved_by = models.TextField(_("resolved by"), default="", blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    next_try_at = models.DateTimeField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    tries = models.SmallIntegerField(default=0, editable=False)
    last_outcome = models.TextField(_("last answer"), default="", blank=True)
    last_code = models.TextField(_("code"), default="", blank=True)
    last_message = models.TextField(_("message"), default="", blank=True)

    class Meta:
        verbose_name = _("deposit")
        verbose_name_plural = _("deposits")
        constraints = (
            SameBusiness("row"),
            SameBusiness("account"),
            SameBusiness("identifier"),
            models.UniqueConstraint(fields=["business", "row"], name="payments_deposit_row_once"),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0), name="payments_deposit_positive"
            ),
            models.CheckConstraint(
                condition=Q(allocated_rial__gte=0, returned_rial__gte=0, aside_rial__gte=0)
                & Q(amount_rial__gte=F("allocated_rial") + F("returned_rial") + F("aside_rial")),
                name="payments_deposit_used_once",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-at", "-id"], name="payments_deposit_newest"),
            models.Index(fields=["business", "state", "-at"], name="payments_deposit_state"),
            models.Index(
                fields=["business", "identifier", "-at"], name="payments_deposit_identifier"
            ),
            models.Index(
                fields=["next_try_at"],
                name="payments_deposit_due",
                condition=Q(next_try_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_rial} · {self.state}"

    @property
    def open_rial(self) -> int:
        """What is not yet somebody's."""
        return self.amount_rial - self.allocated_rial - self.returned_rial - self.aside_rial


class DepositAllocation(TenantModel):
    """A part of a deposit for one payment; credited once the payment's parts are complete."""

    deposit = models.ForeignKey(
        Deposit,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("deposit"),
    )
    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment"),
    )
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    state = models.TextField(
        _("state"), choices=AllocationState.choices, default=AllocationState.HELD
    )
    by = models.TextField(_("by"), default="", blank=True)
    created_at = models.DateTimeField(_("created"))
    settled_at = models.DateTimeField(_("credited"), null=True)

    class Meta:
        verbose_name = _("deposit allocation")
        verbose_name_plural = _("deposit allocations")
        constraints = (
            SameBusiness("deposit"),
            SameBusiness("payment"),
            models.UniqueConstraint(
                fields=["business", "deposit", "payment"],
                name="payments_allocation_once",
                condition=~Q(state=AllocationState.RELEASED),
            ),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0), name="payments_allocation_positive"
            ),
        )
        indexes = (
            models.Index(fields=["business", "payment"], name="payments_allocation_payment"),
            models.Index(fields=["business", "deposit"], name="payments_allocation_deposit"),
            models.Index(
                fields=["business", "payment"],
                name="payments_allocation_held",
                condition=Q(state=AllocationState.HELD),
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_rial} · {self.state}"


class DepositReturn(TenantModel):
    """Money of a deposit on its way back: ordered by one step, told done by another."""

    deposit = models.ForeignKey(
        Deposit,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("deposit"),
    )
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    way = models.TextField(_("way"), choices=ReturnWay.choices)
    state = models.TextField(_("state"), choices=ReturnState.choices, default=ReturnState.ORDERED)
    to_iban = models.TextField(_("to IBAN"), default="", blank=True)
    note = models.TextField(_("note"), default="", blank=True)
    ordered_by = models.TextField(_("ordered by"), default="", blank=True)
    ordered_at = models.DateTimeField(_("ordered"))
    done_by = models.TextField(_("finished by"), default="", blank=True)
    done_at = models.DateTimeField(_("finished"), null=True)
    bank_reference = models.TextField(_("bank's reference"), default="", blank=True)

    class Meta:
        verbose_name = _("deposit return")
        verbose_name_plural = _("deposit returns")
        constraints = (
            SameBusiness("deposit"),
            models.UniqueConstraint(
                fields=["business", "deposit"],
                name="payments_deposit_return_one",
                condition=Q(state=ReturnState.ORDERED),
            ),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0), name="payments_deposit_return_positive"
            ),
        )
        indexes = (models.Index(fields=["business", "deposit"], name="payments_dreturn_deposit"),)

    def __str__(self) -> str:
        return f"{self.amount_rial} · {self.state}"


class AmountSignature(TenantModel):
    """An amount that for half an hour means one payment: the payer's few rial more are its name."""

    account = models.ForeignKey(
        BankAccount,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("bank account"),
    )
    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment"),
    )
    amount_rial = models.BigIntegerField(_("amount to pay (rial)"))
    added_rial = models.BigIntegerField(_("added (rial)"))
    state = models.TextField(
        _("state"), choices=SignatureState.choices, default=SignatureState.OPEN
    )
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("valid until"))

    class Meta:
        verbose_name = _("amount signature")
        verbose_name_plural = _("amount signatures")
        constraints = (
            SameBusiness("account"),
            SameBusiness("payment"),
            models.UniqueConstraint(
                fields=["business", "account", "amount_rial"],
                name="payments_signature_open_once",
                condition=Q(state=SignatureState.OPEN),
            ),
            models.UniqueConstraint(
                fields=["business", "account", "payment"],
                name="payments_signature_one_each",
                condition=Q(state=SignatureState.OPEN),
            ),
            models.CheckConstraint(
                condition=Q(added_rial__gt=0, added_rial__lt=1000),
                name="payments_signature_disclosed",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "account", "amount_rial", "-created_at"],
                name="payments_signature_amount",
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_rial} · {self.state}"

"""Money on its way out: refunds of payments and payouts to accounts."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from payments.enums.refunds import (
    Decision,
    Destination,
    RefundReason,
    RefundRoute,
    RefundState,
    TransferKind,
    Waiting,
)
from payments.models.account import ProviderAccount
from payments.models.attempt import PaymentAttempt
from payments.models.payment import Payment
from payments.models.trail import Reversal


class Transfer(TenantModel):
    """One refund or payout; its id is the key under which the provider is asked, always the same.

    `reserved_rial` is what it holds of its payment's money, so that all refunds together never
    exceed it. `sent_at` is the last time the order may have left us. `receiver` is the account
    and its owner's name, sealed. `undone_at`: when the sale became a return.
    """

    sealed: ClassVar = {"receiver": "payments_transfer.receiver.{business_id}.{id}"}

    kind = models.TextField(_("kind"), choices=TransferKind.choices)
    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment"),
    )
    attempt = models.ForeignKey(
        PaymentAttempt,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment attempt"),
    )
    account = models.ForeignKey(
        ProviderAccount,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("provider account"),
    )
    reversal = models.ForeignKey(
        Reversal,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("reversal"),
    )
    replaces = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("pays what did not arrive"),
    )
    external_id = models.TextField(_("number"))
    fingerprint = models.TextField(editable=False)
    route = models.TextField(_("way"), choices=RefundRoute.choices)
    destination = models.TextField(_("destination"), choices=Destination.choices)
    state = models.TextField(_("state"), choices=RefundState.choices)
    waiting = models.TextField(_("waits for"), choices=Waiting.choices, default="", blank=True)
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    reserved_rial = models.BigIntegerField(_("held of the payment (rial)"), default=0)
    paid_rial = models.BigIntegerField(_("arrived (rial)"), default=0)
    fee_rial = models.BigIntegerField(_("fee (rial)"), default=0)
    lines = models.JSONField(default=list, editable=False)
    records_return = models.BooleanField(_("records a return"), default=True)
    reason = models.TextField(_("reason"), choices=RefundReason.choices)
    note = models.TextField(_("note"), default="", blank=True)
    receiver = models.BinaryField(null=True, editable=False)
    receiver_hint = models.TextField(_("account ends with"), default="", blank=True)
    match = models.TextField(_("is it the payer's"), default="", blank=True)
    approvals_needed = models.SmallIntegerField(_("approvals needed"), default=0)
    requested_at = models.DateTimeField(_("requested"))
    requested_by = models.TextField(_("requested by"), default="", blank=True)
    approved_at = models.DateTimeField(_("approved"), null=True)
    submitted_at = models.DateTimeField(_("handed over"), null=True)
    undone_at = models.DateTimeField(_("sale undone"), null=True)
    paid_at = models.DateTimeField(_("paid"), null=True)
    confirmed_at = models.DateTimeField(_("stayed paid"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    expected_at = models.DateTimeField(_("expected"), null=True)
    cancel_asked_at = models.DateTimeField(_("cancellation asked"), null=True)
    sent_at = models.DateTimeField(null=True, editable=False)
    next_try_at = models.DateTimeField(_("looked at again"), null=True)
    leased_until = models.DateTimeField(null=True)
    doubts = models.SmallIntegerField(default=0)
    reference = models.TextField(_("provider's reference"), default="", blank=True)
    last_outcome = models.TextField(_("last answer"), default="", blank=True)
    last_code = models.TextField(_("code"), default="", blank=True)
    last_message = models.TextField(_("message"), default="", blank=True)

    class Meta:
        verbose_name = _("refund or payout")
        verbose_name_plural = _("refunds and payouts")
        constraints = (
            SameBusiness("payment"),
            SameBusiness("attempt"),
            SameBusiness("account"),
            SameBusiness("reversal"),
            SameBusiness("replaces"),
            models.UniqueConstraint(
                fields=["business", "kind", "external_id"], name="payments_transfer_external_id"
            ),
            models.UniqueConstraint(
                fields=["business", "replaces"], name="payments_transfer_replaced_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=TransferKind.PAYOUT, payment=None)
                | Q(kind=TransferKind.REFUND, payment__isnull=False),
                name="payments_transfer_refunds_a_payment",
            ),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0)
                & Q(reserved_rial__gte=0)
                & Q(reserved_rial__lte=models.F("amount_rial"))
                & Q(paid_rial__gte=0)
                & Q(paid_rial__lte=models.F("amount_rial")),
                name="payments_transfer_amounts",
            ),
        )
        indexes = (
            models.Index(fields=["business", "payment"], name="payments_transfer_payment"),
            models.Index(
                fields=["business", "kind", "-requested_at", "-id"],
                name="payments_transfer_newest",
            ),
            models.Index(
                fields=["business", "state", "-requested_at"], name="payments_transfer_state"
            ),
            models.Index(
                fields=["next_try_at"],
                name="payments_transfer_due",
                condition=Q(next_try_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.external_id}: {self.amount_rial}"


class TransferPart(TenantModel):
    """One transfer between banks; a provider may split an order into several."""

    transfer = models.ForeignKey(
        Transfer,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("refund or payout"),
    )
    number = models.SmallIntegerField(_("number"))
    reference = models.TextField(_("provider's reference"))
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    state = models.TextField(_("state"))
    # The provider took the money out of the business's balance for this part.
    left_at = models.DateTimeField(_("left"), null=True)
    paid_at = models.DateTimeField(_("paid"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    expected_at = models.DateTimeField(_("expected"), null=True)
    note = models.TextField(_("note"), default="", blank=True)

    class Meta:
        verbose_name = _("part of a refund")
        verbose_name_plural = _("parts of refunds")
        constraints = (
            SameBusiness("transfer"),
            models.UniqueConstraint(
                fields=["business", "transfer", "reference"], name="payments_part_once"
            ),
            models.CheckConstraint(condition=Q(amount_rial__gt=0), name="payments_part_amount"),
        )

    def __str__(self) -> str:
        return f"{self.number}: {self.amount_rial} · {self.state}"


class TransferDecision(TenantModel):
    """What one person decided about money that waits for approval: once each. Append-only."""

    transfer = models.ForeignKey(
        Transfer,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("refund or payout"),
    )
    decision = models.TextField(_("decision"), choices=Decision.choices)
    by = models.TextField(_("by"))
    note = models.TextField(_("note"), default="", blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("decision about a refund")
        verbose_name_plural = _("decisions about refunds")
        constraints = (
            SameBusiness("transfer"),
            models.UniqueConstraint(
                fields=["business", "transfer", "by"], name="payments_decision_once_each"
            ),
        )

    def __str__(self) -> str:
        return f"{self.by}: {self.decision}"


class RefundPolicy(TenantModel):
    """A business's own rules: one row, or none while the defaults hold.

    Above `approval_above_rial` a second person approves. After `return_days` a refund is an
    exception that needs one too (None: no limit).
    """

    approval_above_rial = models.BigIntegerField(_("second person above (rial)"), null=True)
    return_days = models.SmallIntegerField(_("days to return"), null=True)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("refund policy")
        verbose_name_plural = _("refund policies")
        constraints = (
            models.UniqueConstraint(fields=["business"], name="payments_policy_once"),
            models.CheckConstraint(
                condition=(Q(approval_above_rial=None) | Q(approval_above_rial__gte=0))
                & (Q(return_days=None) | Q(return_days__gte=0)),
                name="payments_policy_sound",
            ),
        )

    def __str__(self) -> str:
        return f"{self.approval_above_rial} · {self.return_days}"

"""One try at one provider."""

import secrets
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from payments.enums import EXCLUSIVE, AttemptState
from payments.models.account import ProviderAccount
from payments.models.payment import Payment

_WIRE_BITS: Final = 62


def new_wire_number() -> int:
    """Return a number no other try has: positive, and small enough for a signed 64-bit field."""
    return secrets.randbits(_WIRE_BITS) + 1


class PaymentAttempt(TenantModel):
    """The intent and the fate of one try; committed before the first byte is sent.

    Amount and unit are frozen as sent. `next_check_at` makes the try a due row of the poller;
    `leased_until` keeps two processes from asking about it at once. `wire_number` is our number of
    the try at providers that take no text. `callback_references` are what the buyer's return
    brought and the provider wants to hear again, unproven. `route` tells why this account.
    `next_recheck_at` is when the provider is asked whether it still stands by its last word.
    """

    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment"),
    )
    account = models.ForeignKey(
        ProviderAccount,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("provider account"),
    )
    number = models.SmallIntegerField(_("number"))
    wire_number = models.BigIntegerField(_("number on the wire"), default=new_wire_number)
    state = models.TextField(_("state"), choices=AttemptState.choices, default=AttemptState.CREATED)
    callback_token = models.TextField(editable=False)
    authority = models.TextField(_("provider's token"), null=True)
    bank_address = models.TextField(default="", editable=False)
    callback_references = models.JSONField(_("references of the return"), default=dict)
    route = models.JSONField(_("why this account"), default=dict)
    provider_ref = models.TextField(_("reference"), null=True)
    masked_pan = models.TextField(_("card"), default="", blank=True)
    fee_rial = models.BigIntegerField(_("fee (rial)"), null=True)
    sent_amount = models.BigIntegerField(_("amount as sent"))
    wire_unit = models.TextField(_("unit as sent"))
    adapter_version = models.TextField(editable=False)
    started_at = models.DateTimeField(_("started"))
    redirected_at = models.DateTimeField(_("sent to the bank"), null=True)
    returned_at = models.DateTimeField(_("back from the bank"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    next_check_at = models.DateTimeField(_("asked about again"), null=True)
    next_recheck_at = models.DateTimeField(_("looked at again"), null=True)
    leased_until = models.DateTimeField(null=True)
    checks = models.SmallIntegerField(default=0)
    doubts = models.SmallIntegerField(default=0)
    last_outcome = models.TextField(_("last answer"), default="", blank=True)
    last_code = models.TextField(_("code"), default="", blank=True)
    last_message = models.TextField(_("message"), default="", blank=True)

    class Meta:
        verbose_name = _("payment attempt")
        verbose_name_plural = _("payment attempts")
        constraints = (
            SameBusiness("payment"),
            SameBusiness("account"),
            models.UniqueConstraint(
                fields=["business", "payment", "number"], name="payments_attempt_number"
            ),
            models.UniqueConstraint(
                fields=["business", "payment"],
                name="payments_attempt_one_live",
                condition=Q(state__in=EXCLUSIVE),
            ),
            models.UniqueConstraint(
                fields=["business", "account", "provider_ref"], name="payments_attempt_reference"
            ),
            models.UniqueConstraint(
                fields=["business", "account", "authority"], name="payments_attempt_authority"
            ),
            models.UniqueConstraint(
                fields=["business", "account", "wire_number"], name="payments_attempt_wire_number"
            ),
            models.UniqueConstraint(
                fields=["business", "callback_token"], name="payments_attempt_callback"
            ),
        )
        indexes = (
            models.Index(
                fields=["next_check_at"],
                name="payments_attempt_due",
                condition=Q(next_check_at__isnull=False),
            ),
            models.Index(
                fields=["next_recheck_at"],
                name="payments_attempt_recheck",
                condition=Q(next_recheck_at__isnull=False),
            ),
            models.Index(fields=["business", "-started_at"], name="payments_attempt_newest"),
            models.Index(
                fields=["business", "account", "-started_at"], name="payments_attempt_account"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} · {self.state}"

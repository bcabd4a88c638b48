"""Sums due under a mandate, and the tries to collect them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from payments.enums.debits import (
    TRY_EXCLUSIVE,
    Collects,
    DebitFailure,
    DebitState,
    TryState,
)
from payments.models.account import ProviderAccount
from payments.models.debit_schedule import DebitSchedule
from payments.models.mandate import Mandate
from payments.models.payment import Payment


class Debit(TenantModel):
    """One sum to be collected once. Whoever owns it is named by `source_kind` and `source_id`.

    `collects` a sale of its own, or a part of an earlier one (`purchase_id`), which records no
    second sale. `next_try_at` makes it a due row, `leased_until` keeps a second worker away;
    after `give_up_at` it is not tried any more.
    """

    mandate = models.ForeignKey(
        Mandate,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("mandate"),
    )
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    external_id = models.TextField(_("number"))
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    description = models.TextField(_("description"), default="", blank=True)
    collects = models.TextField(_("settles"), choices=Collects.choices, default=Collects.SALE)
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
    schedule = models.ForeignKey(
        DebitSchedule,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("debit schedule"),
    )
    period = models.SmallIntegerField(_("period"), null=True)
    source_kind = models.TextField(_("for"), default="", blank=True)
    source_id = models.UUIDField(null=True, editable=False)
    state = models.TextField(_("state"), choices=DebitState.choices, default=DebitState.SCHEDULED)
    due_at = models.DateTimeField(_("due"))
    give_up_at = models.DateTimeField(_("tried until"))
    max_tries = models.SmallIntegerField(_("most tries"))
    tries = models.SmallIntegerField(_("tries"), default=0)
    failures = models.SmallIntegerField(_("failed tries"), default=0)
    next_try_at = models.DateTimeField(_("next"), null=True)
    leased_until = models.DateTimeField(null=True)
    doubts = models.SmallIntegerField(default=0)
    notice_at = models.DateTimeField(_("announced to the customer"), null=True)
    failure = models.TextField(_("why not"), choices=DebitFailure.choices, default="", blank=True)
    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment"),
    )
    created_at = models.DateTimeField(_("created"))
    collected_at = models.DateTimeField(_("collected"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    last_code = models.TextField(_("code"), default="", blank=True)
    last_message = models.TextField(_("message"), default="", blank=True)

    class Meta:
        verbose_name = _("debit")
        verbose_name_plural = _("debits")
        constraints = (
            SameBusiness("mandate"),
            SameBusiness("customer"),
            SameBusiness("purchase"),
            SameBusiness("payment"),
            SameBusiness("schedule"),
            models.UniqueConstraint(
                fields=["business", "schedule", "period"], name="payments_debit_period"
            ),
            models.UniqueConstraint(
                fields=["business", "external_id"], name="payments_debit_external_id"
            ),
            models.UniqueConstraint(fields=["business", "payment"], name="payments_debit_payment"),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0), name="payments_debit_amount_positive"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["collected", "refunded", "reversed_late"])
                | Q(payment__isnull=False, collected_at__isnull=False),
                name="payments_debit_collected_when",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_try_at"],
                name="payments_debit_due",
                condition=Q(next_try_at__isnull=False),
            ),
            models.Index(
                fields=["notice_at"],
                name="payments_debit_notice",
                condition=Q(notice_at__isnull=False),
            ),
            models.Index(fields=["business", "-due_at", "-id"], name="payments_debit_newest"),
            models.Index(fields=["business", "state", "-due_at"], name="payments_debit_state"),
            models.Index(fields=["business", "mandate", "due_at"], name="payments_debit_mandate"),
            models.Index(
                fields=["business", "source_kind", "source_id"], name="payments_debit_source"
            ),
        )

    def __str__(self) -> str:
        return f"{self.external_id}: {self.amount_rial}"


class DebitAttempt(TenantModel):
    """The intent and the fate of one try; committed before the first byte is sent.

    `key` is ours and stays the same whenever this try is asked about; `authority` is the session
    some providers open first. It counts against the mandate's caps while it may hold money: on
    every day while open, from `day` to `collected_on` once collected (both days of Tehran).
    """

    debit = models.ForeignKey(
        Debit,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("debit"),
    )
    mandate = models.ForeignKey(
        Mandate,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("mandate"),
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
    state = models.TextField(_("state"), choices=TryState.choices, default=TryState.INTENT)
    key = models.TextField(editable=False)
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    day = models.DateField(_("day"))
    collected_on = models.DateField(_("collected on"), null=True)
    authority = models.TextField(_("provider's token"), default="", blank=True)
    reference = models.TextField(_("reference"), null=True)
    failure = models.TextField(_("why not"), choices=DebitFailure.choices, default="", blank=True)
    provider_tries = models.SmallIntegerField(_("tries by the provider"), default=0)
    adapter_version = models.TextField(editable=False)
    started_at = models.DateTimeField(_("started"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    last_outcome = models.TextField(_("last answer"), default="", blank=True)
    last_code = models.TextField(_("code"), default="", blank=True)
    last_message = models.TextField(_("message"), default="", blank=True)

    class Meta:
        verbose_name = _("debit attempt")
        verbose_name_plural = _("debit attempts")
        constraints = (
            SameBusiness("debit"),
            SameBusiness("mandate"),
            SameBusiness("account"),
            models.UniqueConstraint(
                fields=["business", "debit", "number"], name="payments_debit_try_number"
            ),
            models.UniqueConstraint(
                fields=["business", "debit"],
                name="payments_debit_try_one_live",
                condition=Q(state__in=TRY_EXCLUSIVE),
            ),
            models.UniqueConstraint(fields=["business", "key"], name="payments_debit_try_key"),
            models.UniqueConstraint(
                fields=["business", "account", "reference"], name="payments_debit_try_reference"
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "mandate", "collected_on"],
                name="payments_debit_try_caps",
                condition=Q(state__in=TRY_EXCLUSIVE),
            ),
            models.Index(fields=["business", "-started_at"], name="payments_debit_try_newest"),
        )

    def __str__(self) -> str:
        return f"{self.number} · {self.state}"

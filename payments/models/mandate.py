"""A customer's signed permission to debit their account, and the banks where one may sign."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from payments.enums.debits import MANDATE_IN_FORCE, MANDATE_OPEN, MandateState, Wage
from payments.models.account import ProviderAccount


class BankLimit(TenantModel):
    """What a provider said of one bank from a day on: its own code and the bank's daily caps.

    Rows are only superseded (`until`), so an old debit can be judged by the caps of its day.
    """

    account = models.ForeignKey(
        ProviderAccount,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("provider account"),
    )
    bank = models.TextField(_("bank"))
    code = models.TextField(_("provider's code"))
    name = models.TextField(_("name"), default="", blank=True)
    max_day_rial = models.BigIntegerField(_("most a day (rial)"), null=True)
    max_day_count = models.IntegerField(_("debits a day"), null=True)
    is_healthy = models.BooleanField(_("working"), default=True)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"), null=True)
    source = models.TextField(_("source"), default="", blank=True)

    class Meta:
        verbose_name = _("bank for direct debit")
        verbose_name_plural = _("banks for direct debit")
        constraints = (
            SameBusiness("account"),
            models.UniqueConstraint(
                fields=["business", "account", "code"],
                name="payments_bank_limit_current",
                condition=Q(until=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Mandate(TenantModel):
    """A permission with its caps, in rial and successful debits; None: no such cap.

    `authority` names it at the provider while it is signed, `mandate_ref` afterwards; `secret` is
    the right to debit and is sealed, as is the national code. `next_check_at` makes it a due row:
    to confirm, to ask about, to let expire.
    """

    sealed: ClassVar = {
        "national_code": "payments_mandate.national_code.{business_id}.{id}",
        "secret": "payments_mandate.secret.{business_id}.{id}",
    }

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    account = models.ForeignKey(
        ProviderAccount,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("provider account"),
    )
    state = models.TextField(_("state"), choices=MandateState.choices, default=MandateState.DRAFT)
    mobile = models.TextField(_("mobile"))
    name = models.TextField(_("name"), default="", blank=True)
    national_code = models.BinaryField(null=True, editable=False)
    bank = models.TextField(_("bank"))
    bank_code = models.TextField(_("provider's code"))
    bank_name = models.TextField(_("bank's name"), default="", blank=True)
    purpose = models.TextField(_("what for"), default="", blank=True)
    max_debit_rial = models.BigIntegerField(_("most a debit (rial)"))
    max_day_count = models.IntegerField(_("debits a day"))
    max_month_count = models.IntegerField(_("debits a month"))
    max_day_rial = models.BigIntegerField(_("most a day (rial)"), null=True)
    max_month_rial = models.BigIntegerField(_("most a month (rial)"), null=True)
    max_total_rial = models.BigIntegerField(_("most altogether (rial)"), null=True)
    wage = models.TextField(_("wage"), choices=Wage.choices, default=Wage.BUSINESS)
    starts_at = models.DateTimeField(_("from"))
    expires_at = models.DateTimeField(_("until"))
    authority = models.TextField(_("provider's token"), null=True)
    mandate_ref = models.TextField(_("reference"), default="", blank=True)
    secret = models.BinaryField(null=True, editable=False)
    public_token = models.TextField(editable=False)
    callback_token = models.TextField(editable=False)
    return_url = models.TextField(_("return address"), default="", blank=True)
    confirm_by = models.DateTimeField(_("to be confirmed by"), null=True)
    requested_at = models.DateTimeField(_("requested"))
    signed_at = models.DateTimeField(_("signed"), null=True)
    activated_at = models.DateTimeField(_("in force since"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    end_reason = models.TextField(_("why it ended"), default="", blank=True)
    next_check_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    checks = models.SmallIntegerField(default=0)
    last_outcome = models.TextField(_("last answer"), default="", blank=True)
    last_code = models.TextField(_("code"), default="", blank=True)
    last_message = models.TextField(_("message"), default="", blank=True)

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("account"),
            models.UniqueConstraint(
                fields=["business", "public_token"], name="payments_mandate_public_token"
            ),
            models.UniqueConstraint(
                fields=["business", "callback_token"], name="payments_mandate_callback"
            ),
            models.UniqueConstraint(
                fields=["business", "account", "authority"], name="payments_mandate_authority"
            ),
            models.CheckConstraint(
                condition=Q(max_debit_rial__gt=0, max_day_count__gt=0, max_month_count__gt=0),
                name="payments_mandate_caps_positive",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("starts_at")), name="payments_mandate_period"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=MANDATE_IN_FORCE) | Q(activated_at__isnull=False),
                name="payments_mandate_active_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*MANDATE_OPEN, *MANDATE_IN_FORCE])
                | Q(ended_at__isnull=False),
                name="payments_mandate_ended_when",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_check_at"],
                name="payments_mandate_due",
                condition=Q(next_check_at__isnull=False),
            ),
            models.Index(fields=["business", "-requested_at"], name="payments_mandate_newest"),
            models.Index(fields=["business", "customer"], name="payments_mandate_customer"),
        )

    def __str__(self) -> str:
        return f"{self.bank_name or self.bank} · {self.state}"

"""The business's own bank accounts, and what their banks said of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from payments.enums.deposits import CheckDigits, RowSource
from payments.models.account import ProviderAccount


class BankAccount(TenantModel):
    """Where deposits arrive: an account of the business, or one a provider keeps for it.

    `prefix` and `customer_digits` are the parts of the identifiers it mints itself. With
    `any_source` a customer's own identifier is proof enough, whichever account paid.
    """

    title = models.TextField(_("name"))
    iban = models.TextField(_("IBAN"), default="", blank=True)
    owner = models.TextField(_("owner"), default="", blank=True)
    bank = models.TextField(_("bank"), default="", blank=True)
    card = models.TextField(_("card"), default="", blank=True)
    provider_account = models.ForeignKey(
        ProviderAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("provider account"),
    )
    check_digits = models.TextField(
        _("check digits"), choices=CheckDigits.choices, default=CheckDigits.MOD_97
    )
    prefix = models.TextField(_("business part"), default="", blank=True)
    customer_digits = models.SmallIntegerField(_("digits of the customer part"), default=8)
    next_number = models.BigIntegerField(default=1, editable=False)
    any_source = models.BooleanField(_("a customer's identifier is enough"), default=True)
    duplicate_seconds = models.IntegerField(_("same again within (seconds)"), default=60)
    signature_minutes = models.IntegerField(_("amount signature valid (minutes)"), default=30)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"))
    # The provider's feed: when it is read next, by whom just now, and how far it was read.
    next_poll_at = models.DateTimeField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    feed_cursor = models.TextField(default="", editable=False)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        constraints = (
            SameBusiness("provider_account"),
            models.UniqueConstraint(
                fields=["business", "iban"],
                name="payments_bank_account_iban",
                condition=~Q(iban=""),
            ),
            models.UniqueConstraint(
                fields=["business", "provider_account"], name="payments_bank_account_provider"
            ),
            models.CheckConstraint(
                condition=Q(customer_digits__gte=4, customer_digits__lte=20),
                name="payments_bank_account_digits",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_poll_at"],
                name="payments_bank_account_due",
                condition=Q(next_poll_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.title


class BankRow(TenantModel):
    """One line of a bank, exactly as heard; never changed and never replaced.

    `fingerprint` makes the same line, however often and by whichever way it is heard, one row.
    Money that left the account is negative and is no deposit.
    """

    account = models.ForeignKey(
        BankAccount,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("bank account"),
    )
    source = models.TextField(_("heard by"), choices=RowSource.choices)
    fingerprint = models.TextField(editable=False)
    bank_reference = models.TextField(_("bank's reference"), default="", blank=True)
    provider_reference = models.TextField(_("provider's reference"), default="", blank=True)
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    at = models.DateTimeField(_("when"))
    # Some statements tell the day only; then nothing may be proved by the minute.
    has_time = models.BooleanField(default=True)
    identifier = models.TextField(_("identifier"), default="", blank=True)
    source_iban = models.TextField(_("from IBAN"), default="", blank=True)
    source_name = models.TextField(_("from"), default="", blank=True)
    description = models.TextField(_("description"), default="", blank=True)
    raw = models.JSONField(_("as heard"), default=dict)
    heard_at = models.DateTimeField(_("heard"))

    class Meta:
        verbose_name = _("bank row")
        verbose_name_plural = _("bank rows")
        constraints = (
            SameBusiness("account"),
            models.UniqueConstraint(
                fields=["business", "account", "fingerprint"], name="payments_bank_row_once"
            ),
            models.UniqueConstraint(
                fields=["business", "account", "provider_reference"],
                name="payments_bank_row_provider_once",
                condition=~Q(provider_reference=""),
            ),
            models.CheckConstraint(condition=~Q(amount_rial=0), name="payments_bank_row_not_zero"),
        )
        indexes = (
            models.Index(fields=["business", "account", "-at"], name="payments_bank_row_newest"),
            models.Index(
                fields=["business", "account", "bank_reference"],
                name="payments_bank_row_reference",
                condition=~Q(bank_reference=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_rial} · {self.bank_reference}"


class BankHoliday(TenantModel):
    """A day the business says banks are closed, or open although the calendar says otherwise."""

    day = models.DateField(_("day"))
    name = models.TextField(_("name"), default="", blank=True)
    is_closed = models.BooleanField(_("banks are closed"), default=True)

    class Meta:
        verbose_name = _("bank holiday")
        verbose_name_plural = _("bank holidays")
        constraints = (
            models.UniqueConstraint(fields=["business", "day"], name="payments_holiday_once"),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.name}"

"""The bank accounts a business is paid into."""

import re
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem
from core.ids import new_id
from core.numbers import BadNumber, bank_of_iban, read_card, read_iban
from core.tenancy import operation
from core.text import normalise, normalise_code
from payments.enums.deposits import CheckDigits
from payments.models import BankAccount, BankHoliday, ProviderAccount
from payments.providers import product_of

_PREFIX: Final = re.compile(r"[0-9]{0,12}")
_WIDTHS: Final = range(4, 21)
_MOST_SECONDS: Final = 24 * 3600
_MOST_MINUTES: Final = 24 * 60


@operation
def save_bank_account(
    *,
    account_id: UUID | None = None,
    title: str,
    iban: str = "",
    owner: str = "",
    card: str = "",
    check_digits: str = CheckDigits.MOD_97,
    prefix: str = "",
    customer_digits: int = 8,
    any_source: bool = True,
    duplicate_seconds: int = 60,
    signature_minutes: int = 30,
    is_active: bool = True,
    actor: Actor | None = None,
    now: datetime,
) -> BankAccount:
    """Open a bank account of the business's own, or change one.

    Raises NotFound, Problem `invalid_iban`, `invalid_card`, `invalid_prefix`, `invalid_setting`,
    `bank_account_exists`.
    """
    account = _found(account_id) if account_id else BankAccount(id=new_id(), created_at=now)
    account.title = normalise(title)[:100] or str(_("Bank account"))
    account.iban = _iban(iban)
    account.owner = normalise(owner)[:200]
    known = bank_of_iban(account.iban) if account.iban else None
    account.bank = known.name_fa if known else account.bank
    account.card = _card(card)
    account.check_digits = _choice(check_digits)
    account.prefix = _prefix(prefix)
    account.customer_digits = _within(customer_digits, _WIDTHS, "customer_digits")
    account.any_source = any_source
    account.duplicate_seconds = _within(duplicate_seconds, range(_MOST_SECONDS), "duplicate")
    account.signature_minutes = _within(signature_minutes, range(1, _MOST_MINUTES), "signature")
    account.is_active = is_active
    _keep(account)
    data = {"iban": account.iban[-4:], "check_digits": account.check_digits, "active": is_active}
    record_audit(
        action="bank_account.saved", subject=str(account.id), data=data, actor=actor, now=now
    )
    return account


@operation
def link_bank_account(*, provider_account_id: UUID, title: str = "", now: datetime) -> BankAccount:
    """Open the bank account that stands for a provider of deposits; asking again returns it.

    Raises NotFound, Problem `no_deposits_here` for a provider without identified deposits.
    """
    row = ProviderAccount.objects.select_for_update().filter(id=provider_account_id).first()
    if row is None:
        raise NotFound(_("There is no such provider account."))
    if product_of(row.provider).deposits is None:
        raise Problem("no_deposits_here", _("This provider has no identified deposits."))
    known = BankAccount.objects.filter(provider_account=row).first()
    return known or BankAccount.objects.create(
        id=new_id(),
        title=normalise(title)[:100] or str(row.get_provider_display()),
        provider_account=row,
        check_digits=CheckDigits.NONE,
        created_at=now,
        next_poll_at=now,
    )


@operation
def set_holiday(*, day: date, name: str = "", is_closed: bool = True) -> None:
    """Say that banks are closed on a day, or open on one the calendar calls a holiday."""
    BankHoliday.objects.update_or_create(
        day=day, defaults={"name": normalise(name)[:100], "is_closed": is_closed}
    )


@operation
def drop_holiday(*, holiday_id: UUID) -> None:
    """Follow the calendar again for a day. Raises NotFound."""
    if not BankHoliday.objects.filter(id=holiday_id).delete()[0]:
        raise NotFound(_("There is no such holiday."))


def _found(account_id: UUID) -> BankAccount:
    account = BankAccount.objects.select_for_update().filter(id=account_id).first()
    if account is None:
        raise NotFound(_("There is no such bank account."))
    return account


def _keep(account: BankAccount) -> None:
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as error:
        raise Problem(
            "bank_account_exists",
            _("There is another bank account with this IBAN."),
            fields={"iban": [_("Give another IBAN.")]},
        ) from error


def _iban(typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return read_iban(typed)
    except BadNumber as error:
        raise _wrong("invalid_iban", _("This is not an IBAN."), "iban") from error


def _card(typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return read_card(typed)
    except BadNumber as error:
        raise _wrong("invalid_card", _("This is not a card number."), "card") from error


def _choice(value: str) -> str:
    if value not in CheckDigits.values:
        raise _wrong("invalid_setting", _("This value is not one of the choices."), "check_digits")
    return value


def _prefix(typed: str) -> str:
    digits = normalise_code(typed)
    if not _PREFIX.fullmatch(digits):
        raise _wrong("invalid_prefix", _("The business part is up to twelve digits."), "prefix")
    return digits


def _within(value: int, allowed: range, field: str) -> int:
    if value not in allowed:
        raise _wrong("invalid_setting", _("This value is out of its range."), field)
    return value


def _wrong(code: str, detail: Any, field: str) -> Problem:
    return Problem(code, detail, fields={field: [detail]})

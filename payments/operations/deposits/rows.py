"""Hearing bank rows: each line of a bank becomes one row and, if money came, one deposit."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.calendar import TEHRAN
from core.errors import NotFound, Problem
from core.ids import new_id
from core.money import MAX_RIAL
from core.tenancy import operation
from payments.enums import BookAccount
from payments.enums.deposits import RowSource
from payments.models import BankAccount, BankRow, Deposit
from payments.operations.journal import Place, post_money

_MAX_TEXT: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class HeardRow:
    """One line as heard. `ordinal` tells apart lines of one file that are equal in everything."""

    amount_rial: int
    at: datetime
    has_time: bool = True
    bank_reference: str = ""
    provider_reference: str = ""
    identifier: str = ""
    source_iban: str = ""
    source_name: str = ""
    description: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)
    ordinal: int = 0
    needs_confirm: bool = False
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of heard rows: deposits to be judged, and how many rows were new and known."""

    deposit_ids: list[UUID]
    new: int
    known: int


@operation
def hear_rows(
    *, account_id: UUID, rows: Iterable[HeardRow], source: RowSource, now: datetime
) -> Taken:
    """Keep rows of one account; a row heard before, by whichever way, adds nothing.

    Each deposit is due to be judged at once. Raises NotFound, Problem `amount_out_of_range`.
    """
    account = locked_account(account_id)
    asked = [_checked(row) for row in rows]
    made = [_row(account, row, source, now) for row in asked]
    known = _known(account, made)
    fresh: dict[str, tuple[BankRow, HeardRow]] = {}
    for bank_row, heard in zip(made, asked, strict=True):
        if bank_row.fingerprint not in known and bank_row.provider_reference not in known:
            fresh.setdefault(bank_row.fingerprint, (bank_row, heard))
    BankRow.objects.bulk_create([bank_row for bank_row, _heard in fresh.values()])
    ids = [
        _detect(account, bank_row, heard, now)
        for bank_row, heard in fresh.values()
        if bank_row.amount_rial > 0
    ]
    return Taken(ids, len(fresh), len(asked) - len(fresh))


def locked_account(account_id: UUID) -> BankAccount:
    """Return a bank account, its row locked: what is heard of it is taken in one by one."""
    account = BankAccount.objects.select_for_update().filter(id=account_id).first()
    if account is None:
        raise NotFound(_("There is no such bank account."))
    return account


def place_of(account: BankAccount) -> Place:
    """Return where the money of an account lies in the books."""
    if account.provider_account_id is not None:
        return BookAccount.PROVIDER, str(account.provider_account_id)
    return BookAccount.BANK, str(account.id)


def fingerprint(row: HeardRow) -> str:
    """Return what makes a line itself: the bank's reference if it has one, else everything told.

    A batch of the bank may give one reference to several lines, so amount, day and ordinal count.
    """
    day = row.at.astimezone(TEHRAN).date().isoformat()
    if row.bank_reference:
        return f"ref|{row.bank_reference}|{row.amount_rial}|{day}|{row.ordinal}"
    said = (
        row.at.isoformat(),
        row.amount_rial,
        row.identifier,
        row.source_iban,
        row.description,
        row.raw.get("balance", ""),
    )
    told = hashlib.sha256(repr(said).encode()).hexdigest()[:32]
    return f"all|{told}|{row.ordinal}"


def _checked(row: HeardRow) -> HeardRow:
    if row.amount_rial == 0 or abs(row.amount_rial) > MAX_RIAL:
        raise Problem("amount_out_of_range", _("The amount of a bank row is out of range."))
    return row


def _row(account: BankAccount, heard: HeardRow, source: RowSource, now: datetime) -> BankRow:
    return BankRow(
        id=new_id(),
        account=account,
        source=source,
        fingerprint=_feed_fingerprint(account, heard),
        bank_reference=heard.bank_reference[:_MAX_TEXT],
        provider_reference=heard.provider_reference[:_MAX_TEXT],
        amount_rial=heard.amount_rial,
        at=heard.at,
        has_time=heard.has_time,
        identifier=heard.identifier[:_MAX_TEXT],
        source_iban=heard.source_iban[:_MAX_TEXT],
        source_name=heard.source_name[:_MAX_TEXT],
        description=heard.description[:_MAX_TEXT],
        raw=dict(heard.raw),
        heard_at=now,
    )


def _feed_fingerprint(account: BankAccount, heard: HeardRow) -> str:
    """A provider names each of its rows itself; equal ones of the bank's are counted by that."""
    if not heard.provider_reference:
        return fingerprint(heard)
    if not heard.bank_reference:
        return f"provider|{heard.provider_reference}"
    twins = BankRow.objects.filter(
        account=account, bank_reference=heard.bank_reference, amount_rial=heard.amount_rial
    ).exclude(provider_reference__in=["", heard.provider_reference])
    return fingerprint(heard).rpartition("|")[0] + f"|{twins.count()}"


def _known(account: BankAccount, rows: list[BankRow]) -> set[str]:
    mine = BankRow.objects.filter(account=account)
    prints = mine.filter(fingerprint__in=[row.fingerprint for row in rows])
    named = mine.filter(
        provider_reference__in=[row.provider_reference for row in rows if row.provider_reference]
    )
    return set(prints.values_list("fingerprint", flat=True)) | set(
        named.values_list("provider_reference", flat=True)
    )


def _detect(account: BankAccount, row: BankRow, heard: HeardRow, now: datetime) -> UUID:
    deposit = Deposit.objects.create(
        id=new_id(),
        row=row,
        account=account,
        amount_rial=row.amount_rial,
        at=row.at,
        detected_at=now,
        needs_confirm=heard.needs_confirm,
        taken_at=None if heard.needs_confirm else now,
        hints={"doubted": True} if heard.doubted else {},
        next_try_at=now,
    )
    post_money(
        kind="deposit",
        source_id=deposit.id,
        lines={
            place_of(account): row.amount_rial,
            (BookAccount.UNMATCHED, ""): -row.amount_rial,
        },
        now=now,
    )
    return deposit.id

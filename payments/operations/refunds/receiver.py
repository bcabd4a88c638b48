"""Whose account money goes to: kept sealed, read back only to pay or to ask about it."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core import sealing
from core.errors import Problem
from core.numbers import BadNumber, read_iban, read_legal_id, read_national_code
from core.text import normalise
from payments.models import Transfer
from payments.operations.inquiries.facts import read_jalali_day

_TAIL = 4
_MAX_NAME = 100
_PERSON_DIGITS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Receiver:
    """An account at a bank and its owner as the asker knows them; `birth_date` is Jalali."""

    iban: str
    first_name: str = ""
    last_name: str = ""
    national_code: str = ""
    birth_date: str = ""

    @property
    def name(self) -> str:
        """Return the whole name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def person_code(self) -> str:
        """Return the owner's national code; "" for a company's."""
        return self.national_code if len(self.national_code) == _PERSON_DIGITS else ""

    @property
    def digest(self) -> str:
        """Return what tells two receivers apart without telling who they are."""
        told = {name: text for name, text in asdict(self).items() if text or name != "birth_date"}
        return hashlib.sha256(repr(told).encode()).hexdigest()


def checked(receiver: Receiver | None) -> Receiver:
    """Return a receiver in normal spelling.

    Raises Problem `invalid_iban`, `invalid_receiver`.
    """
    try:
        iban = read_iban(receiver.iban if receiver else "")
    except BadNumber as error:
        raise Problem(
            "invalid_iban",
            _("This is not an account number (IBAN)."),
            fields={"iban": [_("Check this value.")]},
        ) from error
    given = receiver or Receiver(iban=iban)
    return Receiver(
        iban=iban,
        first_name=normalise(given.first_name)[:_MAX_NAME],
        last_name=normalise(given.last_name)[:_MAX_NAME],
        national_code=_read("national_code", _read_code, given.national_code),
        birth_date=_read("birth_date", read_jalali_day, given.birth_date),
    )


def _read(name: str, read: Callable[[str], str], typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return read(typed)
    except BadNumber as error:
        raise Problem(
            "invalid_receiver",
            _("Check what you told about the account's owner."),
            fields={name: [_("Check this value.")]},
        ) from error


def _read_code(typed: str) -> str:
    """Read a person's code, or a company's."""
    try:
        return read_legal_id(typed)
    except BadNumber:
        return read_national_code(typed)


def keep(row: Transfer, receiver: Receiver, business_id: UUID) -> None:
    """Seal a receiver into its transfer's row."""
    row.receiver = sealing.seal(json.dumps(asdict(receiver)), about=_about(business_id, row.id))
    row.receiver_hint = receiver.iban[-_TAIL:]


def receiver_of(row: Transfer) -> Receiver:
    """Return whom a transfer to an account is for."""
    sealed = bytes(row.receiver or b"")
    return Receiver(**json.loads(sealing.unseal(sealed, about=_about(row.business_id, row.id))))


def _about(business_id: UUID, transfer_id: UUID) -> str:
    return f"payments_transfer.receiver.{business_id}.{transfer_id}"

"""Turning what a caller says of a payer into identities, strongest first."""

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.text import is_storable, normalise, normalise_code
from customers.enums import IdentityKind
from customers.operations.purchases.values import CardHint, CustomerHint
from customers.queries.identities import ForeignNumber, digest, parse_mobile

MAX_NAME: Final = 200
MAX_CODE: Final = 200
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_TAIL: Final = re.compile(r"(\d{4})\D*$")


@dataclass(frozen=True, slots=True)
class Identity:
    """One way to recognise somebody; `hint` is the little we may show of the value."""

    kind: IdentityKind
    digest: bytes
    hint: str


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer in normal spelling. `identities` come strongest first and are never empty."""

    identities: tuple[Identity, ...]
    name: str
    mobile: str | None
    email: str | None
    member_code: str | None

    @property
    def only_card(self) -> bool:
        """Whether a card is all we know."""
        return self.identities[0].kind is IdentityKind.CARD


def payer_of(hint: CustomerHint | None, key: bytes) -> Payer | None:
    """Return the payer a hint stands for; None when it identifies nobody.

    Raises Problem `invalid_mobile`, `invalid_email` or `invalid_text`.
    """
    if hint is None:
        return None
    values = {
        IdentityKind.EXTERNAL_ID: clean_code(hint.external_id, "customer.external_id"),
        IdentityKind.MEMBER_CODE: clean_code(hint.member_code, "customer.member_code").upper(),
        IdentityKind.MOBILE: clean_mobile(hint.mobile) or "",
        IdentityKind.EMAIL: clean_email(hint.email) or "",
        IdentityKind.CARD: hint.card.hash.strip() if hint.card else "",
    }
    identities = tuple(
        Identity(kind, digest(key, kind, value), _shown(kind, value, hint.card))
        for kind, value in values.items()
        if value
    )
    if not identities:
        return None
    return Payer(
        identities=identities,
        name=clean_name(hint.name),
        mobile=values[IdentityKind.MOBILE] or None,
        email=values[IdentityKind.EMAIL] or None,
        member_code=values[IdentityKind.MEMBER_CODE] or None,
    )


def clean_mobile(typed: str | None) -> str | None:
    """Return an Iranian mobile in E.164, None for blanks. Raises Problem."""
    if not typed or not typed.strip():
        return None
    try:
        mobile = parse_mobile(typed)
    except ForeignNumber as error:
        raise Problem(
            "invalid_mobile",
            _("This mobile belongs to another country; only Iranian numbers are served."),
            fields={"customer.mobile": [_("Give an Iranian mobile like 09121234567.")]},
        ) from error
    if mobile is None:
        raise Problem(
            "invalid_mobile",
            _("This is not a mobile number; write it like 0912 123 4567."),
            fields={"customer.mobile": [_("Give an Iranian mobile like 09121234567.")]},
        )
    return mobile


def clean_email(typed: str | None) -> str | None:
    """Return an address in lower case, None for blanks. Raises Problem `invalid_email`."""
    address = normalise_code(typed).lower() if typed else ""
    if not address:
        return None
    if not _EMAIL.fullmatch(address) or not is_storable(address):
        raise Problem(
            "invalid_email",
            _("This is not an e-mail address."),
            fields={"customer.email": [_("Give an address like name@example.com.")]},
        )
    return address


def clean_name(typed: str | None) -> str:
    """Return a name in one spelling. Raises Problem `invalid_text`."""
    name = normalise(typed) if typed else ""
    if len(name) > MAX_NAME or not is_storable(name):
        raise invalid_text("customer.name")
    return name


def clean_code(typed: str | None, field: str) -> str:
    """Return a code with Latin digits, "" for none. Raises Problem `invalid_text`."""
    if not typed:
        return ""
    code = typed if _is_plain(typed) else normalise_code(typed)
    if len(code) > MAX_CODE or not is_storable(code):
        raise invalid_text(field)
    return code


def _is_plain(typed: str) -> bool:
    """Tell whether normalising would change nothing: by far the most codes, worth the look."""
    return typed.isascii() and typed.isprintable() and " " not in typed


def invalid_text(field: str) -> Problem:
    """Return the refusal of a text that is too long or cannot be stored."""
    return Problem(
        "invalid_text",
        _("A text is too long or holds signs that cannot be stored."),
        fields={field: [_("Shorten this text or remove its invisible signs.")]},
    )


def last_four(masked_pan: str) -> str:
    """Return "****1234" from however a card is shown; "" when it has no digits at its end."""
    found = _TAIL.search(normalise_code(masked_pan)) if masked_pan else None
    return f"****{found.group(1)}" if found else ""


def _shown(kind: IdentityKind, value: str, card: CardHint | None) -> str:
    if kind is IdentityKind.CARD:
        return last_four(card.masked_pan)[-4:] if card else ""
    if kind is IdentityKind.EMAIL:
        return value.partition("@")[2]
    return value[-4:]

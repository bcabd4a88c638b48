"""The keyed hashes under which identities are stored and found."""

import hashlib
import hmac
from functools import lru_cache
from typing import Final
from uuid import UUID

import phonenumbers

from businesses.queries import identity_key
from core.text import latin_digits, normalise
from customers.enums import IdentityKind

IRAN: Final = 98
_LONGEST_MOBILE: Final = 40
_MOBILE_TYPES: Final = {
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
}


class ForeignNumber(ValueError):
    """A well-formed mobile number of another country."""


def parse_mobile(typed: str) -> str | None:
    """Return an Iranian mobile as E.164, or None. Raises ForeignNumber for other countries'.

    Takes 0912…, 912…, +98…, 0098…, with Persian digits, spaces and dashes.
    """
    # Longer texts are no mobiles, and would fill the memory of those we parsed.
    return _parsed(typed) if len(typed) <= _LONGEST_MOBILE else None


@lru_cache(maxsize=100_000)
def _parsed(typed: str) -> str | None:
    digits = latin_digits(normalise(typed))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    try:
        number = phonenumbers.parse(digits, "IR")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    if number.country_code != IRAN:
        raise ForeignNumber(typed)
    if phonenumbers.number_type(number) not in _MOBILE_TYPES:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=4096)
def key_of(business_id: UUID) -> bytes:
    """Return the business's identity secret; it never changes."""
    return identity_key(business_id)


def digest(key: bytes, kind: IdentityKind, value: str) -> bytes:
    """Return the 32 bytes under which this business stores an identity (rule R57)."""
    return hmac.digest(key, f"{kind.value}:{value}".encode(), hashlib.sha256)

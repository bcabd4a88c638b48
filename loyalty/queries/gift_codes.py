"""Codes of gift cards: unguessable, with a check character, kept only as a keyed hash."""

import hashlib
import hmac
from http import HTTPStatus
from itertools import count
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from stdnum.iso7064 import mod_37_36

from core.errors import Problem
from core.ids import new_spoken_code, spoken
from core.tenancy import active_business_id
from core.text import latin_digits, normalise
from customers.queries.identities import key_of

_RANDOM: Final = 15
# Only letters that cannot be mistaken for others when read aloud.
_MISTAKEN: Final = "01AEIOSU"
_GROUP: Final = 4
_LONGEST: Final = 40
_SEPARATORS: Final = str.maketrans("", "", " -_\u2010\u2011\u2013\u200c")


def new_code() -> str:
    """Return a fresh code of sixteen characters, seventy random bits and a check character."""
    while True:
        body = new_spoken_code(_RANDOM)
        check = mod_37_36.calc_check_digit(body)
        if check not in _MISTAKEN:
            return f"{body}{check}"


def code_from(seed: str) -> str:
    """Return the one code that belongs to a seed in this business; nobody else can make it.

    So a code that must be told again and again need not be kept.
    """
    key = key_of(active_business_id())
    for turn in count():
        made = hmac.digest(key, f"code_from:{seed}:{turn}".encode(), hashlib.sha256)
        body = spoken(made, _RANDOM)
        check = mod_37_36.calc_check_digit(body)
        if check not in _MISTAKEN:
            return f"{body}{check}"
    raise AssertionError


def code_of_card(card_id: UUID) -> str:
    """Return the code of a card that was made for somebody."""
    return code_from(f"gift_card_for:{card_id}")


def spelled(code: str) -> str:
    """Return a code as people read it: four groups of four."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def digest_of(typed: str) -> bytes:
    """Return what a typed code is kept as. Raises Problem `invalid_gift_code` when mistyped."""
    code = latin_digits(normalise(typed[:_LONGEST])).translate(_SEPARATORS).upper()
    if len(code) != _RANDOM + 1 or not code.isascii() or not mod_37_36.is_valid(code):
        raise mistyped()
    key = key_of(active_business_id())
    return hmac.digest(key, f"gift_card:{code}".encode(), hashlib.sha256)


def mistyped() -> Problem:
    """Return the refusal of a code that cannot be one."""
    detail = _("This is not the code of a gift card; look at it again.")
    return Problem(
        "invalid_gift_code",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={"code": [detail]},
    )

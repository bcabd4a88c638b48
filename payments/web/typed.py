"""What buyers type on public pages: whole toman in any digits, and refusals beside their field."""

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.errors import Problem, Sentence
from core.money import RIAL_PER_TOMAN
from core.text import latin_digits

_WHOLE: Final = re.compile("[0-9]{1,14}")
_SEPARATORS: Final = str.maketrans("", "", "٬,،'_ \u200c\u00a0")
# What stands above a form because it belongs to none of its fields.
PAGE: Final = "page"


def rial_of(typed: str) -> int | None:
    """Return an amount typed in toman as rial, None when it is no whole number."""
    plain = latin_digits(typed.strip()).translate(_SEPARATORS)
    return int(plain) * RIAL_PER_TOMAN if _WHOLE.fullmatch(plain) else None


def whole_of(typed: str) -> int | None:
    """Return a number typed in any digits, None when it is no whole number."""
    plain = latin_digits(typed.strip())
    return int(plain) if _WHOLE.fullmatch(plain) else None


def not_an_amount() -> Problem:
    """Return the refusal of an amount that is no number."""
    return Problem(
        "invalid_amount",
        _("Write the amount as a whole number of toman, like 250,000."),
        fields={"amount": [_("Check this value.")]},
    )


def beside(problem: Problem, *names: str) -> dict[str, Sentence]:
    """Return a refusal by the one of these fields it is about, else by the page."""
    about = {path.rpartition(".")[2] for path in problem.fields}
    named = next((name for name in names if name in about), PAGE)
    return {named: problem.detail}

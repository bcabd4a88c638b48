"""Which column of a bank's statement means what, guessed from the headers banks use."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.errors import Problem, Sentence
from core.text import search_key

FIELDS: Final[dict[str, Sentence]] = {
    "date": _("Date"),
    "time": _("Time"),
    "amount": _("Amount that came in"),
    "debit": _("Amount that went out"),
    "reference": _("Bank's reference"),
    "identifier": _("Deposit identifier"),
    "source_iban": _("From IBAN"),
    "source_name": _("From"),
    "description": _("Description"),
    "balance": _("Balance"),
}
REQUIRED: Final = ("date", "amount")
_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "identifier": (
        "شناسه واریز", "شناسه پرداخت", "شناسه", "payment id", "deposit id", "identifier",
    ),
    "date": ("تاریخ", "تاریخ تراکنش", "date", "value date", "transaction date"),
    "time": ("ساعت", "زمان", "time"),
    "debit": ("برداشت", "بدهکار", "مبلغ برداشت", "debit", "withdrawal"),
    "amount": ("واریز", "بستانکار", "مبلغ واریز", "مبلغ", "credit", "deposit", "amount"),
    "reference": (
        "شماره پیگیری", "پیگیری", "کد رهگیری", "شماره مرجع", "شماره سند", "سند",
        "reference", "tracking", "document", "ref",
    ),
    "source_iban": ("شبای واریز کننده", "شبا مبدا", "شبا", "حساب مبدا", "source iban", "iban"),
    "source_name": ("واریز کننده", "نام واریز کننده", "فرستنده", "payer", "sender", "from"),
    "description": ("شرح", "توضیحات", "شرح تراکنش", "description", "details", "memo"),
    "balance": ("مانده", "موجودی", "balance"),
}  # fmt: skip


def guess_columns(headers: Sequence[str]) -> dict[str, str]:
    """Return {field: header} for headers whose meaning is plain, whole words before parts."""
    bare = {header: _bare(header) for header in headers if header.strip()}
    found: dict[str, str] = {}
    for whole in (True, False):
        for field, words in _WORDS.items():
            if field in found:
                continue
            taken = set(found.values())
            match = next(
                (h for h, text in bare.items() if h not in taken and _fits(text, words, whole)), ""
            )
            if match:
                found[field] = match
    return found


def check_columns(mapping: Mapping[str, str], headers: Sequence[str]) -> dict[str, int]:
    """Return {field: column index}. Raises Problem `unknown_column`, `column_missing`."""
    chosen = {field: header for field, header in mapping.items() if header}
    unknown = [f for f, header in chosen.items() if f not in FIELDS or header not in headers]
    missing = [field for field in REQUIRED if field not in chosen]
    if unknown or missing:
        code = "unknown_column" if unknown else "column_missing"
        detail = (
            _("The file has no such column.")
            if unknown
            else _("Say which columns hold the date and the amount.")
        )
        choose: list[Sentence] = [_("Choose a column of the file.")]
        raise Problem(code, detail, fields=dict.fromkeys(unknown or missing, choose))
    return {field: list(headers).index(header) for field, header in chosen.items()}


def unit_of(header: str) -> int | None:
    """Return 10 for a header that says toman, 1 for rial, None when a person must say."""
    text = search_key(header)
    if "تومان" in text or "toman" in text:
        return 10
    return 1 if "ریال" in text or "rial" in text else None


def _bare(header: str) -> str:
    text = re.sub(r"\(.*?\)", " ", search_key(header))
    return re.sub(r"[\s_\-./:]+", " ", text).strip()


def _fits(text: str, words: Sequence[str], whole: bool) -> bool:  # noqa: FBT001 - two passes
    if whole:
        return any(text == _bare(word) for word in words)
    padded = f" {text} "
    return any(f" {_bare(word)} " in padded for word in words)

"""Which column of a file means what: guessed from Persian and English headers."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.errors import Problem, Sentence
from core.text import search_key

FIELDS: Final[dict[str, Sentence]] = {
    "external_id": _("Invoice number"),
    "date": _("Date"),
    "time": _("Time"),
    "amount": _("Amount"),
    "mobile": _("Mobile"),
    "name": _("Customer's name"),
    "email": _("E-mail"),
    "member_code": _("Member code"),
    "customer_id": _("Your own customer number"),
    "sku": _("Product code"),
    "item": _("Product"),
    "category": _("Category"),
    "quantity": _("Quantity"),
    "branch": _("Branch"),
    "employee": _("Employee"),
    "method": _("Way of payment"),
}
REQUIRED: Final = ("date", "amount")

# Headers in the form of `_bare`: searched whole first, then as a part of the header.
_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "external_id": (
        "شماره فاکتور", "فاکتور", "شماره سند", "شماره سفارش", "کد سفارش", "شناسه خرید", "رسید",
        "invoice", "invoice number", "invoice no", "order id", "order number", "order",
        "receipt", "external id", "purchase id", "transaction id",
    ),
    "date": (
        "تاریخ", "تاریخ خرید", "تاریخ فاکتور", "تاریخ فروش", "روز", "زمان خرید",
        "date", "purchase date", "order date", "invoice date", "occurred at", "datetime",
        "timestamp", "day",
    ),
    "time": ("ساعت", "زمان", "time", "hour"),
    "amount": (
        "مبلغ", "مبلغ کل", "جمع کل", "جمع", "مبلغ نهایی", "قابل پرداخت", "مبلغ پرداختی", "پرداختی",
        "قیمت کل", "فروش", "مبلغ فاکتور",
        "amount", "total", "total amount", "paid", "price", "value", "sum", "dollars", "revenue",
    ),
    "mobile": (
        "موبایل", "شماره موبایل", "تلفن همراه", "همراه", "شماره همراه", "شماره تماس", "تلفن",
        "mobile", "phone", "phone number", "mobile number", "cell", "cellphone", "tel",
    ),
    "name": (
        "نام مشتری", "نام و نام خانوادگی", "نام خریدار", "مشتری", "خریدار", "طرف حساب", "نام",
        "customer name", "name", "full name", "customer", "buyer",
    ),
    "email": ("ایمیل", "پست الکترونیک", "رایانامه", "email", "e mail", "mail"),
    "member_code": ("کد عضویت", "شماره عضویت", "کد اشتراک", "member code", "membership", "card no"),
    "customer_id": (
        "کد مشتری", "شماره مشتری", "شناسه مشتری", "کد طرف حساب",
        "customer id", "customer code", "customer number", "client id", "user id", "id",
    ),
    "sku": ("کد کالا", "کد محصول", "بارکد", "sku", "product code", "product id", "barcode"),
    "item": (
        "نام کالا", "کالا", "شرح کالا", "محصول", "نام محصول", "شرح", "عنوان",
        "product", "item", "product name", "item name", "description",
    ),
    "category": ("دسته", "گروه کالا", "دسته بندی", "گروه", "category", "group", "department"),
    "quantity": ("تعداد", "مقدار", "quantity", "qty", "count", "number of cds", "units", "cds"),
    "branch": ("شعبه", "کد شعبه", "فروشگاه", "branch", "branch code", "store", "shop", "location"),
    "employee": (
        "فروشنده", "کد فروشنده", "صندوقدار", "کارمند",
        "employee", "employee code", "cashier", "seller", "salesperson", "staff",
    ),
    "method": (
        "نحوه پرداخت", "روش پرداخت", "نوع پرداخت", "payment method", "method", "tender",
        "payment type",
    ),
}  # fmt: skip


def guess_mapping(headers: Sequence[str]) -> dict[str, str]:
    """Return {field: header} for the headers whose meaning is plain."""
    bare = {header: _bare(header) for header in headers if header.strip()}
    found: dict[str, str] = {}
    for fits in (_is_word, _holds_word):
        for field, words in _WORDS.items():
            taken = set(found.values())
            match = next(
                (h for h, text in bare.items() if h not in taken and fits(text, words)), None
            )
            if field not in found and match is not None:
                found[field] = match
    return found


def check_mapping(
    mapping: Mapping[str, str], headers: Sequence[str], attributes: Collection[str] = ()
) -> dict[str, int]:
    """Return {field: column index}; `attributes` are fields beside ours.

    Raises Problem `unknown_column`, `column_missing`.
    """
    chosen = {field: header for field, header in mapping.items() if header}
    fields = {*FIELDS, *attributes}
    unknown = [f for f, header in chosen.items() if f not in fields or header not in headers]
    if unknown:
        raise Problem(
            "unknown_column",
            _("The file has no such column."),
            fields={field: [_("Choose a column of the file.")] for field in unknown},
        )
    missing = [field for field in REQUIRED if field not in chosen]
    if missing:
        raise Problem(
            "column_missing",
            _("Say which columns hold the date and the amount."),
            fields={field: [_("Choose a column of the file.")] for field in missing},
        )
    return {field: list(headers).index(header) for field, header in chosen.items()}


def _bare(header: str) -> str:
    text = re.sub(r"\(.*?\)", " ", search_key(header))
    return re.sub(r"[\s_\-./:]+", " ", text).strip()


def _is_word(text: str, words: tuple[str, ...]) -> bool:
    return any(text == _bare(word) for word in words)


def _holds_word(text: str, words: tuple[str, ...]) -> bool:
    """Tell whether a header holds a whole multi-letter word of ours: "مبلغ (ریال)"."""
    padded = f" {text} "
    return any(f" {_bare(word)} " in padded for word in words if len(word) > len("id"))


def unit_in_header(header: str) -> int | None:
    """Return 10 for a header that says toman, 1 for rial, None when it says neither."""
    text = search_key(header)
    if "تومان" in text or "toman" in text:
        return 10
    return 1 if "ریال" in text or "rial" in text else None

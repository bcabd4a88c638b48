"""Codes of what is kept of a person, in words: the file gives them out as they are."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Field
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.enums import IdentityKind
from customers.queries.attributes import definition_rows
from customers.queries.timeline import Moment
from dashboard.web import words
from dashboard.web.attributes.spoken import spoken
from dashboard.web.customer.remarks import remark
from dashboard.web.inquiries.showing import ANSWERS
from loyalty.queries.explain import explanations
from payments.enums.refunds import RefundReason
from segmentation.enums import Segment

# A row's cells by the names of their columns; what is not named stays as it is.
Cells = dict[str, str]
Row = Mapping[str, Any]

_HEADS: Final[Mapping[str, Promise]] = {
    "customers.customer.search_key": gettext_lazy("Name, as it is searched"),
    "customers.customer.family_key": gettext_lazy("Family name, as it is sorted"),
    "customers.timelineentry.kind": gettext_lazy("What happened"),
    "customers.timelineentry.data": gettext_lazy("More of it"),
    "payments.payment.customer_hint": gettext_lazy("As it was told of the payer"),
}
_SOURCES: Final[Mapping[str, Promise]] = {
    "api": gettext_lazy("Shop or app"),
    "till": gettext_lazy("Till"),
    "import": gettext_lazy("A file of past purchases"),
    "payment": gettext_lazy("A payment"),
    "referral": gettext_lazy("A recommendation"),
    "claim": gettext_lazy("The customer's own page"),
    "staff": gettext_lazy("Typed by staff"),
    "admin": gettext_lazy("Typed by staff"),
    "dashboard": gettext_lazy("Typed by staff"),
}
_REASONS: Final[Mapping[str, Promise]] = {
    "new": gettext_lazy("seen for the first time"),
    "issued": gettext_lazy("given by the shop"),
    "typed": gettext_lazy("typed by staff"),
    "twice": gettext_lazy("seen twice with the same person"),
    "alone": gettext_lazy("used by this person alone"),
}
_WITH: Final = "with:"


def head(field: "Field[Any, Any]") -> str:
    """Return what a column is called."""
    told = _HEADS.get(f"{field.model._meta.label_lower}.{field.name}")
    name = str(told or field.verbose_name)
    return name.replace(_("(rial)"), _("(toman)")) if field.name.endswith("_rial") else name


def word(key: str, value: Any) -> str | None:
    """Return a code of a column in words; None where the column holds no codes."""
    say = _WORDS.get(key)
    return say(value) if say else None


def in_words(section: str, rows: Sequence[Row], now: datetime) -> dict[UUID, Cells]:
    """Return the cells of a section's rows that need more than one column to be understood."""
    say = _ROWS.get(section)
    return say(rows, now) if say else {}


def _identity(value: Any) -> str:
    if value in IdentityKind.values:
        return str(IdentityKind(value).label)
    return str(_REASONS.get(value, value))


def _identities(value: Any) -> str:
    return _(" and ").join(_identity(one) for one in value)


def _reason(value: Any) -> str:
    told = str(value)
    if told.startswith(_WITH):
        return _("came together with: %(what)s") % {"what": _identity(told.removeprefix(_WITH))}
    return str(_REASONS.get(told, told))


def _segment(value: Any) -> str:
    return str(Segment(value).label) if value in Segment.values else str(value)


def _why_back(value: Any) -> str:
    return str(RefundReason(value).label) if value in RefundReason.values else str(value)


def _answer(value: Any) -> str:
    return str(ANSWERS.get(value, value))


def _ledger(rows: Sequence[Row], _now: datetime) -> dict[UUID, Cells]:
    told = explanations([row["id"] for row in rows])
    return {key: {"data": sentence} for key, sentence in told.items()}


def _story(rows: Sequence[Row], now: datetime) -> dict[UUID, Cells]:
    found = {}
    for row in rows:
        moment = Moment(row["kind"], row["id"], row["occurred_at"], None, row["data"])
        line = remark(moment, now)
        found[row["id"]] = {"kind": line.title, "data": line.detail}
    return found


def _attributes(rows: Sequence[Row], now: datetime) -> dict[UUID, Cells]:
    known = {one.key: one for one in definition_rows()}
    return {
        row["id"]: _attribute(known[row["key"]], row["value"], now.date())
        for row in rows
        if row["key"] in known
    }


def _attribute(definition: Any, value: str, today: date) -> Cells:
    return {"key": definition.title, "value": spoken(definition, value, today) if value else ""}


_WORDS: Final[Mapping[str, Callable[[Any], str]]] = {
    "customers.customer.mobile": words.code,
    "customers.customeridentity.source": lambda value: str(_SOURCES.get(value, value)),
    "customers.customeridentity.reason": _reason,
    "customers.purchase.matched_by": _identity,
    "customers.mergesuggestion.because": _identities,
    "customers.return.reason": _why_back,
    "payments.inquiry.outcome": _answer,
    "segmentation.segmenttransition.before": _segment,
    "segmentation.segmenttransition.after": _segment,
}
_ROWS: Final[Mapping[str, Callable[[Sequence[Row], datetime], dict[UUID, Cells]]]] = {
    "loyalty.ledgerentry": _ledger,
    "customers.timelineentry": _story,
    "customers.attributevalue": _attributes,
}

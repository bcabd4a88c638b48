"""Inquiries in words: what was learned, of whom, by whom, for how much."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.numbers import bank_of_iban
from dashboard.web import words
from dashboard.web.access import BusinessRequest
from dashboard.web.inquiries.reasons import in_words
from dashboard.web.payments.history import Fact
from payments.enums.inquiries import InquiryBasis, InquiryKind, InquiryPurpose, InquiryState
from payments.operations.inquiries import InquiryDetail
from payments.providers.contract import Match, Outcome
from payments.queries.inquiries import Found

_MATCHES: Final = {
    Match.MATCH: (gettext_lazy("the same person"), "chip-good"),
    Match.NO_MATCH: (gettext_lazy("another person"), "chip-bad"),
    Match.PROBABLE: (gettext_lazy("probably the same"), "chip-amber"),
    Match.INDETERMINATE: (gettext_lazy("could not be told"), "chip-amber"),
}
ANSWERS: Final = {
    Outcome.OK: gettext_lazy("gave an answer"),
    Outcome.ALREADY: gettext_lazy("gave an answer"),
    Outcome.DECLINED: gettext_lazy("refused the question"),
    Outcome.NOT_ATTEMPTED: gettext_lazy("was not reached, or did not take the question"),
}
# What was made before 29 November 2026 may say the shorter.
_API_KEY: Final = ("api_key:", "api:")
# Where what a question was asked for is to be seen.
_PAGES: Final = {
    InquiryPurpose.REFUND_DESTINATION: "dashboard:refund",
    InquiryPurpose.PAYOUT: "dashboard:refund",
    InquiryPurpose.DEPOSIT_SOURCE: "dashboard:deposit",
    InquiryPurpose.MANDATE: "dashboard:mandate",
}


@dataclass(frozen=True, kw_only=True)
class InquiryRow:
    """A question in a list: never with a name."""

    id: UUID
    kind: str
    about: str
    purpose: str
    result: str
    tone: str
    used_again: bool
    by: str
    cost_rial: int | None
    asked_at: datetime


def row_of(row: Any) -> InquiryRow:
    """Return a question as lists show it."""
    result, tone = result_of(row)
    return InquiryRow(
        id=row.id,
        kind=str(InquiryKind(row.kind).label),
        about=words.code(row.hint),
        purpose=str(InquiryPurpose(row.purpose).label),
        result=result,
        tone=tone,
        used_again=row.answered_by_id is not None,
        by=asker(row.asked_by),
        cost_rial=row.cost_rial,
        asked_at=row.asked_at,
    )


def result_of(row: Any) -> tuple[str, str]:
    """Return what a question came to, and the colour that goes with it."""
    if row.state != InquiryState.ANSWERED:
        waits = row.state == InquiryState.ASKING
        return str(InquiryState(row.state).label), "" if waits else "chip-amber"
    if row.usable is False:
        return _("closed or blocked"), "chip-bad"
    if row.match:
        said, tone = _MATCHES[Match(row.match)]
        return str(said), tone
    if (row.answered_by or row).found is None:
        return _("not found"), "chip-amber"
    return _("found"), "chip-good"


def asker(by: str) -> str:
    """Return who asked: a person, or software by the end of its key's id."""
    if not by.startswith(_API_KEY):
        return by
    return _("software, key %(end)s") % {"end": words.code(by[-4:])}


def particulars(detail: InquiryDetail, request: BusinessRequest) -> list[Fact]:
    """Return a question's particulars."""
    row = detail.row
    facts = [
        Fact(label=_("About"), text=words.code(row.hint)),
        _why(row, request),
        Fact(label=_("Ground"), text=str(InquiryBasis(row.basis).label)),
        Fact(label=_("Asked by"), text=f"{asker(row.asked_by)} · {words.moment(row.asked_at)}"),
    ]
    if row.note:
        facts.append(Fact(label=_("Note for yourselves"), text=row.note))
    if row.checked_at:
        facts.append(Fact(label=_("Answered"), text=_answered(row)))
    if row.answered_by_id:
        href = reverse("dashboard:inquiry", args=[request.business.slug, row.answered_by_id])
        facts.append(Fact(label=_("Used again"), text=_("the earlier inquiry"), href=href))
    if row.valid_until:
        facts.append(Fact(label=_("Holds until"), text=words.day(row.valid_until)))
    if row.reason and not row.usable:
        facts.append(Fact(label=_("Reason"), text=in_words(row.reason)))
    facts.append(Fact(label=_("Cost"), text=_cost(row)))
    return facts


def found_lines(detail: InquiryDetail) -> list[Fact]:
    """Return whose a card or an account is."""
    found = detail.found
    if found is None:
        return []
    told = (
        (_("Owner"), "، ".join(found.owners)),
        (_("Account number (IBAN)"), found.iban),
        (_("Bank"), _bank(found)),
    )
    return [Fact(label=label, text=text) for label, text in told if text]


def _bank(found: Found) -> str:
    """Return the bank's own name where the account tells it; providers have words of theirs."""
    known = bank_of_iban(found.iban) if found.iban else None
    if known is None:
        return found.bank
    return known.name_fa if words.reads_persian() else known.name_en


def call_lines(detail: InquiryDetail) -> list[Fact]:
    """Return what each account said, in order."""
    return [
        Fact(
            label=call.account.title or str(call.account.get_provider_display()),
            text=" · ".join(
                filter(
                    None,
                    (
                        str(ANSWERS.get(Outcome(call.outcome), _("no certain answer"))),
                        in_words(call.code),
                        words.moment(call.at),
                    ),
                )
            ),
        )
        for call in detail.calls
    ]


def _why(row: Any, request: BusinessRequest) -> Fact:
    purpose = InquiryPurpose(row.purpose)
    page = _PAGES.get(purpose)
    href = (
        reverse(page, args=[request.business.slug, row.about_id]) if row.about_id and page else ""
    )
    return Fact(label=_("Why"), text=str(purpose.label), href=href)


def _answered(row: Any) -> str:
    name = row.account.title or str(row.account.get_provider_display()) if row.account else ""
    return " · ".join(filter(None, (name, words.moment(row.checked_at))))


def _cost(row: Any) -> str:
    if row.answered_by_id:
        return _("none: an earlier answer was used")
    if row.cost_rial is None:
        if not row.tries:
            return _("none: nobody was asked")
        return _("not known: the account has no fee entered")
    return _("%(amount)s toman") % {"amount": words.toman(row.cost_rial)}

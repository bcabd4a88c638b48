"""Issues and cards as the pages show them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from dashboard.web import words
from dashboard.web.inquiries.showing import asker
from dashboard.web.parts import Meter
from dashboard.web.people import local_mobile
from loyalty.enums import CardEntryKind, CardKind, CardPaid, CardState
from loyalty.queries.gift_cards import IssueTotals

_TONES: Final = {
    CardState.ACTIVE: "chip-good",
    CardState.WAITING: "chip-amber",
    CardState.STOPPED: "chip-bad",
}


@dataclass(frozen=True, kw_only=True)
class IssueRow:
    """An issue in a list."""

    id: UUID
    name: str
    kind: str
    is_sold: bool
    paid_by: str
    amount_rial: int
    cards: int
    spent: Meter
    held_rial: int
    note: str
    issued_at: datetime
    last_moment: datetime | None


@dataclass(frozen=True, kw_only=True)
class CardRow:
    """A card of an issue; `change` is what may be done with it."""

    id: UUID
    ends_with: str
    state: str
    tone: str
    balance_rial: int
    last_moment: datetime | None
    reason: str
    change: str
    customer_id: UUID | None
    whose: str


@dataclass(frozen=True, kw_only=True)
class TopUpRow:
    """Money put on a card; it may go back while it is all there."""

    id: UUID
    at: datetime
    ends_with: str
    amount_rial: int
    paid_by: str
    by: str
    taken_back_at: datetime | None
    may_go_back: bool


@dataclass(frozen=True, kw_only=True)
class MovementRow:
    """A movement of a card's money."""

    at: datetime
    what: str
    ends_with: str
    amount_rial: int
    purchase_id: UUID | None


def issue_row(row: Any, totals: IssueTotals) -> IssueRow:
    """Return an issue with what became of it."""
    return IssueRow(
        id=row.id,
        name=row.name,
        kind=str(CardKind(row.kind).label),
        is_sold=row.kind == CardKind.SOLD,
        paid_by=str(CardPaid(row.paid_by).label),
        amount_rial=row.amount_rial,
        cards=row.count,
        spent=share(_("Spent"), totals.spent_rial, totals.loaded_rial),
        held_rial=totals.held_rial,
        note=_note(row.count, totals),
        issued_at=row.issued_at,
        last_moment=_last(row.expires_at),
    )


def share(label: str, part_rial: int, whole_rial: int) -> Meter:
    """Return a part of an issue's money as a bar."""
    part = part_rial / whole_rial if whole_rial else 0.0
    text = _("%(amount)s toman") % {"amount": words.toman(part_rial)}
    return Meter(label=label, share=part, text=text, note=words.percent(part, 0))


def card_row(card: Any, now: datetime) -> CardRow:
    """Return a card."""
    state = CardState(card.state)
    over = card.expires_at is not None and card.expires_at <= now
    label = _label(card, state, is_over=over)
    changes = {
        CardState.ACTIVE: "" if over or _is_spent(card) else "stop",
        CardState.STOPPED: "resume",
    }
    return CardRow(
        id=card.id,
        ends_with=card.ends_with,
        state=label,
        tone="" if over or _is_spent(card) else _TONES.get(state, ""),
        balance_rial=card.balance_rial,
        last_moment=_last(card.expires_at),
        reason=card.reason,
        customer_id=card.customer_id,
        whose=_whose(card),
        change=changes.get(state, ""),
    )


def _whose(card: Any) -> str:
    person = card.customer
    return (person.name or local_mobile(person.mobile)) if person else ""


def _label(card: Any, state: CardState, *, is_over: bool) -> str:
    if state != CardState.ACTIVE:
        return str(state.label)
    if _is_spent(card):
        return _("All spent")
    return _("Its time is over") if is_over else str(state.label)


def _is_spent(card: Any) -> bool:
    return card.state == CardState.ACTIVE and not card.balance_rial


def top_up_row(top_up: Any, now: datetime) -> TopUpRow:
    """Return a top-up."""
    card = top_up.card
    over = card.expires_at is not None and card.expires_at <= now
    return TopUpRow(
        id=top_up.id,
        at=top_up.at,
        ends_with=card.ends_with,
        amount_rial=top_up.amount_rial,
        paid_by=str(CardPaid(top_up.paid_by).label),
        by=asker(top_up.by),
        taken_back_at=top_up.taken_back_at,
        may_go_back=not (top_up.taken_back_at or over) and card.balance_rial >= top_up.amount_rial,
    )


def movement_row(entry: Any) -> MovementRow:
    """Return a movement."""
    return MovementRow(
        at=entry.at,
        what=str(CardEntryKind(entry.kind).label),
        ends_with=entry.card.ends_with,
        amount_rial=entry.amount_rial,
        purchase_id=entry.use.purchase_id if entry.use else None,
    )


def _note(count: int, totals: IssueTotals) -> str:
    if totals.void == count:
        return _("taken back")
    if totals.waiting:
        return _("waiting for its payment")
    return _("%(used)s of %(count)s used") % {
        "used": words.number(totals.used),
        "count": words.number(count),
    }


def _last(expires_at: datetime | None) -> datetime | None:
    """Return a moment of the last good day: the boundary itself is the start of the next."""
    return expires_at - timedelta(seconds=1) if expires_at else None

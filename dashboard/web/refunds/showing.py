"""Refunds and payouts in words: states, waiting, the clock, what a preview tells."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from dashboard.web import words
from dashboard.web.inquiries.showing import asker
from dashboard.web.parts import Tone
from dashboard.web.payments.history import Fact
from payments.enums.refunds import (
    Decision,
    Destination,
    RefundReason,
    RefundRoute,
)
from payments.operations.refunds import RefundPreview
from payments.providers.contract import TransferState
from payments.queries.refunds import TransferDetail
from payments.queries.return_days import ReturnTerm

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400


@dataclass(frozen=True, kw_only=True)
class ClockStep:
    """One step of a refund's clock."""

    label: str
    at: str
    took: str
    tone: Tone


def preview_lines(told: RefundPreview) -> list[Fact]:
    """Return what a refund would do, fact by fact."""
    fee = _amount(told.fee_rial) if told.fee_rial is not None else _("not published")
    facts = [
        Fact(label=_("Money back"), text=_amount(told.amount_rial), tone="good"),
        Fact(label=_("How"), text=str(told.route.label)),
        Fact(label=_("Provider's fee"), text=fee),
        Fact(label=_("Expected"), text=words.day(told.expected_at)),
        Fact(label=_("Stays paid"), text=_amount(told.left_rial)),
    ]
    facts += [Fact(label=_("Comes off the sale"), text=line) for line in _off_the_sale(told)]
    facts += _effects(told)
    facts += [_comes_back(term) for term in told.terms]
    if told.needs:
        facts.append(Fact(label=_("Before it goes"), text=str(told.needs.label), tone="amber"))
    return facts


def _comes_back(term: ReturnTerm) -> Fact:
    """Say until when goods come back, and of which of them and by whose days it is said."""
    until = _("at any time") if term.until is None else words.day(term.until)
    if term.days == 0:
        until = _("not taken back")
    whose = [_("level %(tier)s") % {"tier": term.tier}] if term.tier else []
    of = [one or _("the rest") for one in term.categories]
    return Fact(label=_("Comes back until"), text=" · ".join([*of, until, *whose]))


def fact_lines(detail: TransferDetail) -> list[Fact]:
    """Return a refund's particulars."""
    row = detail.row
    facts = [
        Fact(label=_("Number"), text=words.code(row.external_id)),
        Fact(label=_("Why"), text=str(RefundReason(row.reason).label)),
        Fact(label=_("How"), text=str(RefundRoute(row.route).label)),
        Fact(label=_("Where to"), text=_where(row)),
        Fact(label=_("Asked by"), text=asker(row.requested_by)),
    ]
    if row.paid_rial and row.paid_rial != row.amount_rial:
        facts.append(Fact(label=_("Arrived"), text=_amount(row.paid_rial), tone="amber"))
    if row.fee_rial:
        facts.append(Fact(label=_("Provider's fee"), text=_amount(row.fee_rial)))
    if row.reference:
        facts.append(Fact(label=_("Reference"), text=words.code(row.reference)))
    if row.last_code or row.last_message:
        said = " ".join(filter(None, (words.code(row.last_code), words.aside(row.last_message))))
        facts.append(Fact(label=_("The provider's last word"), text=said))
    facts += [_decided(one.decision, one.by, one.note, one.at) for one in detail.decisions]
    return facts


def part_lines(detail: TransferDetail) -> list[Fact]:
    """Return the transfers an order was cut into, when there are several."""
    names = {
        TransferState.PENDING: _("held"),
        TransferState.IN_TRANSIT: _("on its way"),
        TransferState.PAID: _("arrived"),
        TransferState.FAILED: _("did not arrive"),
        TransferState.CANCELLED: _("cancelled"),
        TransferState.RETURNED: _("came back"),
    }
    return [
        Fact(
            label=words.code(part.reference),
            text=f"{_amount(part.amount_rial)} · {names.get(TransferState(part.state), '')}",
        )
        for part in detail.parts
    ]


def clock_of(row: Any) -> list[ClockStep]:
    """Return the refund's clock: each step, when it was reached and how long it took."""
    steps = [
        (_("Requested"), row.requested_at),
        (_("Approved"), row.approved_at),
        *_way(row),
    ]
    told: list[ClockStep] = []
    before: datetime | None = None
    for label, at in steps:
        told.append(
            ClockStep(
                label=label,
                at=words.moment(at) if at else "—",
                took=lasting(at - before) if at and before else "",
                tone="good" if at else "",
            )
        )
        before = at or before
    return told


def _way(row: Any) -> list[tuple[Any, datetime | None]]:
    """Return the money's way; store credit goes to no provider and cannot come back from one."""
    if row.route == RefundRoute.CREDIT:
        return [(_("Added to their store credit"), row.paid_at)]
    return [
        (_("Handed to the provider"), row.submitted_at),
        (_("Paid"), row.paid_at),
        (_("Still there after three days"), row.confirmed_at),
    ]


def lasting(time: timedelta) -> str:
    """Return a length of time in a unit that leaves at least two of it."""
    seconds = max(0, int(time.total_seconds()))
    if seconds >= 2 * _DAY:
        return _("%(n)s days") % {"n": words.number(seconds / _DAY)}
    if seconds >= 2 * _HOUR:
        return _("%(n)s hours") % {"n": words.number(seconds / _HOUR)}
    if seconds >= 2 * _MINUTE:
        return _("%(n)s minutes") % {"n": words.number(seconds / _MINUTE)}
    return _("%(n)s seconds") % {"n": words.number(seconds)}


def _off_the_sale(told: RefundPreview) -> list[str]:
    if told.owed_again:
        return [_("nothing: the instalment is owed again")]
    if told.returned is None:
        return [_("nothing: it came back already")]
    named = [
        f"{line.name or line.sku} — {_amount(line.amount_rial)}" for line in told.returned.lines
    ]
    return named or [_amount(told.returned.amount_rial)]


def _effects(told: RefundPreview) -> list[Fact]:
    facts = []
    if taken := told.effects.get("points_taken"):
        text = _("%(n)s points") % {"n": words.number(taken)}
        facts.append(Fact(label=_("Points taken"), text=text, tone="bad"))
    if back := told.effects.get("points_back"):
        text = _("%(n)s points") % {"n": words.number(back)}
        facts.append(Fact(label=_("Points given back"), text=text, tone="good"))
    facts += _held_effects(told)
    if after := told.effects.get("tier_after"):
        text = _("falls back to %(tier)s: it was reached by this purchase") % {"tier": after}
        facts.append(Fact(label=_("Tier"), text=text, tone="bad"))
    elif tier := told.effects.get("tier"):
        facts.append(Fact(label=_("Tier"), text=_("stays %(tier)s") % {"tier": tier}))
    return [*facts, *_limits(told), *_of_staff(told)]


def _limits(told: RefundPreview) -> list[Fact]:
    """Return what counts less towards the tier, and what budgets of rules get back."""
    facts = []
    if less := told.effects.get("progress_taken"):
        text = _("%(amount)s toman less") % {"amount": words.toman(less)}
        facts.append(Fact(label=_("Progress to the tier"), text=text, tone="bad"))
    if back := told.effects.get("budget_back"):
        facts.append(Fact(label=_("Back in the rules' budget"), text=_amount(back), tone="good"))
    return facts


def _of_staff(told: RefundPreview) -> list[Fact]:
    """Return what staff bonuses lose, and what becomes of the survey about this sale."""
    facts = [
        Fact(
            label=_("Bonus of %(name)s") % {"name": name},
            text=_("%(amount)s toman less") % {"amount": words.toman(rial)},
            tone="bad",
        )
        for name, rial in told.effects.get("bonus_taken", {}).items()
    ]
    if survey := told.effects.get("survey"):
        said = {
            "flagged": _("the answer stays, marked as returned"),
            "cancelled": _("the customer is not asked any more"),
        }
        facts.append(Fact(label=_("Survey"), text=said[survey]))
    return facts


def _held_effects(told: RefundPreview) -> list[Fact]:
    """Return what gift cards, stamps and coupons do."""
    facts = []
    if on_cards := told.effects.get("gift_card_back"):
        facts.append(Fact(label=_("Back on the gift card"), text=_amount(on_cards), tone="good"))
    if credit := told.effects.get("store_credit_back"):
        facts.append(Fact(label=_("Back as store credit"), text=_amount(credit), tone="good"))
    for card, lost in told.effects.get("stamps_lost", {}).items():
        text = _("%(n)s fewer on %(card)s") % {"n": words.number(lost), "card": card}
        facts.append(Fact(label=_("Stamps"), text=text, tone="bad"))
    facts += _recommended(told)
    for said in told.effects.get("presents_back", ()):
        facts.append(Fact(label=_("Present taken back"), text=str(said), tone="bad"))
    if coupon := told.effects.get("coupon"):
        facts.append(Fact(label=_("Coupon usable again"), text=str(coupon), tone="good"))
    return facts


def _recommended(told: RefundPreview) -> list[Fact]:
    """Return what a friend and who brought them lose."""
    said = {
        "referral_points_taken": _("Points of welcome taken back"),
        "referrer_points_taken": _("Taken back from who brought this customer"),
    }
    return [
        Fact(label=label, text=_("%(n)s points") % {"n": words.number(points)}, tone="bad")
        for name, label in said.items()
        if (points := told.effects.get(name))
    ]


def _where(row: Any) -> str:
    if row.destination != Destination.ACCOUNT:
        return str(Destination(row.destination).label)
    return _("account ending in %(end)s") % {"end": words.digits(row.receiver_hint)}


def _decided(decision: str, by: str, note: str, at: datetime) -> Fact:
    said = " · ".join(filter(None, (asker(by), note, words.moment(at))))
    tone: Tone = "good" if decision == Decision.APPROVE else "bad"
    return Fact(label=str(Decision(decision).label), text=said, tone=tone)


def _amount(rial: int) -> str:
    return _("%(amount)s toman") % {"amount": words.toman(rial)}

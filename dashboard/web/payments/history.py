"""A payment's tries, told one word at a time."""

from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.queries.sales import purchase_by_id
from dashboard.web import words
from dashboard.web.parts import Tone
from dashboard.web.people import title_of
from payments.enums import AttemptState, PaymentMethod, PaymentState, ReversalState
from payments.enums.accounts import RouteReason
from payments.queries import AttemptDetail, PaymentDetail
from payments.queries.covers import covers_of

_PAYMENT_TONES: Final[dict[PaymentState, str]] = {
    PaymentState.CREATED: "",
    PaymentState.PROCESSING: "chip-amber",
    PaymentState.SETTLED: "chip-good",
    PaymentState.CANCELLED: "",
    PaymentState.EXPIRED: "",
    PaymentState.REVERSED: "chip-bad",
    PaymentState.NEEDS_REVIEW: "chip-amber",
}
_GOOD: Final = {AttemptState.CONFIRMED}
_BAD: Final = {AttemptState.DECLINED, AttemptState.MISMATCH, AttemptState.REVERSED}
_WORD_TONES: Final[dict[str, Tone]] = {
    "ok": "good",
    "already": "good",
    "declined": "bad",
    "mismatch": "bad",
    "pending": "amber",
    "unknown": "amber",
    "not_attempted": "amber",
}


@dataclass(frozen=True, kw_only=True)
class CallLine:
    """One word said to or by the provider."""

    title: str
    detail: str
    tone: Tone


@dataclass(frozen=True, kw_only=True)
class AttemptBlock:
    """One try and its words."""

    title: str
    state: str
    tone: str
    facts: str
    calls: list[CallLine]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A label and its text; `href` leads to its rows."""

    label: str
    text: str
    href: str = ""
    tone: Tone = ""


def state_chip(state: PaymentState) -> tuple[str, str]:
    """Return a payment state's name and its chip's colour."""
    return str(state.label), _PAYMENT_TONES[state]


def attempt_blocks(detail: PaymentDetail) -> list[AttemptBlock]:
    """Return the tries, newest first."""
    return [_block(one) for one in reversed(detail.attempts)]


def fact_lines(detail: PaymentDetail, slug: str) -> list[Fact]:
    """Return the payment's particulars, with its customer and money sent back."""
    row = detail.payment
    facts = [
        Fact(label=_("Order number"), text=words.code(row.external_id)),
        Fact(label=_("Asked on"), text=words.moment(row.created_at)),
        Fact(label=_("Payable until"), text=words.moment(row.expires_at)),
    ]
    if row.method != PaymentMethod.GATEWAY:
        facts.append(Fact(label=_("Came by"), text=str(row.get_method_display())))
    facts += _covers(detail)
    if row.settled_at:
        facts.append(Fact(label=_("Paid"), text=words.moment(row.settled_at)))
    facts += [_returned(one) for one in detail.reversals]
    facts += [_orphan(one) for one in detail.orphans]
    return facts + _customer(row.purchase_id, slug)


def _covers(detail: PaymentDetail) -> list[Fact]:
    """Return what gift cards and coupons stand for; the headline is what comes as money."""
    row = detail.payment
    found = covers_of(row)
    if not found:
        return []
    whole = Fact(label=_("Price"), text=_toman(row.asked_rial))
    return [
        whole,
        *(
            Fact(
                label=str(one.get_kind_display()),
                text=f"{_toman(one.amount_rial)} · {one.label} · {one.get_state_display()}",
            )
            for one in found
        ),
    ]


def _toman(rial: int) -> str:
    return _("%(amount)s toman") % {"amount": words.toman(rial)}


def _block(one: AttemptDetail) -> AttemptBlock:
    attempt = one.attempt
    state = AttemptState(attempt.state)
    tone = "chip-good" if state in _GOOD else "chip-bad" if state in _BAD else ""
    facts = [words.moment(attempt.started_at)]
    if attempt.masked_pan:
        facts.append(_("card %(pan)s") % {"pan": words.code(attempt.masked_pan)})
    if attempt.provider_ref:
        facts.append(_("reference %(ref)s") % {"ref": words.code(attempt.provider_ref)})
    if why := attempt.route.get("reason"):
        facts.append(_("chosen because: %(why)s") % {"why": RouteReason(why).label})
    name = attempt.account.title or attempt.account.get_provider_display()
    return AttemptBlock(
        title=_("Try %(n)s · %(provider)s") % {"n": words.number(attempt.number), "provider": name},
        state=str(state.label),
        tone=tone,
        facts=" · ".join(facts),
        calls=[call_line(call) for call in one.calls],
    )


def call_line(call: Any) -> CallLine:
    """Return one word on the wire in an owner's language."""
    said = " ".join(filter(None, (words.code(call.code), words.aside(call.message))))
    took = _("%(n)s ms") % {"n": words.number(call.took_ms)}
    return CallLine(
        title=_operations().get(call.operation, call.operation),
        detail=" · ".join(filter(None, (said, words.clock(call.at), took))),
        tone=_WORD_TONES.get(call.outcome, ""),
    )


def _operations() -> dict[str, str]:
    return {
        "request": _("We asked the provider for a session"),
        "callback": _("The customer came back from the bank"),
        "confirm": _("We asked the provider to confirm"),
        "settle": _("We asked the provider to settle"),
        "inquire": _("We asked how it stands"),
        "list_unverified": _("We read the list of unconfirmed payments"),
        "reverse": _("We asked to send the money back"),
        "refund": _("We ordered a refund"),
        "inquire_refund": _("We asked what became of the refund"),
        "cancel_refund": _("We asked to cancel the refund"),
        "payout": _("We ordered a transfer"),
        "inquire_payout": _("We asked what became of the transfer"),
        "cancel_payout": _("We asked to cancel the transfer"),
        "prepare_debit": _("We opened a session for the debit"),
        "debit": _("We asked the bank for the money"),
        "inquire_debit": _("We asked what became of the debit"),
        "cancel_debit": _("We asked to cancel the debit"),
        "iban_info": _("We asked whose account it is"),
    }


def _returned(reversal: Any) -> Fact:
    state = ReversalState(reversal.state)
    return Fact(
        label=_("Money back"),
        text=f"{state.label} · {words.moment(reversal.done_at or reversal.requested_at)}",
        tone="good" if state == ReversalState.RETURNED else "amber",
    )


def _orphan(orphan: Any) -> Fact:
    amount = _toman(orphan.amount_rial)
    return Fact(label=_("Paid too late"), text=f"{amount} · {orphan.get_state_display()}")


def _customer(purchase_id: Any, slug: str) -> list[Fact]:
    purchase = purchase_by_id(purchase_id) if purchase_id else None
    if purchase is None or purchase.customer is None:
        return []
    person = purchase.customer
    address = reverse("dashboard:customer", args=[slug, purchase.customer_id])
    return [
        Fact(
            label=_("Customer"),
            text=title_of(person.name, person.mobile, person.member_code),
            href=address,
        )
    ]

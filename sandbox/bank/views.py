"""The bank's own page, where the buyer pays. It needs no script and no cookie."""

import time
from dataclasses import replace
from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox import journal
from sandbox.bank import contradictions, moves, notices
from sandbox.bank.cards import CARDS, Card, Conduct, card_called
from sandbox.bank.merchants import merchant
from sandbox.bank.moves import NotPayableError, Paid
from sandbox.bank.payments import Payment, State, find
from sandbox.bank.ways import Way
from sandbox.faults import Fault, Meeting
from sandbox.journal import Happening, Subject
from sandbox.office import Desk, office
from sandbox.scenario.due import fault_of
from sandbox.wire import Json

pages = Blueprint("bank", __name__)

CANCEL: Final = "cancel"
_TENFOLD: Final = 10
# What a card does under a fault, whatever it does otherwise.
_CONDUCTS: Final = {
    "callback_lost": Conduct.LOSE_CALLBACK,
    "money_returned": Conduct.RETURN_MONEY,
    "pay_declined": Conduct.REFUSE,
    "failed_made_good": Conduct.REFUSE,
}
_SEE_OTHER: Final = 303


def show(authority: str, *, psp: str, operation: str) -> Response:
    """Show the bank page of an open payment, or say why there is nothing to pay.

    Each dialect calls it from its own address.
    """
    with office().desk() as desk:
        payment = find(desk.db, authority)
        if payment is None or payment.psp != psp:
            return make_response(render_template("bank_missing.html", authority=authority), 404)
        _note(desk, operation, payment, {})
        if payment.state is not State.IN_BANK:
            return make_response(_closed(desk, payment), 409)
    return _form(payment)


@pages.post("/bank/<authority>")
def pay(authority: str) -> AnyResponse:
    """Pay or give up. The browser goes back to the shop, or reads how the try ended."""
    choice = CANCEL if request.form.get("action") == CANCEL else request.form.get("card", "")
    card = card_called(choice)
    if card is not None and card.conduct is Conduct.HANG:
        time.sleep(office().settings.hang_seconds)
    with office().desk() as desk:
        payment = find(desk.db, authority)
        if payment is None:
            return make_response(render_template("bank_missing.html", authority=authority), 404)
        if card is None:
            return _form(payment, problem="یکی از کارت‌های آزمایشی را انتخاب کنید.")
        try:
            paid = use_card(desk, payment, card)
        except NotPayableError:
            return make_response(_closed(desk, payment), 409)
        way = way_back(desk, paid)
    office().deliver()
    return _after(paid, card, way)


def use_card(desk: Desk, payment: Payment, card: Card) -> Paid:
    """Try to pay with a card and note it; raise NotPayableError if the payment is not open."""
    if payment.state is not State.IN_BANK:
        raise NotPayableError(payment.state)
    fault = _fault(desk, payment)
    conduct = _CONDUCTS.get(fault.name) if fault else None
    paid = moves.pay(
        desk.db,
        payment=payment,
        card=card if conduct is None else replace(card, conduct=conduct),
        merchant=merchant(desk.db, payment.merchant_id),
        charge_rial=_charge_rial(payment, fault),
        now=desk.now,
    )
    _plan(desk, paid, card, fault)
    way = way_back(desk, paid)
    told: Json = {"state": paid.payment.state, "callback_url": None if way is None else way.url}
    _note(desk, "pay", paid.payment, {"card": card.key}, told, fault=fault)
    notice = desk.dialect_of(payment).notice(paid.payment)
    if notice is not None and not paid.lost:
        notices.queue(desk.db, notice, now=desk.now)
    return paid


def way_back(desk: Desk, paid: Paid) -> Way | None:
    """Return how the browser goes back, or None when it stays at the bank."""
    return None if paid.lost else desk.dialect_of(paid.payment).way_back(paid.payment)


def _fault(desk: Desk, payment: Payment) -> Fault | None:
    met = Meeting(
        names=("pay",),
        door=payment.psp,
        merchant_id=payment.merchant_id,
        authority=payment.authority,
        amount_rial=payment.amount_rial,
        subject=payment.authority,
    )
    return fault_of(desk.db, met)


def _charge_rial(payment: Payment, fault: Fault | None) -> int:
    if fault is None or fault.name not in {"amount_tenfold", "amount_part"}:
        return payment.asked_rial
    tenfold = fault.name == "amount_tenfold"
    return payment.asked_rial * _TENFOLD if tenfold else payment.asked_rial // 2


def _plan(desk: Desk, paid: Paid, card: Card, fault: Fault | None) -> None:
    """Let the bank make a failure good later, where that was ordered."""
    if fault is not None and fault.name == "failed_made_good":
        wait = contradictions.USUAL_SECONDS if fault.seconds is None else int(fault.seconds)
        contradictions.plan(
            desk.db,
            paid.payment.authority,
            contradictions.Word.PAID,
            due_at=desk.now + wait,
            card=card.key,
        )


def _after(paid: Paid, card: Card, way: Way | None) -> AnyResponse:
    goes_back = paid.succeeded or card.conduct is Conduct.CANCEL
    if way is None or not goes_back:
        page = render_template("bank_result.html", paid=paid, payment=paid.payment, way=way)
        return make_response(page)
    if way.method == "GET":
        return redirect(way.url, code=_SEE_OTHER)
    return make_response(render_template("bank_return.html", payment=paid.payment, way=way))


def _form(payment: Payment, problem: str | None = None) -> Response:
    page = render_template(
        "bank.html", payment=payment, cards=CARDS.values(), problem=problem, cancel=CANCEL
    )
    return make_response(page, 200 if problem is None else 422)


def _closed(desk: Desk, payment: Payment) -> str:
    way = desk.dialect_of(payment).way_back(payment)
    return render_template("bank_closed.html", payment=payment, way=way)


def _note(
    desk: Desk,
    operation: str,
    payment: Payment,
    asked: Json,
    answered: Json | None = None,
    *,
    fault: Fault | None = None,
) -> None:
    subject = Subject(merchant_id=payment.merchant_id, authority=payment.authority)
    happening = Happening(
        operation=operation,
        subject=subject,
        asked=asked,
        answered=answered or {},
        fault=fault,
        door=payment.psp,
    )
    journal.record(desk.db, happening, at=desk.now)

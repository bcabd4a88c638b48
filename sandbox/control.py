"""The HTTP control: what a test asks of the sandbox, in JSON. Nothing here is a provider's API."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, jsonify, request

from sandbox import clock, faults, ledger, reports
from sandbox.bank import contradictions, notices, transfers
from sandbox.bank.cards import CARDS, card_called
from sandbox.bank.merchants import Merchant, changed, keep_merchant, merchant
from sandbox.bank.moves import NotPayableError
from sandbox.bank.payments import find, must_find
from sandbox.bank.views import use_card, way_back
from sandbox.bank.ways import Way
from sandbox.faults import KINDS, Order
from sandbox.journal import Happening, Subject, record
from sandbox.office import Desk, office
from sandbox.reports import NO_END, Filter
from sandbox.scenario.plan import read_fault
from sandbox.sms.centre import newest
from sandbox.wire import Json

control = Blueprint("control", __name__, url_prefix="/control")

_MAX_ROWS: Final = 100_000


class BadOrderError(ValueError):
    """The control call asks for something that does not exist."""


@control.errorhandler(BadOrderError)
@control.errorhandler(ValueError)
@control.errorhandler(LookupError)
def _explain(error: Exception) -> tuple[Response, int]:
    return jsonify(error=str(error)), HTTPStatus.BAD_REQUEST


@control.get("/faults")
def list_faults() -> Response:
    """List the faults still to come, and every kind there is."""
    with office().desk() as desk:
        queue = faults.waiting(desk.db)
    kinds = {kind.name: {"done": kind.executes, "meaning": kind.meaning} for kind in KINDS.values()}
    return jsonify(queue=queue, kinds=kinds)


@control.post("/faults")
def script_fault() -> tuple[Response, int]:
    """Queue a fault: operation, fault, and optionally times, merchant, authority and code."""
    order = _order(_body())
    with office().desk() as desk:
        number = faults.enqueue(desk.db, order)
    return jsonify(id=number), HTTPStatus.CREATED


@control.delete("/faults")
def clear_faults() -> Response:
    """Drop the faults still to come."""
    with office().desk() as desk:
        faults.forget(desk.db)
    return jsonify(queue=[])


@control.post("/reset")
def reset() -> Response:
    """Forget everything; `seed` makes the next run repeatable, `behind` begins seconds ago."""
    body = _body()
    office().reset(_text(body, "seed"), behind=_whole(body, "behind", 0))
    return jsonify(reset=True)


@control.get("/clock")
def read_clock() -> Response:
    """Tell the virtual time."""
    with office().desk() as desk:
        return jsonify(_clock(desk))


@control.post("/clock")
def advance_clock() -> Response:
    """Move the virtual clock forward by `advance` seconds."""
    office().advance(_whole(_body(), "advance", 0))
    office().deliver()
    return read_clock()


@control.get("/merchants/<merchant_id>")
def read_merchant(merchant_id: str) -> Response:
    """Tell a merchant's settings."""
    with office().desk() as desk:
        return jsonify(_merchant_json(_merchant(desk, merchant_id)))


@control.post("/merchants/<merchant_id>")
def set_merchant(merchant_id: str) -> Response:
    """Change some of a merchant's settings; the others stay."""
    body = _body()
    with office().desk() as desk:
        settings = changed(_merchant(desk, merchant_id), body)
        keep_merchant(desk.db, settings)
    return jsonify(_merchant_json(settings))


@control.get("/cards")
def list_cards() -> Response:
    """List the test cards as a merchant would come to know them."""
    return jsonify(
        {
            card.key: {
                "pan": card.pan,
                "masked_pan": card.masked_pan,
                "hash": card.hash,
                "holder": card.holder,
                "title": card.title,
            }
            for card in CARDS.values()
        }
    )


@control.post("/pay")
def pay() -> tuple[Response, int]:
    """Pay an authority without a browser; the callback's address is told, not called."""
    body = _body()
    with office().desk() as desk:
        payment = find(desk.db, str(body.get("authority")))
        card = card_called(str(body.get("card", "success")))
        if payment is None or card is None:
            what = "authority" if payment is None else "card"
            return jsonify(error=f"unknown {what}"), HTTPStatus.NOT_FOUND
        try:
            paid = use_card(desk, payment, card)
        except NotPayableError as error:
            return jsonify(error=f"the payment is {error}"), HTTPStatus.CONFLICT
        told = reports.payment(paid.payment) | _way(way_back(desk, paid))
    office().deliver()
    return jsonify(told), HTTPStatus.OK


@control.get("/ledger.json")
def ledger_json() -> Response:
    """Tell the bank's truth: balances, entries, and that they sum to zero."""
    with office().desk() as desk:
        return jsonify(reports.whole_ledger(desk.db, read_filter()))


@control.get("/log.json")
def log_json() -> Response:
    """Tell the event log, oldest first."""
    with office().desk() as desk:
        return jsonify(events=reports.events(desk.db, read_filter()))


@control.get("/payments.json")
def payments_json() -> Response:
    """Tell every payment as the bank knows it, newest first."""
    with office().desk() as desk:
        return jsonify(payments=reports.payments(desk.db, read_filter()))


@control.post("/deliver")
def deliver() -> Response:
    """Send the messages to shops' servers that are due, and tell them all."""
    office().deliver()
    return notices_json()


@control.get("/notices.json")
def notices_json() -> Response:
    """Tell the messages to shops' servers, oldest first; status 0: nobody answered."""
    with office().desk() as desk:
        return jsonify(notices=notices.told(desk.db))


@control.get("/transfers.json")
def transfers_json() -> Response:
    """Tell every refund and payout, oldest first."""
    with office().desk() as desk:
        found = transfers.all_transfers(desk.db)
        return jsonify(transfers=[asdict(one) for one in found])


@control.post("/transfers/<int:number>")
def set_fate(number: int) -> Response:
    """Change how a transfer will end: arrive, fail, bounce or hold."""
    with office().desk() as desk:
        fate = transfers.Fate(str(_body().get("fate")))
        return jsonify(asdict(transfers.set_fate(desk.db, number, fate)))


@control.post("/fund")
def fund() -> Response:
    """Give an account money from outside: `account`, such as merchant:…, and `amount_rial`."""
    body = _body()
    account, amount = str(body.get("account")), _whole(body, "amount_rial", 0)
    with office().desk() as desk:
        occasion = ledger.Occasion(at=desk.now, memo="opening balance")
        ledger.post(desk.db, {ledger.WORLD: -amount, account: amount}, occasion)
        whose = Subject(merchant_id=account.partition(":")[2] or None)
        happening = Happening(operation="control.fund", subject=whose, asked=body, answered={})
        record(desk.db, happening, at=desk.now)
        return jsonify(account=account, balance_rial=ledger.balance_rial(desk.db, account))


@control.post("/contradict")
def contradict() -> tuple[Response, int]:
    """Let the bank change its word on a payment: `what` is reversed or paid, `after` seconds."""
    body = _body()
    what = contradictions.Word(str(body.get("what")))
    with office().desk() as desk:
        payment = must_find(desk.db, str(body.get("authority")))
        due_at = desk.now + _whole(body, "after", 0)
        contradictions.plan(desk.db, payment.authority, what, due_at=due_at)
    return jsonify(authority=payment.authority, what=what, at=clock.iso(due_at)), HTTPStatus.CREATED


@control.get("/sms.json")
def sms_json() -> Response:
    """Tell the messages taken in, newest first; filter by receptor or `since` a message id."""
    with office().desk() as desk:
        wanted = read_filter()
        found = newest(
            desk.db,
            receptor=request.args.get("receptor"),
            since=wanted.since,
            limit=wanted.limit,
        )
        return jsonify(messages=[reports.message(message, desk.now) for message in found])


def read_filter(limit: int = _MAX_ROWS) -> Filter:
    """Read `since`, `before`, `only`, `merchant`, `authority` and `limit` from the address."""
    return Filter(
        since=int(request.args.get("since") or 0),
        before=int(request.args.get("before") or NO_END),
        only=request.args.get("only") or "",
        merchant_id=request.args.get("merchant") or None,
        authority=request.args.get("authority") or None,
        limit=int(request.args.get("limit") or limit),
    )


def _body() -> Json:
    sent = request.get_json(silent=True)
    return sent if isinstance(sent, dict) else {}


def _whole(body: Json, name: str, default: int) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        msg = f"{name} must be a whole number"
        raise BadOrderError(msg)
    return value


def _text(body: Json, name: str) -> str | None:
    value = body.get(name)
    return None if value is None else str(value)


def _order(body: Json) -> Order:
    operation = str(body.get("operation", "*"))
    return Order(
        operation=operation,
        fault=read_fault(body, operation, "the order"),
        merchant_id=_text(body, "merchant"),
        authority=_text(body, "authority"),
        times=_whole(body, "times", 1),
        percent=_whole(body, "percent", 100),
    )


def _way(way: Way | None) -> Json:
    if way is None:
        return {"redirect": None, "method": "", "fields": {}}
    return {"redirect": way.url, "method": way.method, "fields": dict(way.fields)}


def _clock(desk: Desk) -> Json:
    return {
        "now": clock.iso(desk.now),
        "seconds": desk.now,
        "ahead_seconds": clock.offset(desk.db),
    }


def _merchant(desk: Desk, merchant_id: str) -> Merchant:
    return merchant(desk.db, merchant_id)


def _merchant_json(settings: Merchant) -> Json:
    return {
        "merchant_id": settings.merchant_id,
        "policy": settings.policy,
        "window_seconds": settings.window_seconds,
        "verify_unit": settings.verify_unit,
        "refusal": settings.refusal,
        "callback_domain": settings.callback_domain,
        "reverse_allowed": settings.reverse_allowed,
    }

"""The gateway's HTTP doors."""

from typing import Final

from flask import Blueprint, Response, request

from sandbox import ledger
from sandbox.bank import views
from sandbox.bank.dialects import Dialect
from sandbox.bank.payments import find
from sandbox.jibit import tokens
from sandbox.jibit.door import make_token, queried, sent, serve
from sandbox.jibit.ppg import purchases, refunds
from sandbox.jibit.ppg.asking import LIFETIME
from sandbox.journal import Subject
from sandbox.office import Desk
from sandbox.wire import Answer

api = Blueprint("jibit_ppg", __name__, url_prefix="/jibit/ppg/v3")
_SERVICE: Final = "ppg"


@api.post("/tokens")
def generate() -> Response:
    """Make a pair of tokens."""
    return make_token(_SERVICE, tokens.generate)


@api.post("/tokens/refresh")
def renew() -> Response:
    """Renew a pair of tokens."""
    return make_token(_SERVICE, tokens.renew)


@api.post("/purchases")
def create() -> Response:
    """Open a purchase."""
    body, host = sent(), request.host_url.rstrip("/")
    amount = body.get("amount")
    subject = Subject(amount_rial=amount if isinstance(amount, int) else None)
    return serve(
        _SERVICE,
        "request",
        lambda desk, client: purchases.create(desk, client, body, host),
        asked=body,
        subject=lambda _desk: subject,
        opened=_new_purchase,
    )


@api.get("/purchases")
def listing() -> Response:
    """List purchases; with an id it is an inquiry, with a state alone a list."""
    query = queried()
    number = query.get("purchaseId")
    return serve(
        _SERVICE,
        "inquiry" if number or query.get("clientReferenceNumber") else "unVerified",
        lambda desk, client: purchases.listing(desk, client, query),
        asked=query,
        subject=lambda desk: _subject(desk, number),
    )


@api.route("/purchases/<number>/verify", methods=["GET", "POST"])
def verify(number: str) -> Response:
    """Verify a purchase; there is no body."""
    return serve(
        _SERVICE,
        "verify",
        lambda desk, client: purchases.verify(desk, client, number),
        asked={"purchaseId": number},
        subject=lambda desk: _subject(desk, number),
        fresh=purchases.fresh,
    )


@api.post("/purchases/reverse")
def reverse() -> Response:
    """Reverse a purchase."""
    body = sent()
    return serve(
        _SERVICE,
        "reverse",
        lambda desk, client: purchases.reverse(desk, client, body),
        asked=body,
        subject=lambda desk: _subject(desk, body.get("purchaseId")),
    )


@api.post("/purchases/refund")
def refund() -> Response:
    """Order a refund."""
    body = sent()
    return serve(
        _SERVICE,
        "refund",
        lambda desk, client: refunds.refund(desk, purchases.named(desk, client, body), body),
        asked=body,
        subject=lambda desk: _subject(desk, body.get("purchaseId")),
    )


@api.get("/purchases/refunds/<number>")
def refund_inquiry(number: str) -> Response:
    """Tell a purchase's refunds."""
    return serve(
        _SERVICE,
        "refund_inquiry",
        lambda desk, client: refunds.inquire(desk, purchases.own(desk, client, number)),
        asked={"refundId": number},
        subject=lambda desk: _subject(desk, number),
    )


@api.post("/purchases/refunds/<number>/cancel")
def refund_cancel(number: str) -> Response:
    """Undo a refund that is held."""
    body = sent()
    return serve(
        _SERVICE,
        "refund_cancel",
        lambda desk, client: refunds.cancel(desk, purchases.own(desk, client, number), body),
        asked=body,
        subject=lambda desk: _subject(desk, number),
    )


@api.get("/app/health")
def health() -> Response:
    """Tell that the service and its PSPs are up."""
    up = Answer(200, {"status": "UP", "pspStatusMap": {"saman-ipg": "UP", "sepehr-ipg": "UP"}})
    return serve(_SERVICE, "health", lambda _desk, _client: up, asked={})


@api.get("/balances")
def balances() -> Response:
    """Tell what the client has: all of it may be settled."""

    def told(desk: Desk, client: tokens.Client) -> Answer:
        amount = ledger.balance_rial(desk.db, f"merchant:{client.api_key}")
        rows = [
            {"balanceType": kind, "amount": amount, "currency": "IRR"} for kind in ("WLT", "STL")
        ]
        return Answer(200, {"balances": rows})

    return serve(_SERVICE, "balances", told, asked={})


@api.get("/purchases/<number>/payments")
def start(number: str) -> Response:
    """Show the bank page."""
    return views.show(number, psp=DIALECT.psp, operation="jibit.ppg.start")


def _subject(desk: Desk, number: object) -> Subject:
    payment = find(desk.db, str(number)) if number else None
    if payment is None:
        return Subject()
    return Subject(authority=payment.authority, amount_rial=payment.amount_rial)


def _new_purchase(answer: Answer) -> str | None:
    made = answer.body.get("purchaseIdStr")
    return made if isinstance(made, str) else None


DIALECT: Final = Dialect(psp=purchases.PSP, way_back=purchases.way_back, verify_seconds=LIFETIME)

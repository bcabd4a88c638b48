"""The dialect's HTTP doors, and how its bank page sends the browser back."""

from typing import Final

from flask import Blueprint, Response, request

from sandbox.bank import views
from sandbox.bank.dialects import Dialect
from sandbox.bank.payments import Payment
from sandbox.bank.ways import Way, by_form
from sandbox.doors import Call, receive
from sandbox.journal import Subject
from sandbox.mellat import operations, soap
from sandbox.mellat.soap import NotUnderstoodError, Values
from sandbox.office import Desk
from sandbox.wire import Answer

api = Blueprint("mellat", __name__, url_prefix="/mellat")

_KINDS: Final = {
    "bpPayRequest": "request",
    "bpVerifyRequest": "verify",
    "bpSettleRequest": "settle",
    "bpInquiryRequest": "inquiry",
    "bpReversalRequest": "reverse",
}


@api.get("/pgwchannel/services/pgw")
def description() -> Response:
    """Describe the service, as any SOAP client asks for it."""
    return Response(soap.description(request.base_url), content_type="text/xml; charset=utf-8")


@api.post("/pgwchannel/services/pgw")
def call() -> Response:
    """Carry out one call of the dialect."""
    try:
        operation, values = soap.read(request.get_data())
    except NotUnderstoodError as error:
        wrong = soap.fault(str(error))
        return Response(wrong.sent, status=wrong.status, content_type=wrong.content_type)
    return receive(
        Call(
            operation=operation,
            kind=_KINDS[operation],
            asked={**values, "userPassword": "•"},
            subject=lambda desk: _subject(desk, operation, values),
            answer=lambda desk: soap.answered(
                operation, operations.carry_out(desk, operation, values)
            ),
            refused=lambda code: soap.answered(
                operation, str(operations.SYSTEM if code is None else code)
            ),
            fresh=lambda answer: _made_fresh(operation, answer),
            opened=_new_authority,
        )
    )


@api.post("/pgwchannel/startpay.mellat")
def start() -> Response:
    """Show the bank page; it is reached by a form only."""
    return views.show(request.form.get("RefId", ""), psp=operations.PSP, operation="startpay")


def _subject(desk: Desk, operation: str, values: Values) -> Subject:
    sale = None if operation == "bpPayRequest" else operations.sale_of(desk, values)
    amount = int(values["amount"]) if operation == "bpPayRequest" else None
    return Subject(
        merchant_id=str(values["terminalId"]),
        authority=None if sale is None else sale.authority,
        amount_rial=amount if sale is None else sale.amount_rial,
    )


def _made_fresh(operation: str, answer: Answer) -> Answer:
    verified = answer.body.get("return") == str(operations.VERIFIED)
    return soap.answered(operation, str(operations.DONE)) if verified else answer


def _new_authority(answer: Answer) -> str | None:
    _, _, authority = str(answer.body.get("return", "")).partition(",")
    return authority or None


def _way_back(payment: Payment) -> Way:
    fields = {
        "RefId": payment.authority,
        "ResCode": str(_res_code(payment)),
        "SaleOrderId": payment.order_id or "",
    }
    if payment.was_paid:
        fields |= {
            "SaleReferenceId": str(payment.ref_id),
            "CardHolderPan": payment.card_pan or "",
            "CardHolderInfo": payment.card_hash or "",
        }
    return by_form(payment.callback_url, fields)


def _res_code(payment: Payment) -> int:
    if payment.was_paid:
        return operations.DONE
    cancelled = payment.reason is not None and "انصراف" in payment.reason
    return operations.CANCELLED if cancelled else operations.NO_FUNDS


DIALECT: Final = Dialect(psp=operations.PSP, way_back=_way_back)

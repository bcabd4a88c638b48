"""The verbs of a till over HTTP: search, inquire, accrue, redeem, reverse."""

from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from customers.queries.people import customer_rows, customer_view, view_of
from loyalty.api.parts import rewards_document
from loyalty.api.pos.bodies import (
    AccrueIn,
    DeviceOut,
    FoundOut,
    InquireIn,
    InquiryOut,
    ReverseIn,
    SearchIn,
    TransactionOut,
)
from loyalty.api.pos.device import device_speaking, row_of
from loyalty.api.pos.person import person_document
from loyalty.api.whose import customer_meant
from loyalty.models import TillTransaction
from loyalty.operations.till import Act, carry_out
from loyalty.queries.credit import credit_of
from loyalty.queries.offers import available_rewards, preview
from loyalty.queries.rules.judge import Sale
from loyalty.queries.standing import tier_of
from loyalty.queries.till.allowances import Allowance, allowance_for
from loyalty.queries.till.rules import till_rules
from loyalty.queries.wallets import wallet_view

_MOST_FOUND: Final = 10


class PosDevice(Endpoint):
    """GET the device that speaks."""

    scopes: ClassVar = {"GET": Scope.TILL_USE}
    filters: ClassVar = {"device": "its code; a key made for one device need not name it"}
    answer: ClassVar = {"GET": DeviceOut}

    def get(self, call: Call) -> Reply:
        """Return it, and how far its row has come: a device set up anew goes on from there."""
        device = device_speaking(call, call.query.get("device", ""))
        branch = device.branch.code if device.branch else None
        return Reply({"code": device.code, "name": device.name, "branch": branch} | row_of(device))


class PosSearch(Endpoint):
    """POST the beginning of a name, mobile or member code."""

    scopes: ClassVar = {"POST": Scope.TILL_USE}
    body: ClassVar = {"POST": SearchIn}
    answer: ClassVar = {"POST": FoundOut}

    def post(self, call: Call, body: SearchIn) -> Reply:
        """Return at most ten customers, those who bought last first."""
        device_speaking(call, body.device)
        rows = customer_rows(search=body.text).order_by("-last_at", "id")[:_MOST_FOUND]
        people = [view_of(row) for row in rows]
        tiers = tier_of([one.id for one in people])
        return Reply({"data": [person_document(one, tiers.get(one.id)) for one in people]})


class PosInquiry(Endpoint):
    """POST who stands at the till."""

    scopes: ClassVar = {"POST": Scope.TILL_USE}
    body: ClassVar = {"POST": InquireIn}
    answer: ClassVar = {"POST": InquiryOut}

    def post(self, call: Call, body: InquireIn) -> Reply:
        """Return points, tier and rewards, what a basket would earn, and what may be spent."""
        device = device_speaking(call, body.device)
        customer_id = customer_meant(body)
        person = customer_view(customer_id) if customer_id else None
        if person is None:
            raise NotFound(_("There is no such customer."))
        wallet = wallet_view(person.id, call.now)
        seen = preview(
            total_rial=body.total,
            eligible_rial=body.total,
            customer_id=person.id,
            now=call.now,
            sale=Sale(channel="pos"),
        )
        return Reply(
            {
                "customer": person_document(person, tier_of([person.id]).get(person.id)),
                "balance": wallet.balance_points,
                "pending": wallet.pending_points,
                "value_rial": wallet.value_rial,
                "store_credit": credit_of(person.id, call.now).balance_rial,
                "will_earn": seen.earn_points,
                "spendable_points": seen.spendable_points,
                "spendable_rial": seen.spendable_rial,
                "rewards": rewards_document(available_rewards(wallet.balance_points)),
                "code_from_rial": till_rules().code_from_rial,
                "allowance": _allowance(allowance_for(device.id, person.id, call.now)),
            }
        )


class PosAccrual(Endpoint):
    """POST a sale."""

    scopes: ClassVar = {"POST": Scope.TILL_USE}
    body: ClassVar = {"POST": AccrueIn}
    answer: ClassVar = {"POST": TransactionOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: AccrueIn) -> Reply:
        """Record the sale; 201, or 200 and the same answer when it was there already."""
        return _carried_out(call, body.device, body.act())


class PosReversal(Endpoint):
    """POST what to undo."""

    scopes: ClassVar = {"POST": Scope.TILL_USE}
    body: ClassVar = {"POST": ReverseIn}
    answer: ClassVar = {"POST": TransactionOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: ReverseIn) -> Reply:
        """Undo it; what has not come yet will not be done when it comes."""
        return _carried_out(call, body.device, body.act())


def _carried_out(call: Call, code: str, act: Act) -> Reply:
    device = device_speaking(call, code)
    told = carry_out(device_id=device.id, act=act, now=call.now)
    return Reply(document(told.row), HTTPStatus.OK if told.replayed else HTTPStatus.CREATED)


def document(row: TillTransaction) -> dict[str, Any]:
    """Return what a device is told of a transaction, now and whenever it asks again."""
    said = {
        "transaction_id": row.number,
        "verb": row.verb,
        "status": row.state,
        "notes": list(row.notes),
    }
    return {**said, **row.answer}


def _allowance(given: Allowance | None) -> dict[str, Any] | None:
    if given is None:
        return None
    return {"points": given.points, "until": given.until, "token": given.token()}

"""Store credit over HTTP: terms, filling, holding for a sale, movements, what is owed (ADR 70)."""

from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from customers.api.bodies import ReturnIn
from customers.enums import TenderMethod
from loyalty.api.bodies import Document, Nothing
from loyalty.api.credit_bodies import (
    CreditFilledOut,
    CreditHoldIn,
    CreditHoldOut,
    CreditIn,
    CreditMovesOut,
    CreditOut,
    CreditOwedOut,
    CreditTermsIn,
    CreditTermsOut,
    CreditUseOut,
    ReturnToCreditOut,
    TakeBackIn,
)
from loyalty.api.whose import customer_meant, demand_customer
from loyalty.models import CreditTerms, GiftCardUse, StoreCredit
from loyalty.operations.credit import (
    NewCredit,
    NewCreditTerms,
    change_credit_terms,
    credit_return,
    fill_store_credit,
    hold_store_credit,
    take_credit_back,
)
from loyalty.operations.gift_cards import release_gift_card
from loyalty.queries.credit import (
    CreditPart,
    credit_by_id,
    credit_entries,
    credit_of,
    credit_terms,
    part_of,
    told,
)
from loyalty.queries.credit_owed import CreditStep, CreditSum, credit_bridge
from loyalty.queries.gift_cards import use_by_id
from payments.api.spans import FILTERS as SPAN
from payments.api.spans import asked_span


class CreditTermsItem(Endpoint):
    """GET the terms of store credit, POST changes them."""

    scopes: ClassVar = {"GET": "loyalty:read", "POST": "loyalty:write"}
    body: ClassVar = {"POST": CreditTermsIn}
    answer: ClassVar = {"GET": CreditTermsOut, "POST": CreditTermsOut}

    def get(self, call: Call) -> Reply:
        """Return them; before anybody set them it is off."""
        del call
        return Reply(_terms(credit_terms() or CreditTerms()))

    def post(self, call: Call, body: CreditTermsIn) -> Reply:
        """Change them; what customers have stays as it was promised."""
        new = NewCreditTerms(is_on=body.on, most_rial=body.most, months=body.months)
        return Reply(_terms(change_credit_terms(new=new, actor=None, now=call.now)))


class CustomerCredit(Endpoint):
    """GET what a customer has, POST fills it."""

    scopes: ClassVar = {"GET": "customers:read", "POST": "loyalty:write"}
    body: ClassVar = {"POST": CreditIn}
    answer: ClassVar = {"GET": CreditOut, "POST": CreditFilledOut}
    answer_status: ClassVar = {"POST": 201}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return what may be spent now, part by part; what ends first comes first."""
        customer_id = demand_customer(customer_id)
        told = credit_of(customer_id, call.now)
        return Reply(
            {
                "customer_id": customer_id,
                "balance": told.balance_rial,
                "owed": told.owed_rial,
                "given": told.given_rial,
                "parts": [_part(one) for one in told.parts],
            }
        )

    def post(self, call: Call, body: CreditIn, customer_id: UUID) -> Reply:
        """Fill it; the same number again is answered as before."""
        new = NewCredit(
            customer_id=customer_id,
            amount_rial=body.amount,
            reason=body.reason,
            external_id=body.external_id,
            paid_by=body.paid_by,
        )
        row = fill_store_credit(new=new, by=f"api_key:{call.key_id}", now=call.now)
        return Reply(_filled(row, call), HTTPStatus.CREATED)


class CreditTakenBack(Endpoint):
    """POST takes a filling back that was a mistake."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": TakeBackIn}
    answer: ClassVar = {"POST": CreditFilledOut}

    def post(self, call: Call, body: TakeBackIn, store_credit_id: UUID) -> Reply:
        """Take it back whole, while nothing of it is used; twice is once."""
        row = take_credit_back(
            credit_id=store_credit_id, reason=body.reason, actor=None, now=call.now
        )
        return Reply(_filled(credit_by_id(row.id) or row, call))


class CreditEntries(Endpoint):
    """GET the movements of a customer's store credit."""

    scopes: ClassVar = {"GET": "customers:read"}
    filters: ClassVar = FILTERS
    answer: ClassVar = {"GET": CreditMovesOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return them, newest first, each with its explanation."""
        found = page(
            credit_entries(demand_customer(customer_id)),
            by="at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [
            {
                "id": one.id,
                "at": one.at,
                "kind": one.kind,
                "amount": one.rial,
                "explanation": one.sentence,
            }
            for one in told(found.rows)
        ]
        return Reply({"data": data, "next_cursor": found.next_cursor})


class CreditHolds(Endpoint):
    """POST holds a customer's store credit for a sale."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": CreditHoldIn}
    answer: ClassVar = {"POST": CreditHoldOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: CreditHoldIn) -> Reply:
        """Hold it until the sale is recorded, it is released or its time runs out."""
        customer_id = customer_meant(body)
        if customer_id is None:
            raise NotFound(_("There is no such customer."))
        uses = hold_store_credit(
            customer_id=customer_id, most_rial=body.amount, exact=body.exact, now=call.now
        )
        data = {
            "customer_id": customer_id,
            "amount": sum(use.amount_rial for use in uses),
            "left": credit_of(customer_id, call.now).balance_rial,
            "expires_at": min(use.expires_at for use in uses),
            "uses": [_use(use) for use in uses],
            "tenders": [
                {
                    "method": TenderMethod.STORE_CREDIT.value,
                    "amount": use.amount_rial,
                    "reference": str(use.id),
                }
                for use in uses
            ],
        }
        return Reply(data, HTTPStatus.CREATED)


class ReturnToCredit(Endpoint):
    """POST a return of a sale whose money becomes its buyer's store credit."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": ReturnIn}
    answer: ClassVar = {"POST": ReturnToCreditOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: ReturnIn, purchase_id: UUID) -> Reply:
        """Record both at once; 201, or 200 when they were there already."""
        back, row = credit_return(
            purchase_id=purchase_id,
            external_id=body.external_id,
            amount_rial=body.amount,
            lines=tuple(line.new() for line in body.lines),
            reason=body.reason,
            by=f"api_key:{call.key_id}",
            now=call.now,
        )
        data = {
            "return_id": back.return_id,
            "purchase_id": back.purchase_id,
            "returned": back.amount_rial,
            "credit": _filled(row, call) if row else None,
        }
        return Reply(data, HTTPStatus.OK if back.replayed else HTTPStatus.CREATED)


class CreditUse(Endpoint):
    """GET what is or was held of one filling."""

    scopes: ClassVar = {"GET": "loyalty:read"}
    answer: ClassVar = {"GET": CreditUseOut}

    def get(self, call: Call, gift_card_use_id: UUID) -> Reply:
        """Return it."""
        del call
        return Reply(_use(use_by_id(gift_card_use_id)))


class CreditUseRelease(Endpoint):
    """POST lets go of what is held."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": CreditUseOut}

    def post(self, call: Call, body: Nothing, gift_card_use_id: UUID) -> Reply:
        """Release; twice is once."""
        del body
        return Reply(_use(release_gift_card(use_id=gift_card_use_id, now=call.now)))


class CreditOwed(Endpoint):
    """GET the bridge of what is owed as store credit."""

    scopes: ClassVar = {"GET": "payments:read"}
    answer: ClassVar = {"GET": CreditOwedOut}
    filters: ClassVar = SPAN

    def get(self, call: Call) -> Reply:
        """Return opening, what each kind of movement changed, and closing."""
        span = asked_span(call)
        seen = credit_bridge(span.since, span.last, span.zone)
        return Reply(
            {
                "since": seen.since,
                "until": seen.last,
                "opening": _sum(seen.opening),
                "parts": [_step(one) for one in seen.steps],
                "closing": _sum(seen.closing),
            }
        )


def _terms(row: CreditTerms) -> Document:
    return {"on": row.is_on, "most": row.most_rial, "months": row.months}


def _part(part: CreditPart) -> dict[str, Any]:
    return {
        "id": part.id,
        "source": part.source,
        "reason": part.reason,
        "amount": part.amount_rial,
        "left": part.left_rial,
        "at": part.at,
        "expires_at": part.expires_at,
        "taken_back": part.is_back,
    }


def _filled(row: StoreCredit, call: Call) -> Document:
    balance = credit_of(row.customer_id, call.now).balance_rial
    return _part(part_of(row)) | {"customer_id": row.customer_id, "balance": balance}


def _use(use: GiftCardUse) -> dict[str, Any]:
    return {
        "id": use.id,
        "status": use.state,
        "amount": use.amount_rial,
        "returned": use.returned_rial,
        "purchase_id": use.purchase_id,
        "expires_at": use.expires_at,
    }


def _sum(one: CreditSum) -> dict[str, int]:
    return {"owed": one.owed_rial, "given": one.given_rial}


def _step(step: CreditStep) -> dict[str, Any]:
    return _sum(step.change) | {"kind": step.key, "times": step.times}

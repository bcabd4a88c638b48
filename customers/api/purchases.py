"""Purchases and returns over HTTP."""

from http import HTTPStatus
from typing import Any, ClassVar, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound, Problem
from customers.api.answers import (
    BatchOut,
    PurchaseDetailOut,
    PurchaseListOut,
    PurchaseOut,
    ReturnOut,
)
from customers.api.bodies import BatchIn, PurchaseIn, Refused, ReturnIn
from customers.api.enrich import enriched
from customers.models import Purchase, PurchaseLine, Return, Tender
from customers.operations import (
    PurchaseOutcome,
    record_purchases,
    record_return,
)
from customers.queries import purchase_detail, purchase_rows

SOURCE = "api"


class Purchases(Endpoint):
    """POST a sale, GET the latest ones."""

    scopes: ClassVar = {"POST": "purchases:write", "GET": "purchases:read"}
    filters: ClassVar = {"customer": "a customer's id", "channel": "a channel", **FILTERS}
    body: ClassVar = {"POST": PurchaseIn}
    answer: ClassVar = {"POST": PurchaseOut, "GET": PurchaseListOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: PurchaseIn) -> Reply:
        """Record one sale; 201, or 200 when it was there already."""
        (outcome,) = record_purchases(purchases=[body.new()], source=SOURCE, now=call.now)
        if outcome.error is not None or outcome.purchase_id is None:
            raise outcome.error or NotFound(_("There is no such purchase."))
        extras = enriched([outcome.purchase_id], call.now)[outcome.purchase_id]
        status = HTTPStatus.OK if outcome.replayed else HTTPStatus.CREATED
        return Reply(_recorded(body, outcome) | extras, status)

    def get(self, call: Call) -> Reply:
        """List purchases, newest first; filter by customer and channel."""
        found = page(
            purchase_rows(
                customer_id=_uuid(call.query.get("customer")),
                channel=call.query.get("channel", ""),
            ),
            by="occurred_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        extras = enriched([row.id for row in found.rows], call.now)
        data = [_purchase(row) | extras[row.id] for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})


class PurchaseBatch(Endpoint):
    """POST up to 1,000 sales at once."""

    scopes: ClassVar = {"POST": "purchases:write"}
    body: ClassVar = {"POST": BatchIn}
    answer: ClassVar = {"POST": BatchOut}

    def post(self, call: Call, body: BatchIn) -> Reply:
        """Record what can be recorded; one result per row, in order."""
        rows = cast("list[PurchaseIn | Refused]", body.purchases)
        sound = [row for row in rows if isinstance(row, PurchaseIn)]
        outcomes = iter(
            record_purchases(purchases=[row.new() for row in sound], source=SOURCE, now=call.now)
        )
        judged = [
            (row, next(outcomes))
            if isinstance(row, PurchaseIn)
            else (row, PurchaseOutcome(error=row.problem))
            for row in rows
        ]
        written = list({one.purchase_id for _row, one in judged if one.purchase_id})
        extras = enriched(written, call.now)
        results = [_result(index, row, one, extras) for index, (row, one) in enumerate(judged)]
        return Reply(
            {
                "recorded": sum(one.error is None and not one.replayed for _, one in judged),
                "replayed": sum(one.replayed for _, one in judged),
                "refused": sum(one.error is not None for _, one in judged),
                "results": results,
            }
        )


class PurchaseItem(Endpoint):
    """GET one sale with its lines, tenders and returns."""

    scopes: ClassVar = {"GET": "purchases:read"}
    answer: ClassVar = {"GET": PurchaseDetailOut}

    def get(self, call: Call, purchase_id: UUID) -> Reply:
        """Return the sale in the shape of its POST, and what belongs to it."""
        detail = purchase_detail(purchase_id)
        if detail is None:
            raise NotFound(_("There is no such purchase."))
        extras = enriched([purchase_id], call.now)[purchase_id]
        parts = {
            "lines": [_line(row) for row in detail.lines],
            "tenders": [_tender(row) for row in detail.tenders],
            "returns": [_return(row) for row in detail.returns],
        }
        return Reply(_purchase(detail.purchase) | extras | parts)


class PurchaseReturns(Endpoint):
    """POST a return of a sale."""

    scopes: ClassVar = {"POST": "purchases:write"}
    body: ClassVar = {"POST": ReturnIn}
    answer: ClassVar = {"POST": ReturnOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: ReturnIn, purchase_id: UUID) -> Reply:
        """Record a return; 201, or 200 when it was there already."""
        made = record_return(
            purchase_id=purchase_id,
            external_id=body.external_id,
            amount_rial=body.amount,
            lines=[line.new() for line in body.lines],
            occurred_at=body.occurred_at,
            reason=body.reason,
            source=SOURCE,
            now=call.now,
        )
        extras = enriched([purchase_id], call.now)[purchase_id]
        data = {
            "id": made.return_id,
            "purchase_id": made.purchase_id,
            "external_id": body.external_id,
            "amount": made.amount_rial,
            "returned_so_far": made.returned_so_far_rial,
            "left": made.purchase_total_rial - made.returned_so_far_rial,
        }
        status = HTTPStatus.OK if made.replayed else HTTPStatus.CREATED
        return Reply(data | extras, status)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Problem("invalid_customer", _("Give a UUID.")) from error


def _result(
    index: int,
    row: PurchaseIn | Refused,
    outcome: PurchaseOutcome,
    extras: dict[UUID, dict[str, Any]],
) -> dict[str, Any]:
    if outcome.error is not None or isinstance(row, Refused) or outcome.purchase_id is None:
        return {"index": index} | _refusal(outcome.error)
    status = HTTPStatus.OK if outcome.replayed else HTTPStatus.CREATED
    purchase = _recorded(row, outcome) | extras[outcome.purchase_id]
    return {"index": index, "status": int(status), "purchase": purchase}


def _refusal(problem: Problem | None) -> dict[str, Any]:
    if problem is None:
        return {"status": int(HTTPStatus.INTERNAL_SERVER_ERROR)}
    errors = {path: [str(one) for one in many] for path, many in problem.fields.items()}
    document = {
        "code": problem.code,
        "status": problem.status,
        "detail": str(problem.detail),
        "errors": errors,
        **problem.extra,
    }
    return {"status": problem.status, "problem": document}


def _recorded(body: PurchaseIn, outcome: PurchaseOutcome) -> dict[str, Any]:
    customer = outcome.customer_id and {
        "id": outcome.customer_id,
        "status": outcome.customer_status,
        "name": outcome.customer_name,
    }
    return {
        "id": outcome.purchase_id,
        "external_id": body.external_id,
        "channel": body.channel,
        "total": outcome.total_rial,
        "customer": customer,
    }


def _purchase(row: Purchase) -> dict[str, Any]:
    customer = row.customer
    return {
        "id": row.id,
        "external_id": row.external_id,
        "channel": row.channel,
        "total": row.total_rial,
        "customer": customer
        and {"id": customer.id, "status": customer.status, "name": customer.name},
        "occurred_at": row.occurred_at,
        "branch": row.branch.code if row.branch else None,
        "employee": row.employee.code if row.employee else None,
        "returned": row.returned_rial,
    }


def _line(row: PurchaseLine) -> dict[str, Any]:
    return {
        "position": row.position,
        "sku": row.sku,
        "name": row.name,
        "category": row.category,
        "quantity": row.quantity.normalize(),
        "unit_price": row.unit_price_rial,
        "discount": row.discount_rial,
        "total": row.total_rial,
        "returned": row.returned_rial,
        "attributes": row.attributes,
    }


def _tender(row: Tender) -> dict[str, Any]:
    return {
        "method": row.method,
        "amount": row.amount_rial,
        "reference": row.reference,
        "card": {"masked_pan": row.masked_pan} if row.masked_pan else None,
    }


def _return(row: Return) -> dict[str, Any]:
    return {
        "id": row.id,
        "external_id": row.external_id,
        "amount": row.amount_rial,
        "returned_so_far": row.returned_so_far_rial,
        "occurred_at": row.occurred_at,
        "reason": row.reason,
    }

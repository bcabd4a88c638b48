"""Customers over HTTP."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.api.paging import FILTERS, asked_limit, page
from core.api.render import to_bytes
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound, Problem
from customers.api.answers import CustomerListOut, CustomerOut, TimelineOut
from customers.api.bodies import CustomerIn, CustomerPatch, LookupIn
from customers.api.orders import Listed, order_named, order_names
from customers.api.privacy import note_api_view
from customers.api.whose import seen
from customers.enums import AttributePrivacy, AttributeSource
from customers.operations import find_or_create, update_customer
from customers.operations.attributes import note_attributes
from customers.queries import (
    CustomerView,
    Moment,
    customer_rows,
    customer_views,
    find_customer,
    timeline,
)
from customers.queries.attributes import Known, attributes_of, read_value

SOURCE = "api"


class Customers(Endpoint):
    """GET the customers, POST one."""

    scopes: ClassVar = {"GET": "customers:read", "POST": "customers:write"}
    filters: ClassVar = {
        "search": "the beginning of a name, mobile or member code",
        "status": "provisional, active or erased",
        "order": "-clv: by what the coming year is expected to bring; -earned: by what was earned"
        " in the past year, the best fifth of customers; most first",
        **FILTERS,
    }
    body: ClassVar = {"POST": CustomerIn}
    answer: ClassVar = {"POST": CustomerOut, "GET": CustomerListOut}
    answer_status: ClassVar = {"POST": 201}

    def get(self, call: Call) -> Reply:
        """List customers, newest first; `search` takes the beginning of a name or mobile."""
        listed = _listed(call)
        views = customer_views([who for who, _worth in listed.rows])
        known = attributes_of(list(views), call.now)
        data = [
            {**_customer(views[who], known[who]), "worth": dict(worth) or None}
            for who, worth in listed.rows
            if who in views
        ]
        return Reply({"data": data, "next_cursor": listed.next_cursor})

    def post(self, call: Call, body: CustomerIn) -> Reply:
        """Find or create a customer; 201 when new, else 200."""
        found = find_or_create(customer=body.hint(), source=SOURCE, now=call.now)
        status = HTTPStatus.CREATED if found.created else HTTPStatus.OK
        return Reply(_told(found.customer_id, call), status)


class CustomerItem(Endpoint):
    """GET or PATCH one customer."""

    scopes: ClassVar = {"GET": "customers:read", "PATCH": "customers:write"}
    body: ClassVar = {"PATCH": CustomerPatch}
    answer: ClassVar = {"GET": CustomerOut, "PATCH": CustomerOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return one customer with running sums; a merged profile's id gives its survivor."""
        person = seen(customer_id)
        note_api_view(person.id, call)
        return Reply(_told(person.id, call, person))

    def patch(self, call: Call, body: CustomerPatch, customer_id: UUID) -> Reply:
        """Correct name, mobile or e-mail, or tell attributes."""
        whose = seen(customer_id).id
        update_customer(
            customer_id=whose,
            name=body.name,
            mobile=body.mobile,
            email=body.email,
            source=SOURCE,
            now=call.now,
        )
        if body.attributes:
            note_attributes(
                customer_id=whose,
                given=body.attributes,
                source=AttributeSource.CUSTOMER,
                now=call.now,
            )
        return Reply(_told(whose, call))


class CustomerLookup(Endpoint):
    """Find one customer by an identity, in the query or (kept out of logs) in a body."""

    scopes: ClassVar = {"GET": "customers:read", "POST": "customers:read"}
    filters: ClassVar = {
        "mobile": "a mobile",
        "email": "an e-mail address",
        "member_code": "a member code",
        "external_id": "your own customer number",
        "card_hash": "a card's hash",
    }
    body: ClassVar = {"POST": LookupIn}
    answer: ClassVar = {"GET": CustomerOut, "POST": CustomerOut}

    def get(self, call: Call) -> Reply:
        """Find by the query's mobile, email, member_code, external_id or card_hash."""
        return _looked_up(LookupIn.model_validate(dict(call.query)), call)

    def post(self, call: Call, body: LookupIn) -> Reply:
        """Find by the body's members."""
        return _looked_up(body, call)


class CustomerTimeline(Endpoint):
    """GET one customer's story."""

    scopes: ClassVar = {"GET": "customers:read"}
    filters: ClassVar = FILTERS
    answer: ClassVar = {"GET": TimelineOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return purchases, returns, cases and remarks, newest first."""
        whose = seen(customer_id).id
        note_api_view(whose, call)
        limit = asked_limit(call.query.get("limit"))
        rows = timeline(whose, before=_before(call.query.get("cursor")), limit=limit + 1)
        cursor = _cursor(rows[limit - 1]) if len(rows) > limit else None
        data = [
            {"kind": row.kind, "id": row.id, "at": row.at, "amount": row.amount_rial} | row.data
            for row in rows[:limit]
        ]
        return Reply({"data": data, "next_cursor": cursor})


def _listed(call: Call) -> Listed:
    """Return the page in the asked order. Raises Problem `invalid_order`."""
    rows = customer_rows(search=call.query.get("search", ""), status=call.query.get("status", ""))
    cursor, limit = call.query.get("cursor"), asked_limit(call.query.get("limit"))
    name = call.query.get("order", "")
    if not name:
        found = page(rows, by="id", cursor=cursor, limit=limit)
        return Listed([(row.id, {}) for row in found.rows], found.next_cursor)
    order = order_named(name)
    if order is None:
        raise Problem(
            "invalid_order",
            _("Customers can be ordered by %(names)s.") % {"names": ", ".join(order_names())},
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            about="order",
        )
    return order(rows, cursor, limit)


def _looked_up(asked: LookupIn, call: Call) -> Reply:
    if not any(asked.model_dump().values()):
        raise Problem(
            "identity_missing", _("Give a mobile, email, member_code, external_id or card_hash.")
        )
    customer_id = find_customer(**asked.model_dump())
    if customer_id is None:
        raise NotFound(_("There is no such customer."))
    note_api_view(customer_id, call)
    return Reply(_told(customer_id, call))


def _told(customer_id: UUID, call: Call, view: CustomerView | None = None) -> dict[str, Any]:
    person = view or seen(customer_id)
    return _customer(person, attributes_of([person.id], call.now)[person.id])


def _customer(view: CustomerView, known: Mapping[str, Known]) -> dict[str, Any]:
    return {
        "id": view.id,
        "status": view.status,
        "name": view.name,
        "mobile": view.mobile,
        "email": view.email,
        "member_code": view.member_code,
        "created_at": view.created_at,
        "totals": {
            "purchases": view.purchases,
            "purchase_days": view.purchase_days,
            "gross": view.gross_rial,
            "returned": view.returned_rial,
            "net": view.net_rial,
            "first_on": view.first_on,
            "last_on": view.last_on,
            "last_at": view.last_at,
        },
        "attributes": {
            key: read_value(one.definition.kind, one.value)
            for key, one in known.items()
            if one.definition.privacy != AttributePrivacy.SENSITIVE
        },
    }


def _cursor(row: Moment) -> str:
    return base64.urlsafe_b64encode(to_bytes([row.at, row.id])).decode().rstrip("=")


def _before(cursor: str | None) -> tuple[datetime, UUID] | None:
    if not cursor:
        return None
    try:
        at, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return datetime.fromisoformat(at), UUID(row_id)
    except (binascii.Error, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Problem("invalid_cursor", _("This cursor is not ours.")) from error

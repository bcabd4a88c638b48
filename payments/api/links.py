"""Payment links and unfinished checkouts over HTTP."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, ClassVar, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from payments.api.bodies import Body
from payments.models import PaymentLink
from payments.operations import NewLink, close_link, create_link
from payments.queries.links import (
    LinkSums,
    arm_results,
    link_by_id,
    link_rows,
    link_sums,
    link_url,
)

_LOOKS_BACK: Final = timedelta(days=90)


class LinkIn(Body):
    """A link: a fixed `amount`, or `min_amount` and `max_amount` for what the payer types."""

    title: str = Field(min_length=1, max_length=200)
    amount: int | None = None
    min_amount: int | None = None
    max_amount: int | None = None
    asks_mobile: bool = True
    max_payments: int | None = None
    expires_at: AwareDatetime | None = None
    branch: str = ""
    employee: str = ""

    def new(self) -> NewLink:
        """Return the operation's value."""
        return NewLink(
            title=self.title,
            amount_rial=self.amount,
            least_rial=self.min_amount,
            most_rial=self.max_amount,
            asks_mobile=self.asks_mobile,
            max_payments=self.max_payments,
            expires_at=self.expires_at,
            branch_code=self.branch,
            employee_code=self.employee,
        )


class LinkOut(BaseModel):
    """A link and what it brought; amounts in rial."""

    id: UUID
    title: str
    url: str
    amount: int | None
    min_amount: int | None
    max_amount: int | None
    asks_mobile: bool
    max_payments: int | None
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    closed_at: AwareDatetime | None
    payments_made: int
    payments_paid: int
    paid_amount: int


class LinksOut(BaseModel):
    """A page of links, newest first."""

    data: list[LinkOut]
    next_cursor: str | None


class ArmOut(BaseModel):
    """One arm of unfinished checkouts; `paid_amount` in rial."""

    arm: str
    checkouts: int
    paid: int
    paid_amount: int


class CheckoutsOut(BaseModel):
    """What reminding brought, against those left alone."""

    since: AwareDatetime
    data: list[ArmOut]


class PaymentLinks(Endpoint):
    """POST a link, GET the latest ones."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {**FILTERS}
    body: ClassVar = {"POST": LinkIn}
    answer: ClassVar = {"POST": LinkOut, "GET": LinksOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: LinkIn) -> Reply:
        """Make a link."""
        made = create_link(link=body.new(), by=f"api_key:{call.key_id}", now=call.now)
        return Reply(_one(made), HTTPStatus.CREATED)

    def get(self, call: Call) -> Reply:
        """List links, newest first."""
        found = page(
            link_rows(),
            by="created_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        sums = link_sums([row.id for row in found.rows])
        rows = [_link(row, sums[row.id]) for row in found.rows]
        return Reply(LinksOut(data=rows, next_cursor=found.next_cursor).model_dump())


class PaymentLinkItem(Endpoint):
    """GET one link."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": LinkOut}

    def get(self, call: Call, payment_link_id: UUID) -> Reply:
        """Return the link and what it brought."""
        return Reply(_one(payment_link_id))


class PaymentLinkClosing(Endpoint):
    """POST closes a link."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": LinkOut}

    def post(self, call: Call, payment_link_id: UUID) -> Reply:
        """Take no more payments at a link; a second call changes nothing."""
        close_link(link_id=payment_link_id, now=call.now)
        return Reply(_one(payment_link_id))


class UnfinishedCheckouts(Endpoint):
    """GET what reminding of unfinished checkouts brought."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": CheckoutsOut}

    def get(self, call: Call) -> Reply:
        """Return both arms of the last 90 days."""
        since: datetime = call.now - _LOOKS_BACK
        arms = [
            ArmOut(arm=one.arm, checkouts=one.checkouts, paid=one.paid, paid_amount=one.paid_rial)
            for one in arm_results(since)
        ]
        return Reply(CheckoutsOut(since=since, data=arms).model_dump())


def _one(link_id: UUID) -> dict[str, Any]:
    link = link_by_id(link_id)
    if link is None:
        raise NotFound(_("There is no such payment link."))
    return _link(link, link_sums([link.id])[link.id]).model_dump()


def _link(row: PaymentLink, sums: LinkSums) -> LinkOut:
    return LinkOut(
        id=row.id,
        title=row.title,
        url=link_url(row),
        amount=row.amount_rial,
        min_amount=row.least_rial,
        max_amount=row.most_rial,
        asks_mobile=row.asks_mobile,
        max_payments=row.max_payments,
        created_at=row.created_at,
        expires_at=row.expires_at,
        closed_at=row.closed_at,
        payments_made=sums.made,
        payments_paid=sums.paid,
        paid_amount=sums.paid_rial,
    )

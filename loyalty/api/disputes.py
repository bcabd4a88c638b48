"""Purchases customers say are not theirs, over HTTP (N1)."""

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, Field

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import Problem
from customers.enums import DisputeState
from customers.queries.disputes import cards_of, dispute_by_id, dispute_rows, open_disputes
from loyalty.api.bodies import Body
from loyalty.operations.disputes import decide_dispute
from loyalty.queries.wallets import points_for_purchases


class DisputeEvidenceOut(BaseModel):
    """What tells whose a purchase is.

    `matched_by`: a kind of identity, or "new". `cards`: last digits of the cards it was paid with.
    `points`: what it earned.
    """

    matched_by: str
    channel: str
    external_id: str
    branch: str | None
    employee: str | None
    occurred_at: datetime
    total_rial: int
    returned_rial: int
    points: int
    cards: list[str]


class PurchaseDisputeOut(BaseModel):
    """A purchase a customer says is not theirs. `state`: open, theirs or not_theirs.

    `words` are the customer's; `answer` is what they read. Decided not to be theirs, it stands for
    nobody, and its points are taken back.
    """

    id: UUID
    state: DisputeState
    customer_id: UUID
    purchase_id: UUID
    words: str
    opened_at: datetime
    answer: str
    decided_by: str
    decided_at: datetime | None
    evidence: DisputeEvidenceOut


class PurchaseDisputesOut(BaseModel):
    """A page of disputes, newest first; `open` is how many wait in all."""

    open: int
    data: list[PurchaseDisputeOut]
    next_cursor: str | None


class DecideDisputeIn(Body):
    """Whose the purchase is. The answer must be given where it is theirs; the customer reads it."""

    verdict: Literal["theirs", "not_theirs"]
    answer: str = Field(default="", max_length=1_000)


class PurchaseDisputes(Endpoint):
    """GET the purchases customers say are not theirs."""

    scopes: ClassVar = {"GET": "customers:read"}
    filters: ClassVar = {"state": "open (as without it), theirs or not_theirs", **FILTERS}
    answer: ClassVar = {"GET": PurchaseDisputesOut}

    def get(self, call: Call) -> Reply:
        """List them, newest first, with what tells whose they are."""
        state = call.query.get("state", DisputeState.OPEN)
        if state not in DisputeState.values:
            raise Problem("invalid_state", _("This state is not known."))
        found = page(
            dispute_rows(state),
            by="opened_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = _told(found.rows, call.now)
        return Reply({"open": open_disputes(), "data": data, "next_cursor": found.next_cursor})


class PurchaseDisputeDecision(Endpoint):
    """POST whose a disputed purchase is."""

    scopes: ClassVar = {"POST": "customers:write"}
    body: ClassVar = {"POST": DecideDisputeIn}
    answer: ClassVar = {"POST": PurchaseDisputeOut}

    def post(self, call: Call, body: DecideDisputeIn, purchase_dispute_id: UUID) -> Reply:
        """Keep it with them, or take it and its points from them; once."""
        decide_dispute(
            dispute_id=purchase_dispute_id,
            is_theirs=body.verdict == "theirs",
            answer=body.answer,
            actor=None,
            now=call.now,
        )
        (told,) = _told([dispute_by_id(purchase_dispute_id)], call.now)
        return Reply(told)


def _told(rows: list[Any], now: datetime) -> list[dict[str, Any]]:
    """Return disputes with their evidence. Three queries for any number."""
    ids = [row.purchase_id for row in rows]
    cards, points = cards_of(ids), points_for_purchases(ids, now)
    return [
        PurchaseDisputeOut(
            id=row.id,
            state=row.state,
            customer_id=row.customer_id,
            purchase_id=row.purchase_id,
            words=row.words,
            opened_at=row.opened_at,
            answer=row.answer,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            evidence=_evidence(
                row,
                cards.get(row.purchase_id, []),
                points[row.purchase_id].earned if row.purchase_id in points else 0,
            ),
        ).model_dump()
        for row in rows
    ]


def _evidence(row: Any, cards: list[str], points: int) -> DisputeEvidenceOut:
    bought = row.purchase
    return DisputeEvidenceOut(
        matched_by=row.matched_by,
        channel=bought.channel,
        external_id=bought.external_id,
        branch=bought.branch.name if bought.branch else None,
        employee=bought.employee.name if bought.employee else None,
        occurred_at=bought.occurred_at,
        total_rial=bought.total_rial,
        returned_rial=bought.returned_rial,
        points=points,
        cards=cards,
    )

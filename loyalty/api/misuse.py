"""Signs of misuse over HTTP: what the rules saw, and what is usual."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from loyalty.enums import SuspicionRule, SuspicionState
from loyalty.models import Suspicion
from loyalty.queries.suspicions.reading import last_look, suspicion_rows, usual_of
from loyalty.queries.suspicions.tell import no_verdict, sentence_of
from loyalty.queries.suspicions.unusual import Usual


class UsualOut(BaseModel):
    """What is usual in this business under a rule: the middle of `n` days, and where it speaks.

    `enough` is false where there is too little to compare with; then the rule says nothing.
    """

    rule: str
    n: int
    usual: int
    line: int
    enough: bool


class SuspicionOut(BaseModel):
    """A sign. `status`: open, seen or dismissed; `on` is a day, or the first of a Jalali month.

    `count` was seen, the rule speaks from `line` on; `strong` is twice as much or more. `usual` and
    `n` are there where the rule compares. `said` tells it in one sentence.
    """

    id: UUID
    rule: str
    status: str
    on: date
    count: int
    line: int
    usual: int | None
    n: int | None
    strong: bool
    said: str
    customer_id: UUID | None
    device: str | None
    employee: str | None
    member_id: UUID | None
    found_at: datetime


class FraudReportOut(BaseModel):
    """Signs, newest first, and what they were compared with. Nothing follows from them by itself.

    `looked_at` is null before the first night.
    """

    note: str
    looked_at: datetime | None
    since: date | None
    usual: list[UsualOut]
    data: list[SuspicionOut]
    next_cursor: str | None


class FraudReport(Endpoint):
    """GET what speaks for a misuse of points."""

    scopes: ClassVar = {"GET": Scope.PERSONAL}
    answer: ClassVar = {"GET": FraudReportOut}
    filters: ClassVar = {
        "status": "open, seen or dismissed; all of them unless told",
        "rule": "one rule's signs",
        **FILTERS,
    }

    def get(self, call: Call) -> Reply:
        """Return the signs."""
        state, rule = call.query.get("status", ""), call.query.get("rule", "")
        rows = suspicion_rows(
            state=state if state in SuspicionState.values else "",
            rule=rule if rule in SuspicionRule.values else "",
        )
        found = page(
            rows,
            by="found_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        look = last_look()
        document = FraudReportOut(
            note=no_verdict(),
            looked_at=look.looked_at if look else None,
            since=look.since if look else None,
            usual=[_usual(one) for one in usual_of(look)] if look else [],
            data=[_suspicion(row) for row in found.rows],
            next_cursor=found.next_cursor,
        )
        return Reply(document.model_dump())


def _usual(one: Usual) -> UsualOut:
    return UsualOut(
        rule=one.rule, n=one.among, usual=one.usual, line=one.line, enough=one.is_enough
    )


def _suspicion(row: Suspicion) -> SuspicionOut:
    return SuspicionOut(
        id=row.id,
        rule=row.rule,
        status=row.state,
        on=row.on,
        count=row.count,
        line=row.line,
        usual=row.usual,
        n=row.among,
        strong=row.is_strong,
        said=sentence_of(row),
        customer_id=row.customer_id,
        device=row.device.code if row.device else None,
        employee=row.employee.code if row.employee else None,
        member_id=row.member_id,
        found_at=row.found_at,
    )

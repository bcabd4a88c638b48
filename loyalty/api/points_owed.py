"""What is owed for points, over HTTP, for the accountant."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel

from businesses.enums import Scope
from core.api.paging import FILTERS as PAGING
from core.api.paging import asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import Problem
from loyalty.enums import PostingKind
from loyalty.models import PointsPosting, Valuation
from loyalty.queries.books import (
    ACCOUNTS,
    Amounts,
    FundersBridge,
    Part,
    PostingFilter,
    accounts_at,
    bridge,
    bridges_by_funder,
    latest_valuation,
    postings,
    waiting_entries,
)
from payments.api.spans import FILTERS, asked_span


class AmountsOut(BaseModel):
    """Points in customers' hands and what is owed for them, in rial."""

    points: int
    owed: int


class PartOut(AmountsOut):
    """What all postings of a kind changed."""

    kind: str
    postings: int


class PointsAccountsOut(BaseModel):
    """The accounts of the books of points, in rial, debits positive; they sum to zero.

    `owed` for points, `allowance` of it expected never to be spent, `sales` kept back of them,
    `spent` and `breakage` earned as points were spent or ended or are expected to, `given` the cost
    of points nobody bought anything for.
    """

    owed: int
    allowance: int
    sales: int
    spent: int
    breakage: int
    given: int


class ValuationOut(BaseModel):
    """How points are valued from a moment on: `spent_ppm` of a million are expected to be spent.

    `low_ppm` and `high_ppm` are the 95 % interval where the estimate came from history.
    """

    since: AwareDatetime
    unit_value: int
    spent_ppm: int
    low_ppm: int | None
    high_ppm: int | None
    share_steps: int | None
    reason: str


class FunderOut(BaseModel):
    """The bridge of whoever pays for points; the name is empty for the business itself."""

    funder: str
    opening: AmountsOut
    parts: list[PartOut]
    closing: AmountsOut


class PointsOwedOut(BaseModel):
    """From what was owed before `since` to what was owed after `until`: opening + parts = closing.

    Amounts in rial, less what is expected never to be spent. `waiting` entries of the ledger are
    not in the books yet. `funders` sum to the whole; none where the business pays for all points.
    """

    since: date
    until: date
    opening: AmountsOut
    parts: list[PartOut]
    closing: AmountsOut
    funders: list[FunderOut]
    accounts: PointsAccountsOut
    valuation: ValuationOut | None
    waiting: int


class PointsPostingOut(PointsAccountsOut):
    """One posting; its id is its ledger entry's, or its own when an estimate was renewed."""

    id: UUID
    kind: str
    day: date
    at: AwareDatetime
    points: int


class PointsPostingsOut(BaseModel):
    """A page of postings, newest first."""

    data: list[PointsPostingOut]
    next_cursor: str | None


class PointsOwed(Endpoint):
    """GET the bridge of what is owed for points."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": PointsOwedOut}
    filters: ClassVar = FILTERS

    def get(self, call: Call) -> Reply:
        """Return opening, parts and closing of a span of business days, and the accounts after."""
        span = asked_span(call)
        told = bridge(span.since, span.last)
        document = PointsOwedOut(
            since=span.since,
            until=span.last,
            opening=_amounts(told.opening),
            parts=_parts(told.parts),
            closing=_amounts(told.closing),
            funders=[_funder(one) for one in bridges_by_funder(told)],
            accounts=PointsAccountsOut(**_named(accounts_at(span.last))),
            valuation=_valuation(latest_valuation()),
            waiting=waiting_entries().count,
        )
        return Reply(document.model_dump())


class PointsPostings(Endpoint):
    """GET the postings behind the bridge."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": PointsPostingsOut}
    filters: ClassVar = {**FILTERS, "kind": ", ".join(PostingKind.values), **PAGING}

    def get(self, call: Call) -> Reply:
        """Return the postings of a span of business days, of one kind or all, newest first."""
        span = asked_span(call)
        kind = call.query.get("kind", "")
        if kind and kind not in PostingKind.values:
            raise Problem("invalid_kind", _("There is no such kind of posting."))
        found = page(
            postings(PostingFilter(since=span.since, last=span.last, kind=kind)),
            by="at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [_posting(row).model_dump() for row in found.rows]
        return Reply({"data": rows, "next_cursor": found.next_cursor})


def _amounts(told: Amounts) -> AmountsOut:
    return AmountsOut(points=told.points, owed=told.rial)


def _parts(parts: Sequence[Part]) -> list[PartOut]:
    return [
        PartOut(
            kind=part.kind,
            postings=part.postings,
            points=part.change.points,
            owed=part.change.rial,
        )
        for part in parts
    ]


def _funder(one: FundersBridge) -> FunderOut:
    told = one.bridge
    return FunderOut(
        funder=one.funder,
        opening=_amounts(told.opening),
        parts=_parts(told.parts),
        closing=_amounts(told.closing),
    )


def _named(sums: Mapping[str, int]) -> dict[str, int]:
    return {name.removesuffix("_rial"): rial for name, rial in sums.items()}


def _valuation(row: Valuation | None) -> ValuationOut | None:
    if row is None:
        return None
    return ValuationOut(
        since=row.since,
        unit_value=row.unit_value_rial,
        spent_ppm=row.spent_ppm,
        low_ppm=row.low_ppm,
        high_ppm=row.high_ppm,
        share_steps=row.share_steps,
        reason=row.reason,
    )


def _posting(row: PointsPosting) -> PointsPostingOut:
    return PointsPostingOut(
        id=row.id,
        kind=row.kind,
        day=row.on,
        at=row.at,
        points=row.points,
        **_named({name: getattr(row, name) for name in ACCOUNTS}),
    )

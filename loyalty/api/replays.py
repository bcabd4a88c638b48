"""Trying a draft of rules over HTTP: a basket, a purchase of the past, a whole year."""

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from loyalty.api.bodies import Amount, BasketIn, Nothing, RulePartOut
from loyalty.api.rules import found_draft, parts_document, sale_meant
from loyalty.api.whose import customer_meant
from loyalty.enums.happenings import HappeningKind
from loyalty.models import RuleReplay
from loyalty.operations.rules.replays import cancel_replay, queue_replay
from loyalty.queries.rules.dry_run import DryRun, basket_dry_run, purchase_dry_run
from loyalty.queries.rules.evaluate import Earned
from loyalty.queries.rules.judge import Asked
from loyalty.queries.rules.reading import replay_by_id, rules_in


class DryRunIn(BasketIn):
    """A basket at a moment (now when left out), or a purchase of the past instead of it.

    With `happened` no basket: what a customer would get after that.
    """

    total: Amount = 0
    happened: HappeningKind | None = None
    at: AwareDatetime | None = None
    purchase_id: UUID | None = None


class JudgedOut(BaseModel):
    """What a basket earns: by the rate, and by each rule with its reason."""

    points: int
    by_rate: int
    rules: list[RulePartOut]


class DryRunOut(BaseModel):
    """A basket under the rules in force and under the draft."""

    today: JudgedOut
    draft: JudgedOut


class MonthOut(BaseModel):
    """A Jalali month by its first day: points under the rules in force and under the draft.

    And what the presents of each are worth (rial).
    """

    month: date
    purchases: int
    old: int
    new: int
    old_presents_rial: int = 0
    new_presents_rial: int = 0


class SideOut(BaseModel):
    """Customers who gain or lose, and by how many points, and rial with presents, together."""

    customers: int
    points: int
    rial: int | None = None


class ColumnOut(BaseModel):
    """Customers whose change is worth above `over` rial and at most `upto`; null: no bound."""

    over: int | None
    upto: int | None
    customers: int


class ReplayedRuleOut(BaseModel):
    """What a rule of the draft gave, how each purchase met it, and when its budget ran out."""

    key: UUID
    name: str
    points: int
    presents: int = 0
    cost_rial: int | None = None
    purchases: int
    verdicts: dict[str, int]
    ran_out: date | None


class ChangedOut(BaseModel):
    """A customer and by how many points, and rial with presents, their year changes."""

    customer: UUID
    points: int
    rial: int | None = None


class ForecastOut(BaseModel):
    """What is owed for points today and would be in a year; `enough` false: too little history."""

    owed_rial: int
    earned: int
    spent: int
    expired: int
    enough: bool
    old_owed_rial: int | None = None
    new_owed_rial: int | None = None


class ReplayReportOut(BaseModel):
    """What came out, net of what came back; `differ` of `posted` purchases earned otherwise."""

    purchases: int
    happened: int = 0
    strangers: int
    customers: int
    unit_rial: int
    old_points: int
    new_points: int
    old_presents_rial: int = 0
    new_presents_rial: int = 0
    posted: int
    differ: int
    seconds: float
    months: list[MonthOut]
    rules: list[ReplayedRuleOut]
    gain: SideOut
    lose: SideOut
    histogram: list[ColumnOut]
    top_gain: list[ChangedOut]
    top_lose: list[ChangedOut]
    forecast: ForecastOut


class ReplayOut(BaseModel):
    """A replay of the purchases of [since, until): how far it is, and its report once done."""

    id: UUID
    status: str
    since: date
    until: date
    total: int
    done: int
    attempts: int
    created_at: AwareDatetime
    finished_at: AwareDatetime | None
    report: ReplayReportOut | None


class LoyaltyRuleDraftDryRun(Endpoint):
    """POST a basket to see what the rules in force and the draft give on it."""

    scopes: ClassVar = {"POST": Scope.LOYALTY_READ}
    body: ClassVar = {"POST": DryRunIn}
    answer: ClassVar = {"POST": DryRunOut}

    def post(self, call: Call, body: DryRunIn, rule_draft_id: UUID) -> Reply:
        """Compute, writing nothing. A purchase of the past is judged with its limits free."""
        draft = rules_in(found_draft(rule_draft_id))
        told = (
            purchase_dry_run(body.purchase_id, draft)
            if body.purchase_id
            else basket_dry_run(_asked(call, body), draft)
        )
        return Reply(_dry(told).model_dump(mode="json"))


class LoyaltyRuleDraftReplay(Endpoint):
    """POST asks for the last twelve Jalali months under the draft."""

    scopes: ClassVar = {"POST": Scope.POINT_RULES_WRITE}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": ReplayOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: Nothing, rule_draft_id: UUID) -> Reply:
        """Queue it; a worker takes it up within seconds."""
        del body
        made = queue_replay(
            draft_id=rule_draft_id, actor=None, now=call.now, by=f"api_key:{call.key_id}"
        )
        return Reply(_replay(made).model_dump(mode="json"), HTTPStatus.CREATED)


class LoyaltyRuleReplayItem(Endpoint):
    """GET how far a replay is, or what came out."""

    scopes: ClassVar = {"GET": Scope.LOYALTY_READ}
    answer: ClassVar = {"GET": ReplayOut}

    def get(self, call: Call, rule_replay_id: UUID) -> Reply:
        """Return the replay."""
        del call
        row = replay_by_id(rule_replay_id)
        if row is None:
            raise NotFound(_("There is no such replay."))
        return Reply(_replay(row).model_dump(mode="json"))


class LoyaltyRuleReplayCancellation(Endpoint):
    """POST stops a replay."""

    scopes: ClassVar = {"POST": Scope.POINT_RULES_WRITE}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": ReplayOut}

    def post(self, call: Call, body: Nothing, rule_replay_id: UUID) -> Reply:
        """Stop after the current page; nothing comes out."""
        del body
        row = cancel_replay(replay_id=rule_replay_id, now=call.now)
        return Reply(_replay(row).model_dump(mode="json"))


def _asked(call: Call, body: DryRunIn) -> Asked:
    return Asked(
        eligible_rial=body.earns_rial,
        at=body.at or call.now,
        customer_id=customer_meant(body),
        sale=sale_meant(body),
        happened=body.happened,
    )


def _dry(told: DryRun) -> DryRunOut:
    return DryRunOut(today=_judged(told.today), draft=_judged(told.draft))


def _judged(earned: Earned) -> JudgedOut:
    parts: Sequence[dict[str, Any]] = parts_document(earned.parts)
    return JudgedOut(
        points=earned.points,
        by_rate=earned.base_points,
        rules=[RulePartOut(**part) for part in parts],
    )


def _replay(row: RuleReplay) -> ReplayOut:
    return ReplayOut(
        id=row.id,
        status=row.state,
        since=row.since,
        until=row.until,
        total=row.total,
        done=row.done,
        attempts=row.attempts,
        created_at=row.created_at,
        finished_at=row.finished_at,
        report=ReplayReportOut(**row.report) if row.report else None,
    )

"""Rules of points over HTTP: the version in force, earlier ones, a draft and its publishing."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from customers.queries.codes import branch_ids, employee_ids
from loyalty.api.bodies import BasketIn, Body, Nothing
from loyalty.models import EarningRule, RuleDraft
from loyalty.operations.rules.drafts import discard_draft, publish_draft, save_draft
from loyalty.queries.rules.document import Bonus, Rate, Rules
from loyalty.queries.rules.evaluate import Part
from loyalty.queries.rules.judge import Sale
from loyalty.queries.rules.known import rules_of, rules_of_versions
from loyalty.queries.rules.reading import (
    Given,
    draft_by_id,
    given_by,
    open_draft,
    rules_in_force,
    version_rows,
)


class GivenOut(BaseModel):
    """What a rule gave in all its versions, less what returns took back; worth in rial.

    `purchases` counts, for a rule without a purchase, the things it gave after.
    """

    purchases: int
    points: int
    presents: int
    cost_rial: int
    budget_used_rial: int


class RuleOut(BaseModel):
    """A rule beside the rate and what it gave so far."""

    rule: Bonus
    given: GivenOut


class RulesVersionOut(BaseModel):
    """A version: the rate, the rules beside it and the answer given before it was published."""

    version: int
    in_force: bool
    since: AwareDatetime
    rate: Rate
    rules: list[Bonus]
    helps_customer: bool | None
    benefit_note: str
    published_by: str


class RulesInForceOut(BaseModel):
    """The version in force, and what each of its rules gave so far."""

    version: int
    since: AwareDatetime
    rate: Rate
    rules: list[RuleOut]
    draft_id: UUID | None


class RulesVersionsOut(BaseModel):
    """A page of versions, newest first."""

    data: list[RulesVersionOut]
    next_cursor: str | None


class RulesIn(Body):
    """The whole next version: a rate, and rules in the order they are judged."""

    rate: Rate
    rules: list[Bonus] = Field(default_factory=list, max_length=30)


class RuleDraftOut(BaseModel):
    """Rules being thought about, drawn from the version `based_on`."""

    id: UUID
    status: str
    based_on: int
    rate: Rate
    rules: list[Bonus]
    changed_at: AwareDatetime
    changed_by: str


class PublishIn(Body):
    """«Does it help the customer?», answered and said in a sentence; kept with the version."""

    helps_customer: bool
    benefit_note: str = Field(min_length=1, max_length=1000)


class LoyaltyRules(Endpoint):
    """GET the rules in force."""

    scopes: ClassVar = {"GET": Scope.LOYALTY_READ}
    answer: ClassVar = {"GET": RulesInForceOut}

    def get(self, call: Call) -> Reply:
        """Return the version in force with what its rules gave."""
        del call
        found = rules_in_force()
        if found is None:
            raise NotFound(_("This business has no loyalty programme."))
        version, rules = found
        gave = given_by([one.key for one in rules.bonuses])
        draft = open_draft()
        document = RulesInForceOut(
            version=version.version,
            since=version.starts_at,
            rate=rules.rate,
            rules=[RuleOut(rule=one, given=_given(gave.get(one.key))) for one in rules.bonuses],
            draft_id=draft.id if draft else None,
        )
        return Reply(document.model_dump(mode="json"))


class LoyaltyRuleVersions(Endpoint):
    """GET every version there was."""

    scopes: ClassVar = {"GET": Scope.LOYALTY_READ}
    filters: ClassVar = FILTERS
    answer: ClassVar = {"GET": RulesVersionsOut}

    def get(self, call: Call) -> Reply:
        """List versions, newest first."""
        found = page(
            version_rows(),
            by="starts_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        held = rules_of_versions(found.rows)
        rows = [_version(row, held[row.id]) for row in found.rows]
        document = RulesVersionsOut(data=rows, next_cursor=found.next_cursor)
        return Reply(document.model_dump(mode="json"))


class LoyaltyRuleDrafts(Endpoint):
    """POST rules to think about: a draft, in place of the one that is open."""

    scopes: ClassVar = {"POST": Scope.POINT_RULES_WRITE}
    body: ClassVar = {"POST": RulesIn}
    answer: ClassVar = {"POST": RuleDraftOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: RulesIn) -> Reply:
        """Keep a draft; nothing changes for anybody until it is published."""
        draft = save_draft(
            rules=Rules(rate=body.rate, bonuses=tuple(body.rules)),
            actor=None,
            now=call.now,
            by=f"api_key:{call.key_id}",
        )
        return Reply(_draft(draft).model_dump(mode="json"), HTTPStatus.CREATED)


class LoyaltyRuleDraftItem(Endpoint):
    """GET a draft."""

    scopes: ClassVar = {"GET": Scope.LOYALTY_READ}
    answer: ClassVar = {"GET": RuleDraftOut}

    def get(self, call: Call, rule_draft_id: UUID) -> Reply:
        """Return the draft."""
        del call
        return Reply(_draft(found_draft(rule_draft_id)).model_dump(mode="json"))


class LoyaltyRuleDraftPublication(Endpoint):
    """POST puts a draft in force as the next version."""

    scopes: ClassVar = {"POST": Scope.POINT_RULES_WRITE}
    body: ClassVar = {"POST": PublishIn}
    answer: ClassVar = {"POST": RulesVersionOut}

    def post(self, call: Call, body: PublishIn, rule_draft_id: UUID) -> Reply:
        """Publish; points granted earlier keep the version they were granted under."""
        version = publish_draft(
            draft_id=rule_draft_id,
            helps_customer=body.helps_customer,
            benefit_note=body.benefit_note,
            actor=None,
            now=call.now,
            by=f"api_key:{call.key_id}",
        )
        return Reply(_version(version, rules_of(version.id)).model_dump(mode="json"))


class LoyaltyRuleDraftDiscard(Endpoint):
    """POST puts a draft away."""

    scopes: ClassVar = {"POST": Scope.POINT_RULES_WRITE}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": RuleDraftOut}

    def post(self, call: Call, body: Nothing, rule_draft_id: UUID) -> Reply:
        """Put it away; the rules in force stay."""
        del body
        discard_draft(draft_id=rule_draft_id, now=call.now)
        return Reply(_draft(found_draft(rule_draft_id)).model_dump(mode="json"))


def found_draft(draft_id: UUID) -> RuleDraft:
    """Return a draft. Raises NotFound."""
    draft = draft_by_id(draft_id)
    if draft is None:
        raise NotFound(_("There is no such draft."))
    return draft


def sale_meant(body: BasketIn) -> Sale:
    """Return how a basket is sold; unknown codes are nobody's."""
    return Sale(
        lines=[(line.sku, line.category, line.amount) for line in body.lines],
        channel=body.channel,
        branch_id=branch_ids({body.branch}).get(body.branch) if body.branch else None,
        employee_id=employee_ids({body.employee}).get(body.employee) if body.employee else None,
    )


def parts_document(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Return what each rule gives on a basket, and why not more."""
    return [
        {
            "rule": part.bonus.key,
            "name": part.bonus.name,
            "points": part.points,
            "presents": part.presents,
            "verdict": str(part.cut or part.verdict),
            "why": str((part.cut or part.verdict).label),
        }
        for part in parts
    ]


def _given(gave: Given | None) -> GivenOut:
    told = gave or Given()
    return GivenOut(
        purchases=told.purchases,
        points=told.points,
        presents=told.presents,
        cost_rial=told.cost_rial,
        budget_used_rial=told.budget_used_rial,
    )


def _version(row: EarningRule, rules: Rules) -> RulesVersionOut:
    return RulesVersionOut(
        version=row.version,
        in_force=row.is_active,
        since=row.starts_at,
        rate=rules.rate,
        rules=list(rules.bonuses),
        helps_customer=row.helps_customer,
        benefit_note=row.benefit_note,
        published_by=row.published_by,
    )


def _draft(row: RuleDraft) -> RuleDraftOut:
    rules = Rules.model_validate(row.document)
    return RuleDraftOut(
        id=row.id,
        status=row.state,
        based_on=row.based_on,
        rate=rules.rate,
        rules=list(rules.bonuses),
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )

"""Versions of the rules, the draft, and what each rule gave so far."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from core.tenancy import active_business_id
from loyalty.enums import DraftState
from loyalty.models import BonusRule, EarningRule, RuleDraft, RuleReplay
from loyalty.queries.programme import active_rule
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.known import rules_of

_GIVEN: Final = """
SELECT key, COUNT(DISTINCT given_for), SUM(points), SUM(presents), SUM(cost_rial),
    SUM(budget_rial)
FROM (
    SELECT key, COALESCE(purchase_id, happening_id) AS given_for, points, 0 AS presents,
        cost_rial, budget_rial
    FROM loyalty_rulepoints WHERE business_id = %(business)s AND key = ANY(%(keys)s::uuid[])
    UNION ALL
    SELECT key, COALESCE(purchase_id, happening_id), 0, number, worth_rial, budget_rial
    FROM loyalty_rulepresent WHERE business_id = %(business)s AND key = ANY(%(keys)s::uuid[])
        AND state = 'given'
) each GROUP BY key
"""


@dataclass(frozen=True, slots=True)
class Given:
    """What a rule gave in all its versions, less what returns took back."""

    purchases: int = 0
    points: int = 0
    presents: int = 0
    cost_rial: int = 0
    budget_used_rial: int = 0


def rules_in_force() -> tuple[EarningRule, Rules] | None:
    """Return the version in force with its rules, or None without a programme."""
    version = active_rule()
    return None if version is None else (version, rules_of(version.id))


def version_rows() -> QuerySet[EarningRule]:
    """Return every version; the caller orders and pages."""
    return EarningRule.objects.all()


def draft_by_id(draft_id: UUID) -> RuleDraft | None:
    """Return one draft of the active business, or None."""
    return RuleDraft.objects.filter(id=draft_id).first()


def open_draft() -> RuleDraft | None:
    """Return the draft being thought about, or None."""
    return RuleDraft.objects.filter(state=DraftState.OPEN).first()


def rules_in(draft: RuleDraft) -> Rules:
    """Return the rules a draft holds."""
    return Rules.model_validate(draft.document)


def replay_rows() -> QuerySet[RuleReplay]:
    """Return replays; the caller orders and pages."""
    return RuleReplay.objects.all()


def replay_by_id(replay_id: UUID) -> RuleReplay | None:
    """Return one replay of the active business, or None."""
    return RuleReplay.objects.filter(id=replay_id).first()


def given_in_force(*, pool_id: UUID | None = None, card_id: UUID | None = None) -> bool:
    """Tell whether a rule in force gives coupons of a kind, or stamps on a card. One query."""
    rows = BonusRule.objects.filter(version__is_active=True)
    return (
        rows.filter(pool=pool_id).exists() if pool_id else rows.filter(stamp_card=card_id).exists()
    )


def given_by(keys: Collection[UUID]) -> dict[UUID, Given]:
    """Return what rules gave so far. One query."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN, {"business": active_business_id(), "keys": list(keys)})
        return {
            key: Given(purchases, *map(int, sums)) for key, purchases, *sums in cursor.fetchall()
        }

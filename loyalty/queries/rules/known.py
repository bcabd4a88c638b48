"""The rules of a version. A version never changes, so a process reads each once."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from core.tenancy import active_business_id
from loyalty.enums import BestFor
from loyalty.models import BonusRule, EarningRule
from loyalty.queries.rules.document import Bonus, Present, Rate, Rules, When


@lru_cache(maxsize=1024)
def _rules(business_id: UUID, version_id: UUID) -> Rules:
    del business_id  # whose it is; the scope is the active business's
    return rules_of_versions([EarningRule.objects.get(id=version_id)])[version_id]


def rules_of(version_id: UUID) -> Rules:
    """Return a version's rate and rules."""
    return _rules(active_business_id(), version_id)


def rules_of_versions(versions: Sequence[EarningRule]) -> Mapping[UUID, Rules]:
    """Return the rules of versions at hand. One query for any number."""
    rows = BonusRule.objects.filter(version__in=[version.id for version in versions])
    held: dict[UUID, list[Bonus]] = {version.id: [] for version in versions}
    for row in rows.order_by("position"):
        held[row.version_id].append(bonus_of(row))
    return {
        version.id: Rules(rate=rate_of(version), bonuses=tuple(held[version.id]))
        for version in versions
    }


def rate_of(version: EarningRule) -> Rate:
    """Return a version's rate."""
    return Rate(
        num=version.points_num,
        den=version.points_den,
        minimum_rial=version.minimum_rial,
        cap_points=version.cap_points,
        by_line=version.by_line,
        best_for=BestFor(version.best_for),
    )


@lru_cache(maxsize=1024)
def _row_ids(business_id: UUID, version_id: UUID) -> Mapping[UUID, UUID]:
    del business_id
    return dict(BonusRule.objects.filter(version=version_id).values_list("key", "id"))


def row_ids(version_id: UUID) -> Mapping[UUID, UUID]:
    """Return {a rule's key: its row} of a version."""
    return _row_ids(active_business_id(), version_id)


@lru_cache(maxsize=1024)
def _rows(business_id: UUID, version_id: UUID) -> Mapping[UUID, BonusRule]:
    del business_id
    rows = BonusRule.objects.select_related("pool", "stamp_card").filter(version=version_id)
    return {row.key: row for row in rows}


def rows_of(version_id: UUID) -> Mapping[UUID, BonusRule]:
    """Return {a rule's key: its row, with what its presents are made of} of a version."""
    return _rows(active_business_id(), version_id)


def bonus_of(row: BonusRule) -> Bonus:
    """Return a stored rule."""
    return Bonus(
        key=row.key,
        name=row.name,
        when=When.model_validate(row.conditions),
        effect=row.effect,
        num=row.num,
        den=row.den,
        present=Present.model_validate(row.present) if row.present else None,
        group=row.group,
        funder=row.funder,
        cap_points=row.cap_points,
        customer_cap_points=row.customer_cap_points,
        customer_span=row.customer_span,
        budget_rial=row.budget_rial,
    )

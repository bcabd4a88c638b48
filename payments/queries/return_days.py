"""For how long goods come back: in general, by category and by tier; which of them holds (C074)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from customers.enums import MeasureStep
from customers.queries import lines_of
from customers.queries.measures import SHORT_DAYS, bought_under
from customers.queries.sales import purchase_by_id
from payments.models import Payment, RefundPolicy, ReturnWindow
from payments.queries.tiers import tier_names, tiers_held

# Who may refund may not always decide; a big sum is seen by two until the owner says otherwise.
_DEFAULT_LIMIT_RIAL: Final = 500_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundRules:
    """What a business's rules say; days None: no limit.

    `category_days` go before `return_days`. A tier's days are a privilege: they hold where they are
    the longer ones, and never for a category of no day at all, which does not come back (ADR 54).
    `most_days`: nothing comes back for longer, whatever the others say (ADR 69).
    """

    approval_above_rial: int | None
    return_days: int | None
    category_days: Mapping[str, int | None] = field(default_factory=dict)
    tier_days: Mapping[UUID, int | None] = field(default_factory=dict)
    most_days: int | None = None

    def days_for(self, categories: Collection[str], tier: UUID | None = None) -> int | None:
        """Return for how many days goods of these categories come back: the shortest of them."""
        asked = [self._days(one, tier) for one in categories or [""]]
        return min((days for days in asked if days is not None), default=None)

    def is_by_tier(self, category: str, tier: UUID | None) -> bool:
        """Tell whether a tier's days are the ones that hold for a category."""
        return self._days(category, tier) != self._own(category)

    def is_late(
        self,
        settled_at: datetime | None,
        now: datetime,
        categories: Collection[str] = (),
        tier: UUID | None = None,
    ) -> bool:
        """Tell whether the days to return are over for a payment."""
        days = self.days_for(categories, tier)
        if days is None or settled_at is None:
            return False
        return now > settled_at + timedelta(days=days)

    def _own(self, category: str) -> int | None:
        return self._at_most(self.category_days.get(category, self.return_days))

    def _days(self, category: str, tier: UUID | None) -> int | None:
        own = self._own(category)
        if tier is None or tier not in self.tier_days or self.category_days.get(category) == 0:
            return own
        theirs = self.tier_days[tier]
        return self._at_most(None if own is None or theirs is None else max(own, theirs))

    def _at_most(self, days: int | None) -> int | None:
        told = [one for one in (days, self.most_days) if one is not None]
        return min(told, default=None)


@dataclass(frozen=True, slots=True)
class ReturnTerm:
    """Until when goods of a sale come back; `until` None: at any time.

    `categories`: of which of its goods this is said, none where it is said of all. `tier`: its name
    where the tier's days are the ones that hold.
    """

    days: int | None
    until: datetime | None
    categories: tuple[str, ...] = ()
    tier: str = ""


def refund_policy() -> RefundRules:
    """Return the active business's rules. Two queries."""
    row = RefundPolicy.objects.first()
    windows = list(ReturnWindow.objects.all())
    return RefundRules(
        approval_above_rial=row.approval_above_rial if row else _DEFAULT_LIMIT_RIAL,
        return_days=row.return_days if row else None,
        category_days={one.category: one.days for one in windows if one.tier_id is None},
        tier_days={one.tier_id: one.days for one in windows if one.tier_id is not None},
    )


def rules_for(payment: Payment | None) -> RefundRules:
    """Return the rules as they are for what one payment bought.

    Where two people decided on shorter days (C058), these are for what was bought while that held.
    """
    rules = refund_policy()
    if payment is None or payment.purchase_id is None or payment.settled_at is None:
        return rules
    short = bought_under(payment.purchase_id, payment.settled_at, MeasureStep.SHORT_RETURNS)
    return replace(rules, most_days=SHORT_DAYS) if short else rules


def return_windows() -> list[ReturnWindow]:
    """Return the categories with days of their own, by name."""
    return list(ReturnWindow.objects.filter(tier_id=None).order_by("category"))


def tier_windows() -> list[tuple[UUID, str, ReturnWindow | None]]:
    """Return each tier of the business with its name and its days, lowest first."""
    held = {one.tier_id: one for one in ReturnWindow.objects.filter(tier_id__isnull=False)}
    return [(tier, name, held.get(tier)) for tier, name in tier_names()]


def buyers_tier(rules: RefundRules, payment: Payment | None) -> UUID | None:
    """Return the tier the buyer holds now. Nothing is asked where no tier has days of its own."""
    if not rules.tier_days or payment is None or payment.purchase_id is None:
        return None
    sale = purchase_by_id(payment.purchase_id)
    if sale is None or sale.customer_id is None:
        return None
    return tiers_held([sale.customer_id]).get(sale.customer_id)


def return_terms(payment: Payment) -> Sequence[ReturnTerm]:
    """Return until when the goods of a settled sale come back, the soonest first.

    Empty where nothing says so: no rule limits it.
    """
    rules = rules_for(payment)
    if payment.settled_at is None or payment.purchase_id is None:
        return ()
    categories = _categories(payment.purchase_id) if rules.category_days else [""]
    tier = buyers_tier(rules, payment)
    found: dict[tuple[int | None, bool], list[str]] = {}
    for one in categories or [""]:
        key = rules.days_for([one], tier), rules.is_by_tier(one, tier)
        found.setdefault(key, []).append(one)
    if not any(days is not None or by_tier for days, by_tier in found):
        return ()
    name = dict(tier_names()).get(tier, "") if any(by for _days, by in found) and tier else ""
    terms = [
        _term(payment.settled_at, days, tuple(them) if len(found) > 1 else (), name if by else "")
        for (days, by), them in found.items()
    ]
    return sorted(terms, key=lambda one: (one.days is None, one.days or 0))


def _term(settled_at: datetime, days: int | None, of: tuple[str, ...], tier: str) -> ReturnTerm:
    until = None if days is None else settled_at + timedelta(days=days)
    return ReturnTerm(days, until, of, tier)


def _categories(purchase_id: UUID) -> list[str]:
    """Return the categories of what was sold and is not back yet, in their order."""
    rows = lines_of([purchase_id]).get(purchase_id, [])
    return list(dict.fromkeys(row.category for row in rows if row.returned_rial < row.total_rial))

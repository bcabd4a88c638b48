"""A basket under the rules in force and under a draft, without writing anything."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from customers.queries.baskets_sold import purchase_numbers
from customers.queries.sold_stream import sold_once
from loyalty.queries.programme import terms
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.evaluate import Earned, evaluate
from loyalty.queries.rules.history import History
from loyalty.queries.rules.judge import Asked, judge
from loyalty.queries.rules.known import rules_of


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a basket earns under the rules in force and would earn under a draft."""

    today: Earned
    draft: Earned


def basket_dry_run(asked: Asked, draft: Rules) -> DryRun:
    """Judge a basket somebody thinks about; limits as they stand. Raises NotFound."""
    current = terms()
    if current is None:
        raise NotFound(_("This business has no loyalty programme."))
    return DryRun(judge(asked, rules_of(current.rule_id), current), judge(asked, draft, current))


def purchase_dry_run(purchase_id: UUID, draft: Rules) -> DryRun:
    """Judge a purchase of the past as it was, with all of its limits free. Raises NotFound."""
    current, sold = terms(), sold_once(purchase_id)
    if current is None or sold is None:
        raise NotFound(_("There is no such purchase."))
    rules = rules_of(current.rule_id)
    number = purchase_numbers([sold.id]).get(sold.id)
    basket = History.of(current, (rules, draft), dict).one(sold, number).basket
    return DryRun(evaluate(basket, rules), evaluate(basket, draft))

"""Rules, versions and replays as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from dashboard.web import words
from dashboard.web.inquiries.showing import asker
from dashboard.web.parts import Meter
from dashboard.web.rules.words_of_rules import Names, rate_sentence, rule_sentence
from loyalty.queries.rules.document import Bonus, Rules
from loyalty.queries.rules.reading import Given


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    """A rule with what it gave so far."""

    key: UUID
    name: str
    sentence: str
    gave: str
    budget: Meter | None


@dataclass(frozen=True, kw_only=True)
class VersionRow:
    """A version there was."""

    number: str
    since: datetime
    by: str
    rate: str
    rules: Sequence[str]
    helps: str
    note: str
    in_force: bool


def rule_rows(rules: Rules, gave: Mapping[UUID, Given], names: Names) -> list[RuleRow]:
    """Return rules in their order."""
    return [_rule(one, gave.get(one.key, Given()), names) for one in rules.bonuses]


def version_row(row: Any, rules: Rules, names: Names) -> VersionRow:
    """Return a version in sentences."""
    helps = {True: _("It helps the customer"), False: _("It does not help the customer")}
    return VersionRow(
        number=words.number(row.version),
        since=row.starts_at,
        by=asker(row.published_by),
        rate=rate_sentence(rules.rate),
        rules=[f"«{one.name}» — {rule_sentence(one, names)}" for one in rules.bonuses],
        helps=helps.get(row.helps_customer, ""),
        note=row.benefit_note,
        in_force=row.is_active,
    )


def _rule(bonus: Bonus, gave: Given, names: Names) -> RuleRow:
    facts = {
        "points": words.number(gave.points),
        "presents": words.number(gave.presents),
        "purchases": words.number(gave.purchases),
        "toman": words.toman(gave.cost_rial),
    }
    return RuleRow(
        key=bonus.key,
        name=bonus.name,
        sentence=rule_sentence(bonus, names),
        gave=_gave(bonus) % facts if gave.purchases else "",
        budget=_budget(bonus, gave),
    )


def _gave(bonus: Bonus) -> str:
    if bonus.when.after:
        return _gave_after(bonus)
    if bonus.present is None:
        return _("So far %(points)s points on %(purchases)s purchases, worth %(toman)s toman")
    return _("So far %(presents)s on %(purchases)s purchases, worth up to %(toman)s toman")


def _gave_after(bonus: Bonus) -> str:
    if bonus.present is None:
        return _("So far %(points)s points in %(purchases)s times, worth %(toman)s toman")
    return _("So far %(presents)s in %(purchases)s times, worth up to %(toman)s toman")


def _budget(bonus: Bonus, gave: Given) -> Meter | None:
    if bonus.budget_rial is None:
        return None
    share = gave.budget_used_rial / bonus.budget_rial if bonus.budget_rial else 1.0
    facts = {
        "used": words.toman(gave.budget_used_rial),
        "all": words.toman(bonus.budget_rial),
    }
    return Meter(
        label=_("Budget"),
        share=share,
        text=words.percent(share, 0),
        note=_("%(used)s of %(all)s toman") % facts,
        tone="amber" if share >= 1 else "brand",
    )

"""The numbers of a replay in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from dashboard.web import words
from dashboard.web.parts import Kpi
from loyalty.enums import Verdict


@dataclass(frozen=True, kw_only=True)
class RuleLine:
    """What a rule of the draft would have given, and why it mostly did not."""

    name: str
    gave: str
    toman: str
    purchases: str
    why_not: str
    ran_out: str


def replay_kpis(report: dict[str, Any]) -> Sequence[Kpi]:
    """Return what the draft would have cost, who gains, who loses, and what would be owed."""
    old, new, unit = report["old_points"], report["new_points"], report["unit_rial"]
    presents = report.get("new_presents_rial", 0), report.get("old_presents_rial", 0)
    more = (new - old) * unit + presents[0] - presents[1]
    facts = {
        "old": words.number(old),
        "new": words.number(new),
        "presents": words.toman(presents[0]),
    }
    note = _("%(new)s points instead of %(old)s") % facts
    if any(presents):
        note = _(", ").join([note, _("presents worth up to %(presents)s toman") % facts])
    return [
        Kpi(
            label=_("The year would have cost"),
            value=words.toman(abs(more)),
            unit=_("toman more") if more >= 0 else _("toman less"),
            note=note,
        ),
        _people(_("Customers who gain"), report["gain"], report, _("%(toman)s toman together")),
        _people(_("Customers who lose"), report["lose"], report, _("%(toman)s toman together")),
        _owed(report["forecast"]),
    ]


def _people(label: str, side: dict[str, int], report: dict[str, Any], note: str) -> Kpi:
    share = side["customers"] / report["customers"] if report["customers"] else None
    told = note % {"toman": words.toman(_rial(side, report["unit_rial"]))}
    return Kpi(
        label=label,
        value=words.number(side["customers"]),
        unit=words.percent(share, 0) if side["customers"] else "",
        note=told if side["customers"] else "",
    )


def _rial(told: dict[str, Any], unit_rial: int) -> int:
    """Return a change's worth; reports made before rules gave presents hold points alone."""
    rial: int = told.get("rial", told["points"] * unit_rial)
    return rial


def _owed(forecast: dict[str, Any]) -> Kpi:
    if not forecast["enough"]:
        return Kpi(
            label=_("Owed for points in a year"),
            value="—",
            note=_("Not enough history: ninety days and a thousand points at least"),
        )
    facts = {
        "old": words.toman(forecast["old_owed_rial"]),
        "today": words.toman(forecast["owed_rial"]),
    }
    return Kpi(
        label=_("Owed for points in a year"),
        value=words.toman(forecast["new_owed_rial"]),
        unit=_("toman"),
        note=_("%(old)s with the rules in force; today %(today)s") % facts,
    )


def rule_lines(report: dict[str, Any]) -> list[RuleLine]:
    """Return each rule of the draft with what it gave in the replay."""
    return [_rule(one, report["unit_rial"]) for one in report["rules"]]


def _rule(one: dict[str, Any], unit_rial: int) -> RuleLine:
    others = {
        Verdict(verdict): many
        for verdict, many in one["verdicts"].items()
        if verdict != Verdict.APPLIED
    }
    most = max(others, key=lambda verdict: others[verdict], default=None)
    ran_out = one["ran_out"]
    return RuleLine(
        name=one["name"],
        gave=words.number(one.get("presents") or one["points"]),
        toman=words.toman(one.get("cost_rial", one["points"] * unit_rial)),
        purchases=words.number(one["purchases"]),
        why_not=f"{most.label} ({words.number(others[most])})" if most else "",
        ran_out=words.day(date.fromisoformat(ran_out)) if ran_out else "",
    )

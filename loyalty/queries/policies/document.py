"""The rules that hold, read from the very records that decide about points and returns."""

from typing import Any

from loyalty.enums import BestFor, ClawBack, TierFall, TierWindow
from loyalty.models import Program
from loyalty.queries.engagements import promised
from loyalty.queries.leaving import BACK_WITHIN
from loyalty.queries.programme import active_rule, program, tiers
from payments.queries.return_days import refund_policy, tier_windows

Document = dict[str, Any]


def policy_document() -> Document:
    """Return what the public rules say now, in numbers. Eight queries at most."""
    programme = program()
    points = _points(programme) if programme is not None else None
    return {"points": points, "returns": _returns()}


def _points(programme: Program) -> Document | None:
    rule = active_rule()
    if rule is None:
        return None
    told = {
        "rule_id": str(rule.id),
        "rule": rule.version,
        "num": rule.points_num,
        "den": rule.points_den,
        "minimum_rial": rule.minimum_rial,
        "cap_points": rule.cap_points,
        "bonuses": rule.bonus_count,
        "unit_value_rial": programme.unit_value_rial,
        "pending_days": programme.pending_days,
        "expiry_months": programme.expiry_months,
        "expiry_ends": programme.expiry_ends,
        "spending_counts": programme.spending_counts,
        "grace_days": programme.grace_days,
        "gift_cards_earn": programme.gift_cards_earn,
        "tier_window_days": programme.tier_window_days,
        "tiers": [
            {
                "name": tier.name,
                "threshold_rial": tier.threshold_rial,
                "num": tier.multiplier_num,
                "den": tier.multiplier_den,
            }
            for tier in tiers()
        ],
        "back_within_days": BACK_WITHIN.days,
    }
    if rule.by_line:
        told["by_line"] = True
    if rule.best_for != BestFor.CUSTOMER:
        told["best_for"] = rule.best_for
    return told | promised() | _chosen(programme)


def _chosen(programme: Program) -> Document:
    """Return what the owner chose that is not so from the beginning; nothing where nothing is."""
    usual = {
        "tier_window": TierWindow.DAYS,
        "tier_grace_days": 0,
        "tier_fall": TierFall.FULL,
        "tier_revoke_days": 0,
        "clawback": ClawBack.UNLIMITED,
        "waits_for_returns": False,
    }
    chosen = {name: getattr(programme, name) for name in usual}
    return {name: value for name, value in chosen.items() if value != usual[name]}


def _returns() -> Document:
    rules = refund_policy()
    told: Document = {
        "days": rules.return_days,
        "categories": [
            {"category": name, "days": days} for name, days in sorted(rules.category_days.items())
        ],
    }
    if rules.tier_days:
        told["tiers"] = [
            {"name": name, "days": row.days} for _id, name, row in tier_windows() if row is not None
        ]
    return told

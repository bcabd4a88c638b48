"""(p) Previews of rules of own segments over a crowd, as the builder asks for them."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any, Final

from benchmarks import crowd, home, scoring
from benchmarks.report import Part, Row

_TIMES: Final = 5
_GOAL_S: Final = 1.0
_WON: Final = ["champions", "loyal"]
_SLIPPING: Final = ["at_risk", "cant_lose"]
RULES: Final[dict[str, dict[str, Any]]] = {
    "last purchase in 30 days": {"kind": "last_purchase", "most": 30},
    "three times in 90 days": {"kind": "bought", "least": 3, "days": 90},
    "not in half a year": {"kind": "not", "of": {"kind": "bought", "least": 1, "days": 180}},
    "for so much this year": {"kind": "spent", "least": 10_000_000, "within": "this_year"},
    "for so much in all": {"kind": "spent", "least": 50_000_000},
    "ten times for a million or more": {"kind": "bought", "least": 10, "least_rial": 500_000},
    "of two segments": {"kind": "segment", "segments": _WON},
    "came to a segment lately": {
        "kind": "moved", "segments": ["at_risk"], "least": 1, "days": 60},
    "hardly staying": {"kind": "mark", "mark": "staying", "most": 30},
    "worth so much": {"kind": "worth", "least": 20_000_000},
    "unhappy at last": {"kind": "answered", "most": 6},
    "has points": {"kind": "points", "least": 100},
    "has points that end in a month": {"kind": "points_ending", "days": 30},
    "on weekend evenings, three months": {"kind": "bought", "least": 1, "months": 3,
                                          "weekdays": [5, 6], "from_hour": 17, "to_hour": 23},
    "a large sale at the till lately": {"kind": "last_purchase", "most": 60, "channel": "pos",
                                        "least_rial": 900_000},
    "new at the till this month": {"kind": "first_purchase", "most": 30, "channel": "pos"},
    "slipping, unsure, and spent much": {"kind": "all", "of": [
        {"kind": "segment", "segments": _SLIPPING},
        {"kind": "mark", "mark": "staying", "least": 20, "most": 70},
        {"kind": "spent", "least": 5_000_000, "days": 365}]},
    "any of four": {"kind": "any", "of": [
        {"kind": "bought", "least": 5, "days": 365}, {"kind": "gave_back", "least": 1},
        {"kind": "first_purchase", "most": 30}, {"kind": "worth", "least": 50_000_000}]},
}  # fmt: skip


@dataclass(slots=True)
class Asked:
    """How long one rule's previews took, and what they said."""

    seconds: list[float]
    customers: int
    between: tuple[int, int] | None


def run(*, quick: bool) -> Part:
    """Measure; the crowds are laid out when they are not there yet."""
    sizes = [10_000, 100_000] if quick else [10_000, 100_000, 1_000_000]
    found = {size: _previews(size) for size in sizes}
    return _part(found)


def _previews(customers: int) -> dict[str, Asked]:
    from core.tenancy import acting_for  # noqa: PLC0415 - after the set-up
    from segmentation.operations import retention, score_business  # noqa: PLC0415
    from segmentation.queries.own.names import names  # noqa: PLC0415
    from segmentation.queries.own.reading import preview, read_rule  # noqa: PLC0415

    now = datetime.now(UTC)
    people = crowd.lay_out(customers=customers, purchases=10 * customers, now=now)
    home.furnish(people)
    scoring.as_worker()
    with acting_for(people.business_id):
        score_business(now=now)
        retention.estimate_retention(common=retention.common_priors([]), now=now)
        retention.foresee(now=now)
    found = {}
    scoring.as_role("vafa_web")
    for name, document in RULES.items():
        seconds = []
        for _time in range(_TIMES):
            began = time.perf_counter()
            with acting_for(people.business_id):
                known = names()
                told = preview(read_rule(document, known), now, known)
            seconds.append(time.perf_counter() - began)
        found[name] = Asked(seconds, told.customers, told.between)
    return found


def _p95(found: dict[str, Asked]) -> float:
    return quantiles([one for asked in found.values() for one in asked.seconds], n=20)[-1]


def _part(found: dict[int, dict[str, Asked]]) -> Part:
    largest = max(found)
    return Part(
        letter="p",
        title=f"Previews of own segments over {largest:,} customers",
        goal=f"under {_GOAL_S:.0f} s at the 95th percentile, growing at most linearly",
        rows=[
            *(Row(f"{size:,} customers, all rules", f"p95 {_p95(asked):.2f} s",
                  "asks everybody" if next(iter(asked.values())).between is None else
                  "a sample answers")
              for size, asked in found.items()),
            *(Row(name, f"{max(asked.seconds):.2f} s", _said(asked))
              for name, asked in found[largest].items()),
        ],
        notes=[
            f"""Under the web's role and row-level security, the names of goods, tiers and
            attributes read too; each rule {_TIMES} times, the first with nothing prepared. The
            slowest time of each is shown. Where a sample answers, all are counted by a worker once
            the segment is saved; the page says so, with the interval.""",
        ],
    )  # fmt: skip


def _said(asked: Asked) -> str:
    if asked.between is None:
        return f"{asked.customers:,} fit"
    least, most = asked.between
    return f"about {asked.customers:,} ({least:,} to {most:,})"

"""(i) A year of purchases judged again under a draft of rules."""

import resource
import time
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from benchmarks import crowd
from benchmarks.report import Part, Row

# The crowd's purchases lie over three years, of which the last is replayed.
_SIZES: Final = {True: (30_000, 300_000), False: (100_000, 3_000_000)}


def run(*, quick: bool) -> Part:
    """Measure; the crowd is laid out when it is not there yet."""
    customers, purchases = _SIZES[quick]
    people = crowd.lay_out(customers=customers, purchases=purchases, now=datetime.now(UTC))
    found = [_replay(people.business_id, _draft(count)) for count in (0, 4)]
    return _part(people, found)


def _draft(rules: int) -> Any:
    """Return a draft: the rate alone, or with four rules that ask about nearly everything."""
    from loyalty.queries.rules.document import Bonus, Rate, Rules, When  # noqa: PLC0415

    bonuses = (
        Bonus(
            name="صبح",
            effect="times",
            num=2,
            when=When(weekdays=(0, 1, 2, 3, 4), from_minute=480, to_minute=720),
            customer_cap_points=50,
            customer_span="month",
        ),
        Bonus(name="اول", effect="fixed", num=20, when=When(number=1)),
        Bonus(name="دهم", effect="fixed", num=30, when=When(every=10)),
        Bonus(
            name="بزرگ",
            effect="rate",
            num=1,
            den=200_000,
            when=When(least_rial=500_000),
            budget_rial=10**11,
        ),
    )
    return Rules(rate=Rate(num=1, den=100_000), bonuses=bonuses[:rules])


def _replay(business_id: UUID, rules: Any) -> dict[str, Any]:
    """Ask for a replay and carry it through as a worker does; return its report."""
    from core.tenancy import acting_for  # noqa: PLC0415 - after Django's set-up
    from loyalty.operations.rules.drafts import save_draft  # noqa: PLC0415
    from loyalty.operations.rules.replays import (  # noqa: PLC0415
        claim_due_replay,
        queue_replay,
        run_replay,
    )
    from loyalty.queries.rules.reading import replay_by_id  # noqa: PLC0415

    now = datetime.now(UTC)
    with acting_for(business_id):
        draft = save_draft(rules=rules, actor=None, now=now)
        replay_id = queue_replay(draft_id=draft.id, actor=None, now=now).id
    _as_worker()
    claim_due_replay(now=now)
    cpu = time.process_time()
    run_replay(business_id=business_id, replay_id=replay_id, clock=lambda: datetime.now(UTC))
    cpu = time.process_time() - cpu
    with acting_for(business_id):
        row = replay_by_id(replay_id)
    report: dict[str, Any] = row.report if row else {}
    return report | {"cpu": cpu, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}


def _as_worker() -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SET ROLE vafa_worker")


def _part(people: crowd.Crowd, found: list[dict[str, Any]]) -> Part:
    judged = found[0]["purchases"]
    return Part(
        letter="i",
        title=f"A year of {judged:,} purchases replayed under a draft of rules",
        goal="a year of a million purchases in minutes, memory by customers, not by purchases",
        rows=[
            _row("the rate alone, old and new", found[0]),
            _row("four rules: hours and days with a share, first, tenth, budget", found[1]),
        ],
        notes=[
            f"""Each purchase is judged twice, under the rules in force and under the draft, by the
            function that judges a sale. {people.customers:,} customers, {judged:,} purchases of
            the last twelve Jalali months, no lines and no ledger entries: both are read, and there
            are none. One process; the share of it that was processor time of Python is given, the
            rest waits for PostgreSQL beside it. Peak is that of the process, Django included.""",
        ],
    )


def _row(what: str, report: dict[str, Any]) -> Row:
    seconds = max(0.1, report["seconds"])
    return Row(
        what,
        f"{seconds:.0f} s",
        f"**{report['purchases'] / seconds:,.0f} purchases a second**;"
        f" {report['cpu'] / max(1, report['purchases']) * 1e6:.0f} µs of processor time each;"
        f" peak {report['peak'] // 1024} MiB",
    )

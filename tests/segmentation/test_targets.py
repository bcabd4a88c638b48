"""C110: targets: baseline, target, gap, and a ledger that keeps what they were."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from businesses.models import AuditEntry
from core.calendar import Jalali, add_months, day_start
from core.errors import NotFound, Problem
from core.ids import new_id
from segmentation.enums import Figure, Span, TargetState
from segmentation.models import Target, TargetStep
from segmentation.operations import end_target, move_target
from segmentation.queries.invariants import broken
from segmentation.queries.targets.ledger import aims
from tests.segmentation.aims import AZAR, ONE, aim, standing
from tests.segmentation.own import NOW

pytestmark = pytest.mark.django_db

TEHRAN = ZoneInfo("Asia/Tehran")


# --- the ledger -----------------------------------------------------------------------------------


def test_what_a_target_was_stays_written(acting, owner_client):
    target = aim(goal=3_000, reason="آغاز")
    move_target(target_id=target.id, goal=2_500, reason="  باران  ", actor=None, now=NOW)
    end_target(target_id=target.id, reason="تعطیل شدیم", actor=None, now=NOW)
    (found,) = aims([target])
    assert [(s.number, s.goal, s.reason) for s in found.steps] == [
        (1, 3_000, "آغاز"), (2, 2_500, "باران"), (3, None, "تعطیل شدیم"),
    ]  # fmt: skip
    assert (found.first_goal, found.goal, found.is_ended) == (3_000, 2_500, True)
    assert standing(target).state == TargetState.ENDED
    told = AuditEntry.objects.filter(action__startswith="target.").order_by("at", "id")
    assert [row.action for row in told] == ["target.set", "target.moved", "target.ended"]
    assert told[1].data["before"] == 3_000


@pytest.mark.parametrize("sql", [
    "UPDATE segmentation_targetstep SET goal = 1", "DELETE FROM segmentation_targetstep",
    "UPDATE segmentation_target SET figure = 'new_customers'", "DELETE FROM segmentation_target",
])  # fmt: skip
def test_nobody_changes_or_deletes_a_step(acting, sql):
    aim()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_database_keeps_one_target_a_figure_and_span(acting):
    target = aim()
    with pytest.raises(Problem, match="target_exists"):
        aim(goal=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        Target.objects.create(figure=target.figure, span=target.span, starts_on=target.starts_on)
    for number, goal in ((1, 5), (2, 0), (3, -1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            TargetStep.objects.create(target=target, number=number, goal=goal, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        TargetStep.objects.create(target_id=new_id(), number=1, goal=None, at=NOW)
    aim(span=Span.QUARTER, starts_on=Jalali(1405, 7, 1).to_date())
    aim(figure=Figure.NEW)


def test_one_given_up_may_be_set_anew_and_keeps_its_history(acting):
    target = aim(goal=3_000)
    end_target(target_id=target.id, reason="نه", actor=None, now=NOW)
    with pytest.raises(Problem, match="target_ended"):
        move_target(target_id=target.id, goal=5, reason="x", actor=None, now=NOW)
    assert aim(goal=4_000).id == target.id
    (found,) = aims([target])
    assert [step.goal for step in found.steps] == [3_000, None, 4_000]


@pytest.mark.parametrize(("changes", "code", "about"), [
    ({"figure": "profit"}, "invalid_target", "figure"),
    ({"span": "week"}, "invalid_target", "span"),
    ({"starts_on": AZAR + ONE}, "invalid_target", "month"),
    ({"span": Span.QUARTER}, "invalid_target", "month"),
    ({"starts_on": add_months(AZAR, 13)}, "invalid_target", "month"),
    ({"starts_on": add_months(AZAR, -1)}, "target_over", "month"),
    ({"goal": 0}, "invalid_target", "goal"),
    ({"goal": 10**15}, "invalid_target", "goal"),
    ({"figure": Figure.CONTENT, "goal": 10_001}, "invalid_target", "goal"),
    ({"reason": "ب" * 501}, "invalid_target", "reason"),
])  # fmt: skip
def test_what_cannot_be_aimed_at_is_refused(acting, changes, code, about):
    with pytest.raises(Problem) as refused:
        aim(**changes)
    assert (refused.value.code, list(refused.value.fields)) == (code, [about])
    assert not Target.objects.exists()


def test_a_target_moves_only_while_its_time_runs(acting):
    target = aim(goal=3_000)
    with pytest.raises(NotFound):
        move_target(target_id=new_id(), goal=5, reason="x", actor=None, now=NOW)
    for goal, reason in ((3_000, "x"), (5, " "), (0, "x")):
        with pytest.raises(Problem, match="invalid_target"):
            move_target(target_id=target.id, goal=goal, reason=reason, actor=None, now=NOW)
    later = day_start(add_months(AZAR, 1), TEHRAN)
    with pytest.raises(Problem, match="target_over"):
        move_target(target_id=target.id, goal=5, reason="x", actor=None, now=later)
    move_target(
        target_id=target.id, goal=5, reason="x", actor=None, now=later - timedelta(seconds=1)
    )


SLOTS = st.tuples(
    st.sampled_from([Figure.NET_SALES, Figure.NEW]),
    st.sampled_from([(Span.MONTH, AZAR), (Span.MONTH, add_months(AZAR, 1)),
                     (Span.QUARTER, Jalali(1405, 7, 1).to_date())]),
)  # fmt: skip
DEEDS = st.tuples(st.sampled_from(["set", "move", "end"]), SLOTS, st.integers(1, 4))


@given(deeds=st.lists(DEEDS, max_size=14))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_c110_the_ledger_is_what_a_plain_list_of_steps_would_be(acting, deeds):
    """Whatever is tried in whatever order: steps only grow, numbered whole, as in a dict."""
    plain: dict[Any, list[int | None]] = {}
    with transaction.atomic():
        for deed, slot, goal in deeds:
            before = [list(steps) for steps in plain.values()]
            try:
                _do(deed, slot, goal)
            except Problem:
                assert not _allowed(deed, plain.get(slot), goal)
            else:
                assert _allowed(deed, plain.get(slot), goal)
                plain.setdefault(slot, []).append(None if deed == "end" else goal)
            kept = _kept()
            assert kept == plain
            assert all(kept_steps[: len(old)] == old
                       for kept_steps, old in zip(kept.values(), before, strict=False))  # fmt: skip
        assert broken(NOW) == []
        transaction.set_rollback(True)


def _do(deed: str, slot: Any, goal: int) -> None:
    figure, (span, start) = slot
    if deed == "set":
        aim(figure=figure, span=span, starts_on=start, goal=goal)
        return
    row = Target.objects.filter(figure=figure, span=span, starts_on=start).first()
    target_id = row.id if row else new_id()
    if deed == "move":
        move_target(target_id=target_id, goal=goal, reason="x", actor=None, now=NOW)
    else:
        end_target(target_id=target_id, reason="x", actor=None, now=NOW)


def _allowed(deed: str, steps: list[int | None] | None, goal: int) -> bool:
    last = steps[-1] if steps else None
    if deed == "set":
        return last is None
    return last is not None and (deed == "end" or goal != last)


def _kept() -> dict[Any, list[int | None]]:
    rows = aims(Target.objects.order_by("id"))
    for one in rows:
        assert [step.number for step in one.steps] == list(range(1, len(one.steps) + 1))
    return {
        (one.target.figure, (one.target.span, one.target.starts_on)): [s.goal for s in one.steps]
        for one in rows
    }

"""Today's actions: at most seven, ranked by gain for effort, honest bounds, learning from done."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from businesses.models import Employee
from core.errors import NotFound, Problem
from core.tenancy import acting_for
from customers.models import Case
from customers.operations import CustomerHint, NewLine, record_purchases
from customers.queries.first_goods import came_after, first_goods
from payments.queries.mandates import debits_at_risk
from segmentation.enums import ActionKind, ActionState
from segmentation.estimation import Buying, Family
from segmentation.models import ActionItem, CustomerOutlook, NamedStay
from segmentation.operations import (
    answer_action,
    assign_action,
    plan_actions,
    score_business,
    state_margin,
)
from segmentation.operations.retention import common_priors, estimate_retention, foresee
from segmentation.queries.actions.candidates import candidates
from segmentation.queries.actions.effects import PRIORS, effects
from segmentation.queries.actions.listing import actions_on
from tests.customers.conftest import sale
from tests.segmentation.own import buy
from tests.segmentation.shop import sell

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Tehran")


@pytest.fixture
def crowd(acting):
    """A business of two hundred customers, scored and foreseen."""
    sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 200, NOW, seed=3)
    score_business(now=NOW)
    estimate_retention(common=common_priors([]), now=NOW)
    foresee(now=NOW)
    return acting


def _plan(now: datetime = NOW) -> list[ActionItem]:
    plan_actions(now=now)
    return actions_on(now.date())


def test_at_most_seven_in_order_of_gain_for_effort(crowd):
    for dear in CustomerOutlook.objects.order_by("-worth_rial")[:5]:
        Case.objects.create(
            kind="complaint", title="x", customer_id=dear.customer_id, opened_at=NOW
        )
    rows = _plan()
    assert 3 <= len(rows) <= 7
    assert [row.place for row in rows] == list(range(1, len(rows) + 1))
    ranks = [row.chance * row.value_rial / row.effort_minutes for row in rows]
    assert ranks == sorted(ranks, reverse=True)
    assert sum(row.kind == ActionKind.CALL for row in rows) <= 3
    assert sum(row.kind == ActionKind.ANSWER for row in rows) == 2
    for row in rows:
        assert row.low_rial <= row.expected_rial <= row.high_rial
        assert row.expected_rial == pytest.approx(row.chance / 1_000 * row.value_rial, rel=0.02)
        assert row.facts["seen"] == 0


def test_the_same_day_twice_is_the_same_plan_and_keeps_answers(crowd):
    first = _plan()
    again = _plan(NOW + timedelta(minutes=5))
    assert [(r.kind, r.subject) for r in again] == [(r.kind, r.subject) for r in first]
    done = answer_action(action_item_id=again[0].id, done=True, actor=None, now=NOW)
    answer_action(action_item_id=again[1].id, done=False, actor=None, now=NOW)
    third = _plan(NOW + timedelta(minutes=9))
    assert len(third) <= 7
    assert {row.id for row in third} >= {done.id, again[1].id}
    open_ones = {(r.kind, r.subject) for r in third if r.state == ActionState.OPEN}
    assert (done.kind, done.subject) not in open_ones
    tomorrow = NOW + timedelta(days=1)
    assert (done.kind, done.subject) not in {(r.kind, r.subject) for r in _plan(tomorrow)}


def test_yesterdays_plan_stands_until_the_night_and_no_longer(crowd):
    rows = _plan()
    assert actions_on(NOW.date() + timedelta(days=1)) == rows
    assert actions_on(NOW.date() + timedelta(days=2)) == []


def test_a_margin_makes_sales_into_profit(crowd):
    before = _plan()
    state_margin(percent=20, actor=None, now=NOW)
    after = _plan()
    assert [row.expected_rial for row in after] == [
        pytest.approx(row.expected_rial / 5, abs=1) for row in before
    ]
    assert all(row.facts["with_margin"] for row in after)
    for wrong in (0, 101):
        with pytest.raises(Problem, match="invalid_margin"):
            state_margin(percent=wrong, actor=None, now=NOW)


def _done(kind: ActionKind, customer_id: Any, number: int, *, done: bool, days: int) -> None:
    ActionItem.objects.create(
        on=NOW.date() - timedelta(days=days), place=1, kind=kind, subject=f"{number}",
        customer_id=customer_id, value_rial=1, chance=1, expected_rial=1, low_rial=1, high_rial=1,
        effort_minutes=1, foreseen=100, made_at=NOW,
        state=ActionState.DONE if done else ActionState.NOT_DONE,
        answered_at=NOW - timedelta(days=days),
    )  # fmt: skip


def test_what_was_done_is_looked_at_and_moves_the_chance(acting):
    prior, weight = PRIORS[ActionKind.CALL]
    assert effects(NOW, ZONE)[ActionKind.CALL].chance == prior
    came, stayed = buy(1, 50).customer_id, buy(2, 90).customer_id
    buy(1, 30)
    _done(ActionKind.CALL, came, 1, done=True, days=40)
    _done(ActionKind.CALL, stayed, 2, done=True, days=40)
    _done(ActionKind.CALL, came, 3, done=True, days=20)  # not thirty days ago
    found = effects(NOW, ZONE)[ActionKind.CALL]
    assert found.seen == 2
    assert found.chance == pytest.approx((prior * weight + 0.9 - 0.1) / (weight + 2))
    assert found.low < found.chance < found.high


def test_what_is_left_undone_comes_later(acting):
    before = effects(NOW, ZONE)[ActionKind.LEAD]
    for number in range(6):
        _done(ActionKind.LEAD, None, number, done=False, days=1)
    after = effects(NOW, ZONE)[ActionKind.LEAD]
    assert (before.willing, after.willing) == (1.0, 0.4)
    assert after.chance == before.chance


def test_the_product_after_which_people_stay_away_is_found(crowd):
    for who in range(40):
        _first(who, "bad", again=who < 4)
        _first(100 + who, "good", again=who < 24)
    found = {one.key: one for one in first_goods(NOW.date())}
    assert (found["bad"].customers, found["bad"].again) == (40, 4)
    worst = [one for one in candidates(NOW, NOW.date()) if one.kind == ActionKind.PRODUCT]
    assert [one.subject for one in worst] == ["bad"]
    assert (worst[0].facts["here"], worst[0].facts["people"]) == (10, 40)


def _first(who: int, sku: str, *, again: bool) -> None:
    """Sell somebody their first thing, and perhaps a second one a month later."""
    for days, what in ((150, sku), (120, "tea")) if again else ((150, sku),):
        line = NewLine(unit_price_rial=100, sku=what, name=what)
        new = sale(
            100, customer=CustomerHint(mobile=f"0912100{who:04}"), lines=(line,), tenders=(),
            occurred_at=NOW - timedelta(days=days),
        )  # fmt: skip
        record_purchases(purchases=[new], source="import", now=NOW)


def test_debits_of_permissions_that_failed_are_seen_to(acting):
    assert list(debits_at_risk(now=NOW, until=NOW + timedelta(days=3))) == []


def test_who_came_in_the_days_after(acting):
    who = buy(1, 10).customer_id
    day = NOW.date() - timedelta(days=11)
    assert came_after([(who, day)], 30) == {(who, day)}
    assert came_after([(who, NOW.date() - timedelta(days=10))], 30) == set()
    assert came_after([], 30) == set()


def test_the_database_keeps_numbers_and_answers_together(crowd):
    row = _plan()[0]
    for wrong in ({"low_rial": row.high_rial + 1}, {"state": "done"}, {"chance": 1_001}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ActionItem.objects.filter(id=row.id).update(**wrong)


def test_an_empty_business_has_nothing_to_do(acting):
    assert _plan() == []
    with pytest.raises(NotFound):
        answer_action(action_item_id=acting.id, done=True, actor=None, now=NOW)


def test_actions_over_http(api, other_api, business):
    from django.utils import timezone  # noqa: PLC0415

    now = timezone.now()
    with acting_for(business.id):
        sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 60, now, seed=3)
        score_business(now=now)
        estimate_retention(common=common_priors([]), now=now)
        foresee(now=now)
        plan_actions(now=now)
    rows = api.get("actions/today").json()["data"]
    assert 1 <= len(rows) <= 7
    assert other_api.get("actions/today").json()["data"] == []
    path = f"actions/{rows[0]['id']}"
    assert other_api.post(f"{path}/complete", {}).status_code == 404
    due = {"due_on": "2099-01-01"}
    assert other_api.post(f"{path}/assign", due).status_code == 404
    assert api.post(f"{path}/assign", {"owner_code": "x"}).status_code == 422
    assert api.post(f"{path}/assign", due | {"due_on": "2020-01-01"}).status_code == 422
    assert api.post(f"{path}/assign", due).json()["due_on"] == "2099-01-01"
    assert api.post(f"{path}/complete", {}).json()["state"] == "done"
    assert api.post(f"{path}/dismiss", {}).json()["state"] == "not_done"


# --- who, and until when (C110) -----------------------------------------------------------------


@pytest.fixture
def employee(crowd):
    return Employee.objects.create(name="مریم", code="m1")


def _assign(row: ActionItem, code: str = "m1", due: Any = None, now: datetime = NOW) -> ActionItem:
    return assign_action(action_item_id=row.id, owner_code=code, due_on=due, actor=None, now=now)


def test_what_somebody_promised_waits_from_day_to_day_until_it_is_answered(crowd, employee):
    first = _plan()
    promised = _assign(first[2], due=NOW.date() + timedelta(days=1))
    for days in (1, 2, 3):
        rows = _plan(NOW + timedelta(days=days))
        assert rows[0].id == promised.id
        assert rows[0].place == 1
        assert len(rows) <= 7
        assert len({(row.kind, row.subject) for row in rows}) == len(rows)
        assert [row.place for row in rows] == list(range(1, len(rows) + 1))
    answer_action(action_item_id=promised.id, done=True, actor=None, now=NOW + timedelta(days=3))
    assert promised.id not in {row.id for row in _plan(NOW + timedelta(days=4))}


def test_what_is_promised_may_be_taken_back(crowd, employee):
    row = _plan()[0]
    _assign(row)
    _assign(row, code="")
    assert {one.id for one in _plan(NOW + timedelta(days=1))}.isdisjoint({row.id})


def test_what_makes_no_sense_is_refused(crowd, employee):
    row = _plan()[0]
    for code, due, error in (
        ("nobody", None, "unknown_employee"),
        ("m1", NOW.date() - timedelta(days=1), "invalid_due_on"),
    ):
        with pytest.raises(Problem, match=error):
            _assign(row, code=code, due=due)
    answer_action(action_item_id=row.id, done=True, actor=None, now=NOW)
    with pytest.raises(Problem, match="action_answered"):
        _assign(row)
    with pytest.raises(NotFound):
        assign_action(action_item_id=crowd.id, owner_code="", due_on=None, actor=None, now=NOW)


def test_each_corner_and_the_neglected_are_things_to_do(crowd):
    """N13: another action for each corner, worth what is at stake there."""
    people = list(CustomerOutlook.objects.order_by("-worth_rial", "-id")[:30])
    corners = ("happy_staying", "unhappy_staying", "happy_leaving", "unhappy_leaving", "neglected")
    for place, corner in enumerate(corners):
        for one in people[6 * place : 6 * place + 6]:
            NamedStay.objects.create(
                segment=corner, customer_id=one.id, entered_at=NOW, evidence={},
                seen_on=NOW.date(),
            )  # fmt: skip
    found = {
        one.subject: one for one in candidates(NOW, NOW.date()) if one.kind == ActionKind.CORNER
    }
    assert set(found) == set(corners)
    assert found["unhappy_staying"].value_rial == sum(one.worth_rial for one in people[6:12])
    assert found["happy_leaving"].value_rial == sum(one.risk_rial for one in people[12:18])
    assert all(one.facts["people"] == 6 for one in found.values())

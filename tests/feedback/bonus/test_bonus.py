"""Bonuses for satisfied customers (C084): frozen, objected to, approved, paid, taken back."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from businesses.operations import tie_employee
from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import record_return
from feedback.api.parts import refund_effect
from feedback.enums import BonusReason, BonusState
from feedback.models import BonusLine, BonusRun, BonusSale
from feedback.operations.bonus import (
    NewPlan,
    approve_bonuses,
    cancel_bonuses,
    decide_objection,
    freeze_bonuses,
    object_to_bonus,
    pay_bonuses,
    set_bonus_plan,
    take_back_bonuses,
)
from feedback.queries.bonus.reading import scores
from outbox.operations import deliver_due
from payments.operations.refunds.effects import ComingBack
from tests.feedback.bonus.conftest import FROZEN, MEHR, PAYABLE, PLANNED, SOLD

HALF = 5_000_000


@pytest.fixture
def owner(db):
    return get_user_model().objects.create_user("owner@example.com", "x", name="مالک")


def test_c084_who_pleases_more_gets_more_and_chance_is_left_out(unequal):
    run = unequal.freeze()
    assert (run.state, run.ends_on.isoformat()) == (BonusState.FROZEN, "2026-10-23")
    ali, mina = unequal.line(unequal.ali), unequal.line(unequal.mina)
    assert (ali.asked, ali.answers, ali.content) == (60, 36, 34)
    assert (mina.asked, mina.answers, mina.content) == (60, 30, 14)
    assert ali.amount_rial > HALF > mina.amount_rial
    assert ali.amount_rial % 1_000 == 0
    # Content people of a hundred asked differ by 33; some of it is chance, the rest is believed.
    assert 0 < ali.difference_bp < 3_300
    assert 0 < ali.trust_bp < 10_000


def test_n16_answers_of_staff_and_of_one_browser_for_many_do_not_count(team):
    team.plan()
    team.serve("ali", 5, content=5, from_staff=True)
    team.serve("ali", 3, content=3, browser="one phone for many")
    team.serve("ali", 2, content=2, browser="a household")
    team.serve("mina", 4, content=4)
    team.freeze()
    ali = team.line(team.ali)
    assert (ali.asked, ali.answers, ali.content, ali.not_counted) == (10, 2, 2, 8)


def test_n16_people_who_work_here_are_not_customers_of_it(team):
    team.plan()
    with acting_for(team.business.id):
        tie_employee(
            employee_id=team.mina.id, mobile="09127777777", login_id=None, actor=None, now=PLANNED
        )
    team.serve("ali", 1, content=1, mobile="09127777777")
    team.serve("ali", 2, content=1)
    team.freeze()
    assert (team.line(team.ali).asked, team.line(team.ali).content) == (2, 1)


def test_r63_few_answers_and_a_low_share_of_answers_earn_nothing(team):
    team.plan(floor_percent=50)
    team.serve("ali", 19, content=19)
    team.serve("mina", 50, content=20)
    team.freeze()
    assert team.line(team.ali).reason == BonusReason.FEW_ANSWERS
    assert team.line(team.mina).reason == BonusReason.LOW_RATE
    assert team.line(team.ali).amount_rial == team.line(team.mina).amount_rial == 0


def test_terms_are_known_before_the_period_is_over(team):
    with acting_for(team.business.id):
        with pytest.raises(Problem, match="no_bonus_plan"):
            freeze_bonuses(starts_on=MEHR, actor=None, now=FROZEN)
        set_bonus_plan(new=NewPlan(most_rial=1_000_000), actor=None, now=PLANNED)
        set_bonus_plan(new=NewPlan(most_rial=9_000_000), actor=None, now=FROZEN)
        with pytest.raises(Problem, match="invalid_period"):
            freeze_bonuses(starts_on=MEHR + timedelta(days=1), actor=None, now=FROZEN)
        with pytest.raises(Problem, match="period_open"):
            freeze_bonuses(starts_on=MEHR, actor=None, now=SOLD + timedelta(days=30))
        assert freeze_bonuses(starts_on=MEHR, actor=None, now=FROZEN).plan.most_rial == 1_000_000
        with pytest.raises(Problem, match="bonuses_there"):
            freeze_bonuses(starts_on=MEHR, actor=None, now=FROZEN)


def test_a_plan_says_what_is_wrong_beside_its_fields(acting, now):
    wrong = NewPlan(most_rial=0, months=2, min_answers=5, dispute_days=1)
    with pytest.raises(Problem) as told:
        set_bonus_plan(new=wrong, actor=None, now=now)
    assert set(told.value.fields) == {"most_rial", "months", "min_answers", "dispute_days"}


def test_an_upheld_objection_sets_its_sale_aside(unequal, owner):
    run = unequal.freeze()
    line = unequal.line(unequal.mina)
    with acting_for(unequal.business.id):
        low = BonusSale.objects.filter(line=line, value_bp=0)[0]
        said = object_to_bonus(
            line_id=line.id,
            purchase_id=low.purchase_id,
            reason="دستگاه خراب بود",
            by="m",
            now=FROZEN,
        )
        with pytest.raises(Problem, match="invalid_objection"):
            object_to_bonus(line_id=line.id, purchase_id=new_id(), reason="x", by="", now=FROZEN)
        with pytest.raises(Problem, match="objections_open"):
            approve_bonuses(run_id=run.id, actor=owner, now=PAYABLE)
        decide_objection(
            objection_id=said.id, upheld=True, note="درست است", actor=owner, now=PAYABLE
        )
        with pytest.raises(Problem, match="objection_decided"):
            decide_objection(objection_id=said.id, upheld=True, note="x", actor=owner, now=PAYABLE)
        with pytest.raises(Problem, match="objections_over"):
            object_to_bonus(line_id=line.id, reason="دیر", by="m", now=PAYABLE)
    assert unequal.line(unequal.mina).amount_rial > line.amount_rial


def test_only_after_the_time_to_object_an_owner_says_yes(unequal, owner):
    run = unequal.freeze()
    with acting_for(unequal.business.id):
        with pytest.raises(Problem, match="objections_open"):
            approve_bonuses(run_id=run.id, actor=owner, now=FROZEN)
        with pytest.raises(IntegrityError), transaction.atomic():
            BonusRun.objects.filter(id=run.id).update(state="approved", approved_at=FROZEN)
        with pytest.raises(Problem, match="bonuses_not_open"):
            pay_bonuses(run_id=run.id, reference="حقوق آذر", actor=owner, now=PAYABLE)
        approve_bonuses(run_id=run.id, actor=owner, now=PAYABLE)
        with pytest.raises(Problem, match="invalid_reference"):
            pay_bonuses(run_id=run.id, reference=" ", actor=owner, now=PAYABLE)
        paid = pay_bonuses(run_id=run.id, reference="حقوق آذر", actor=owner, now=PAYABLE)
        with pytest.raises(Problem, match="bonuses_not_open"):
            cancel_bonuses(run_id=run.id, actor=owner, now=PAYABLE)
        with pytest.raises(NotFound):
            approve_bonuses(run_id=new_id(), actor=owner, now=PAYABLE)
    line = unequal.line(unequal.ali)
    assert (paid.state, line.paid_rial, line.owed_rial) == ("paid", line.amount_rial, 0)


def test_cancelled_numbers_make_room_for_new_ones(unequal, owner):
    run = unequal.freeze()
    with acting_for(unequal.business.id):
        cancel_bonuses(run_id=run.id, actor=owner, now=FROZEN)
    assert unequal.freeze().id != run.id


def sales_of(team, employee, *, content):
    with acting_for(team.business.id):
        rows = BonusSale.objects.filter(line__employee=employee.id, came_back=False)
        rows = rows.filter(value_bp=10_000 if content else 0)
        return list(rows.values_list("purchase_id", flat=True))


def test_n8_goods_that_come_back_take_their_part_of_a_bonus_never_add_to_it(unequal):
    unequal.freeze()
    before = unequal.line(unequal.ali).amount_rial
    with acting_for(unequal.business.id):
        silent = sales_of(unequal, unequal.ali, content=False)
        take_back_bonuses(purchase_ids=silent, now=FROZEN)
        assert unequal.line(unequal.ali).amount_rial == before
        good = sales_of(unequal, unequal.ali, content=True)[:6]
        take_back_bonuses(purchase_ids=good, now=FROZEN)
        once = unequal.line(unequal.ali)
        assert take_back_bonuses(purchase_ids=good, now=FROZEN) == 0
    assert once.amount_rial + once.taken_back_rial == before
    assert once.taken_back_rial > 0
    assert unequal.line(unequal.ali).amount_rial == once.amount_rial


def test_n8_the_refund_preview_names_what_each_bonus_loses(unequal):
    """N8: as much as the return then takes; a silent sale takes nothing; read only."""
    with acting_for(unequal.business.id):
        unequal.freeze()
        silent = sales_of(unequal, unequal.ali, content=False)[0]
        assert "bonus_taken" not in refund_effect(coming(silent), FROZEN)
        good = sales_of(unequal, unequal.ali, content=True)[0]
        before = unequal.line(unequal.ali).amount_rial
        told = refund_effect(coming(good), FROZEN)
        assert told["survey"] == "flagged"
        assert unequal.line(unequal.ali).amount_rial == before
        take_back_bonuses(purchase_ids=[good], now=FROZEN)
        assert told["bonus_taken"] == {"علی": before - unequal.line(unequal.ali).amount_rial}
        assert "bonus_taken" not in refund_effect(coming(good), FROZEN)


def coming(purchase_id):
    return ComingBack(purchase_id=purchase_id, total_rial=100_000, returned_rial=100_000)


def test_n8_what_was_paid_too_much_is_kept_back_of_the_next(unequal, owner):
    run = unequal.freeze()
    with acting_for(unequal.business.id):
        approve_bonuses(run_id=run.id, actor=owner, now=PAYABLE)
        pay_bonuses(run_id=run.id, reference="حقوق", actor=owner, now=PAYABLE)
        good = sales_of(unequal, unequal.ali, content=True)
        take_back_bonuses(purchase_ids=good, now=PAYABLE)
        first = unequal.line(unequal.ali)
        assert first.owed_rial == first.taken_back_rial > 0
        assert first.paid_rial == first.amount_rial + first.owed_rial
        later = BonusRun.objects.create(
            plan_id=run.plan_id,
            starts_on=run.ends_on,
            ends_on=run.ends_on + timedelta(days=30),
            state=BonusState.APPROVED,
            level_bp=0,
            frozen_at=PAYABLE,
            objections_until=PAYABLE + timedelta(days=7),
            approved_at=PAYABLE + timedelta(days=8),
        )
        second = BonusLine.objects.create(
            run=later,
            employee_id=unequal.ali.id,
            **dict.fromkeys(("asked", "answers", "content", "nameless", "not_counted"), 0),
            trust_bp=0,
            difference_bp=0,
            reason="counts",
            amount_rial=1_000_000,
        )
        pay_bonuses(run_id=later.id, reference="حقوق", actor=owner, now=PAYABLE)
        second.refresh_from_db()
        first.refresh_from_db()
    assert (second.kept_back_rial, second.paid_rial) == (1_000_000, 0)
    assert first.owed_rial == first.taken_back_rial - 1_000_000


def test_a_return_at_the_till_reaches_the_bonus_by_its_event(unequal, as_role):
    unequal.freeze()
    (good, *_more) = sales_of(unequal, unequal.ali, content=True)
    with acting_for(unequal.business.id):
        record_return(
            purchase_id=good, external_id="r-1", amount_rial=900_000, source="api", now=FROZEN
        )
    with as_role("vafa_worker"):
        while deliver_due(now=FROZEN + timedelta(hours=1)):
            pass
    with acting_for(unequal.business.id):
        row = BonusSale.objects.get(purchase=good)
    assert (row.came_back, row.value_bp) == (True, 0)


def test_the_same_queries_for_one_seller_and_for_three(team, django_assert_num_queries):
    team.serve("ali", 1)
    with acting_for(team.business.id), django_assert_num_queries(4):
        scores(MEHR, MEHR + timedelta(days=30))
    team.serve("mina", 2, content=1)
    team.serve("ali", 1, content=1)
    with acting_for(team.business.id), django_assert_num_queries(4):
        scores(MEHR, MEHR + timedelta(days=30))

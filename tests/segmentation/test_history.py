"""However customers buy and give back, one scored at once stands where scoring everybody puts them.

Counted as it was paid or in today's prices, of everything or of a window; in the business's days.
"""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from businesses.queries import BusinessInfo
from core.calendar import Jalali, jalali, month_start
from core.errors import Problem
from core.tenancy import acting_for
from customers.models import Purchase
from customers.operations import CustomerHint, record_purchases, record_return
from segmentation.enums import Money, Scale
from segmentation.models import CustomerScore, ScoringRun, SegmentTransition
from segmentation.operations import change_scoring, rescore, score_business, work_out_past
from segmentation.queries import latest_run
from segmentation.queries.flows import first_move_on, month_flows
from segmentation.queries.invariants import broken
from segmentation.queries.scores import moves_of, summary
from segmentation.queries.source import Level, Terms
from tests.customers.conftest import sale
from tests.segmentation.test_rfm import fill

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
WINDOW = Terms(window_months=2)
REAL = Terms(window_months=3, money=Money.REAL)
INDEX = (
    Level(Jalali(1405, 1, 1).to_date(), 100_000),
    Level(Jalali(1405, 6, 1).to_date(), 133_300),
    Level(Jalali(1405, 9, 1).to_date(), 171_700),
)
AGREED = [(Terms(), ()), (WINDOW, ()), (Terms(), INDEX), (REAL, INDEX)]

SALE = st.tuples(st.just("sell"), st.integers(0, 5), st.integers(0, 200), st.integers(1, 9_999))
RETURN = st.tuples(st.just("return"), st.integers(0, 20), st.integers(1, 9_999), st.just(0))
SCORE = st.tuples(st.just("score"), st.just(0), st.just(0), st.just(0))


def buy(who: int, days_ago: int, rial: int, *, now: datetime = NOW) -> Any:
    """Sell to one customer some days ago."""
    hint = CustomerHint(mobile=f"0912000000{who}")
    (outcome,) = record_purchases(
        purchases=[sale(rial, customer=hint, occurred_at=now - timedelta(days=days_ago))],
        source="api",
        now=now,
    )
    assert outcome.error is None
    return Purchase.objects.get(id=str(outcome.purchase_id))


def give_back(purchase: Any, number: int, rial: int) -> None:
    left = Purchase.objects.get(id=purchase.id)
    rial = min(rial, left.total_rial - left.returned_rial)
    if rial:
        record_return(purchase_id=purchase.id, external_id=f"r{number}", amount_rial=rial, now=NOW)


def marks() -> dict[object, tuple[object, ...]]:
    """Return every score without when it was made."""
    columns = ("r", "f", "m", "segment", "last_on", "frequency", "monetary_rial", "real_rial")
    return {row[0]: row[1:] for row in CustomerScore.objects.values_list("id", *columns)}


def freeze(run: ScoringRun) -> None:
    """Score everybody anew with a run's cut points, from nothing."""
    CustomerScore.objects.all().delete()
    everybody: list[Any] = list(Purchase.objects.values_list("customer_id", flat=True).distinct())
    rescore(customer_ids=everybody, now=NOW)
    assert latest_run() == run


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    history=st.lists(st.one_of(SALE, RETURN, SCORE), min_size=1, max_size=14),
    agreed=st.sampled_from(AGREED),
)
def test_one_at_a_time_equals_everybody_after_any_history(history, agreed, acting):
    with transaction.atomic():
        terms, levels = agreed
        run = change_scoring(terms=terms, levels=levels, actor=None, now=NOW)
        sold: list[Any] = []
        for number, (step, which, days, rial) in enumerate(history):
            if step == "sell":
                sold.append(buy(which, days, rial))
                rescore(customer_ids=[sold[-1].customer_id], now=NOW)
            elif step == "return" and sold:
                back = sold[which % len(sold)]
                give_back(back, number, days)
                rescore(customer_ids=[back.customer_id], now=NOW)
            elif step == "score":
                run = score_business(now=NOW + timedelta(seconds=number))
        assert broken(NOW) == []
        at_once = marks()
        freeze(run)
        assert marks() == at_once
        transaction.set_rollback(True)


@pytest.mark.parametrize("agreed", AGREED)
def test_sales_and_returns_in_any_order_come_to_the_same(agreed, acting):
    """R66: refund then purchase equals purchase then refund equals scoring from scratch."""
    terms, levels = agreed
    found = []
    for order in itertools.permutations(range(3)):
        with transaction.atomic():
            change_scoring(terms=terms, levels=levels, actor=None, now=NOW)
            first = buy(1, 40, 5_000)
            steps = (
                lambda: buy(1, 3, 7_000),
                lambda first=first: give_back(first, 1, 2_000),
                lambda: buy(2, 100, 1_234),
            )
            for step in order:
                steps[step]()
                rescore(customer_ids=[first.customer_id], now=NOW)
            score_business(now=NOW)
            found.append(sorted(map(str, marks().values())))
            transaction.set_rollback(True)
    assert len(found) == 6
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize("agreed", AGREED)
def test_money_is_net_of_what_came_back(agreed, acting):
    """By a purchase, by a return, and by a night: what was paid less what was given back."""
    terms, levels = agreed
    change_scoring(terms=terms, levels=levels, actor=None, now=NOW)
    bought = buy(1, 3, 7_000)
    for number, (back, left) in enumerate(((2_000, 5_000), (1_500, 3_500))):
        give_back(bought, number, back)
        for look in (lambda: rescore(customer_ids=[bought.customer_id], now=NOW),
                     lambda: score_business(now=NOW)):  # fmt: skip
            look()
            assert CustomerScore.objects.get(id=bought.customer_id).monetary_rial == left


def test_a_purchase_with_equal_totals_gets_equal_marks_whoever_came_first(acting):
    for who in (5, 1, 3, 0, 4, 2):
        buy(who, 10 if who % 2 else 70, 1_000)
    score_business(now=NOW)
    assert len({row[:4] for row in marks().values()}) == 2


def test_half_past_midnight_in_tehran_is_the_new_years_day(acting):
    """20:30 UTC on 20 March 2026 is 00:00 of 1 Farvardin 1405."""
    new_year = datetime(2026, 3, 20, 20, 30, tzinfo=UTC)
    for minutes, on in ((-1, Jalali(1404, 12, 29)), (0, Jalali(1405, 1, 1))):
        when = new_year + timedelta(minutes=minutes)
        with transaction.atomic():
            buy(1, 0, 1_000, now=when)
            run = score_business(now=when)
            assert jalali(run.as_of) == on
            (score,) = CustomerScore.objects.all()
            assert jalali(score.last_on) == on
            assert jalali(moves_of(score.id)[0].on) == on
            transaction.set_rollback(True)


def test_the_index_turns_with_the_jalali_month(acting):
    """Minutes apart, and in the prices of two months."""
    turn = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)  # 1 Azar 1405 begins in Tehran
    assert jalali((turn + timedelta(hours=3, minutes=30)).date()) == Jalali(1405, 9, 1)
    change_scoring(terms=Terms(), levels=INDEX, actor=None, now=NOW)
    buy(1, 0, 1_000, now=turn - timedelta(minutes=1))
    buy(2, 0, 1_000, now=turn)
    score_business(now=NOW)
    found = sorted(CustomerScore.objects.values_list("monetary_rial", "real_rial"))
    assert found == [(1_000, 1_000), (1_000, 1_288)]  # 1000 × 171.7 ÷ 133.3 = 1288.07


@given(rial=st.integers(0, 10**14), level=st.integers(172, 171_700))
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_real_rial_lead_back_to_the_paid_ones(rial, level, acting):
    """N25: deflated, and inflated again, to the rial; as long as prices have not fallen."""
    sql = "SELECT div(2 * %(rial)s::numeric * %(base)s + %(level)s, 2 * %(level)s)::bigint"
    with connection.cursor() as cursor:
        cursor.execute(sql, {"rial": rial, "base": 171_700, "level": level})
        (real,) = cursor.fetchone()
    assert (2 * real * level + 171_700) // (2 * 171_700) == rial


def test_a_window_leaves_out_what_is_older_and_keeps_who_bought_it(acting):
    old, new = buy(1, 200, 9_000), buy(2, 10, 1_000)
    buy(2, 300, 4_000)
    run = change_scoring(terms=WINDOW, levels=(), actor=None, now=NOW)
    assert run.since_on == Jalali(1405, 7, 2).to_date()
    rows = {row.customer_id: row for row in CustomerScore.objects.all()}
    assert (rows[old.customer_id].frequency, rows[old.customer_id].monetary_rial) == (0, 0)
    assert (rows[new.customer_id].frequency, rows[new.customer_id].monetary_rial) == (1, 1_000)
    assert rows[old.customer_id].f == 1


def test_few_who_come_twice_get_a_fixed_scale_of_how_often(business: BusinessInfo, now: datetime):
    today = now.date()
    with acting_for(business.id):
        once = [(today - timedelta(days=n), today - timedelta(days=n), 1, n) for n in range(1, 91)]
        often = [(today - timedelta(days=99), today, 2 + n % 5, 900) for n in range(10)]
        fill(business, once + often)
        run = score_business(now=now)
        assert run.scale == Scale.FEW_REPEAT
        assert run.f_cuts == [2, 3, 4, 6]
        assert dict(CustomerScore.objects.values_list("frequency", "f")) == {
            1: 1, 2: 2, 3: 3, 4: 4, 5: 4, 6: 5,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "levels", "field"),
    [
        (Terms(window_months=0), (), "window_months"),
        (Terms(window_months=121), (), "window_months"),
        (Terms(money=Money.REAL), (), "levels"),
        (Terms(), (INDEX[0], INDEX[0]), "levels"),
        (Terms(), (Level(date(2026, 3, 22), 5),), "levels"),
        (Terms(), (Level(Jalali(1405, 10, 1).to_date(), 5),), "levels"),
        (Terms(), (Level(INDEX[0].month_on, 0),), "levels"),
        (Terms(), (Level(INDEX[0].month_on, 10**13),), "levels"),
        (Terms(), (INDEX[0], Level(INDEX[1].month_on, 99)), "levels"),
    ],
)
def test_terms_that_cannot_be_are_refused(terms, levels, field, acting):
    with pytest.raises(Problem, match="invalid_scoring") as refused:
        change_scoring(terms=terms, levels=levels, actor=None, now=NOW)
    assert list(refused.value.fields) == [field]
    assert not ScoringRun.objects.exists()


def test_the_past_is_worked_out_for_who_is_scored_first(acting):
    for who in range(4):
        for days in range(who * 20, 330, 45):
            buy(who, days, 1_000 * (who + 1))
    moves = work_out_past(now=NOW)
    assert moves >= 4
    assert work_out_past(now=NOW) == 0
    score_business(now=NOW)
    for customer_id in CustomerScore.objects.values_list("id", flat=True):
        path = list(reversed(moves_of(customer_id)))
        assert path[0].before == ""
        assert all(one.after == two.before for one, two in itertools.pairwise(path))
        assert path[-1].after == CustomerScore.objects.get(id=customer_id).segment
        assert [one.at for one in path] == sorted(one.at for one in path)
    first = first_move_on()
    assert first is not None
    month = month_start(first)
    assert month_flows(month).worked_out
    now_on = month_flows(NOW.date())
    assert not now_on.worked_out
    at_end = {row.segment.value: row.customers for row in summary() if row.customers}
    counted: dict[str, int] = {}
    for flow in now_on.flows:
        counted[flow.after] = counted.get(flow.after, 0) + flow.customers
    assert counted == at_end


def test_old_sales_that_are_sent_after_the_first_night_are_worked_out_too(acting):
    for days in range(0, 330, 45):
        buy(1, days, 1_000)
    score_business(now=NOW)
    late = [buy(2, days, 2_000) for days in range(10, 330, 45)].pop().customer_id
    rescore(customer_ids=[late], now=NOW)
    (entered,) = moves_of(late)
    assert entered.before == ""
    assert work_out_past(now=NOW + timedelta(hours=9)) >= 1
    assert work_out_past(now=NOW + timedelta(hours=9)) == 0
    path = moves_of(late)
    assert path[-1].before == ""
    assert path[-1].on < month_start(NOW.date())
    assert not [flow for flow in month_flows(NOW.date()).flows if flow.before == ""]
    last = month_flows(month_start(NOW.date()) - timedelta(days=1))
    assert path[1].after in {flow.after for flow in last.flows}
    assert sum(flow.customers for flow in month_flows(NOW.date()).flows) == 2


def test_who_leaves_the_segments_leaves_a_trace(acting):
    bought = buy(1, 3, 1_000)
    score_business(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET status = 'erased'")
    from segmentation.operations import forget_scores  # noqa: PLC0415

    forget_scores(customer_ids=[bought.customer_id], now=NOW + timedelta(seconds=1))
    last = SegmentTransition.objects.order_by("-at").first()
    assert last is not None
    assert (last.after, broken(NOW)) == ("", [])
    assert sum(flow.customers for flow in month_flows(NOW.date()).flows) == 0


def test_flows_and_cut_points_over_http(api, other_api, business, now):
    with acting_for(business.id):
        buy(1, 3, 1_000)
        change_scoring(terms=Terms(), levels=INDEX, actor=None, now=NOW)
    found = api.get("segments/flows", {"month": "1405-09"}).json()
    assert [flow["customers"] for flow in found["data"]] == [1]
    assert found["data"][0]["before"] is None
    assert other_api.get("segments/flows", {"month": "1405-09"}).json()["data"] == []
    for wrong in ("1405-13", "1499-01", "x"):
        answer = api.get("segments/flows", {"month": wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_month")
    told = api.get("segments").json()
    assert told["scale"] == "fixed"
    assert len(told["cut_points"]["last_on"]) == 4
    assert [row["real_rial"] for row in told["data"] if row["customers"]] == [1_288]

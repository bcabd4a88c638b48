"""Nightly retention: one whole run for readers, tested on the business's own past."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from businesses.queries import BusinessInfo
from core.tenancy import acting_for
from customers.models import CustomerTotals
from segmentation.enums import Basis
from segmentation.estimation import Buying, Family, Foresight, Histories, Prior
from segmentation.models import CustomerOutlook, OutlookRun, RetentionModel
from segmentation.operations.retention import (
    Common,
    common_priors,
    estimate,
    estimate_retention,
    foresee,
    foresee_again,
    forget_outlooks,
    keeping,
)
from segmentation.operations.retention.crowd import own_horizon, own_rate
from segmentation.operations.retention.together import BEGINNING
from segmentation.queries.invariants import broken
from segmentation.queries.retention import (
    buying_of,
    outlook_of,
    outlook_run,
    retention_model,
    risk_rows,
    soon,
)
from segmentation.tasks import foresee_all
from tests.segmentation.shop import sell
from tests.segmentation.test_rfm import fill

TRUE = Buying(Family.MBG, 0.8, 40, 0.7, 2.5)


def _estimated(now: datetime, common: Common = BEGINNING) -> RetentionModel:
    found = estimate_retention(common=common, now=now)
    assert found is not None
    return found


def _foreseen(now: datetime) -> OutlookRun:
    found = foresee(now=now)
    assert found is not None
    return found


@pytest.mark.django_db
def test_a_business_with_a_past_gets_a_tested_score(business: BusinessInfo, now: datetime) -> None:
    with acting_for(business.id):
        sell(TRUE, 600, now, seed=1)
        model = _estimated(now)
        assert model.basis in {Basis.MODEL, Basis.RULE}
        assert model.customers == 600
        assert model.tested >= 100
        assert model.horizon_days % 7 == 0
        assert sum(model.bin_customers) == model.tested
        assert (model.auc or 0) > 0.7
        run = _foreseen(now)
        assert (run.customers, sum(run.tenths)) == (600, 600)
        assert CustomerOutlook.objects.count() == 600
        assert broken(now) == []
        everybody = CustomerOutlook.objects.all()
        assert 0 < run.expected_customers < 600
        assert sum(row.score for row in everybody) / 100 == pytest.approx(
            run.expected_customers, abs=3
        )
        worst = list(risk_rows()[:5])
        assert [row.risk_rial for row in worst] == sorted(
            (row.risk_rial for row in everybody if row.staying < 0.8), reverse=True
        )[:5]
        assert run.risk_rial == sum(row.risk_rial for row in everybody)


@pytest.mark.django_db
def test_a_night_estimates_anew_and_its_test_holds_for_a_week(
    business: BusinessInfo, now: datetime
) -> None:
    with acting_for(business.id):
        sell(TRUE, 400, now, seed=3)
        first = _estimated(now)
        sixth = _estimated(now + timedelta(days=6))
        assert sixth.as_of == first.as_of + timedelta(days=6)
        assert sixth.r != first.r
        for name in estimate._TEST:
            assert getattr(sixth, name) == getattr(first, name), name
        seventh = _estimated(now + timedelta(days=7))
        made = seventh.as_of - timedelta(days=seventh.horizon_days + 1)
        assert first.tested_from != seventh.tested_from == made


@pytest.mark.django_db
def test_stored_rows_are_what_the_arithmetic_says(business: BusinessInfo, now: datetime) -> None:
    today = now.date()
    with acting_for(business.id):
        fill(
            business,
            [
                (today - timedelta(days=200 + n), today - timedelta(days=n), 3 + n % 4, 9_000_000)
                for n in range(40)
            ],
        )
        model = _estimated(now)
        assert model.basis == Basis.HEURISTIC
        assert (model.tested, model.brier, model.bin_customers) == (0, None, [])
        _foreseen(now)
        row = CustomerOutlook.objects.select_related("customer").get(customer__name="m8")
        history = Histories(np.array([2 + 7 % 4]), np.array([200]), np.array([207]))
        buying = Buying(Family.MBG, model.r, model.alpha_days, model.a, model.b)
        foresight = Foresight(buying, history)
        assert row.staying == pytest.approx(foresight.staying[0])
        assert row.purchases_90 == pytest.approx(foresight.purchases(90)[0])
        assert row.score == round(100 * foresight.active(model.horizon_days)[0])
        assert row.wait_days == int(np.ceil(foresight.median_wait()[0]))
        assert row.day_rial == pytest.approx(9_000_000 / 6, rel=0.5)
        assert row.worth_rial == pytest.approx(
            row.day_rial * foresight.worth(steps=52, step_days=7, discount=1.15 ** (1 / 52) - 1)[0],
            rel=1e-6,
        )


@pytest.mark.django_db
def test_a_second_night_replaces_the_first_whole(business: BusinessInfo, now: datetime) -> None:
    today = now.date()
    with acting_for(business.id):
        rows = [
            (today - timedelta(days=100 + n), today - timedelta(days=n), 4, 900) for n in range(30)
        ]
        fill(business, rows)
        first = _estimated(now)
        _foreseen(now)
        before = dict(CustomerOutlook.objects.values_list("id", "score"))
        with connection.cursor() as cursor:
            gone = next(iter(before))
            cursor.execute(
                "UPDATE customers_customertotals SET purchase_days = 0 WHERE id = %s", [gone]
            )
        later = now + timedelta(days=20)
        _foreseen(later)
        after = dict(CustomerOutlook.objects.values_list("id", "score"))
        assert set(after) == set(before) - {gone}
        assert all(after[key] <= before[key] for key in after)
        assert set(CustomerOutlook.objects.values_list("as_of", flat=True)) == {later.date()}
        assert broken(later) == []
        newest = outlook_run()
        assert newest is not None
        assert (newest.as_of, newest.model_id) == (later.date(), first.id)
        CustomerOutlook.objects.filter(id=next(iter(after))).update(as_of=today)
        assert broken(later)


def test_a_run_that_dies_leaves_yesterdays(
    in_parallel: Any, business: BusinessInfo, now: datetime
) -> None:
    """Whoever reads meanwhile, or afterwards, sees the run before; the next one completes."""
    today = now.date()
    with acting_for(business.id):
        fill(business, [(today - timedelta(days=90), today - timedelta(days=9), 4, 900)] * 20)
        _estimated(now)
        _foreseen(now)
    later = now + timedelta(days=1)

    def die_after_writing() -> None:
        with acting_for(business.id):
            _foreseen(later)
            (seen,) = in_parallel(lambda: _days_seen(business))
            assert seen == {today}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        die_after_writing()
    assert _days_seen(business) == {today}
    with acting_for(business.id):
        _foreseen(later)
    assert _days_seen(business) == {later.date()}


def _days_seen(business: BusinessInfo) -> set[Any]:
    with acting_for(business.id):
        run = outlook_run()
        assert run is not None
        return {run.as_of, *CustomerOutlook.objects.values_list("as_of", flat=True)}


@pytest.mark.django_db
def test_nobody_has_bought_yet(business: BusinessInfo, now: datetime) -> None:
    with acting_for(business.id):
        assert estimate_retention(common=BEGINNING, now=now) is None
        assert foresee(now=now) is None
        assert outlook_run() is None


@pytest.mark.django_db
def test_one_customer_of_one_purchase_is_enough_to_guess(
    business: BusinessInfo, now: datetime
) -> None:
    today = now.date()
    with acting_for(business.id):
        fill(business, [(today, today, 1, 0)])
        model = _estimated(now)
        assert model.basis == Basis.HEURISTIC
        _foreseen(now)
        (row,) = CustomerOutlook.objects.all()
        assert 0 < row.score < 100
        found = soon(buying_of(model), today, today, 1, today)
        assert 0 == found.low <= found.high


@pytest.mark.django_db
def test_businesses_see_only_their_own(
    business: BusinessInfo, other_business: BusinessInfo, now: datetime
) -> None:
    today = now.date()
    with acting_for(business.id):
        fill(business, [(today - timedelta(days=90), today, 4, 900)] * 10)
        _estimated(now)
        _foreseen(now)
        known = CustomerOutlook.objects.values_list("id", flat=True)[0]
        assert outlook_of(known) is not None
    with acting_for(other_business.id):
        assert retention_model() is None
        assert outlook_run() is None
        assert outlook_of(known) is None
        forget_outlooks(customer_ids=[known], now=now)
    with acting_for(business.id):
        assert CustomerOutlook.objects.count() == 10
        forget_outlooks(customer_ids=[known], now=now)
        assert CustomerOutlook.objects.count() == 9


@pytest.mark.django_db
def test_the_night_goes_round_all_businesses(
    business: BusinessInfo, other_business: BusinessInfo
) -> None:
    now = datetime.now(UTC)
    today = now.date() - timedelta(days=1)
    for one, days in ((business, 90), (other_business, 60)):
        with acting_for(one.id):
            fill(one, [(today - timedelta(days=days), today, 4, 900)] * 10)
    assert foresee_all() == 2
    for one in (business, other_business):
        with acting_for(one.id):
            assert CustomerOutlook.objects.count() == 10
    assert foresee_all() == 2
    with acting_for(business.id):
        assert RetentionModel.objects.count() == 2
        assert OutlookRun.objects.count() == 2


@pytest.mark.django_db
def test_what_businesses_have_in_common_is_learned(
    business: BusinessInfo, other_business: BusinessInfo, now: datetime
) -> None:
    """Two businesses whose customers hardly leave teach the next that customers stay."""
    loyal = Buying(Family.MBG, 2.0, 30, 0.1, 4.0)
    ids = [business.id, other_business.id]
    for seed, business_id in enumerate(ids):
        with acting_for(business_id):
            sell(loyal, 300, now, seed=seed)
            model = _estimated(now)
            assert len(model.evidence) == 32
    learned = common_priors(ids)
    assert common_priors([]).buying.mean == pytest.approx(BEGINNING.buying.mean)
    assert learned.buying.mean[2] < BEGINNING.buying.mean[2] - 0.3
    assert learned.buying.mean[0] > BEGINNING.buying.mean[0]


@pytest.mark.django_db
def test_the_rule_is_used_where_the_model_does_not_beat_it(
    business: BusinessInfo, now: datetime
) -> None:
    """Customers who come like clockwork and never leave: a prior that says otherwise loses."""
    stubborn = Common(
        Prior(np.log([0.02, 4000.0, 30.0, 0.05]), np.full(4, 0.01)), BEGINNING.spending
    )
    with acting_for(business.id):
        sell(Buying(Family.MBG, 8.0, 100, 0.05, 20.0), 400, now, seed=3)
        model = _estimated(now, stubborn)
        assert model.basis == Basis.RULE
        assert (model.brier or 0) >= (model.rule_brier or 1)
        _foreseen(now)
        row = CustomerOutlook.objects.order_by("-score")[0]
        assert row.score > 90


@pytest.mark.django_db
def test_a_model_may_not_claim_what_its_test_does_not_say(
    business: BusinessInfo, now: datetime
) -> None:
    with acting_for(business.id):
        sell(TRUE, 400, now, seed=4)
        model = _estimated(now)
        for wrong in (
            {"basis": Basis.MODEL, "brier": 0.3, "rule_brier": 0.2},
            {"basis": Basis.HEURISTIC},
            {"basis": Basis.RULE, "auc": None},
            {"r": 0.0},
            {"prior": [1.0]},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                RetentionModel.objects.filter(id=model.id).update(**wrong)


def test_the_own_horizon_covers_three_of_four_gaps() -> None:
    people = Histories(np.array([10, 1, 0]), np.array([50, 100, 0]), np.array([60, 200, 90]))
    assert own_horizon(people) == 14
    rare = Histories(np.array([1, 1]), np.array([100, 150]), np.array([300, 300]))
    assert own_horizon(rare) == 154
    never = Histories(np.array([0]), np.array([0]), np.array([9]))
    assert own_horizon(never) == 91


def test_the_rule_of_the_own_rate() -> None:
    people = Histories(np.array([0, 4, 1]), np.array([0, 80, 1]), np.array([0, 80, 1]))
    assert own_rate(people, 20) == pytest.approx([0, 1 - np.exp(-1), 1 - np.exp(-20)])


@pytest.mark.parametrize("many", [1, 100])
@pytest.mark.django_db
def test_who_buys_is_foreseen_at_once_as_the_night_would_have(
    business: BusinessInfo, now: datetime, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    """Incremental equals full, for whoever is known and whoever is new; nobody else changes."""
    monkeypatch.setattr(keeping, "_MANY", many)
    today = now.date()
    with acting_for(business.id):
        rows = [
            (today - timedelta(days=100 + n), today - timedelta(days=n), 4, 900) for n in range(30)
        ]
        fill(business, rows)
        foresee_again(customer_ids=[], now=now)
        _estimated(now)
        _foreseen(now)
        totals = CustomerTotals.objects.order_by("last_on")
        bought, new = totals[3], totals[4]
        CustomerOutlook.objects.filter(id=new.id).delete()
        CustomerTotals.objects.filter(id=bought.id).update(
            purchase_days=F("purchase_days") + 1, last_on=today, gross_rial=F("gross_rial") + 500
        )
        others = dict(CustomerOutlook.objects.exclude(id=bought.id).values_list("id", "worth_rial"))
        old = outlook_of(bought.id)
        foresee_again(customer_ids=[bought.id, new.id], now=now)
        some = list(CustomerOutlook.objects.order_by("id").values())
        assert outlook_of(bought.id) != old
        assert others.items() <= {row["id"]: row["worth_rial"] for row in some}.items()
        assert broken(now) == []
        _foreseen(now + timedelta(minutes=1))
        everybody = list(CustomerOutlook.objects.order_by("id").values())
        assert [row["id"] for row in everybody] == [row["id"] for row in some]
        for name in ("score", "staying", "purchases_365", "worth_rial", "risk_rial", "wait_days"):
            alone, whole = [row[name] for row in some], [row[name] for row in everybody]
            assert alone == pytest.approx(whole, rel=1e-12), name


@pytest.mark.django_db
def test_a_night_finds_who_is_new_who_came_back_and_who_is_gone(
    business: BusinessInfo, now: datetime
) -> None:
    """Nearly all rows are changed where they lie; the rest must be neither missed nor left."""
    today = now.date()
    with acting_for(business.id):
        rows = [
            (today - timedelta(days=100 + n), today - timedelta(days=n), 4, 900) for n in range(9)
        ]
        fill(business, rows)
        _estimated(now)
        _foreseen(now)
        ids = list(CustomerTotals.objects.order_by("last_on").values_list("id", flat=True))
        CustomerOutlook.objects.filter(id=ids[0]).delete()
        CustomerTotals.objects.filter(id=ids[1]).update(
            purchases=0, purchase_days=0, gross_rial=0, first_on=None, last_on=None, last_at=None
        )
        later = now + timedelta(days=1)
        fill(business, [(later.date(), later.date(), 1, 800)])
        run = _foreseen(later)
        held = set(CustomerTotals.objects.filter(purchase_days__gt=0).values_list("id", flat=True))
        assert set(CustomerOutlook.objects.values_list("id", flat=True)) == held
        assert (run.customers, len(held)) == (9, 9)
        assert set(CustomerOutlook.objects.values_list("as_of", flat=True)) == {later.date()}

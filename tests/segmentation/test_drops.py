"""C112: a retention score that dropped is told once, and again only after it has risen well."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.tenancy import acting_for
from customers.models import Customer, CustomerTotals
from outbox.models import Event
from segmentation.estimation import Buying, Family
from segmentation.models import CustomerOutlook, OutlookRun, RetentionDrop, RetentionModel
from segmentation.operations.retention import (
    common_priors,
    estimate_retention,
    foresee,
    foresee_again,
    leave_drops,
    note_drops,
)
from segmentation.queries.drops import dropped_at, drops_of_late
from tests.segmentation.shop import sell

pytestmark = pytest.mark.django_db

BUYING = Buying(Family.MBG, 0.8, 40, 0.7, 2.5)
NIGHT = timedelta(days=1)


@pytest.fixture
def night(acting: Any, now: datetime) -> OutlookRun:
    """A business of 60 whose scores are what a test says they are; the mean is 40 always."""
    del acting
    sell(BUYING, 60, now - timedelta(days=2), seed=3)
    estimate_retention(common=common_priors([]), now=now)
    run = foresee(now=now)
    assert run is not None
    _means_forty(run)
    CustomerOutlook.objects.update(score=40)
    return run


def _means_forty(run: OutlookRun) -> None:
    OutlookRun.objects.filter(id=run.id).update(expected_customers=0.4 * run.customers)


def _next_night(last: OutlookRun, at: datetime, **changes: Any) -> OutlookRun:
    values = {name: getattr(last, name) for name in ("as_of", "customers", "risk_rial", "tenths")}
    return OutlookRun.objects.create(
        **values,
        model=changes.get("model", last.model),
        expected_year_rial=0,
        expected_customers=0.4 * last.customers,
        finished_at=at,
    )


def _told() -> list[dict[str, Any]]:
    rows = Event.objects.filter(name="retention.dropped").order_by("at", "id")
    return list(rows.values_list("payload", flat=True))


def _score(who: Any, score: int) -> None:
    CustomerOutlook.objects.filter(id=who).update(score=score)


def test_who_is_low_at_the_first_look_has_not_dropped(night: OutlookRun, now: datetime) -> None:
    low, falls = CustomerOutlook.objects.order_by("id").values_list("id", flat=True)[:2]
    _score(low, 19)
    assert note_drops(now=now) == 0
    assert note_drops(now=now) == 0
    _score(falls, 20)
    _next_night(night, now + NIGHT)
    assert note_drops(now=now + NIGHT) == 0, "half of the mean is not below it"
    _score(falls, 12)
    run = _next_night(night, now + 2 * NIGHT)
    assert note_drops(now=now + 2 * NIGHT) == 1
    (told,) = _told()
    assert told == {
        "customer_id": str(falls),
        "score": 12,
        "line": 20,
        "horizon_days": run.model.horizon_days,
        "basis": run.model.basis,
        "as_of": run.as_of.isoformat(),
    }
    assert dropped_at(falls) == now + 2 * NIGHT
    assert dropped_at(low) is None
    assert [row.customer_id for row in drops_of_late(now + 2 * NIGHT)] == [falls]
    assert note_drops(now=now + 2 * NIGHT) == 0, "a second run of the same night"


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(scores=st.lists(st.integers(0, 60), min_size=1, max_size=12))
def test_a_score_that_wavers_about_the_line_is_one_drop(
    night: OutlookRun, now: datetime, scores: list[int]
) -> None:
    """Hysteresis, by a plain reading: low under 20, risen from 30 on, told once between."""
    who = CustomerOutlook.objects.order_by("id")[0].id
    expected, low = [], False
    with transaction.atomic():
        note_drops(now=now)
        for n, score in enumerate(scores, 1):
            _score(who, score)
            _next_night(night, now + n * NIGHT)
            note_drops(now=now + n * NIGHT)
            if not low and score < 20:
                low = True
                expected.append(score)
            elif low and score >= 30:
                low = False
        told, when = [one["score"] for one in _told()], dropped_at(who)
        transaction.set_rollback(True)
    assert told == expected
    assert (when is not None) == low


def test_a_new_yardstick_tells_nobody(night: OutlookRun, now: datetime) -> None:
    """Another horizon measures otherwise: whoever is low by it did not fall."""
    note_drops(now=now)
    model = RetentionModel.objects.get()
    model.pk, model.horizon_days = None, model.horizon_days + 7
    other = RetentionModel.objects.create(
        **{
            field.attname: getattr(model, field.attname)
            for field in RetentionModel._meta.concrete_fields
            if field.attname != "id"
        }
    )
    CustomerOutlook.objects.update(score=5)
    _next_night(night, now + NIGHT, model=other)
    assert note_drops(now=now + NIGHT) == 0
    assert CustomerOutlook.objects.filter(low=True).count() == 60
    assert not RetentionDrop.objects.exists()


def test_who_was_not_known_last_night_did_not_fall(night: OutlookRun, now: datetime) -> None:
    note_drops(now=now)
    who = CustomerOutlook.objects.order_by("id")[0].id
    CustomerOutlook.objects.filter(id=who).update(known_at=now + timedelta(hours=3))
    _score(who, 3)
    _next_night(night, now + NIGHT)
    assert note_drops(now=now + NIGHT) == 0


def test_a_customer_of_long_ago_whose_old_sales_came_today_did_not_fall(
    night: OutlookRun, now: datetime
) -> None:
    """A lead of last year, whose past purchases are imported today: known, never foreseen."""
    note_drops(now=now)
    who = CustomerOutlook.objects.order_by("id")[0].id
    Customer.objects.filter(id=who).update(created_at=now - timedelta(days=400))
    CustomerOutlook.objects.filter(id=who).delete()
    run = foresee(now=now + NIGHT)
    assert run is not None
    _means_forty(run)
    CustomerOutlook.objects.exclude(id=who).update(score=40)
    _score(who, 3)
    assert note_drops(now=now + NIGHT) == 0
    assert CustomerOutlook.objects.get(id=who).low


def test_a_night_costs_the_same_however_many_fell(night: OutlookRun, now: datetime) -> None:
    note_drops(now=now)
    ids = list(CustomerOutlook.objects.order_by("id").values_list("id", flat=True))
    counts = []
    for n, falling in enumerate((ids[:1], ids[1:40]), 1):
        CustomerOutlook.objects.filter(id__in=falling).update(score=2)
        _next_night(night, now + n * NIGHT)
        with CaptureQueriesContext(connection) as queries:
            assert note_drops(now=now + n * NIGHT) == len(falling)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_who_is_erased_or_joined_takes_their_drops_along(night: OutlookRun, now: datetime) -> None:
    _everybody_falls(night, now)
    ids = [row.customer_id for row in RetentionDrop.objects.all()[:2]]
    leave_drops(customer_ids=ids, now=now)
    assert RetentionDrop.objects.count() == 58


def test_whose_sales_are_all_undone_leaves_no_drop_behind(night: OutlookRun, now: datetime) -> None:
    """Else it would stand open for good, and a later fall of theirs could not be told."""
    _everybody_falls(night, now)
    who = CustomerOutlook.objects.order_by("id")[0].id
    CustomerTotals.objects.filter(customer_id=who).update(purchase_days=0)
    foresee_again(customer_ids=[who], now=now + NIGHT)
    assert not CustomerOutlook.objects.filter(id=who).exists()
    assert not RetentionDrop.objects.filter(customer_id=who).exists()


def _everybody_falls(night: OutlookRun, now: datetime) -> None:
    note_drops(now=now)
    CustomerOutlook.objects.update(score=1)
    _next_night(night, now + NIGHT)
    assert note_drops(now=now + NIGHT) == 60


def test_the_score_over_the_api_says_when_it_dropped(
    night: OutlookRun, now: datetime, api: Any, business: Any
) -> None:
    who = CustomerOutlook.objects.order_by("id")[0].id
    note_drops(now=now)
    _score(who, 3)
    _next_night(night, now + NIGHT)
    note_drops(now=now + NIGHT)
    with acting_for(business.id):
        at = RetentionDrop.objects.get().at
    told = api.get(f"customers/{who}/retention-score").json()["dropped_at"]
    assert datetime.fromisoformat(told) == at

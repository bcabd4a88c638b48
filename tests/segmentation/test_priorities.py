"""Whom to keep first, and what they are to the business (C051)."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from customers.models import Measure
from customers.operations import open_case, resolve_case
from customers.operations.measures import decide_measure, open_measure
from loyalty.enums import ExitWay
from loyalty.operations.leaving import leave_club
from segmentation.enums import ActionKind, NamedSegment, Trait
from segmentation.estimation import Buying, Family
from segmentation.models import CustomerOutlook, NamedStay
from segmentation.operations.retention import common_priors, estimate_retention, foresee
from segmentation.queries.actions.candidates import candidates
from segmentation.queries.priorities import priorities, traits_of
from tests.segmentation.own import NOW, TODAY, buy
from tests.segmentation.shop import sell
from tests.segmentation.test_named import _answer

pytestmark = pytest.mark.django_db


def _foreseen(people=80):
    now = timezone.now()
    sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), people, now, seed=51)
    estimate_retention(common=common_priors([]), now=now)
    foresee(now=now)
    return now


def test_what_a_try_gains_comes_first(acting):
    """C051: value × chance to have left × chance to be moved; neither the sure nor the gone."""
    now = _foreseen()
    found = priorities(now)
    rows = {row.id: row for row in CustomerOutlook.objects.all()}
    gains = {
        who: row.purchases_365 * row.day_rial * (1 - row.staying) * row.staying
        for who, row in rows.items()
    }
    assert [one.gain_rial for one in found] == sorted(
        (one.gain_rial for one in found), reverse=True
    )
    assert len(found) == sum(gain >= 1 for gain in gains.values())
    assert found[0].effect == 0.1
    for one in found:
        assert one.gain_rial == pytest.approx(gains[one.customer_id] * one.effect, abs=1)
        assert one.year_rial == pytest.approx(
            rows[one.customer_id].purchases_365 * rows[one.customer_id].day_rial, abs=1
        )


def test_a_newcomer_who_was_let_down_counts_twice(acting):
    """C051 (002:L85): the odds that they have left double, unless the complaint had no ground."""
    now = _foreseen()
    by_age = sorted(priorities(now), key=lambda one: one.leaving)
    fresh = {
        row.id
        for row in CustomerOutlook.objects.raw(
            "SELECT o.* FROM segmentation_customeroutlook o JOIN customers_customertotals t"
            " ON t.id = o.id WHERE t.first_on > o.as_of - 90"
        )
    }
    young = next(one for one in by_age if one.customer_id in fresh and 0 < one.leaving < 1)
    old = next(one for one in by_age if one.customer_id not in fresh and 0 < one.leaving < 1)
    cases = {
        one.customer_id: open_case(
            kind="complaint", title="دیر رسید", customer_id=one.customer_id, now=now
        )
        for one in (young, old)
    }
    after = {one.customer_id: one for one in priorities(now)}
    odds = young.leaving / (1 - young.leaving)
    assert after[young.customer_id].let_down
    assert after[young.customer_id].leaving == pytest.approx(2 * odds / (1 + 2 * odds))
    assert not after[old.customer_id].let_down
    assert after[old.customer_id].leaving == old.leaving
    resolve_case(case_id=cases[young.customer_id].id, resolution="نبود", was_right=False, now=now)
    assert not {one.customer_id: one for one in priorities(now)}[young.customer_id].let_down


def test_what_they_are_to_the_business(acting):
    """C051: satisfied, idea-giver, valuable, committed; each from rows of its own."""
    for days in (400, 300, 200, 100, 3):
        constant = buy(1, days).customer_id
    for days in (400, 395, 390, 100, 99, 3):
        uneven = buy(2, days).customer_id
    fresh = buy(3, 3).customer_id
    _answer(constant, 5, 3)
    open_case(kind="request", title="چای سبز", customer_id=fresh, now=NOW)
    NamedStay.objects.create(
        segment=NamedSegment.HIGH_PROFIT, customer_id=fresh, entered_at=NOW,
        evidence={}, seen_on=TODAY,
    )  # fmt: skip
    assert traits_of([constant, uneven, fresh], TODAY) == {
        constant: [Trait.SATISFIED, Trait.COMMITTED],
        uneven: [],
        fresh: [Trait.IDEA_GIVER, Trait.VALUABLE],
    }
    assert Trait.IDEA_GIVER in traits_of([fresh], TODAY + timedelta(days=700))[fresh]
    assert Trait.IDEA_GIVER not in traits_of([fresh], TODAY + timedelta(days=800))[fresh]


def test_over_http(api, other_api, business):
    """C051: GET retention/priorities; walled off, bounded, at one cost."""
    assert api.get("retention/priorities").json() == {"basis": None, "data": []}
    with acting_for(business.id):
        _foreseen(40)
    api.get("retention/priorities")
    counts = []
    for limit in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            data = api.get("retention/priorities", {"limit": limit}).json()["data"]
        assert len(data) == limit
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert set(data[0]) >= {"customer_id", "gain_rial", "badges", "ties", "let_down"}
    assert api.get("retention/priorities", {"limit": "0"}).status_code == 400
    assert other_api.get("retention/priorities").json()["data"] == []


def test_who_is_to_be_left_alone_is_not_kept(acting):
    """C051, C058: who left the club or is under a measure is no priority and nobody to call."""
    now = _foreseen()
    owner = get_user_model().objects.create_user("b@example.com", "long-password-1", name="ب")
    away, measured, doubted, *others = [one.customer_id for one in priorities(now)]
    assert others
    leave_club(customer_id=away, way=ExitWay.STAFF, actor=owner, now=now)
    for who in (measured, doubted):
        open_measure(
            customer_id=who, step="no_offers", reason="بارها", evidence=[{"k": 9}],
            by="api_key:x", actor=None, now=now,
        )  # fmt: skip
    decide_measure(
        measure_id=Measure.objects.get(customer_id=measured).id, accept=True, note="دیدم",
        ends_on=now.date() + timedelta(days=30), by=f"user:{owner.pk}", actor=owner, now=now,
    )  # fmt: skip
    found = priorities(now)
    assert [one.customer_id for one in found] == [doubted, *others]
    assert [one.customer_id for one in found if one.doubted] == [doubted]
    assert [one.customer_id for one in priorities(now, 2)] == [doubted, others[0]]
    called = {one.subject for one in candidates(now, now.date()) if one.kind == ActionKind.CALL}
    assert called
    assert called.isdisjoint({str(away), str(measured)})

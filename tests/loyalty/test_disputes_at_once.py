"""N1 in any order, at once and over HTTP: points and totals equal a recount."""

from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.models import Purchase, PurchaseDispute
from customers.operations import record_purchases, record_return
from loyalty.models import LedgerEntry, Lot, Redemption, Wallet
from loyalty.operations import commit_redemption, reserve_redemption
from loyalty.operations.disputes import dispute_purchase
from tests.loyalty.conftest import BUYER, sale
from tests.loyalty.disputed import decide, say, whole

pytestmark = pytest.mark.django_db

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "return", "spend", "disown", "keep"]),
        st.integers(0, 9),
        st.integers(1, 300),
    ),
    max_size=9,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_n1_points_and_totals_equal_a_recount(acting, now, steps):
    """Whatever is sold, spent, returned and disputed in whatever order."""
    with transaction.atomic():
        sold: list[Any] = []
        let_go: set[Any] = set()
        for step, which, size in steps:
            if step == "sell" or not sold:
                new = sale(size * 10_000, customer=BUYER, at=now)
                sold.append(record_purchases(purchases=[new], source="api", now=now)[0].purchase_id)
            else:
                one = sold[which % len(sold)]
                done = _do(step, one, size, now)
                let_go |= {one} if done and step == "disown" else set()
        assert whole(now) == []
        for lot in Lot.objects.filter(id__in=let_go):
            assert lot.reversed_points == lot.earned_points
        assert _balance() == _recounted()
        mine = Purchase.objects.filter(customer__isnull=False)
        assert {row.id for row in mine} == set(sold) - let_go
        transaction.set_rollback(True)


def _balance():
    return sum(one.balance_points + one.pending_points for one in Wallet.objects.all())


def _recounted():
    """Return what was earned and stands, less what was spent and stands."""
    earned = sum(lot.earned_points - lot.reversed_points for lot in Lot.objects.all())
    spent = sum(one.points - one.returned_points for one in Redemption.objects.all())
    return (
        earned
        - spent
        + sum(one.data.get("forgiven", 0) for one in LedgerEntry.objects.filter(kind="clawback"))
    )


def _do(step, purchase_id, size, now):
    """Try something; return whether it was done."""
    try:
        if step == "return":
            record_return(
                purchase_id=purchase_id,
                external_id=str(new_id()),
                amount_rial=size * 5_000,
                now=now,
            )
        elif step == "spend":
            held = reserve_redemption(
                customer_id=Wallet.objects.get().id, points=size // 10 + 1, now=now
            )
            commit_redemption(redemption_id=held.id, purchase_id=purchase_id, now=now)
        elif Purchase.objects.get(id=purchase_id).customer_id is None:
            return False
        else:
            decide(say(purchase_id, now), now, is_theirs=step == "keep")
    except Problem:
        return False
    return True


def _as(business, work):
    try:
        with acting_for(business.id):
            work()
    except Problem as problem:
        return problem.code
    return "done"


def _bought(business, now, rial=3_000_000):
    with acting_for(business.id):
        new = sale(rial, customer=BUYER, at=now)
        (found,) = record_purchases(purchases=[new], source="api", now=now)
        return found.customer_id, found.purchase_id


def test_n1_of_two_decisions_at_once_one_is_made(in_parallel, business, now):
    whose, bought = _bought(business, now)
    with acting_for(business.id):
        told = dispute_purchase(customer_id=whose, purchase_id=bought, words="", now=now)
    works = [
        partial(_as, business, partial(decide, told, now, is_theirs=place == 1))
        for place in range(4)
    ]
    assert sorted(in_parallel(*works)) == ["dispute_decided"] * 3 + ["done"]
    with acting_for(business.id):
        is_theirs = PurchaseDispute.objects.get().state == "theirs"
        assert (Purchase.objects.get().customer_id is not None) is is_theirs
        assert (Wallet.objects.get().balance_points > 0) is is_theirs
        assert whole(now) == []


def test_n1_said_many_times_at_once_it_is_said_once(in_parallel, business, now):
    whose, bought = _bought(business, now)
    say_it = partial(dispute_purchase, customer_id=whose, purchase_id=bought, words="", now=now)
    answers = in_parallel(*[partial(_as, business, say_it)] * 4)
    assert sorted(answers) == ["already_disputed"] * 3 + ["done"]


def test_n1_a_return_and_a_decision_at_once_take_every_point_once(in_parallel, business, now):
    whose, bought = _bought(business, now)
    with acting_for(business.id):
        told = dispute_purchase(customer_id=whose, purchase_id=bought, words="", now=now)
    back = partial(
        record_return, purchase_id=bought, external_id="r-1", amount_rial=1_000_000, now=now
    )
    sold = partial(
        record_purchases, purchases=[sale(1_000_000, customer=BUYER, at=now)], source="api", now=now
    )
    works = [partial(_as, business, work) for work in (partial(decide, told, now), back, sold)]
    assert in_parallel(*works) == ["done"] * 3
    with acting_for(business.id):
        assert whole(now) == []
        assert Wallet.objects.get().balance_points == sum(
            Lot.objects.exclude(id=bought).values_list("earned_points", flat=True)
        )


def test_n1_over_http_they_are_listed_and_decided(api, other_api, business, now):
    whose, bought = _bought(business, now)
    with acting_for(business.id):
        dispute_purchase(customer_id=whose, purchase_id=bought, words="نه", now=now)
    listed = api.get("purchase-disputes").json()
    (row,) = listed["data"]
    assert (listed["open"], row["words"], row["state"]) == (1, "نه", "open")
    assert row["evidence"]["total_rial"] == 3_000_000
    assert row["evidence"]["matched_by"] == "new"
    assert row["evidence"]["points"] > 0
    path = f"purchase-disputes/{row['id']}/decide"
    assert other_api.get("purchase-disputes").json()["data"] == []
    assert other_api.post(path, {"verdict": "not_theirs"}).status_code == 404
    refused = api.post(path, {"verdict": "theirs"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_reason")
    done = api.post(path, {"verdict": "not_theirs", "answer": "ببخشید"})
    assert (done.status_code, done.json()["state"]) == (200, "not_theirs")
    again = api.post(path, {"verdict": "not_theirs"})
    assert (again.status_code, again.json()["code"]) == (409, "dispute_decided")
    assert api.get("purchase-disputes").json()["open"] == 0
    decided = api.get("purchase-disputes", {"state": "not_theirs"}).json()["data"]
    assert [one["answer"] for one in decided] == ["ببخشید"]
    assert api.get("purchase-disputes", {"state": "x"}).json()["code"] == "invalid_state"


def test_n1_a_list_costs_the_same_for_one_row_and_for_three(api, business, now):
    counts = []
    for more in (1, 2):
        for _time in range(more):
            whose, bought = _bought(business, now)
            with acting_for(business.id):
                dispute_purchase(customer_id=whose, purchase_id=bought, words="", now=now)
        api.get("purchase-disputes")
        with CaptureQueriesContext(connection) as queries:
            api.get("purchase-disputes")
        counts.append(len(queries))
    assert counts[0] == counts[1]

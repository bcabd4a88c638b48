"""After any history of sales and returns, looked at one by one, a night finds nothing to mend.

Issue 5 §6: incremental equals full, for what is foreseen and for a business's own segments.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Purchase
from customers.operations import record_return
from segmentation.estimation import Buying, Family
from segmentation.models import CustomerOutlook, SegmentStay
from segmentation.operations import create_own_segment, refresh_own_segments
from segmentation.operations.retention import (
    common_priors,
    estimate_retention,
    foresee,
    foresee_again,
)
from tests.segmentation.own import GOODS, NOW, buy
from tests.segmentation.shop import sell

pytestmark = pytest.mark.django_db

SELL = st.tuples(st.just("sell"), st.integers(0, 4), st.integers(0, 90), st.integers(1, 9_999))
BACK = st.tuples(st.just("back"), st.integers(0, 9), st.integers(1, 9_999), st.just(0))
HISTORY = st.lists(st.one_of(SELL, SELL, BACK), min_size=1, max_size=10)
ANY = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NUMBERS = (
    "score", "staying", "purchases_30", "purchases_90", "purchases_365", "day_rial", "worth_rial",
    "risk_rial", "wait_days",
)  # fmt: skip
RULES = (
    {"kind": "bought", "least": 2, "goods": ["tea"], "months": 2},
    {"kind": "not", "of": {"kind": "last_purchase", "most": 30}},
    {"kind": "first_purchase", "most": 40, "goods": ["c-cake"]},
    {"kind": "any", "of": [{"kind": "spent", "least": 9_000}, {"kind": "gave_back", "least": 1}]},
)


def _live(history: list[Any], look: Any) -> None:
    """Let people buy and give back; look at whoever did, each time."""
    sold: list[Any] = []
    for number, (step, who, which, rial) in enumerate(history):
        if step == "sell":
            outcome = buy(who, which, GOODS[rial % len(GOODS)], rial=rial)
            sold.append(outcome.purchase_id)
            look(outcome.customer_id)
        elif sold:
            row = Purchase.objects.get(id=sold[who % len(sold)])
            back = min(which, row.total_rial - row.returned_rial)
            if back:
                record_return(
                    purchase_id=row.id, external_id=f"r{number}", amount_rial=back, now=NOW
                )
                look(row.customer_id)


def _outlooks() -> dict[Any, tuple[float, ...]]:
    return {row[0]: row[1:] for row in CustomerOutlook.objects.values_list("id", *NUMBERS)}


@pytest.fixture
def foreseen(acting: Any) -> None:
    """A business with a night behind it."""
    del acting
    sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 40, NOW, seed=9)
    estimate_retention(common=common_priors([]), now=NOW)
    foresee(now=NOW)


@ANY
@given(history=HISTORY)
def test_who_was_foreseen_one_by_one_is_foreseen_as_by_a_night(history, foreseen):
    with transaction.atomic():
        _live(history, lambda who: foresee_again(customer_ids=[who], now=NOW))
        one_by_one = _outlooks()
        foresee(now=NOW + timedelta(minutes=1))
        whole = _outlooks()
        assert one_by_one.keys() == whole.keys()
        for who, numbers in whole.items():
            assert one_by_one[who] == pytest.approx(numbers, rel=1e-9), who
        transaction.set_rollback(True)


@ANY
@given(history=HISTORY)
def test_who_was_held_against_own_segments_one_by_one_stays_there(history, acting):
    with transaction.atomic():
        for number, rule in enumerate(RULES):
            create_own_segment(name=f"بخش {number}", rule=rule, actor=None, now=NOW)
        _live(history, lambda who: refresh_own_segments(customer_ids=[who], now=NOW))
        before = set(SegmentStay.objects.filter(left_at=None).values_list("id", flat=True))
        assert refresh_own_segments(now=NOW) == 0
        after = SegmentStay.objects.filter(left_at=None).values_list("id", flat=True)
        assert set(after) == before
        transaction.set_rollback(True)

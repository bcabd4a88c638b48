"""Comparisons with like customers: waiting for a refund, and paying in parts; by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import CustomerHint, NewPurchase, NewTender, record_purchases
from payments.enums import PaymentMethod, PaymentState
from payments.enums.refunds import RefundState, TransferKind
from payments.models import Payment, Transfer
from payments.queries.credit_baskets import credit_baskets
from payments.queries.refund_effect import refund_effect

TEHRAN = ZoneInfo("Asia/Tehran")
TODAY = date(2026, 11, 23)
NOON = datetime(2026, 6, 10, 8, 30, tzinfo=UTC)


class Sales:
    """Purchases of a summer, some paid online, some given back."""

    def __init__(self, business, now):
        self.business, self.now = business, now

    def buy(self, mobile: str, days: float = 0, rial: int = 100_000) -> UUID:
        new = NewPurchase(
            external_id=str(new_id()),
            channel="pos",
            occurred_at=NOON + timedelta(days=days),
            customer=CustomerHint(mobile=mobile),
            tenders=(NewTender(method="pos", amount_rial=rial),),
        )
        with acting_for(self.business.id):
            (outcome,) = record_purchases(purchases=[new], source="test", now=self.now)
        assert outcome.purchase_id is not None
        return outcome.purchase_id

    def paid(self, purchase_id: UUID, method=PaymentMethod.GATEWAY) -> Payment:
        with acting_for(self.business.id):
            return Payment.objects.create(
                external_id=str(new_id()),
                amount_rial=100_000,
                state=PaymentState.SETTLED,
                method=method,
                purchase_id=purchase_id,
                pay_token=str(new_id()),
                created_at=NOON,
                expires_at=NOON,
                settled_at=NOON,
            )

    def given_back(self, mobile: str, *, after=1.0, waited: float | None, state="paid") -> None:
        """Buy at noon, ask for the money some days after, get it after so many hours."""
        asked = NOON + timedelta(days=after)
        payment = self.paid(self.buy(mobile))
        with acting_for(self.business.id):
            Transfer.objects.create(
                kind=TransferKind.REFUND,
                payment=payment,
                external_id=str(new_id()),
                fingerprint="",
                route="gateway",
                destination="same_card",
                state=RefundState(state),
                amount_rial=100_000,
                reason="other",
                requested_at=asked,
                paid_at=None if waited is None else asked + timedelta(hours=waited),
            )


@pytest.fixture
def sales(business, now) -> Sales:
    return Sales(business, now)


def _effect(business) -> Any:
    with acting_for(business.id):
        return refund_effect(today=TODAY, zone=TEHRAN)


def test_who_waited_and_who_bought_again(sales: Sales, business):
    for place in range(3):
        sales.given_back(f"0912000000{place}", waited=25)
    sales.given_back("09120000003", waited=None, state="in_transit")
    sales.buy("09120000000", 20)
    # Quick: within a day to the second.
    sales.given_back("09120000010", waited=24)
    sales.buy("09120000010", 20)
    for place in range(5):
        sales.buy(f"0935000000{place}")
        if place < 4:
            sales.buy(f"0935000000{place}", 30)
    # Asked too late, or called off: on no side.
    sales.given_back("09120000020", after=14.01, waited=30)
    sales.given_back("09120000021", waited=None, state="cancelled")
    found = _effect(business)
    none, quick = found.against_none, found.against_quick
    assert (none.people, none.mean, none.unmatched) == (4, 0.25, 0)
    assert (quick.people, quick.like, quick.like_mean) == (4, 1, 1.0)
    # Four of the five are looked at by either of their two purchases.
    assert none.like in range(1, 6)
    assert none.verdict == "unclear"


def test_enough_people_and_a_clear_difference_say_so(sales: Sales, business):
    for place in range(30):
        sales.given_back(f"09120000{place:03}", waited=48)
    # Each of these is looked at by one of its two purchases; by the second it is not alike.
    for place in range(120):
        sales.buy(f"09350000{place:03}")
        sales.buy(f"09350000{place:03}", 40)
    found = _effect(business).against_none
    assert (found.people, found.mean, found.like_mean) == (30, 0.0, 1.0)
    assert found.verdict == "less"


def test_over_http(sales: Sales, api, django_assert_max_num_queries):
    sales.given_back("09120000001", waited=30)
    with django_assert_max_num_queries(30) as first:
        told = api.get("reports/refund-sla").json()["later_purchases"]
    assert told["against_no_refund"]["verdict"] == "unclear"
    assert told["against_no_refund"]["mean"] is None
    assert told["against_no_refund"]["unmatched"] == 1
    for place in range(2, 5):
        sales.given_back(f"0912000000{place}", waited=30)
    with django_assert_max_num_queries(30) as more:
        api.get("reports/refund-sla")
    assert len(first) >= len(more)


def test_baskets_of_those_who_pay_in_parts(sales: Sales, business):
    for place, after in enumerate((300_000, 500_000)):
        mobile = f"0912000000{place}"
        sales.buy(mobile, -3, 100_000)
        sales.paid(sales.buy(mobile, 0, 9_000_000), PaymentMethod.BNPL)
        sales.buy(mobile, 3, after)
    for place in range(3):
        mobile = f"0935000000{place}"
        sales.buy(mobile, -60, 100_000)
        sales.buy(mobile, -57, 100_000)
    with acting_for(business.id):
        found = credit_baskets(today=TODAY)
    # Those who began have 200,000 and 400,000 more; nobody like them has both sides.
    assert (found.rial.people, found.rial.unmatched) == (0, 2)
    for place in range(3):
        mobile = f"0936000000{place}"
        sales.buy(mobile, -3, 100_000)
        sales.buy(mobile, 0, 100_000)
        sales.buy(mobile, 3, 150_000)
    with acting_for(business.id):
        found = credit_baskets(today=TODAY)
    assert (found.rial.people + found.rial.unmatched, found.rial.verdict) == (2, "unclear")


def test_the_basket_report_over_http(sales: Sales, api, django_assert_max_num_queries):
    query = {"since": "2026-06-10", "until": "2026-06-10"}
    sales.buy("09120000001", rial=100_000)
    with django_assert_max_num_queries(30) as first:
        told = api.get("reports/basket", query).json()
    assert told["whole"]["purchases"] == 1
    sales.buy("09120000002", rial=200_000)
    sales.paid(sales.buy("09120000003", rial=400_001), PaymentMethod.BNPL)
    sales.buy("09120000003", 1)
    with django_assert_max_num_queries(30) as more:
        told = api.get("reports/basket", query).json()
    assert (told["whole"]["purchases"], told["whole"]["average"]) == (3, 233_333)
    assert told["whole"]["lines_per_purchase"] is None
    assert len(told["months"]) == 6
    assert told["paying_in_parts"]["amount"]["verdict"] == "unclear"
    assert len(first) >= len(more)

"""Money of a membership that came through a gateway, and what goes back of it, to the rial."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import Jalali, add_months, jalali, month_length
from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create
from loyalty.models import MembershipPeriod, PaidMembership
from loyalty.operations.memberships import (
    NewMembershipPlan,
    cancel_membership,
    join_membership,
    offer_plan,
)
from loyalty.queries.invariants import broken
from loyalty.queries.memberships import share_of
from payments.models import Payment, Transfer
from payments.operations.refunds import run_until_it_waits
from tests.payments.conftest import bank, fresh_sandbox, later, poll, sandbox, shop
from tests.payments.refunds.conftest import out, refunds

__all__ = ["bank", "fresh_sandbox", "later", "out", "poll", "refunds", "sandbox", "shop"]

PRICE = 1_000_000
MONTH_OF_30 = 30
YEARS = st.integers(1400, 1440)


@pytest.fixture
def member(shop, refunds):
    """Return a membership whose first period was paid at the sandbox's bank."""
    with acting_for(shop.business.id):
        person = find_or_create(
            customer=CustomerHint(mobile="09121234567"), source="t", now=shop.now
        )
        plan_id = offer_plan(plan=NewMembershipPlan(name="نقره", price_rial=PRICE), now=shop.now)
        joined = join_membership(customer_id=person.customer_id, plan_id=plan_id, now=shop.now)
        payment = Payment.objects.get(pay_token=joined.pay_token)
    shop.come_back(shop.pay(payment))
    return joined.id


def _see(shop, member_id):
    with acting_for(shop.business.id):
        return (
            PaidMembership.objects.get(id=member_id),
            MembershipPeriod.objects.get(membership_id=member_id),
        )


def test_paid_at_the_gateway_the_membership_is_active(shop, member):
    row, period = _see(shop, member)
    assert (row.state, period.state) == ("active", "paid")
    with acting_for(shop.business.id):
        assert broken(shop.now) == []


def test_ended_after_ten_days_twenty_thirtieths_go_back(shop, member):
    _row, period = _see(shop, member)
    assert (period.ends_on - period.starts_on).days == MONTH_OF_30
    on = shop.now + timedelta(days=10)
    with acting_for(shop.business.id):
        back = cancel_membership(membership_id=member, by="t", now=on)
        again = cancel_membership(membership_id=member, by="t", now=on)
        transfer = Transfer.objects.get()
    assert (back, again) == (666_667, 0)
    run_until_it_waits(business_id=shop.business.id, transfer_id=transfer.id, now=on)
    row, period = _see(shop, member)
    assert row.state == "cancelled"
    assert period.refund_rial == transfer.amount_rial == back
    with acting_for(shop.business.id):
        assert Payment.objects.get().refunded_rial == back


def test_ended_on_its_first_day_all_of_it_goes_back(shop, member):
    with acting_for(shop.business.id):
        back = cancel_membership(membership_id=member, by="t", now=shop.now)
        transfer = Transfer.objects.get()
    assert back == PRICE
    run_until_it_waits(
        business_id=shop.business.id, transfer_id=transfer.id, now=shop.now + timedelta(minutes=1)
    )
    row, period = _see(shop, member)
    assert row.state == "cancelled"
    assert period.state in {"paid", "returned"}
    with acting_for(shop.business.id):
        assert broken(shop.now) == []


def test_what_was_given_back_already_is_not_given_twice(shop, member):
    with acting_for(shop.business.id):
        Payment.objects.update(refunded_rial=PRICE - 30_000)
        back = cancel_membership(membership_id=member, by="t", now=shop.now + timedelta(days=10))
    assert back == 30_000


@given(st.integers(1, 10**12), st.integers(1, 1100), st.data())
def test_used_and_unused_parts_sum_to_the_price(price, days, data):
    unused = data.draw(st.integers(0, days))
    back, kept = share_of(price, unused, days), share_of(price, days - unused, days)
    exact = price * unused / days
    assert abs(back - exact) < 1 or price > 2**50
    # Only an exact half could go to both; then the member has it.
    half = (2 * price * unused) % (2 * days) == days
    assert back + kept == price + half
    assert 0 <= back <= price


@given(YEARS, st.integers(1, 12), st.data(), st.integers(1, 12), st.integers(1, 40))
def test_an_anchor_day_never_drifts(year, month, data, months, times):
    """Chained period after period, the day is what it would be counted from the first one."""
    anchor = data.draw(st.integers(1, month_length(year, month)))
    first = Jalali(year, month, anchor).to_date()
    day: date = first
    for number in range(1, times + 1):
        before = day
        day = add_months(day, months, anchor_day=anchor)
        found = jalali(day)
        assert day == add_months(first, number * months, anchor_day=anchor)
        assert found.day == min(anchor, month_length(found.year, found.month))
        assert day > before


def test_the_thirty_first_comes_back_after_short_months():
    day = Jalali(1403, 6, 31).to_date()  # 1403 is a leap year, 1404 is not
    seen = []
    for _month in range(19):
        day = add_months(day, 1, anchor_day=31)
        seen.append((jalali(day).month, jalali(day).day))
    assert seen[:7] == [(7, 30), (8, 30), (9, 30), (10, 30), (11, 30), (12, 30), (1, 31)]
    assert seen[-2:] == [(12, 29), (1, 31)]

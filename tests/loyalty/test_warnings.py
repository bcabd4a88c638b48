"""Customers are warned of points that end, once for each date."""

from datetime import timedelta

import pytest

from customers.operations import CustomerHint
from loyalty.models import ExpiryWarning
from loyalty.operations import update_program
from loyalty.operations.warn import warn_of_expiry
from loyalty.queries.ending_soon import warned_since
from loyalty.tasks import warn
from messaging.models import Message
from tests.loyalty.occasions.conftest import MOBILE, agree
from tests.loyalty.test_activity import START, day, live_by_activity, until

SOON = day(1405, 11, 25)


@pytest.fixture
def warned(sell):
    """A shop that warns ten days before, and a customer who agreed to offers."""
    live_by_activity(warn_days=10)
    agree(START)
    return sell(1_000_000, at=START)


def texts():
    return list(Message.objects.filter(ref_kind="expiry_warning").values_list("body", flat=True))


def test_r14_who_agreed_is_warned_once_in_the_morning(warned):
    assert warn_of_expiry(now=day(1405, 11, 18)) == 0
    assert warn_of_expiry(now=day(1405, 11, 25, hour=8)) == 0
    assert warn_of_expiry(now=SOON) == 1
    assert warn_of_expiry(now=SOON + timedelta(days=1)) == 0
    [text] = texts()
    for said in ("۱۰ امتیاز", "۳۰ بهمن", "لغو۱۱", "خرید"):
        assert said in text
    assert Message.objects.get(ref_kind="expiry_warning").address == MOBILE
    row = ExpiryWarning.objects.get()
    assert (row.points, row.ends_at, row.sent) == (10, until(1405, 12), True)


def test_r14_a_date_moved_on_is_warned_of_again(warned, sell):
    assert warn_of_expiry(now=SOON) == 1
    sell(1_000_000, at=SOON)
    assert warn_of_expiry(now=SOON) == 0
    assert warn_of_expiry(now=day(1406, 1, 28)) == 1
    assert [row.points for row in ExpiryWarning.objects.order_by("ends_at")] == [10, 20]


def test_who_never_agreed_is_written_down_and_gets_no_sms(acting, sell):
    live_by_activity(warn_days=10)
    sell(1_000_000, at=START)
    assert warn_of_expiry(now=SOON) == 1
    assert (ExpiryWarning.objects.get().sent, texts()) == (False, [])
    told = warned_since(START)
    assert (told.times, told.sent, told.points) == (1, 0, 10)


def test_a_few_points_are_not_worth_an_sms(warned, sell):
    update_program(changes={"warn_points": 11}, actor=None, now=START)
    assert warn_of_expiry(now=SOON) == 0
    update_program(changes={"warn_points": 10}, actor=None, now=START)
    assert warn_of_expiry(now=SOON) == 1


def test_points_with_a_date_of_their_own_are_warned_of_as_well(acting, sell):
    update_program(changes={"expiry_months": 2, "warn_days": 10}, actor=None, now=START)
    agree(START)
    sell(1_000_000, at=START)
    sell(5_000_000, at=START, customer=CustomerHint(mobile="09351112233"))
    assert warn_of_expiry(now=SOON) == 2
    [text] = texts()
    assert "خرید تا" not in text


def test_nobody_is_warned_where_nobody_asked_for_it(warned):
    update_program(changes={"warn_days": None}, actor=None, now=START)
    assert warn_of_expiry(now=SOON) == 0


def test_the_task_goes_through_every_business(business, as_role):
    with as_role("vafa_worker"):
        assert warn() == 0

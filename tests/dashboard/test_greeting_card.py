"""The greeting card at the till (C088): tastes, the last case, a reward near, a sentence."""

import pytest
from django.utils import timezone

from businesses.enums import Role
from core.tenancy import acting_for
from customers.operations import open_case, resolve_case
from customers.operations.attributes import NewAttribute, define_attribute, note_attributes
from dashboard.web.till.card import _reward
from loyalty.models import Reward
from loyalty.queries.offers import RewardOffer
from loyalty.queries.till.card import _within_reach

pytestmark = pytest.mark.django_db
MOBILE = "09121234567"


@pytest.fixture
def regular(shop):
    """Return a customer who bought a latte three times."""
    sold = [shop.sell(MOBILE, days_ago=days) for days in (30, 20, 10)]
    return sold[0].customer_id


@pytest.fixture
def at_till(shop, client_as, text_of):
    """Return `at_till(amount)`: what the side of the till shows to a cashier."""
    cashier = client_as(Role.CASHIER)

    def look(amount=""):
        sent = {"mobile": MOBILE, "amount": amount}
        return text_of(cashier.get(shop.url("till/customer/"), sent))

    return look


def test_a_cashier_reads_the_usual_order_and_what_it_stands_on(regular, at_till):
    shown = at_till()
    assert "لاته، مثل همیشه؟" in shown
    assert "حدس" in shown


def test_what_was_said_beats_the_guess_and_what_is_personal_stays_away(regular, at_till, business):
    now = timezone.now()
    with acting_for(business.id):
        define_attribute(new=NewAttribute(key="illness", kind="text", title_fa="بیماری"), now=now)
        note_attributes(
            customer_id=regular,
            given={"favourite_item": "چای سبز", "illness": "قند"},
            source="customer",
            now=now,
        )
    shown = at_till()
    assert "چای سبز" in shown
    assert "لاته" not in shown
    assert "قند" not in shown


def test_the_last_case_is_told_open_or_settled(regular, at_till, business):
    now = timezone.now()
    with acting_for(business.id):
        case = open_case(kind="complaint", title="قهوهٔ سرد", customer_id=regular, now=now)
    shown = at_till()
    assert "قهوهٔ سرد" in shown
    assert "هنوز باز" in shown
    with acting_for(business.id):
        resolve_case(case_id=case.id, resolution="رایگان", now=now)
    assert "هنوز باز" not in at_till()


def test_a_reward_that_can_be_had_is_told(regular, at_till, business):
    with acting_for(business.id):
        Reward.objects.create(name="کوکی", cost_points=1, value_rial=100_000)
    assert "«کوکی» را همین حالا" in at_till()


@pytest.mark.parametrize(
    ("missing", "will_earn", "says"),
    [((0, 5), 0, "الف"), ((5, 9), 4, ""), ((5, 9), 5, "الف"), ((0, 0), 0, "ب"), ((), 9, "")],
)
def test_the_dearest_affordable_else_the_next_this_sale_reaches(acting, missing, will_earn, says):
    rewards = [
        RewardOffer(acting.id, name, 10, 100, points)
        for name, points in zip(["الف", "ب"], missing, strict=False)
    ]
    found = _within_reach(rewards, will_earn)
    told = _reward(found) if found else ""
    assert (says in told) if says else told == ""

"""Spending what is worth much needs the customer's one-time code."""

import re

import pytest
from django.utils import timezone

from core.tenancy import acting_for
from core.text import latin_digits
from loyalty.models import Redemption
from loyalty.operations.till import change_till_rules
from messaging.models import Message
from tests.loyalty.pos.conftest import MOBILE

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(till, business):
    """Return a function that has a code sent and reads it."""

    def read():
        answer = till.post("codes", mobile=MOBILE, points=200)
        assert answer.status_code == 201, answer.content.decode()
        assert answer.json()["mobile_ends"] == MOBILE[-4:]
        with acting_for(business.id):
            text = Message.objects.order_by("-id").values_list("body", flat=True)[0]
        (digits,) = re.findall(r"\d{6}", latin_digits(text))
        return digits

    return read


@pytest.fixture
def spend(till, business):
    """Let 100,000 rial need a code; return a function that spends 200 points worth 200,000."""
    with acting_for(business.id):
        changes = {"code_from_rial": 100_000}
        change_till_rules(changes=changes, actor=None, now=timezone.now())
    till.sell("0001")

    def try_it(number="0002", points=200, **more):
        return till.post("redeem", transaction_id=number, mobile=MOBILE, points=points, **more)

    return try_it


def test_little_needs_no_code(spend):
    assert spend(points=99).status_code == 201


def test_much_needs_one(spend, code, till, business):
    answer = spend()
    assert (answer.status_code, answer.json()["code"]) == (422, "code_needed")
    right = code()
    assert spend(code=right).status_code == 201
    again = spend(code="")
    assert again.status_code == 200, "the same number is told the same, without another code"
    used = spend(number="0003", points=100, code=right)
    assert (used.status_code, used.json()["code"]) == (422, "code_none_sent")
    with acting_for(business.id):
        assert Redemption.objects.count() == 1


def test_wrong_codes_are_counted_though_the_call_is_refused(spend, code):
    right = code()
    wrong = "000000" if right != "000000" else "111111"
    left = [spend(code=wrong).json().get("tries_left") for _try in range(5)]
    assert left == [4, 3, 2, 1, 0]
    assert spend(code=right).status_code == 422

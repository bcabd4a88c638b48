"""One-time codes over HTTP."""

import pytest

from core.tenancy import acting_for
from customers.models import OneTimeCode
from tests.customers.codes.conftest import other_than

pytestmark = pytest.mark.django_db


def test_a_shop_learns_whether_it_is_really_them(api, sara, digits):
    sent = api.post(f"customers/{sara}/codes", {"purpose": "verify"})
    assert sent.status_code == 201, sent.content
    assert sent.json()["mobile_ends"] == "4567"
    path = f"customers/{sara}/codes/check"
    wrong = api.post(path, {"code": other_than(digits())})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "code_wrong")
    assert wrong.json()["tries_left"] == 4
    right = api.post(path, {"code": digits()}, key="check-1")
    assert (right.status_code, right.json()) == (200, {"accepted": True})
    again = api.post(path, {"code": "123456"})
    assert again.json()["code"] == "code_none_sent"


def test_a_repeated_check_is_answered_the_same_and_counts_once(api, business, sara, digits):
    api.post(f"customers/{sara}/codes", {"purpose": "verify"})
    code = digits()
    path = f"customers/{sara}/codes/check"
    answers = [api.post(path, {"code": code}, key="k-1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1]["Idempotent-Replayed"] == "true"
    with acting_for(business.id):
        assert OneTimeCode.objects.get().tries == 1


def test_asking_again_at_once_says_when(api, sara):
    api.post(f"customers/{sara}/codes", {"purpose": "spend"})
    refused = api.post(f"customers/{sara}/codes", {"purpose": "spend"})
    assert (refused.status_code, refused.json()["code"]) == (429, "code_just_sent")
    assert int(refused["Retry-After"]) in range(1, 61)


def test_codes_of_the_customers_own_pages_are_not_for_shops(api, sara):
    for purpose in ("page", "claim", "x"):
        assert api.post(f"customers/{sara}/codes", {"purpose": purpose}).status_code == 422

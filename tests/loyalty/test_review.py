"""Points asked for beyond any number are simply not there."""

import pytest

from core.tenancy import acting_for
from loyalty.operations import update_program, update_rule

pytestmark = pytest.mark.django_db


def test_more_points_than_numbers_can_hold_are_insufficient(api, business, now):
    body = {
        "external_id": "inv-1",
        "channel": "pos",
        "customer": {"mobile": "09121234567"},
        "tenders": [{"method": "pos", "amount": 30_900_000}],
    }
    who = api.post("purchases", body).json()["customer"]["id"]
    with acting_for(business.id):
        update_program(changes={"unit_value_rial": 1_000_000}, actor=None, now=now)
    answer = api.post("redemptions", {"customer_id": who, "points": 10**14})
    assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_points")
    assert api.get(f"customers/{who}/wallet").json()["balance"] == 309


def test_a_cap_holds_however_steep_the_rate(api, business, now):
    with acting_for(business.id):
        update_rule(points_num=10**12, points_den=1, cap_points=5, actor=None, now=now)
    body = {
        "external_id": "inv-2",
        "channel": "pos",
        "customer": {"mobile": "09121234567"},
        "tenders": [{"method": "pos", "amount": 100_000_000}],
    }
    assert api.post("purchases", body).json()["points"]["earned"] == 5

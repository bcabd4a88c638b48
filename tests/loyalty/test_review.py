"""Points asked for beyond any number are simply not there."""

import pytest

from core.tenancy import acting_for
from loyalty.operations import update_program

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

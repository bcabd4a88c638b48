"""How often spending points speaks to the database."""

import pytest
from django.db import connection

from core.tenancy import acting_for
from customers.models import Customer
from customers.operations import record_purchases
from tests.loyalty.conftest import BUYER, sale
from tests.trips import trips

__all__ = ["trips"]


def _buyer(business, now) -> str:
    with acting_for(business.id):
        record_purchases(purchases=[sale(90_000_000, customer=BUYER, at=now)], source="t", now=now)
        return str(Customer.objects.get().id)


def _hold(api, customer, number):
    body = {"customer_id": customer, "points": 5}
    return api.post("redemptions", body, key=f"hold-{number}")


def _commit(api, held):
    return api.post(f"redemptions/{held}/commit", {}, key=f"commit-{held}")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_holding_points_and_spending_them_speak_three_times_each(api, business, now, trips):
    """Lock, take, and the answer with its COMMIT."""
    customer = _buyer(business, now)
    connection.close()
    for number in range(3):  # the first ones prepare the statements
        held = _hold(api, customer, number).json()["id"]
        assert _commit(api, held).status_code == 200
    trips.clear()
    made = _hold(api, customer, "counted")
    assert (made.status_code, made.json()["balance"]) == (201, 880)
    assert len(trips) == 3, "\n".join(trips)
    trips.clear()
    spent = _commit(api, made.json()["id"])
    assert (spent.status_code, spent.json()["balance"]) == (200, 880)
    assert len(trips) == 3, "\n".join(trips)
    assert spent.json()["status"] == "committed"


@pytest.mark.django_db
def test_the_answer_tells_what_is_left(api, business, now):
    customer = _buyer(business, now)
    held = _hold(api, customer, 1).json()
    assert held["balance"] == 895
    assert api.get(f"redemptions/{held['id']}").json()["balance"] == 895
    assert _commit(api, held["id"]).json() | {"balance": 895} == _commit(api, held["id"]).json()
    strange = {"mobile": "09129999999", "points": 1}
    assert api.post("redemptions", strange).status_code == 404

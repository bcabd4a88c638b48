"""How often a sale speaks to the database: every trip is paid for at every till."""

import pytest
from django.db import connection

from tests.trips import trips

__all__ = ["trips"]


def _sell(api, body, number):
    return api.post("purchases", body | {"external_id": number}, key=number)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_sale_of_a_known_customer_speaks_five_times(api, body, trips):
    """Look, write, points, the answer's parts, and the answer with its COMMIT."""
    connection.close()
    for number in range(3):  # the first sales make the customer and prepare the statements
        assert _sell(api, body, f"warm-{number}").status_code == 201
    trips.clear()
    assert _sell(api, body, "counted").status_code == 201
    assert len(trips) == 5, "\n".join(trips)

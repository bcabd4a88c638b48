"""Points that one door holds are gone at every other."""

import pytest

from core.tenancy import acting_for
from loyalty.models import Wallet
from tests.loyalty.pos.conftest import MOBILE


@pytest.mark.parametrize("earlier", ["api", "till"])
def test_what_one_door_holds_another_cannot_spend(till, second_till, api, earlier):
    """Complaint 4.3: two tills spend the same points."""
    till.sell("0001")
    whole = till.balance()
    with acting_for(till.business.id):
        customer_id = Wallet.objects.get().id
    if earlier == "api":
        held = api.post("redemptions", {"customer_id": str(customer_id), "points": whole})
    else:
        held = till.post("redeem", transaction_id="0002", mobile=MOBILE, points=whole)
    assert held.status_code == 201, held.content.decode()
    late = second_till.post("redeem", transaction_id="0003", mobile=MOBILE, points=1)
    assert (late.status_code, late.json()["code"]) == (409, "insufficient_points")
    if earlier == "till":
        late = api.post("redemptions", {"customer_id": str(customer_id), "points": 1})
        assert (late.status_code, late.json()["code"]) == (409, "insufficient_points")

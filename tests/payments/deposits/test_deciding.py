"""What a person types about a deposit, and what is said when it is wrong."""

import pytest

from businesses.queries import BusinessInfo
from tests.payments.deposits.conftest import Till


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"order": "nothing-like-it"}, "order"),
        ({"customer": "09129999999"}, "customer"),
        ({"order": "inv-1", "amount": "-5"}, "amount"),
        ({"order": "inv-1", "amount": "900000"}, "amount"),
    ],
)
def test_what_is_wrong_is_told_beside_it_and_nothing_typed_is_lost(
    till: Till, business: BusinessInfo, owner_client, typed, field
) -> None:
    till.invoice(900_000, external_id="inv-1")
    deposit = till.hear(900_000)
    where = f"/b/{business.slug}/deposits/{deposit.id}/decide/"
    blank = {"action": "take", "order": "", "customer": "", "amount": "", "rest": ""}
    answer = owner_client.post(where, blank | typed)
    form = answer.context["form"]
    assert answer.status_code == 422
    assert list(form.errors) == [field]
    assert {name: form[name].value() for name in typed} == typed
    assert till.see(deposit.id).state == deposit.state

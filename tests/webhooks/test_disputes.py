"""N1: a purchase said not to be theirs, and found not to be, told to the business's software."""

import json

import pytest

from core.tenancy import acting_for
from customers.models import Purchase, PurchaseDispute
from loyalty.operations.disputes import decide_dispute, dispute_purchase


@pytest.mark.parametrize(("is_theirs", "heard"), [(False, 2), (True, 1)])
def test_n1_said_and_decided_are_told_with_ids_alone(
    business, receiver, sell, work, fresh_sandbox, now, is_theirs, heard
):
    receiver("purchase.disputed", "purchase.disowned")
    purchase_id = sell()
    with acting_for(business.id):
        whose = Purchase.objects.get().customer_id
        assert whose is not None
        dispute_purchase(customer_id=whose, purchase_id=purchase_id, words="من نبودم", now=now)
    work()
    with acting_for(business.id):
        told = PurchaseDispute.objects.get().id
        decide_dispute(dispute_id=told, is_theirs=is_theirs, answer="دیدیم", actor=None, now=now)
    work()
    bodies = [json.loads(one["asked"]["body"]) for one in fresh_sandbox.log(door="receiver")]
    ids = {"purchase_id": str(purchase_id), "customer_id": str(whose)}
    expected = [
        ("purchase.disputed", ids | {"dispute_id": str(told)}),
        ("purchase.disowned", ids),
    ]
    assert [(one["type"], one["data"]) for one in bodies] == expected[:heard]

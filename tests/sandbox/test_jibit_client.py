"""An independent client library for Jibit works against the sandbox: only its address changes."""

from typing import Any
from uuid import uuid4

import pytest
from jibit import JibitClient, JibitConfig
from jibit.exceptions import JibitError

from tests.sandbox_server import Sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Any:
    sandbox.reset()
    keys = {"api_key": f"sdk-{uuid4().hex[:8]}", "secret_key": uuid4().hex}
    services = {
        name: {"credentials": keys} for name in ("payment_gateway", "transfers", "identicator")
    }
    config = {
        "base_url": f"{sandbox.base_url}/jibit",
        "services": services,
        "retry": {"max_attempts": 1},
    }
    with JibitClient(JibitConfig.from_mapping(config)) as made:
        yield made


def purchase(client: Any, amount: int = 900_000) -> Any:
    return client.payment_gateway.create_purchase(
        amount=amount,
        callback_url="https://shop.test/back",
        client_reference_number=uuid4().hex,
        description="سفارش",
    ).data


def test_a_purchase_is_paid_verified_and_reversed(client: Any, sandbox: Sandbox) -> None:
    made = purchase(client)
    gateway = client.payment_gateway
    assert gateway.verify_purchase(made.purchase_id).data.status == "NOT_VERIFIABLE"
    sandbox.pay(made.purchase_id_str)
    (row,) = gateway.inquire_purchase(purchase_id=made.purchase_id).data.elements
    assert (row.state, row.amount) == ("READY_TO_VERIFY", 900_000)
    assert gateway.verify_purchase(made.purchase_id).data.status == "SUCCESSFUL"
    assert gateway.verify_purchase(made.purchase_id).data.status == "ALREADY_VERIFIED"
    assert gateway.reverse_purchase(purchase_id=made.purchase_id).data.status == "SUCCESSFUL"
    assert sandbox.ledger()["balanced"]


def test_a_purchase_is_refunded_in_parts(client: Any, sandbox: Sandbox) -> None:
    gateway = client.payment_gateway
    for made in (purchase(client), purchase(client)):
        sandbox.pay(made.purchase_id_str)
        gateway.verify_purchase(made.purchase_id)
    ordered = gateway.refund_purchase(purchase_id=made.purchase_id, amount=100_000).data
    held = gateway.refund_purchase(
        purchase_id=made.purchase_id, amount=50_000, cancellable=True
    ).data
    assert gateway.cancel_refund(held.refund_id, transfer_id=held.transfer_id).data.success
    told = gateway.inquire_refund(ordered.refund_id).data
    assert [one.state for one in told.transfers] == ["INITIALIZED", "CANCELLED"]


def test_errors_health_and_balances_are_understood(client: Any) -> None:
    gateway = client.payment_gateway
    assert gateway.health().data.status == "UP"
    assert {one.balance_type for one in gateway.get_balances().data.balances} == {"WLT", "STL"}
    with pytest.raises(JibitError) as refused:
        gateway.refund_purchase(purchase_id=1, amount=1_000)
    assert refused.value.context.error_code == "purchase.not_found"

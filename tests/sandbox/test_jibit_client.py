"""An independent client library for Jibit works against the sandbox: only its address changes."""

from typing import Any
from uuid import uuid4

import pytest
from jibit import JibitClient, JibitConfig
from jibit.exceptions import JibitError

from sandbox.people import ACCOUNTS, REZA, SARA
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


def test_a_transfer_is_ordered_told_and_taken_back(client: Any, sandbox: Sandbox) -> None:
    with pytest.raises(JibitError) as refused:
        client.transfers.inquire(transfer_id="nothing")
    assert refused.value.context.error_code == "transfer.not_found"
    api_key = client.config.services["transfers"].credentials.api_key.get_secret_value()
    sandbox.fund(f"merchant:{api_key}", 2_000_000)
    transfer = {
        "transferID": "t-1",
        "destination": ACCOUNTS["sara"].iban,
        "amount": 100_000,
        "currency": "TOMAN",
        "description": "settlement",
    }
    made = client.transfers.submit_batch(batch_id="b-1", transfers=[transfer]).data
    assert (made.submitted_count, made.total_amount_transferred) == (1, 1_000_000)
    assert client.transfers.get_balances().data.balance == 1_000_000
    (told,) = client.transfers.inquire(batch_id="b-1").data.transfers
    assert (told.transfer_id, told.state, told.amount) == ("t-1", "INITIALIZED", 1_000_000)
    assert client.transfers.cancel(transfer_id="t-1").data.success
    assert client.transfers.get_balances().data.balance == 2_000_000


def test_cards_accounts_and_people_are_found(client: Any) -> None:
    sara = ACCOUNTS["sara"]
    card = client.identicator.inquire_card(sara.card, include_iban=True).data
    assert card.iban_info.iban == sara.iban
    owner = client.identicator.inquire_iban(sara.iban).data.iban_info.owners[0]
    assert (owner.first_name, owner.last_name) == (SARA.first_name, SARA.last_name)
    for code, matched in ((SARA.national_code, True), (REZA.national_code, False)):
        answer = client.identicator.match(iban=sara.iban, national_code=code).data
        assert answer.matched is matched

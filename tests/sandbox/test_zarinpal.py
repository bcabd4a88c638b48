"""The Zarinpal dialect, fact by fact."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.sandbox_server import Sandbox

Verify = Callable[..., Any]
Status = Callable[[str], str]

GOOD = {
    "merchant_id": "6c8b3f1e-8d29-4b0a-9d34-0a3bb7c9a111",
    "amount": 10_000,
    "callback_url": "https://shop.test/back",
    "description": "سفارش",
}


def test_a_request_opens_a_payment_with_a_sandbox_authority(sandbox: Sandbox) -> None:
    answer = sandbox.zarinpal("request", GOOD)
    assert answer.status_code == 200
    body = answer.json()
    assert body["errors"] == []
    assert body["data"]["code"] == 100
    assert body["data"]["fee_type"] == "Merchant"
    assert re.fullmatch(r"S[0-9A-Z]{35}", body["data"]["authority"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"merchant_id": None}, -9),
        ({"merchant_id": "not-a-uuid"}, -9),
        ({"amount": "10000"}, -9),
        ({"amount": 10_000.5}, -9),
        ({"amount": True}, -9),
        ({"amount": None}, -9),
        ({"amount": 999}, -4),
        ({"amount": -10_000}, -4),
        ({"amount": 0}, -4),
        ({"amount": 1_000_000_001}, -41),
        ({"amount": 100_000_001, "currency": "IRT"}, -41),
        ({"amount": 99, "currency": "IRT"}, -4),
        ({"currency": "USD"}, -9),
        ({"callback_url": None}, -2),
        ({"callback_url": "ftp://shop.test"}, -9),
        ({"description": None}, -3),
        ({"description": "ا" * 501}, -3),
        ({"referrer_id": ""}, -5),
        ({"metadata": "09121234567"}, -9),
        ({"metadata": {"mobile": 9121234567}}, -9),
        ({"metadata": {"card_pan": "6037"}}, -9),
        ({"metadata": {"auto_verify": "yes"}}, -9),
        ({"expire_in": -1}, -40),
        ({"wages": [{"iban": "IR1", "amount": 10_000, "description": "x"}]}, -39),
        ({"wages": [{"iban": "IR" + "1" * 24, "amount": 9_999, "description": "x"}]}, -36),
        ({"wages": [{"iban": "IR" + "1" * 24, "amount": 10_000, "description": "x"}]}, -32),
        ({"wages": [{"iban": "IR" + "1" * 24, "amount": 10_000}] * 6}, -35),
    ],
)
def test_a_wrong_request_is_refused_with_the_documented_code(
    sandbox: Sandbox, changes: dict[str, object], code: int
) -> None:
    answer = sandbox.zarinpal("request", GOOD | changes)
    assert answer.status_code >= 400
    assert answer.json()["data"] == []
    assert answer.json()["errors"]["code"] == code


@pytest.mark.parametrize("amount", [1_000, 1_000_000_000])
def test_the_limits_themselves_are_allowed(sandbox: Sandbox, amount: int) -> None:
    assert sandbox.zarinpal("request", GOOD | {"amount": amount}).status_code == 200


def test_a_body_that_is_not_json_is_a_validation_error(sandbox: Sandbox) -> None:
    answer = sandbox.http.post("/pg/v4/payment/request.json", content=b"{broken")
    assert answer.json()["errors"]["code"] == -9


def test_verify_is_fresh_once_and_already_done_from_then_on(paid: str, verify: Verify) -> None:
    first, second = verify(paid)["data"], verify(paid)["data"]
    assert (first["code"], second["code"]) == (100, 101)
    assert first["ref_id"] == second["ref_id"]
    assert isinstance(first["ref_id"], int)
    assert re.fullmatch(r"999999\*{6}\d{4}", first["card_pan"])
    assert re.fullmatch(r"[0-9A-F]{64}", first["card_hash"])


def test_a_card_keeps_its_hash_and_two_cards_differ(
    sandbox: Sandbox, merchant_id: str, verify: Verify
) -> None:
    def hash_after(card: str) -> str:
        authority = sandbox.open_payment(merchant_id=merchant_id)
        sandbox.pay(authority, card)
        return str(verify(authority)["data"]["card_hash"])

    assert hash_after("success") == hash_after("success") != hash_after("success_2")


@pytest.mark.parametrize("amount", [90_000, 9_000_000, 899_999])
def test_another_amount_is_minus_50_and_confirms_nothing(
    paid: str, verify: Verify, status: Status, amount: int
) -> None:
    assert verify(paid, amount)["errors"]["code"] == -50
    assert status(paid) == "PAID"


def test_an_unpaid_payment_is_minus_51(opened: str, verify: Verify, status: Status) -> None:
    assert status(opened) == "IN_BANK"
    assert verify(opened)["errors"]["code"] == -51


def test_a_payment_belongs_to_its_merchant(sandbox: Sandbox, paid: str) -> None:
    for operation in ("verify", "inquiry", "reverse"):
        body = {"merchant_id": str(uuid4()), "amount": 900_000, "authority": paid}
        assert sandbox.zarinpal(operation, body).json()["errors"]["code"] == -53


@pytest.mark.parametrize(("authority", "code"), [("S12", -54), ("S" + "0" * 35, -55), (None, -9)])
def test_an_authority_that_is_not_one(verify: Verify, authority: str, code: int) -> None:
    assert verify(authority)["errors"]["code"] == code


def test_toman_is_verified_in_toman_or_in_rial_as_the_merchant_is_set(
    sandbox: Sandbox, merchant_id: str, verify: Verify
) -> None:
    def pay_toman() -> str:
        authority = sandbox.open_payment(merchant_id=merchant_id, amount=90_000, currency="IRT")
        sandbox.pay(authority)
        return authority

    authority = pay_toman()
    assert verify(authority, 900_000)["errors"]["code"] == -50
    assert verify(authority, 90_000)["data"]["code"] == 100
    sandbox.merchant(merchant_id, verify_unit="rial")
    authority = pay_toman()
    assert verify(authority, 90_000)["errors"]["code"] == -50
    assert verify(authority, 900_000)["data"]["code"] == 100


def test_unverified_lists_what_is_paid_and_nothing_else(
    sandbox: Sandbox, merchant_id: str, verify: Verify
) -> None:
    authorities = [sandbox.open_payment(merchant_id=merchant_id) for _ in range(4)]
    for authority in authorities[:3]:
        sandbox.pay(authority)
    verify(authorities[0])
    rows = sandbox.zarinpal("unVerified", {"merchant_id": merchant_id}).json()["data"]
    assert {row["authority"] for row in rows["authorities"]} == set(authorities[1:3])
    assert rows["authorities"][0]["amount"] == 900_000
    assert set(rows["authorities"][0]) == {"authority", "amount", "callback_url", "referer", "date"}


def test_reverse_gives_everything_back_once(
    sandbox: Sandbox, merchant_id: str, paid: str, verify: Verify, status: Status
) -> None:
    body = {"merchant_id": merchant_id, "authority": paid}
    assert sandbox.zarinpal("reverse", body).json()["errors"]["code"] == -61
    verify(paid)
    assert sandbox.zarinpal("reverse", body).json()["data"]["code"] == 100
    assert sandbox.zarinpal("reverse", body).json()["errors"]["code"] == -61
    assert status(paid) == "REVERSED"
    assert verify(paid)["errors"]["code"] == -51
    assert sandbox.ledger()["accounts"][f"merchant:{merchant_id}"] == 0


def test_reverse_needs_a_registered_address(
    sandbox: Sandbox, merchant_id: str, paid: str, verify: Verify
) -> None:
    verify(paid)
    sandbox.merchant(merchant_id, reverse_allowed=False)
    body = {"merchant_id": merchant_id, "authority": paid}
    assert sandbox.zarinpal("reverse", body).json()["errors"]["code"] == -62


def test_the_fee_preview_answers_in_the_unit_asked(sandbox: Sandbox) -> None:
    rial = sandbox.zarinpal("feeCalculation", GOOD | {"amount": 1_000_000}).json()["data"]
    toman = sandbox.zarinpal(
        "feeCalculation", GOOD | {"amount": 100_000, "currency": "IRT"}
    ).json()["data"]
    assert rial["fee"] == 10 * toman["fee"]
    assert toman["suggested_amount"] == str(100_000 + toman["fee"])


@pytest.mark.parametrize("code", [-10, -11, -15])
def test_a_merchant_may_be_refused_altogether(
    sandbox: Sandbox, merchant_id: str, code: int
) -> None:
    sandbox.merchant(merchant_id, refusal=code)
    answer = sandbox.zarinpal("request", GOOD | {"merchant_id": merchant_id})
    assert answer.json()["errors"]["code"] == code


def test_a_registered_domain_binds_the_callback(sandbox: Sandbox, merchant_id: str) -> None:
    sandbox.merchant(merchant_id, callback_domain="other.test")
    answer = sandbox.zarinpal("request", GOOD | {"merchant_id": merchant_id})
    assert answer.json()["errors"]["code"] == -14


def test_an_unknown_call_is_not_found(sandbox: Sandbox) -> None:
    assert sandbox.zarinpal("refund", GOOD).status_code == 404

"""The Zibal dialect, fact by fact."""

from typing import Any

import pytest

from tests.sandbox_server import Sandbox

GOOD: dict[str, object] = {
    "merchant": "zibal",
    "amount": 900_000,
    "callbackUrl": "https://shop.test/back?order=7",
    "orderId": "A-7",
    "description": "سفارش",
}
TOKEN = {"Authorization": "Bearer zibal.secret"}


def zibal(bank: Sandbox, operation: str, body: object) -> Any:
    answer = bank.http.post(f"/zibal/v1/{operation}", json=body)
    assert answer.status_code == 200
    return answer.json()


def platform(bank: Sandbox, operation: str, body: object) -> Any:
    answer = bank.http.post(f"/zibal/platform/v1/account/{operation}", json=body, headers=TOKEN)
    return answer.json()


def opened(bank: Sandbox, **changes: object) -> int:
    return int(zibal(bank, "request", GOOD | changes)["trackId"])


def paid(bank: Sandbox, card: str = "success", **changes: object) -> int:
    track = opened(bank, **changes)
    bank.pay(str(track), card)
    return track


def about(track: int) -> dict[str, object]:
    return {"merchant": "zibal", "trackId": track}


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({"merchant": None}, 102),
        ({"merchant": "نه"}, 102),
        ({"amount": 999}, 105),
        ({"amount": "900000"}, 105),
        ({"amount": 1_000_000_001}, 113),
        ({"callbackUrl": "ftp://shop.test"}, 106),
        ({"callbackUrl": None}, 106),
        ({"percentMode": 2}, 107),
        ({"nationalCode": "12"}, 114),
        ({"multiplexingInfos": [{"bankAccount": "IR1", "amount": 5}]}, 108),
        ({"multiplexingInfos": [{"bankAccount": "IR" + "1" * 24, "amount": 900_001}]}, 111),
    ],
)
def test_a_wrong_request_is_refused_with_the_documented_result(
    fresh_sandbox: Sandbox, changes: dict[str, object], result: int
) -> None:
    assert zibal(fresh_sandbox, "request", GOOD | changes)["result"] == result
    assert fresh_sandbox.payments() == []


def test_the_browser_returns_with_what_happened(fresh_sandbox: Sandbox) -> None:
    track = opened(fresh_sandbox)
    page = fresh_sandbox.http.get(f"/zibal/start/{track}")
    assert f"/bank/{track}" in page.text
    back = fresh_sandbox.at_bank(str(track))
    assert back.headers["location"] == (
        f"https://shop.test/back?order=7&success=1&trackId={track}&orderId=A-7&status=2"
    )
    other = opened(fresh_sandbox)
    assert "success=0" in fresh_sandbox.at_bank(str(other), "cancel").headers["location"]


def test_only_the_first_verify_tells_amount_and_reference(fresh_sandbox: Sandbox) -> None:
    track = paid(fresh_sandbox)
    first, second = (zibal(fresh_sandbox, "verify", about(track)) for _ in range(2))
    assert (first["result"], first["status"], first["amount"]) == (100, 1, 900_000)
    assert first["orderId"] == "A-7"
    assert second["result"] == 201
    assert {"refNumber", "amount"}.isdisjoint(second)
    assert zibal(fresh_sandbox, "inquiry", about(track))["refNumber"] == first["refNumber"]


def test_a_session_belongs_to_its_merchant_and_its_provider(fresh_sandbox: Sandbox) -> None:
    track = paid(fresh_sandbox)
    stranger = about(track) | {"merchant": "stranger"}
    assert zibal(fresh_sandbox, "verify", stranger)["result"] == 203
    assert zibal(fresh_sandbox, "verify", about(12_345))["result"] == 203
    assert fresh_sandbox.http.get(f"/pg/StartPay/{track}").status_code == 404


@pytest.mark.parametrize(
    ("card", "status"), [("insufficient_funds", 5), ("cancel", 3), ("timeout", 10)]
)
def test_an_unpaid_session_says_why(fresh_sandbox: Sandbox, card: str, status: int) -> None:
    track = opened(fresh_sandbox)
    assert zibal(fresh_sandbox, "inquiry", about(track))["status"] == -1
    fresh_sandbox.at_bank(str(track), card)
    assert zibal(fresh_sandbox, "inquiry", about(track))["status"] == status
    assert zibal(fresh_sandbox, "verify", about(track))["result"] == 202


def test_unverified_money_goes_home(fresh_sandbox: Sandbox) -> None:
    track = paid(fresh_sandbox)
    assert zibal(fresh_sandbox, "inquiry", about(track))["status"] == 2
    fresh_sandbox.advance(31 * 60)
    assert zibal(fresh_sandbox, "inquiry", about(track))["status"] == 18
    assert zibal(fresh_sandbox, "verify", about(track))["result"] == 202


@pytest.mark.parametrize("path", ["/zibal/request/lazy", "/zibal/v1/request/lazy"])
def test_in_lazy_mode_the_server_is_told(fresh_sandbox: Sandbox, path: str) -> None:
    track = fresh_sandbox.http.post(path, json=GOOD).json()["trackId"]
    told = fresh_sandbox.pay(str(track))
    assert told["redirect"] is None
    (notice,) = fresh_sandbox.notices()
    assert notice["status"] == 0  # nobody is at shop.test
    assert (notice["fields"]["trackId"], notice["fields"]["success"]) == (track, "1")
    assert not notice["form"]


def test_refunds_come_in_parts_from_the_wallet_to_the_card(fresh_sandbox: Sandbox) -> None:
    fresh_sandbox.fund("merchant:zibal", 10**9)
    track = paid(fresh_sandbox, amount=400_000_000)
    body = {"trackId": track, "accountId": "w-1", "amount": 310_000_000}
    assert platform(fresh_sandbox, "refund", body)["result"] == 18
    zibal(fresh_sandbox, "verify", about(track))

    told = platform(fresh_sandbox, "refund", body)

    assert (told["result"], told["reversed"], told["remaining"]) == (1, False, 90_000_000)
    parts = [part["amount"] for part in told["split"]]
    assert parts == [150_000_000, 150_000_000, 10_000_000]
    over = platform(fresh_sandbox, "refund", body)
    assert over["result"] == 18
    rest = platform(fresh_sandbox, "refund", {"trackId": track, "accountId": "w-1"})
    assert [part["amount"] for part in rest["split"]] == [90_000_000]
    assert zibal(fresh_sandbox, "inquiry", about(track))["status"] == 16
    fresh_sandbox.advance(3 * 3600)
    assert zibal(fresh_sandbox, "inquiry", about(track))["status"] == 15
    assert fresh_sandbox.ledger()["accounts"]["card:success"] == 10**15
    assert fresh_sandbox.ledger()["accounts"]["transit"] == 0
    assert len(platform(fresh_sandbox, "refund/list", {})["data"]) == 4


def test_the_platform_has_results_of_its_own(fresh_sandbox: Sandbox) -> None:
    track = paid(fresh_sandbox)
    zibal(fresh_sandbox, "verify", about(track))
    body = {"trackId": track, "accountId": "w-1", "amount": 300_000}
    assert platform(fresh_sandbox, "refund", body | {"amount": 9_999})["result"] == 12
    assert platform(fresh_sandbox, "refund", body | {"accountId": ""})["result"] == 10
    fresh_sandbox.fund("merchant:zibal", -850_000)
    assert platform(fresh_sandbox, "refund", body)["result"] == 11
    answer = fresh_sandbox.http.post("/zibal/platform/v1/account/refund", json=body)
    assert answer.status_code == 401


def test_a_whole_refund_may_be_a_reversal(fresh_sandbox: Sandbox) -> None:
    track = paid(fresh_sandbox)
    zibal(fresh_sandbox, "verify", about(track))
    body = {"trackId": track, "accountId": "w-1", "tryReverse": True}
    told = platform(fresh_sandbox, "refund", body)
    assert (told["reversed"], told["split"]) == (True, [])
    assert zibal(fresh_sandbox, "inquiry", about(track))["status"] == 18
    assert fresh_sandbox.ledger()["accounts"]["merchant:zibal"] == 0

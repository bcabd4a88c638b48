"""What can go wrong on the wire, and what the bank's truth is meanwhile."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.faults import KINDS
from sandbox.magic import AMOUNTS
from tests.sandbox_server import HANG_SECONDS, Sandbox

Verify = Callable[..., Any]
Status = Callable[[str], str]


@pytest.fixture
def raw(sandbox: Sandbox, merchant_id: str, paid: str) -> Callable[[], httpx.Response]:
    body = {"merchant_id": merchant_id, "amount": 900_000, "authority": paid}
    return lambda: sandbox.zarinpal("verify", body)


Raw = Callable[[], httpx.Response]


def _paid_with(sandbox: Sandbox, merchant_id: str, amount: int) -> str:
    authority = sandbox.open_payment(merchant_id=merchant_id, amount=amount)
    sandbox.pay(authority)
    return authority


def test_a_timeout_after_the_fact_leaves_a_confirmed_payment(
    sandbox: Sandbox, paid: str, raw: Raw, status: Status
) -> None:
    sandbox.script("verify", "timeout_done", authority=paid)
    with pytest.raises(httpx.RemoteProtocolError):
        raw()
    assert status(paid) == "VERIFIED"
    assert raw().json()["data"]["code"] == 101


def test_a_timeout_before_the_fact_leaves_it_unconfirmed(
    sandbox: Sandbox, paid: str, raw: Raw, status: Status
) -> None:
    sandbox.script("verify", "timeout_not_done", authority=paid)
    with pytest.raises(httpx.RemoteProtocolError):
        raw()
    assert status(paid) == "PAID"
    assert raw().json()["data"]["code"] == 100


def test_an_error_page_hides_a_payment_that_was_not_confirmed(
    sandbox: Sandbox, paid: str, raw: Raw, status: Status
) -> None:
    sandbox.script("verify", "html_500", authority=paid)
    answer = raw()
    assert (answer.status_code, answer.text[:15]) == (500, "<!doctype html>")
    assert status(paid) == "PAID"


def test_an_error_page_hides_a_payment_that_was_confirmed(
    sandbox: Sandbox, paid: str, raw: Raw, status: Status
) -> None:
    sandbox.script("verify", "html_500_done", authority=paid)
    assert raw().status_code == 500
    assert status(paid) == "VERIFIED"


def test_bad_json_hides_a_confirmed_payment(
    sandbox: Sandbox, paid: str, raw: Raw, status: Status
) -> None:
    sandbox.script("verify", "bad_json", authority=paid)
    with pytest.raises(json.JSONDecodeError):
        raw().json()
    assert status(paid) == "VERIFIED"


def test_an_error_may_come_with_status_200(sandbox: Sandbox, paid: str, raw: Raw) -> None:
    sandbox.script("verify", "error_200", authority=paid, code=-52)
    answer = raw()
    assert answer.status_code == 200
    assert answer.json()["errors"]["code"] == -52


@pytest.mark.parametrize("code", [-12, -50, -51, -52])
def test_any_code_can_be_ordered(sandbox: Sandbox, paid: str, raw: Raw, code: int) -> None:
    sandbox.script("verify", "error", authority=paid, code=code)
    answer = raw()
    assert answer.status_code >= 400
    assert answer.json()["errors"]["code"] == code


def test_too_many_requests(sandbox: Sandbox, paid: str, raw: Raw, status: Status) -> None:
    sandbox.script("verify", "http_429", authority=paid)
    answer = raw()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert status(paid) == "PAID"


def test_a_slow_body_is_whole_in_the_end(sandbox: Sandbox, paid: str, raw: Raw) -> None:
    sandbox.script("verify", "slow_body", authority=paid)
    answer = raw()
    assert answer.elapsed.total_seconds() >= HANG_SECONDS * 0.8
    assert answer.json()["data"]["code"] == 100


def test_misshapen_answers(sandbox: Sandbox, paid: str, raw: Raw) -> None:
    for fault in ("data_list", "int_as_string", "persian_digits", "missing_field"):
        sandbox.script("verify", fault, authority=paid)
    listed, stringy, persian, missing = (raw().json()["data"] for _ in range(4))
    assert listed[0]["code"] == 100
    assert stringy["code"] == "101"
    assert persian["code"] == "۱۰۱"
    assert "ref_id" not in missing
    assert missing["code"] == 101


def test_a_wrong_content_type_carries_good_json(sandbox: Sandbox, paid: str, raw: Raw) -> None:
    sandbox.script("verify", "wrong_content_type", authority=paid)
    answer = raw()
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.json()["data"]["code"] == 100


def test_fresh_success_twice_confirms_once(sandbox: Sandbox, paid: str, raw: Raw) -> None:
    sandbox.script("verify", "fresh_twice", authority=paid, times=2)
    codes = [raw().json()["data"]["code"] for _ in range(3)]
    assert codes == [100, 100, 101]
    memos = [entry["memo"] for entry in sandbox.ledger(authority=paid)["entries"]]
    assert memos.count("confirmed") == 3


def test_ten_times_the_amount_is_never_confirmed(
    sandbox: Sandbox, merchant_id: str, verify: Verify
) -> None:
    authority = _paid_with(sandbox, merchant_id, 1_509_907)
    assert verify(authority, 1_509_907)["errors"]["code"] == -50
    rows = sandbox.zarinpal("unVerified", {"merchant_id": merchant_id}).json()["data"]
    assert rows["authorities"][0]["amount"] == 15_099_070


def test_faults_wait_for_their_operation_merchant_and_turn(
    sandbox: Sandbox, merchant_id: str, paid: str, raw: Raw
) -> None:
    sandbox.script("inquiry", "html_500", merchant=merchant_id)
    sandbox.script("verify", "html_500", merchant="00000000-0000-0000-0000-000000000000")
    assert raw().status_code == 200
    body = {"merchant_id": merchant_id, "authority": paid}
    assert sandbox.zarinpal("inquiry", body).status_code == 500
    assert sandbox.zarinpal("inquiry", body).status_code == 200


def test_a_chance_of_nought_never_comes_up(fresh_sandbox: Sandbox, paid: str, raw: Raw) -> None:
    fresh_sandbox.script("verify", "html_500", percent=0)
    assert raw().status_code != 500


def test_orders_can_be_seen_and_dropped(fresh_sandbox: Sandbox) -> None:
    fresh_sandbox.script("verify", "html_500", times=3)
    told = fresh_sandbox.http.get("/control/faults").json()
    assert [order["remaining"] for order in told["queue"]] == [3]
    assert set(told["kinds"]) == set(KINDS)
    fresh_sandbox.http.delete("/control/faults")
    assert fresh_sandbox.http.get("/control/faults").json()["queue"] == []


def test_an_order_that_makes_no_sense_is_explained(sandbox: Sandbox) -> None:
    for order in ({"fault": "earthquake"}, {"fault": "error", "times": "many"}):
        answer = sandbox.http.post("/control/faults", json={"operation": "verify"} | order)
        assert answer.status_code == 400
        assert answer.json()["error"]


def test_magic_amounts_act_the_promised_number_of_times(
    sandbox: Sandbox, merchant_id: str, verify: Verify
) -> None:
    authority = _paid_with(sandbox, merchant_id, 109_912)
    body = {"merchant_id": merchant_id, "amount": 109_912, "authority": authority}
    statuses = [sandbox.zarinpal("verify", body).status_code for _ in range(3)]
    assert statuses == [429, 429, 200]


def test_a_magic_amount_can_fail_the_request_itself(sandbox: Sandbox, merchant_id: str) -> None:
    body = {
        "merchant_id": merchant_id,
        "amount": 109_924,
        "callback_url": "http://shop.test/",
        "description": "سفارش",
    }
    assert sandbox.zarinpal("request", body).json()["errors"]["code"] == -12


def test_no_price_in_whole_toman_is_magic() -> None:
    assert all(digits % 10 for digits in AMOUNTS)
    assert all(spell.fault.name in KINDS for spell in AMOUNTS.values())


def test_every_magic_amount_is_on_the_first_page(sandbox: Sandbox) -> None:
    page = sandbox.http.get("/").text.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789"))
    assert all(f"…{digits}" in page for digits in AMOUNTS)

"""The process itself: its seed, its memory, its end; and what the control tells."""

import re
from html import unescape
from pathlib import Path
from uuid import uuid4

import httpx

from tests.sandbox_server import Sandbox, free_port, start, stop


def test_the_same_seed_makes_the_same_run(sandbox: Sandbox) -> None:
    def run() -> list[object]:
        sandbox.reset(seed="forty-two")
        authority = sandbox.open_payment()
        return [authority, sandbox.pay(authority)["ref_id"]]

    assert run() == run()


def test_without_a_seed_of_its_own_a_reset_repeats_the_configured_one(sandbox: Sandbox) -> None:
    sandbox.reset()
    first = sandbox.open_payment()
    sandbox.reset()
    assert sandbox.open_payment() == first


def test_it_ends_cleanly_and_remembers(tmp_path: Path) -> None:
    state, port = tmp_path / "deep" / "state.sqlite3", free_port()
    process = start(state, port)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            authority = Sandbox(str(client.base_url), client).open_payment()
    finally:
        assert stop(process) == 0
    process = start(state, port)
    try:
        told = httpx.get(f"http://127.0.0.1:{port}/control/payments.json").json()
    finally:
        assert stop(process) == 0
    assert [row["authority"] for row in told["payments"]] == [authority]


def test_the_log_can_be_narrowed(fresh_sandbox: Sandbox) -> None:
    first, second = fresh_sandbox.open_payment(), fresh_sandbox.open_payment()
    fresh_sandbox.pay(second)
    assert [event["authority"] for event in fresh_sandbox.log()] == [first, second, second]
    assert [event["operation"] for event in fresh_sandbox.log(authority=second)] == [
        "request",
        "pay",
    ]
    since = fresh_sandbox.log()[0]["id"]
    assert len(fresh_sandbox.log(since=since)) == 2
    merchant = fresh_sandbox.log()[0]["merchant_id"]
    assert len(fresh_sandbox.log(merchant=merchant)) == 1


def test_control_pay_says_what_it_does_not_know(sandbox: Sandbox, opened: str) -> None:
    for body in ({"authority": "S1"}, {"authority": opened, "card": "golden"}):
        assert sandbox.http.post("/control/pay", json=body).status_code == 404
    sandbox.pay(opened)
    again = sandbox.http.post("/control/pay", json={"authority": opened})
    assert again.status_code == 409


def test_any_well_formed_test_number_pays(sandbox: Sandbox, opened: str) -> None:
    number = sandbox.http.get("/control/cards").json()["success"]["pan"]
    assert sandbox.pay(opened, number)["card_pan"] == f"999999******{number[-4:]}"


def test_the_pages_show_what_happened(fresh_sandbox: Sandbox) -> None:
    authority = fresh_sandbox.open_payment()
    fresh_sandbox.pay(authority)
    for path in ("/", "/log", f"/log?authority={authority}"):
        assert authority in fresh_sandbox.http.get(path).text
    assert authority[:8] in fresh_sandbox.http.get("/ledger").text


def test_the_clock_can_be_moved_from_the_page(fresh_sandbox: Sandbox) -> None:
    assert fresh_sandbox.http.post("/clock", data={"step": "31m"}).status_code == 303
    assert fresh_sandbox.http.get("/control/clock").json()["ahead_seconds"] == 31 * 60


def test_the_log_page_tells_faults_and_money_and_can_be_narrowed(fresh_sandbox: Sandbox) -> None:
    first, second = str(uuid4()), str(uuid4())
    fresh_sandbox.script("pay", "amount_part", merchant=first)
    for merchant in (first, second):
        fresh_sandbox.pay(fresh_sandbox.open_payment(merchant_id=merchant))

    def page(**wanted: str) -> str:
        return fresh_sandbox.http.get("/log", params=wanted).text

    whole = page()
    assert first in whole
    assert second in whole
    assert "فقط نصف مبلغ" in whole
    assert "۴۵۰,۰۰۰" in whole.replace("٬", ",")
    assert page(merchant=second.upper()).count("پرداخت در بانک") == 1
    assert "فقط نصف مبلغ" not in page(merchant=second)
    assert page(only="faults").count("پرداخت در بانک") == 1
    assert "درخواست پرداخت" not in page(only="money")
    assert "رویدادی با این شرط نیست" in page(merchant="nobody")


def test_a_long_log_is_turned_page_by_page(fresh_sandbox: Sandbox) -> None:
    merchant = str(uuid4())
    made = [fresh_sandbox.open_payment(merchant_id=merchant) for _ in range(3)]
    shown = fresh_sandbox.http.get("/log", params={"merchant": merchant, "limit": "2"}).text
    assert [authority in shown for authority in made] == [False, True, True]
    found = re.search(r'href="(/log\?[^"]*before=\d+[^"]*)"', shown)
    assert found is not None
    rest = fresh_sandbox.http.get(unescape(found[1])).text
    assert [authority in rest for authority in made] == [True, False, False]

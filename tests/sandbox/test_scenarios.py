"""Scripts, chances and contradictions: what a merchant's next calls meet, and what comes later."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from sandbox.faults import KINDS
from tests.sandbox_server import Sandbox, free_port, start, stop

AMOUNT = 900_000
HOUR = 3600


@pytest.fixture
def bank(fresh_sandbox: Sandbox) -> Sandbox:
    return fresh_sandbox


@pytest.fixture
def verified(bank: Sandbox, merchant_id: str) -> Callable[..., int]:
    """Return a function that opens, pays and verifies, and tells the HTTP status of the verify."""

    def run(merchant: str = merchant_id) -> int:
        authority = bank.open_payment(merchant_id=merchant)
        bank.pay(authority)
        return _verify(bank, merchant, authority)

    return run


def _verify(bank: Sandbox, merchant: str, authority: str) -> int:
    body = {"merchant_id": merchant, "amount": AMOUNT, "authority": authority}
    try:
        return bank.zarinpal("verify", body).status_code
    except httpx.RemoteProtocolError:
        return 0


def test_a_script_decides_the_next_calls_in_order(bank, merchant_id, verified):
    bank.plan(
        scripts=[
            {
                "title": "یک روز بد",
                "merchants": [merchant_id.upper()],
                "steps": [
                    {"on": "verify", "fault": "html_500", "times": 2},
                    {"on": "verify"},
                    {"on": "verify", "fault": "http_429"},
                ],
            }
        ]
    )
    assert [verified() for _ in range(5)] == [500, 500, 200, 429, 200]
    assert bank.http.get("/control/scenario").json()["scripts"] == []


def test_the_head_of_a_script_waits_for_a_call_it_fits(bank, merchant_id, verified):
    steps = [{"on": "reverse", "fault": "html_500"}, {"on": "verify", "fault": "html_500"}]
    bank.plan(scripts=[{"merchants": [merchant_id], "steps": steps}])
    assert verified() == 200
    (left,) = bank.http.get("/control/scenario").json()["scripts"]
    assert [step["on"] for step in left["steps"]] == ["reverse", "verify"]
    body = {"merchant_id": merchant_id, "authority": bank.open_payment(merchant_id=merchant_id)}
    assert bank.zarinpal("reverse", body).status_code == 500
    assert verified() == 500


def test_a_step_without_a_fault_lets_its_call_through_whatever_else_was_ordered(
    bank, merchant_id, verified
):
    bank.script("verify", "html_500", merchant=merchant_id)
    bank.plan(scripts=[{"merchants": [merchant_id], "steps": [{"on": "verify"}]}])
    assert [verified(), verified()] == [200, 500]


def test_each_business_has_its_own_script(bank, merchant_id, verified):
    other = str(uuid4())
    bank.plan(
        scripts=[
            {"merchants": [merchant_id], "steps": [{"on": "verify", "fault": "html_500"}]},
            {"merchants": [other], "steps": [{"on": "verify", "fault": "http_429"}]},
        ]
    )
    assert [verified(str(uuid4())), verified(other), verified()] == [200, 429, 500]


def test_a_script_speaks_of_what_the_buyer_meets_too(bank, merchant_id):
    conducts = ["callback_lost", "pay_declined", "money_returned", "amount_part"]
    steps = [{"on": "pay", "fault": fault} for fault in conducts]
    bank.plan(scripts=[{"merchants": [merchant_id], "steps": steps}])
    rows = [bank.pay(bank.open_payment(merchant_id=merchant_id)) for _ in range(5)]
    assert [row["state"] for row in rows] == ["PAID", "FAILED", "RETURNED", "PAID", "PAID"]
    assert [bool(row["redirect"]) for row in rows] == [False, True, True, True, True]
    assert [row["charged_rial"] for row in rows] == [AMOUNT, None, AMOUNT, AMOUNT // 2, AMOUNT]


def test_a_part_of_the_amount_is_never_confirmed(bank, merchant_id):
    authority = bank.open_payment(merchant_id=merchant_id, amount=1_509_919)
    assert bank.pay(authority)["charged_rial"] == 754_959
    body = {"merchant_id": merchant_id, "amount": 1_509_919, "authority": authority}
    assert bank.zarinpal("verify", body).json()["errors"]["code"] == -50
    assert bank.ledger()["balanced"]


def _fortunes(bank: Sandbox, merchant: str, seed: str, times: int = 40) -> list[int]:
    bank.reset(seed=seed)
    bank.plan(
        chances=[
            {"door": "zarinpal", "on": "verify", "fault": "html_500", "percent": 30},
            {"door": "zibal", "on": "verify", "fault": "bad_json", "percent": 100},
        ]
    )
    bystander = str(uuid4())
    found = []
    for turn in range(times):
        if turn % 3 == 0:
            _verify(bank, bystander, bank.open_payment(merchant_id=bystander))
        authority = bank.open_payment(merchant_id=merchant)
        bank.pay(authority)
        found.append(_verify(bank, merchant, authority))
    return found


def test_the_same_seed_gives_a_merchant_the_same_faults(bank, merchant_id):
    first, again = (_fortunes(bank, merchant_id, "forty-two") for _ in range(2))
    other = _fortunes(bank, merchant_id, "forty-three")
    assert first == again
    assert first != other
    # Thirty in a hundred of forty: between three and twenty-one with all but one chance in 10⁴.
    assert 3 <= Counter(first)[500] <= 21
    assert set(first) == {200, 500}


def test_what_others_do_does_not_change_a_merchants_faults(bank, merchant_id):
    chance = {"on": "verify", "fault": "html_500", "percent": 50}

    def run(crowd: int) -> list[int]:
        bank.reset(seed="one")
        bank.plan(chances=[chance])
        found = []
        for _ in range(12):
            for _other in range(crowd):
                _verify(bank, "0" * 8 + merchant_id[8:], bank.open_payment())
            authority = bank.open_payment(merchant_id=merchant_id)
            bank.pay(authority)
            found.append(_verify(bank, merchant_id, authority))
        return found

    assert run(crowd=0) == run(crowd=2)


def test_chances_of_one_merchant_and_of_every_product_of_a_provider(bank, merchant_id, verified):
    bank.plan(chances=[{"merchant": merchant_id, "fault": "html_500", "percent": 100}])
    body = {"merchant_id": merchant_id, "amount": AMOUNT, "authority": "S" + "0" * 35}
    assert bank.zarinpal("verify", body).status_code == 500
    assert verified(str(uuid4())) == 200
    bank.http.delete("/control/scenario")
    bank.plan(chances=[{"door": "jibit", "fault": "html_500", "percent": 100}])
    for path in ("ppg/v3/tokens", "ide/v1/tokens/generate", "pip/v1/tokens/generate"):
        assert bank.http.post(f"/jibit/{path}", json={"apiKey": "k"}).status_code == 500
    assert verified() == 200


def _jibit(bank: Sandbox, card: str = "success") -> tuple[str, Callable[[], Any]]:
    """Open, pay and verify a purchase; return its id and what the inquiry then tells."""
    asked = {"apiKey": "key", "secretKey": "secret"}
    token = bank.http.post("/jibit/ppg/v3/tokens", json=asked).json()["accessToken"]
    headers = {"Authorization": f"Bearer {token}"}
    made = bank.http.post(
        "/jibit/ppg/v3/purchases",
        headers=headers,
        json={
            "amount": AMOUNT,
            "currency": "IRR",
            "clientReferenceNumber": uuid4().hex,
            "callbackUrl": "http://shop.test/back",
        },
    ).json()
    number = made["purchaseIdStr"]
    bank.pay(number, card)
    bank.http.post(f"/jibit/ppg/v3/purchases/{number}/verify", headers=headers)

    def inquiry() -> Any:
        query = {"purchaseId": number}
        found = bank.http.get("/jibit/ppg/v3/purchases", headers=headers, params=query)
        return found.json()["elements"][0]

    return number, inquiry


def test_a_success_is_taken_back_hours_later(bank):
    bank.plan(
        chances=[{"door": "jibit", "fault": "success_reversed", "percent": 100, "on": "verify"}]
    )
    number, inquiry = _jibit(bank)
    bank.advance(HOUR - 60)
    told = inquiry()
    assert (told["state"], told["hasContradiction"]) == ("SUCCESS", False)
    bank.advance(120)
    told = inquiry()
    assert (told["state"], told["hasContradiction"]) == ("REVERSED", True)
    assert bank.ledger()["accounts"]["merchant:key"] == 0
    assert [event["operation"] for event in bank.log(authority=number)].count("contradiction") == 1


def test_a_failure_is_made_good_by_hand(bank):
    steps = [{"on": "pay", "fault": "failed_made_good", "seconds": 2 * HOUR}]
    bank.plan(scripts=[{"merchants": ["key"], "steps": steps}])
    _number, inquiry = _jibit(bank)
    told = inquiry()
    assert (told["state"], told["hasContradiction"]) == ("FAILED", False)
    bank.advance(2 * HOUR)
    told = inquiry()
    assert (told["state"], told["hasContradiction"]) == ("MANUALLY_SUCCESS", True)
    assert bank.ledger()["accounts"]["merchant:key"] == AMOUNT * 99 // 100
    assert bank.ledger()["balanced"]


def test_what_is_no_success_is_not_taken_back_and_what_was_paid_is_not_paid_again(bank):
    for card, what in (("insufficient_funds", "reversed"), ("success", "paid")):
        number, inquiry = _jibit(bank, card)
        before = inquiry()["state"]
        bank.contradict(number, what)
        bank.advance(1)
        assert inquiry()["state"] == before
    assert bank.ledger()["balanced"]


def test_seeded_contradictions_repeat(bank):
    def run() -> list[str]:
        bank.reset(seed="jibit")
        bank.plan(
            chances=[
                {"door": "jibit", "on": "verify", "fault": "success_reversed", "percent": 40},
                {"door": "jibit", "on": "pay", "fault": "failed_made_good", "percent": 40},
            ]
        )
        inquiries = [_jibit(bank)[1] for _ in range(12)]
        bank.advance(2 * HOUR)
        return [inquiry()["state"] for inquiry in inquiries]

    first = run()
    assert set(first) == {"SUCCESS", "REVERSED", "MANUALLY_SUCCESS"}
    assert run() == first


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ([], "the scenario"),
        ({"seed": "x"}, "the scenario.seed"),
        ({"scripts": {}}, "scripts"),
        ({"scripts": [{"steps": []}]}, "scripts[0].steps"),
        ({"scripts": [{"steps": [{"when": "verify"}]}]}, "scripts[0].steps[0].when"),
        ({"scripts": [{"steps": [{"fault": "rain"}]}]}, "scripts[0].steps[0].fault"),
        ({"scripts": [{"steps": [{"times": 0}]}]}, "scripts[0].steps[0].times"),
        (
            {"scripts": [{"steps": [{"on": "verify", "fault": "callback_lost"}]}]},
            "scripts[0].steps[0].fault",
        ),
        ({"scripts": [{"merchants": "x", "steps": [{}]}]}, "scripts[0].merchants"),
        ({"chances": [{"fault": "html_500"}]}, "chances[0].percent"),
        ({"chances": [{"fault": "html_500", "percent": 101}]}, "chances[0].percent"),
        ({"chances": [{"percent": 10, "fault": "error", "code": "x"}]}, "chances[0].code"),
        ({"merchants": {"m": {"mood": "bad"}}}, "merchants.m.mood"),
    ],
)
def test_a_scenario_that_makes_no_sense_is_refused_whole(bank, wrong, where):
    answer = bank.http.post("/control/scenario", json=wrong)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(f"{where} must be ")
    assert bank.http.get("/control/scenario").json() == {"scripts": [], "chances": []}


def test_an_order_of_a_fault_that_cannot_happen_there_is_refused(bank):
    for operation, fault in (("verify", "transfer_fails"), ("pay", "html_500")):
        wrong = {"operation": operation, "fault": fault}
        assert bank.http.post("/control/faults", json=wrong).status_code == 400
    for fault, kind in KINDS.items():
        order = {"operation": "verify" if kind.place == "wire" else kind.place, "fault": fault}
        assert bank.http.post("/control/faults", json=order).status_code == 201


def test_a_fault_for_any_call_is_not_used_up_by_the_buyer(bank, merchant_id):
    bank.script("*", "html_500", merchant=merchant_id, times=2)
    body = {"merchant_id": merchant_id, "authority": "S" + "0" * 35, "amount": AMOUNT}
    assert bank.zarinpal("inquiry", body).status_code == 500
    authority = bank.open_payment()
    assert bank.pay(authority)["state"] == "PAID"
    assert bank.zarinpal("inquiry", body).status_code == 500


SCENARIO = {
    "seed": "from the file",
    "merchants": {"11111111-1111-1111-1111-111111111111": {"policy": "KEPT"}},
    "scripts": [{"steps": [{"on": "request", "fault": "html_500", "times": 2}]}],
    "chances": [{"on": "verify", "fault": "slow_body", "percent": 12.5}],
}


def test_a_file_is_taken_in_at_the_start_and_goes_on_after_a_restart(tmp_path: Path):
    scenario, state = tmp_path / "scenario.json", tmp_path / "state.sqlite3"
    scenario.write_text(json.dumps(SCENARIO), encoding="utf-8")

    def served(act: Callable[[httpx.Client], Any]) -> Any:
        port = free_port()
        process = start(state, port, scenario=scenario)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
                return act(client)
        finally:
            assert stop(process) == 0

    def left(client: httpx.Client) -> Any:
        return client.get("/control/scenario").json()

    def ask_once(client: httpx.Client) -> Any:
        assert client.post("/pg/v4/payment/request.json", json={}).status_code == 500
        merchant = client.get("/control/merchants/11111111-1111-1111-1111-111111111111").json()
        return left(client), merchant["policy"]

    told, policy = served(ask_once)
    assert policy == "KEPT"
    assert told["chances"][0]["percent"] == 12.5
    assert [step["times"] for step in told["scripts"][0]["steps"]] == [1]
    # The same file: where it was. Another one: from its beginning. A reset: as at the start.
    assert served(left) == told
    scenario.write_text(json.dumps(SCENARIO | {"chances": []}), encoding="utf-8")
    changed = served(left)
    assert changed["chances"] == []
    assert [step["times"] for step in changed["scripts"][0]["steps"]] == [2]

    def reset_after_use(client: httpx.Client) -> Any:
        ask_once(client)
        client.post("/control/reset", json={})
        return left(client)

    assert served(reset_after_use) == changed


def test_every_call_is_logged_with_its_door_and_what_it_moved(bank, merchant_id, verified):
    verified()
    events = {event["operation"]: event for event in bank.log(merchant=merchant_id)}
    assert {event["door"] for event in events.values()} == {"zarinpal"}
    assert events["request"]["moved"] == []
    moved = {line["account"]: line["amount_rial"] for line in events["verify"]["moved"]}
    assert moved == {
        "pool": -AMOUNT,
        f"merchant:{merchant_id}": AMOUNT * 99 // 100,
        "fees": AMOUNT // 100,
    }
    everything = [line for event in bank.log() for line in event["moved"]]
    assert [line["id"] for line in everything] == [line["id"] for line in bank.ledger()["entries"]]

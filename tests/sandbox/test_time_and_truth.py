"""The bank's own clock, what it does unasked, and that its books always balance."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.bank.cards import CARDS
from tests.sandbox_server import Sandbox

Verify = Callable[..., Any]
Status = Callable[[str], str]
MINUTE = 60


def test_unverified_money_goes_home_after_the_window(
    sandbox: Sandbox, merchant_id: str, paid: str, verify: Verify, status: Status
) -> None:
    sandbox.merchant(merchant_id, policy="AUTO_RETURN", window_seconds=20 * MINUTE)
    sandbox.advance(19 * MINUTE)
    assert status(paid) == "PAID"
    sandbox.advance(2 * MINUTE)
    assert status(paid) == "REVERSED"
    assert verify(paid)["errors"]["code"] == -51
    moved = [entry["amount_rial"] for entry in sandbox.ledger(authority=paid)["entries"]]
    assert moved == [-900_000, 900_000, 900_000, -900_000]


def test_kept_money_stays_for_good(
    sandbox: Sandbox, merchant_id: str, paid: str, verify: Verify
) -> None:
    sandbox.merchant(merchant_id, policy="KEPT")
    sandbox.advance(90 * 24 * 60 * MINUTE)
    assert verify(paid)["data"]["code"] == 100


def test_final_money_needs_no_verify(
    sandbox: Sandbox, merchant_id: str, verify: Verify, status: Status
) -> None:
    sandbox.merchant(merchant_id, policy="AUTO_FINAL")
    authority = sandbox.open_payment(merchant_id=merchant_id)
    sandbox.pay(authority, "callback_lost")
    assert status(authority) == "VERIFIED"
    assert verify(authority)["data"]["code"] == 101


@pytest.mark.parametrize(("auto_verify", "after"), [(True, "VERIFIED"), (False, "PAID")])
def test_the_payments_own_wish_wins_over_the_merchants(
    sandbox: Sandbox, merchant_id: str, status: Status, *, auto_verify: bool, after: str
) -> None:
    policy = "KEPT" if auto_verify else "AUTO_FINAL"
    sandbox.merchant(merchant_id, policy=policy)
    metadata = {"auto_verify": auto_verify}
    authority = sandbox.open_payment(merchant_id=merchant_id, metadata=metadata)
    sandbox.pay(authority)
    assert status(authority) == after


def test_an_open_payment_expires(sandbox: Sandbox, opened: str, status: Status) -> None:
    sandbox.advance(16 * MINUTE)
    assert status(opened) == "FAILED"
    assert sandbox.at_bank(opened).status_code == 409


def test_reverse_is_late_after_half_an_hour(
    sandbox: Sandbox, merchant_id: str, paid: str, verify: Verify
) -> None:
    verify(paid)
    sandbox.advance(31 * MINUTE)
    body = {"merchant_id": merchant_id, "authority": paid}
    assert sandbox.zarinpal("reverse", body).json()["errors"]["code"] == -63


def test_time_never_runs_back(sandbox: Sandbox) -> None:
    assert sandbox.http.post("/control/clock", json={"advance": -1}).status_code == 400


def test_shares_and_fees_reach_their_accounts(
    fresh_sandbox: Sandbox, merchant_id: str, verify: Verify
) -> None:
    iban = "IR" + "1" * 24
    authority = fresh_sandbox.open_payment(
        merchant_id=merchant_id, wages=[{"iban": iban, "amount": 100_000, "description": "سهم"}]
    )
    fresh_sandbox.pay(authority)
    verify(authority)
    accounts = fresh_sandbox.ledger()["accounts"]
    assert accounts[f"iban:{iban}"] == 100_000
    assert accounts["fees"] == 9_000
    assert accounts[f"merchant:{merchant_id}"] == 791_000


def test_fifty_parallel_verifies_confirm_once(
    sandbox: Sandbox, merchant_id: str, paid: str
) -> None:
    body = {"merchant_id": merchant_id, "amount": 900_000, "authority": paid}
    together = threading.Barrier(50)

    def one(_: int) -> int:
        with httpx.Client(base_url=sandbox.base_url, timeout=30) as client:
            together.wait()
            answer = client.post("/pg/v4/payment/verify.json", json=body)
            return int(answer.json()["data"]["code"])

    with ThreadPoolExecutor(50) as pool:
        codes = list(pool.map(one, range(50)))
    assert (codes.count(100), codes.count(101)) == (1, 49)


def test_fifty_parallel_payments_get_their_own_authorities(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(50) as pool:
        authorities = list(pool.map(lambda _: sandbox.open_payment(), range(50)))
    assert len(set(authorities)) == 50


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["open", "pay", "verify", "reverse", "wait"]),
        st.integers(0, 3),
        st.sampled_from(sorted(CARDS)),
        # Amounts that end in 99xx are orders for a fault, which other tests give.
        st.integers(1_000, 2_000_000).filter(lambda rial: rial % 10_000 < 9_900),
    ),
    max_size=25,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=_STEPS)
def test_whatever_happens_the_books_balance(
    sandbox: Sandbox, merchant_id: str, steps: list[tuple[str, int, str, int]]
) -> None:
    sandbox.reset()
    opened: list[tuple[str, int]] = []
    for what, which, card, amount in steps:
        if what == "open":
            opened.append((sandbox.open_payment(merchant_id=merchant_id, amount=amount), amount))
        elif what == "wait":
            sandbox.advance(which * 12 * MINUTE)
        elif opened:
            authority, due = opened[which % len(opened)]
            body = {"merchant_id": merchant_id, "authority": authority, "amount": due, "card": card}
            path = "/control/pay" if what == "pay" else f"/pg/v4/payment/{what}.json"
            sandbox.http.post(path, json=body)
    _check_books(sandbox, merchant_id)


def _check_books(sandbox: Sandbox, merchant_id: str) -> None:
    told = sandbox.ledger()
    payments = sandbox.payments()
    confirmed = sum(row["charged_rial"] for row in payments if row["state"] == "VERIFIED")
    waiting = sum(row["charged_rial"] for row in payments if row["state"] == "PAID")
    accounts = told["accounts"]
    cards = sum(balance for name, balance in accounts.items() if name.startswith("card:"))
    assert told["balanced"]
    assert accounts.get("pool", 0) == waiting
    assert accounts.get("fees", 0) + accounts.get(f"merchant:{merchant_id}", 0) == confirmed
    assert cards + accounts.get("world", 0) == -(confirmed + waiting)


def test_a_history_begins_in_the_past_and_ends_now(sandbox: Sandbox, merchant_id: str) -> None:
    sandbox.http.post("/control/reset", json={"behind": 10 * 24 * 60 * MINUTE})
    authority = sandbox.open_payment(merchant_id=merchant_id)
    now = sandbox.http.get("/control/clock").json()
    assert now["ahead_seconds"] == -10 * 24 * 60 * MINUTE
    sandbox.advance(-now["ahead_seconds"])
    assert sandbox.http.get("/control/clock").json()["ahead_seconds"] == 0
    assert sandbox.payments(authority=authority)[0]["state"] == "FAILED"
    refused = sandbox.http.post("/control/reset", json={"behind": -1})
    assert refused.status_code == 400

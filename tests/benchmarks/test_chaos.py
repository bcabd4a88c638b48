"""The judge of the chaos run: it sees every way in which money can go wrong."""

import base64
import csv
import io
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from benchmarks.chaos import calm, truth
from benchmarks.chaos.branch import CARD, Branch, Came
from benchmarks.chaos.findings import Verdict
from benchmarks.chaos.ours import OurReturn, Ours
from benchmarks.chaos.plan import (
    Conduct,
    Manner,
    is_given_back_by_bank,
    make_plan,
    size_of,
)
from benchmarks.chaos.rails import CardManner, PayManner, Whose
from benchmarks.chaos.receivers import iban_of
from benchmarks.chaos.rounds import rounds
from benchmarks.chaos.truth import (
    ARRIVED,
    CAME_BACK,
    GIVEN_BACK,
    HELD,
    ON_ITS_WAY,
    WAITING,
    Movement,
    Return,
)
from benchmarks.chaos.verdict import judge
from core.numbers import read_iban

RIAL = 500_000
PART = 200_000


def at_bank(key: str = "A1", state: str = HELD, rial: int = RIAL) -> Movement:
    return Movement(key, "payment", rial, state)


def our_try(key: str = "A1", **changes) -> Ours:
    said: dict[str, Any] = {
        "key": key,
        "kind": "payment",
        "source": "p1",
        "rial": RIAL,
        "state": "confirmed",
        "owner_state": "settled",
        "reason": "",
        "taken_in": RIAL,
    }
    return Ours(**said | changes)


def test_money_on_both_sides_is_taken_in():
    verdict = judge([at_bank()], [our_try()])
    assert verdict.wrong == []
    assert verdict.kept_rial == RIAL


@pytest.mark.parametrize(
    ("movements", "tries"),
    [
        ([at_bank()], []),
        ([at_bank()], [our_try(state="expired", taken_in=0)]),
        ([at_bank()], [our_try(taken_in=0)]),
        ([at_bank()], [our_try(taken_in=RIAL - 1)]),
        ([at_bank(rial=10 * RIAL)], [our_try()]),
        ([at_bank(state=WAITING)], [our_try(state="redirected", taken_in=0)]),
        ([at_bank()], [our_try(state="needs_review", taken_in=0)]),
        ([at_bank()], [our_try(), our_try(source="p2")]),
    ],
    ids=[
        "no row",
        "a try that says unpaid",
        "not booked",
        "a rial short",
        "ten times",
        "left at the bank",
        "a person without a reason",
        "two rows",
    ],
)
def test_money_the_books_do_not_explain_is_lost(movements, tries):
    assert judge(movements, tries).lost


def test_money_taken_twice_for_one_payment_is_doubled():
    verdict = judge([at_bank("A1"), at_bank("A2")], [our_try("A1"), our_try("A2")])
    assert verdict.doubled == ["p1 was taken 2 times"]


@pytest.mark.parametrize("movements", [[], [at_bank(state=GIVEN_BACK)]], ids=["never", "gone"])
def test_money_only_the_books_know_is_invented(movements):
    assert judge(movements, [our_try()]).invented


@pytest.mark.parametrize(
    ("movement", "mine"),
    [
        (at_bank(state=GIVEN_BACK), our_try(state="auto_returned", taken_in=0)),
        (at_bank(), our_try(state="mismatch", taken_in=0, reason="amount_mismatch requested")),
    ],
)
def test_what_went_home_or_has_a_person_is_explained_apart(movement, mine):
    verdict = judge([movement], [mine])
    assert verdict.wrong == []
    assert verdict.kept_rial == 0
    assert [tally.rial for tally in verdict.explained.values()] == [RIAL]


def test_a_deposit_the_bank_refused_by_itself_needs_no_row():
    verdict = judge([Movement("D1", "deposit", RIAL, GIVEN_BACK)], [])
    assert verdict.wrong == []
    assert judge([Movement("D1", "deposit", RIAL, HELD)], []).lost


def our_deposit(**changes) -> Ours:
    return our_try("D1", kind="deposit", source="d1", **changes)


def test_the_few_rial_that_name_a_card_s_payment_are_put_aside():
    came = Movement("D1", "card to card", RIAL, HELD)
    verdict = judge([came], [our_deposit(taken_in=RIAL - 7, aside=7)])
    assert verdict.wrong == []
    assert [tally.rial for tally in verdict.taken_in.values()] == [RIAL - 7]
    assert [tally.rial for tally in verdict.aside.values()] == [7]
    assert verdict.kept_rial == RIAL
    assert judge([came], [our_deposit(taken_in=RIAL - 7)]).lost


def test_a_deposit_that_waits_for_a_person_is_in_the_books():
    came = Movement("D1", "transfer", RIAL, HELD)
    lying = our_deposit(state="unmatched", reason="under", taken_in=0, aside=RIAL)
    verdict = judge([came], [lying])
    assert (verdict.wrong, verdict.kept_rial, verdict.with_a_person_rial) == ([], RIAL, 0)
    assert judge([came], [replace(lying, aside=RIAL - 1)]).lost
    assert judge([came], [replace(lying, reason="", aside=0)]).lost


def to_account(**changes) -> OurReturn:
    return our_part(key="T1", kind="payout", **changes)


def test_money_sent_to_an_account_is_known_by_our_key():
    sent = Return("T1", PART, ARRIVED)
    verdict = judge([at_bank()], [our_try()], [sent], [to_account()])
    assert verdict.wrong == []
    assert {kind: tally.rial for kind, tally in verdict.given_back.items()} == {"payout": PART}
    assert verdict.kept_rial == RIAL - PART
    assert judge([], [], [sent, sent], [to_account()]).doubled
    assert judge([], [], [sent], []).lost
    assert judge([], [], [], [to_account()]).invented


def test_a_branch_tells_late_lines_only_in_its_whole_statement():
    branch = Branch(UUID(int=7))
    branch.take(Came(kind=CARD, rial=RIAL))
    branch.take(Came(kind=CARD, rial=PART), late=True)
    number = branch.movements()[0].key
    branch.send_back(number)
    assert branch.balance_rial == PART
    assert [one.state for one in branch.movements()] == [GIVEN_BACK, HELD]
    assert lines_of(branch.statement(10)) == [f"{RIAL}", f"-{RIAL}"]
    assert lines_of(branch.statement()) == [f"{RIAL}", f"{PART}", f"-{RIAL}"]
    with pytest.raises(AssertionError):
        branch.send_back(number)


def lines_of(statement: dict[str, Any]) -> list[str]:
    rows = list(csv.DictReader(io.StringIO(base64.b64decode(statement["content"]).decode())))
    return [row["واریز"] or f"-{row['برداشت']}" for row in rows]


def test_everybody_looks_until_the_storm_is_over_and_what_they_meet_is_told(monkeypatch):
    monkeypatch.setattr("benchmarks.chaos.rounds._PAUSE_S", 0.001)
    looked = threading.Event()

    def breaks() -> None:
        looked.set()
        raise LookupError

    with pytest.raises(LookupError), rounds([breaks]):
        assert looked.wait(10)


def went_back(rial: int = PART, state: str = ARRIVED) -> Return:
    return Return("A1", rial, state)


def our_part(rial: int = PART, **changes) -> OurReturn:
    said: dict[str, Any] = {
        "key": "A1",
        "source": "r1",
        "rial": rial,
        "state": "paid",
        "owner_state": "paid",
        "waiting": "",
        "given_back": rial,
    }
    return OurReturn(**said | changes)


def judged(movement: Movement, returns: list[Return], parts: list[OurReturn]) -> Verdict:
    return judge([movement], [our_try()], returns, parts)


@pytest.mark.parametrize(
    ("movement", "returns", "parts"),
    [
        (at_bank(), [went_back()], [our_part()]),
        (at_bank(), [went_back(), went_back()], [our_part(), our_part(source="r2")]),
        (at_bank(state=GIVEN_BACK), [], [our_part(RIAL)]),
        (at_bank(state=GIVEN_BACK), [went_back()], [our_part(), our_part(RIAL - PART)]),
    ],
    ids=["a part", "two equal parts", "undone as a whole", "a part, then the rest undone"],
)
def test_what_both_sides_say_went_back_is_given_back(movement, returns, parts):
    verdict = judged(movement, returns, parts)
    assert verdict.wrong == []
    gone = sum(part.rial for part in parts)
    assert [tally.rial for tally in verdict.given_back.values()] == [gone]
    assert verdict.kept_rial == RIAL - gone


@pytest.mark.parametrize(
    ("returns", "parts"),
    [
        ([went_back()], []),
        ([went_back()], [our_part(state="in_transit", given_back=0)]),
        ([went_back()], [our_part(given_back=PART - 1)]),
        ([went_back(PART + 1)], [our_part(waiting="person")]),
        ([went_back(state=ON_ITS_WAY)], [our_part(state="in_transit", given_back=0)]),
    ],
    ids=["no part", "not heard of", "a rial short", "another sum", "still on its way"],
)
def test_a_return_our_books_do_not_explain_is_lost(returns, parts):
    assert judged(at_bank(), returns, parts).lost


def test_a_refund_that_went_twice_is_doubled():
    verdict = judged(at_bank(), [went_back(), went_back()], [our_part()])
    assert len(verdict.doubled) == 1


@pytest.mark.parametrize("returns", [[], [went_back(state=CAME_BACK)]], ids=["never", "came back"])
def test_a_refund_only_the_books_know_is_invented(returns):
    assert judged(at_bank(), returns, [our_part()]).invented


def test_a_payment_undone_for_no_refund_of_ours_is_invented():
    assert judged(at_bank(state=GIVEN_BACK), [went_back()], [our_part()]).invented


def test_what_came_back_and_what_a_person_has_is_explained_apart():
    failed = our_part(state="failed", given_back=0, owner_state="failed")
    back = judged(at_bank(), [went_back(state=CAME_BACK)], [failed])
    assert (back.wrong, back.kept_rial, back.with_a_person_rial) == ([], RIAL, 0)
    unheard = our_part(state="", given_back=0, owner_state="unknown", waiting="person")
    asked = judged(at_bank(), [went_back()], [unheard])
    assert (asked.wrong, asked.kept_rial, asked.with_a_person_rial) == ([], RIAL, -PART)


def test_a_seed_repeats_every_choice():
    size = size_of(500)
    plan = make_plan(size, shops=6, seed=7)
    assert plan == make_plan(size, shops=6, seed=7)
    assert plan != make_plan(size, shops=6, seed=8)
    assert {sale.conduct for sale in plan.sales} == set(Conduct)
    assert len({sale.mobile for sale in plan.sales}) == size.payments + size.later
    assert sum(sale.later for sale in plan.sales) == size.later
    assert sum(sale.back is not None for sale in plan.sales) == size.refunds
    assert {wire.manner for wire in plan.wires} == set(Manner)
    assert len({wire.external_id for wire in plan.wires}) == size.deposits + size.transfers
    assert {card.manner for card in plan.cards} == set(CardManner)
    assert {payout.manner for payout in plan.payouts} == set(PayManner)
    assert {payout.whose for payout in plan.payouts} == set(Whose)
    assert {sale.to for sale in plan.sales} == {*Whose, None}
    back = [due for due in plan.dues if due.to]
    assert len(back) == size.debit_refunds
    assert not any(is_given_back_by_bank(due.mandate) for due in back)


@pytest.mark.parametrize("number", range(1, 300, 37))
def test_payers_have_real_ibans(number):
    assert read_iban(iban_of(number)) == iban_of(number)


def bank_saying(events: list[dict[str, Any]]) -> httpx.Client:
    """Return a bank's control that tells these events, page by page."""

    def answer(request: httpx.Request) -> httpx.Response:
        since = int(request.url.params["since"])
        left = [event for event in events if event["id"] > since]
        return httpx.Response(200, json={"events": left[:2]})

    return httpx.Client(transport=httpx.MockTransport(answer), base_url="http://bank")


def test_the_share_of_faults_is_of_calls_made_while_there_were_faults():
    said = [
        ("payman/request", None),  # set up before
        ("verify", "bad_json"),
        ("pay", None),  # a buyer at the bank
        ("control.balance", None),
        ("inquiry", None),
        ("notice", None),
        ("sms.send", None),
    ]
    events = [
        {"id": number, "operation": operation, "fault": fault}
        for number, (operation, fault) in enumerate(said, start=1)
    ]
    with bank_saying(events) as bank:
        assert truth.faults_met(bank, since=1) == (3, 1)
        assert truth.last_event(bank) == len(events)


@pytest.mark.parametrize(
    ("wait_s", "passed_s", "step_s"),
    [(0, 0, 20), (-5, 0, 20), (100, 0, 100), (0, 50_000, 1_000), (0, 10**6, 20_000)],
)
def test_the_clock_goes_a_little_further_than_what_is_due(wait_s, passed_s, step_s):
    assert calm.step_s(timedelta(seconds=wait_s), timedelta(seconds=passed_s)) == step_s


def test_the_clock_never_skips_what_is_always_due():
    long = timedelta(days=9)
    assert calm.step_s(long, timedelta()) == 3600
    assert calm.step_s(long, timedelta(days=3)) == 12 * 3600

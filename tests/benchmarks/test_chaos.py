"""The judge of the chaos run: it sees every way in which money can go wrong."""

from typing import Any

import pytest

from benchmarks.chaos.plan import QUICK, Conduct, make_plan
from benchmarks.chaos.truth import GIVEN_BACK, HELD, WAITING, Movement, Ours
from benchmarks.chaos.verdict import judge

RIAL = 500_000


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
    assert verdict.taken_in_rial == RIAL


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
    assert verdict.taken_in_rial == 0
    assert [tally.rial for tally in verdict.explained.values()] == [RIAL]


def test_a_seed_repeats_every_choice():
    plan = make_plan(QUICK, shops=4, seed=7)
    assert plan == make_plan(QUICK, shops=4, seed=7)
    assert plan != make_plan(QUICK, shops=4, seed=8)
    assert {sale.conduct for sale in plan.sales} == set(Conduct)
    assert len({sale.mobile for sale in plan.sales}) == QUICK.payments

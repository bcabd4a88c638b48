"""Debits given up: a late word about them, and that nothing is ever ordered for them again."""

from datetime import timedelta

import pytest

from payments.operations.debits.hint import hear_of_debit
from tests.payments.debits.fake_bank import Taken
from tests.payments.test_paying import events

DAY = timedelta(days=1)


def hear(collector, debit_id) -> bool:
    """Let the provider say something about the last try of a debit."""
    token = collector.mandate(collector.see(debit_id).mandate_id).callback_token
    key = collector.tries(debit_id)[-1].key
    return hear_of_debit(token=token, said={"withdrawal_id": key}, now=collector.now)


def test_a_yes_after_a_final_no_is_asked_for_booked_and_shown_to_a_person(collector, work):
    debit_id = collector.due(collector.active())
    collector.bank.faults = ["closed"]
    work(collector.now)
    (attempt,) = collector.tries(debit_id)
    collector.bank.debits[attempt.key] = Taken(attempt.key, 1_000_000, "R-late")
    assert hear(collector, debit_id)
    work(collector.now)
    debit = collector.see(debit_id)
    assert (debit.state, debit.payment.state) == ("collected", "settled")
    assert "contradiction" in collector.alerts()
    assert collector.books("provider") == collector.bank.taken_rial() == 1_000_000
    assert collector.bank.asked["debit"] == 1
    assert collector.is_well()


def test_a_yes_after_a_final_no_is_found_where_the_provider_sends_no_word(collector, work):
    debit_id = collector.due(collector.active())
    collector.bank.faults = ["closed"]
    work(collector.now)
    (attempt,) = collector.tries(debit_id)
    collector.bank.debits[attempt.key] = Taken(attempt.key, 1_000_000, "R-late")
    work(collector.now + DAY - timedelta(minutes=1))
    assert collector.see(debit_id).state == "failed"

    work(collector.now + DAY)

    debit = collector.see(debit_id)
    assert (debit.state, debit.payment.state) == ("collected", "settled")
    assert "contradiction" in collector.alerts()
    assert collector.books("provider") == collector.bank.taken_rial() == 1_000_000
    assert collector.is_well(collector.now + DAY)


def test_a_debit_given_up_is_looked_at_once_more_and_then_left(collector, work):
    debit_id = collector.due(collector.active())
    collector.bank.faults = ["closed"]
    for day in range(5):
        work(collector.now + day * DAY)

    debit = collector.see(debit_id)
    assert (debit.state, debit.next_try_at, debit.leased_until) == ("failed", None, None)
    assert (collector.bank.asked["debit"], collector.bank.asked["inquire"]) == (1, 1)
    assert len(events(collector, "debit.failed")) == 1


@pytest.mark.parametrize("provider_sort", [{"idempotent": True}])
@pytest.mark.parametrize("fault", ["closed", ""])
def test_what_is_over_is_never_ordered_again_though_the_provider_forgot_it(collector, work, fault):
    debit_id = collector.due(collector.active())
    collector.bank.faults = [fault]
    work(collector.now)
    state = collector.see(debit_id).state
    collector.bank.debits.clear()

    work(collector.now + DAY)

    assert collector.bank.asked["inquire"] == 1
    assert collector.bank.asked["debit"] == 1
    assert collector.see(debit_id).state == state


def test_a_second_no_after_a_final_no_changes_nothing(collector, work):
    debit_id = collector.due(collector.active())
    collector.bank.faults = ["closed"]
    work(collector.now)
    assert hear(collector, debit_id)
    work(collector.now)
    debit = collector.see(debit_id)
    assert (debit.state, debit.next_try_at, debit.leased_until) == ("failed", None, None)
    assert len(events(collector, "debit.failed")) == 1


def test_a_word_about_a_failed_try_does_not_bring_the_next_one_forward(collector, work):
    debit_id = collector.due(collector.active())
    collector.bank.balance = 0
    work(collector.now)
    planned = collector.see(debit_id).next_try_at
    assert not hear(collector, debit_id)
    assert collector.see(debit_id).next_try_at == planned

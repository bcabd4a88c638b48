"""Caps, and providers that repeat debits themselves."""

from datetime import UTC, datetime, timedelta

import pytest

from core.tenancy import acting_for
from payments.operations.debits import NewDebit, schedule_debits
from payments.operations.debits.hint import hear_of_debit
from payments.providers.contract import DebitStanding, Failure, Retries
from tests.payments.debits.fake_bank import FakeDebits

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "provider_sort",
    [
        {
            "retries": Retries.PROVIDER,
            "opens_first": False,
            "idempotent": True,
            "cancel_debit": True,
        }
    ],
)
class TestWhereTheProviderRepeats:
    def test_a_pending_debit_with_an_error_is_no_failure(self, collector, work):
        debit_id = collector.due(collector.active())
        collector.bank.faults = ["pending"]
        work(collector.now)
        assert collector.see(debit_id).state == "submitted"
        (taken,) = collector.bank.debits.values()
        taken.failure = Failure.NO_FUNDS
        work(collector.now + timedelta(minutes=1))
        debit = collector.see(debit_id)
        assert (debit.state, debit.failure) == ("retry_wait", "no_funds")
        assert len(collector.tries(debit_id)) == 1

        taken.standing, taken.failure = DebitStanding.DONE, None
        work(collector.now + timedelta(hours=8))
        assert collector.see(debit_id).state == "collected"
        assert len(collector.tries(debit_id)) == 1

    def test_a_final_no_is_not_tried_by_the_platform_too(self, collector, work):
        debit_id = collector.due(collector.active())
        collector.bank.faults = ["pending"]
        work(collector.now)
        (taken,) = collector.bank.debits.values()
        taken.standing, taken.failure = DebitStanding.FAILED, Failure.NO_FUNDS
        for day in range(1, 5):
            work(collector.now + day * DAY)
        assert collector.see(debit_id).state == "failed"
        assert collector.bank.asked["debit"] == 1

    def test_an_order_lost_on_the_way_is_said_again_under_the_same_key(self, collector, work):
        debit_id = collector.due(collector.active())
        collector.bank.faults = ["lost"]
        work(collector.now)
        work(collector.now + timedelta(seconds=6))
        assert collector.see(debit_id).state == "collected"
        assert len(collector.tries(debit_id)) == 1
        assert collector.bank.taken_rial() == 1_000_000

    def test_a_message_of_the_provider_only_makes_us_ask(self, collector, work):
        mandate_id = collector.active()
        debit_id = collector.due(mandate_id)
        collector.bank.faults = ["pending"]
        work(collector.now)
        (taken,) = collector.bank.debits.values()
        token = collector.mandate(mandate_id).callback_token
        said = {"withdrawal_id": taken.reference, "status": "DONE"}

        assert hear_of_debit(token=token, said=said, now=collector.now)
        work(collector.now)
        assert collector.see(debit_id).state == "submitted"

        taken.standing = DebitStanding.DONE
        hear_of_debit(token=token, said=said, now=collector.now)
        work(collector.now)
        assert collector.see(debit_id).state == "collected"
        assert not hear_of_debit(token=token, said={"withdrawal_id": "?"}, now=collector.now)

    @pytest.mark.parametrize("named", ["reference", "key"])
    def test_done_told_before_the_answer_to_our_order_is_collected_once(
        self, collector, work, monkeypatch, named
    ):
        """The provider's message overtakes its own answer: it finds a debit still being made."""
        mandate_id = collector.active()
        debit_id = collector.due(mandate_id)
        token = collector.mandate(mandate_id).callback_token
        heard = []
        true_debit = FakeDebits.debit

        def overtaken(self, account, order):
            answer = true_debit(self, account, order)
            said = {"withdrawal_id": order.key if named == "key" else answer.reference}
            said["status"] = "DONE"
            heard.append(hear_of_debit(token=token, said=said, now=collector.now))
            return answer

        monkeypatch.setattr(FakeDebits, "debit", overtaken)
        work(collector.now)

        assert heard == [False]  # whoever is making it goes on making it
        assert collector.see(debit_id).state == "collected"
        assert len(collector.tries(debit_id)) == 1
        assert collector.bank.taken_rial() == 1_000_000
        assert len(collector.payments()) == 1
        assert collector.is_well()

    def test_done_told_before_an_answer_that_says_pending_is_not_lost(
        self, collector, work, monkeypatch
    ):
        mandate_id = collector.active()
        debit_id = collector.due(mandate_id)
        token = collector.mandate(mandate_id).callback_token
        collector.bank.faults = ["pending"]
        true_debit = FakeDebits.debit

        def overtaken(self, account, order):
            answer = true_debit(self, account, order)
            self.bank.debits[order.key].standing = DebitStanding.DONE
            said = {"withdrawal_id": answer.reference, "status": "DONE"}
            hear_of_debit(token=token, said=said, now=collector.now)
            return answer

        monkeypatch.setattr(FakeDebits, "debit", overtaken)
        work(collector.now)
        assert collector.see(debit_id).state == "submitted"
        due = collector.see(debit_id).next_try_at
        assert due is not None
        work(due)
        assert collector.see(debit_id).state == "collected"
        assert collector.bank.taken_rial() == 1_000_000


@pytest.mark.parametrize(
    ("caps", "collected"),
    [
        ({"max_day_count": 2}, 2),
        ({"max_month_count": 3}, 3),
        ({"max_day_rial": 2_500_000}, 2),
        ({"max_month_rial": 1_000_000}, 1),
        ({"max_total_rial": 3_999_999}, 3),
    ],
)
def test_no_cap_is_ever_passed(collector, work, caps, collected):
    mandate_id = collector.active(**caps)
    with acting_for(collector.business.id):
        new = [
            NewDebit(mandate_id=mandate_id, amount_rial=1_000_000, due_at=collector.now)
            for _ in range(5)
        ]
        schedule_debits(debits=new, now=collector.now)
    work(collector.now)
    assert len(collector.bank.collected()) == collected


def test_a_debit_in_the_way_of_a_daily_cap_goes_the_next_day(collector, work):
    mandate_id = collector.active(max_day_count=1)
    collector.due(mandate_id)
    second = collector.due(mandate_id)
    work(collector.now)
    waiting = collector.see(second)
    assert (waiting.state, waiting.failure, waiting.last_code) == (
        "retry_wait",
        "cap",
        "day_count",
    )
    # Midnight in Tehran.
    assert waiting.next_try_at == datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
    work(waiting.next_try_at)
    assert collector.see(second).state == "collected"

"""How many debits a worker has under way, with a quick bank and with a slow one."""

from types import SimpleNamespace

import pytest

from core.tenancy import acting_for
from payments.operations.debits import NewDebit, collect_due, schedule_debits
from payments.operations.debits.claim import claim_due
from tests.payments.debits.fake_bank import FakeDebits

DUE = 300


@pytest.fixture
def asked_for(collector, as_role, monkeypatch):
    """Return what collects DUE debits of a bank that takes `seconds` for each, batch by batch."""
    sizes: list[int] = []
    clock = SimpleNamespace(now=0.0, step=0.0)

    def claim(**asked):
        sizes.append(asked["limit"])
        return claim_due(**asked)

    def debit(self, account, order):
        clock.now += clock.step
        return honest(self, account, order)

    honest = FakeDebits.debit
    monkeypatch.setattr(FakeDebits, "debit", debit)
    monkeypatch.setattr("payments.operations.debits.collect.claim_due", claim)
    for module in ("batches", "collect"):
        place = f"payments.operations.debits.{module}.time"
        monkeypatch.setattr(place, SimpleNamespace(monotonic=lambda: clock.now))

    def collect(*, seconds: float, **asked) -> list[int]:
        clock.step = seconds
        mandate_id = collector.active(max_day_count=1000, max_month_count=1000)
        new = [
            NewDebit(mandate_id=mandate_id, amount_rial=10_000, due_at=collector.now)
            for _ in range(DUE)
        ]
        with acting_for(collector.business.id):
            schedule_debits(debits=new, now=collector.now)
        with as_role("vafa_worker"):
            collect_due(now=collector.now, **asked)
        return sizes

    return collect


def test_a_quick_bank_is_given_large_batches(asked_for, collector):
    assert asked_for(seconds=0.001)[:4] == [32, 32, 128, 128]
    assert len(collector.bank.collected()) == DUE


def test_a_slow_bank_is_given_no_more_at_once_than_it_answers_at_once(asked_for, collector):
    sizes = asked_for(seconds=1)
    assert sizes[:2] == [32, 32]
    assert set(sizes[2:]) == {16}
    assert len(collector.bank.collected()) == DUE


def test_nothing_is_taken_up_when_the_time_is_over_before_it_begins(asked_for, collector):
    assert asked_for(seconds=1, stop=0) == []
    assert collector.bank.collected() == []


def test_little_is_under_way_when_the_time_is_over(asked_for, collector):
    """A bank that takes two seconds a call answers sixteen at once: an eighth a debit."""
    asked_for(seconds=1 / 8, stop=20)
    done_in_time = 20 * 8
    assert done_in_time <= len(collector.bank.collected()) <= done_in_time + 64

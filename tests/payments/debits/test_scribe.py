"""The second hand: settlements written in a thread and a connection of its own."""

import time
from threading import Event

import pytest
from django.db import connection

from core.tenancy import acting_for
from payments.models import ProviderCall
from payments.operations.debits import NewDebit, batches, collect_due, schedule_debits
from payments.operations.debits.claim import LEASE
from payments.operations.debits.scribe import Scribe
from payments.operations.debits.settle import settle as settle_all
from tests.payments.debits.fake_bank import FakeDebits, Killed

SETTLE = "payments.operations.debits.collect.settle"
DUE = 200
MANY = 8
EACH = 32


@pytest.fixture
def quick(committed, collector, monkeypatch):
    """Return a collector with DUE debits, in batches small enough that the second hand helps."""
    monkeypatch.setattr(batches, "MOST", EACH)
    mandates = [collector.active(max_day_count=1000, max_month_count=1000) for _ in range(MANY)]
    new = [
        NewDebit(mandate_id=mandates[n % MANY], amount_rial=10_000, due_at=collector.now)
        for n in range(DUE)
    ]
    with acting_for(collector.business.id):
        schedule_debits(debits=new, now=collector.now)
    return collector


@pytest.fixture
def written_by(monkeypatch):
    """Return the server's processes that wrote settlements, in order."""
    processes: list[int] = []
    honest = settle_all

    def settle(answers, now):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            processes.extend(row[0] for row in cursor.fetchall())
        return honest(answers, now)

    monkeypatch.setattr(SETTLE, settle)
    return processes


def later(collector, in_parallel):
    """Let the leases run out and everything be asked about."""
    moment = collector.now + 2 * LEASE
    in_parallel(lambda: collect_due(now=moment), role="vafa_worker")


def all_is_collected_once(collector):
    assert len(collector.bank.collected()) == len(collector.payments()) == DUE
    assert collector.bank.asked["debit"] == DUE
    assert collector.books("sales") == -10_000 * DUE
    assert collector.is_well()


def test_a_quick_bank_keeps_both_hands_busy(quick, written_by, in_parallel):
    assert in_parallel(lambda: collect_due(now=quick.now), role="vafa_worker") == [DUE]

    assert len(set(written_by)) == 2
    all_is_collected_once(quick)


def test_the_second_hand_leaves_no_connection_behind(quick, written_by, in_parallel):
    in_parallel(lambda: collect_due(now=quick.now), role="vafa_worker")
    until = time.monotonic() + 10
    while (left := _still_there(written_by)) and time.monotonic() < until:
        time.sleep(0.05)
    assert left == []


def _still_there(processes):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE pid = ANY(%s)", [processes])
        return cursor.fetchall()


@pytest.mark.parametrize("which", [0, 2, 4])
def test_a_connection_cut_in_a_settlement_costs_nobody_money(
    quick, in_parallel, monkeypatch, which
):
    """Its batch is asked about when its leases are over; the batches behind it are written."""
    honest, calls = settle_all, iter(range(10**6))

    def settle(answers, now):
        lost = honest(answers, now)
        if next(calls) == which:
            connection.connection.close()
        return lost

    monkeypatch.setattr(SETTLE, settle)
    in_parallel(lambda: collect_due(now=quick.now), role="vafa_worker")
    later(quick, in_parallel)
    all_is_collected_once(quick)


@pytest.mark.parametrize("which", [0, 3, 5])
def test_a_death_of_the_second_hand_costs_nobody_money(quick, in_parallel, monkeypatch, which):
    honest, calls = settle_all, iter(range(10**6))

    def settle(answers, now):
        if next(calls) == which:
            raise Killed
        return honest(answers, now)

    monkeypatch.setattr(SETTLE, settle)
    with pytest.raises(Killed):
        in_parallel(lambda: collect_due(now=quick.now), role="vafa_worker")
    monkeypatch.setattr(SETTLE, honest)
    later(quick, in_parallel)
    all_is_collected_once(quick)


def test_when_time_is_over_what_is_being_written_is_finished_and_no_more_begun(
    quick, in_parallel, monkeypatch
):
    """A settlement behind the one that is being written is left to the questions.

    So are debits whose session was kept and which may have been sent: nobody sends them again.
    """
    honest, told, writes = FakeDebits.debit, Event(), []
    settle = settle_all

    def slow(answers, now):
        writes.append(len(answers))
        if len(writes) == 3:
            told.wait(timeout=5)
        return settle(answers, now)

    def debit(self, account, order):
        if self.bank.asked["debit"] > 90:
            told.set()
            raise Killed
        return honest(self, account, order)

    monkeypatch.setattr(SETTLE, slow)
    monkeypatch.setattr(FakeDebits, "debit", debit)
    with pytest.raises(Killed):
        in_parallel(lambda: collect_due(now=quick.now), role="vafa_worker")
    monkeypatch.setattr(FakeDebits, "debit", honest)
    later(quick, in_parallel)
    sent = len(quick.bank.collected())
    assert sent == len(quick.payments()) == quick.bank.asked["debit"]
    assert 90 <= sent < DUE
    assert quick.is_well()


def test_every_word_is_kept_whoever_wrote_it(quick, in_parallel):
    in_parallel(lambda: collect_due(now=quick.now), role="vafa_worker")
    with acting_for(quick.business.id):
        words = ProviderCall.objects.filter(operation__in=["prepare_debit", "debit"])
        assert words.count() == 2 * DUE


def test_an_open_transaction_is_written_by_nobody_else(collector):
    scribe = Scribe()
    scribe.call()
    assert not scribe.is_called
    assert scribe.take(lambda: None) is None
    scribe.dismiss()

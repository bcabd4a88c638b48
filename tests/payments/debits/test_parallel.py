"""Many workers at once, in real connections that really commit."""

import time
from datetime import timedelta
from threading import Event

import pytest

from core.tenancy import acting_for
from payments.models import DebitAttempt
from payments.operations.debits import NewDebit, collect_due, schedule_debits
from payments.operations.debits.claim import intend
from payments.operations.debits.held import hold
from payments.operations.mandates import revoke_mandate

MANY = 50


@pytest.fixture
def collector(committed, collector):
    return collector


def test_fifty_workers_on_one_debit_charge_it_once(collector, in_parallel):
    debit_id = collector.due(collector.active())

    def collect() -> int:
        return collect_due(now=collector.now)

    taken = in_parallel(*[collect] * MANY, role="vafa_worker")

    assert sum(taken) == 1
    assert collector.bank.asked["debit"] == 1
    assert collector.see(debit_id).state == "collected"
    assert len(collector.payments()) == 1


def test_parallel_workers_never_pass_a_cap(collector, in_parallel):
    mandate_id = collector.active(max_day_count=3, max_day_rial=10_000_000)
    with acting_for(collector.business.id):
        new = [
            NewDebit(mandate_id=mandate_id, amount_rial=1_000_000, due_at=collector.now)
            for _ in range(20)
        ]
        schedule_debits(debits=new, now=collector.now)

    def collect() -> int:
        return collect_due(now=collector.now, limit=2)

    in_parallel(*[collect] * 10, role="vafa_worker")

    assert len(collector.bank.collected()) == 3


def test_a_lease_that_ran_out_is_asked_about_by_one_of_many(collector, in_parallel):
    debit_id = collector.due(collector.active())
    collector.bank.faults = ["silent"]
    in_parallel(lambda: collect_due(now=collector.now), role="vafa_worker")
    moment = collector.now + timedelta(minutes=1)

    in_parallel(*[lambda: collect_due(now=moment)] * 12, role="vafa_worker")

    assert collector.see(debit_id).state == "collected"
    assert collector.bank.asked == {"confirm": 1, "debit": 1, "inquire": 1}
    assert len(collector.payments()) == 1


def test_an_end_of_the_mandate_and_its_debits_do_not_cross(collector, in_parallel):
    mandate_id = collector.active()
    ids = [collector.due(mandate_id) for _ in range(8)]

    def revoke() -> None:
        with acting_for(collector.business.id, durable=True):
            revoke_mandate(mandate_id=mandate_id, by_customer=True, now=collector.now)

    def collect() -> None:
        collect_due(now=collector.now, limit=2)

    in_parallel(*[collect] * 4, revoke, role="vafa_worker")

    states = [collector.see(debit_id).state for debit_id in ids]
    assert set(states) <= {"collected", "failed"}
    assert states.count("collected") == len(collector.bank.collected())


def test_who_waits_for_a_change_that_is_under_way_reads_it(collector, in_parallel):
    debit_id = collector.due(collector.active())
    (job,) = intend(business_id=collector.business.id, debit_ids=[debit_id], now=collector.now)
    changed = Event()

    def change() -> None:
        with acting_for(collector.business.id):
            DebitAttempt.objects.filter(id=job.attempt_id).update(reference="theirs")
            changed.set()
            time.sleep(0.5)

    def hold_meanwhile() -> str | None:
        changed.wait(timeout=30)
        with acting_for(collector.business.id):
            _debits, tries = hold([(job.debit_id, job.attempt_id, job.kept)])
            return tries[job.attempt_id].reference

    assert in_parallel(change, hold_meanwhile, role="vafa_worker") == [None, "theirs"]

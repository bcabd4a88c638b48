"""What a worker holds of a debit from its intent to its settlement, and when it looks again."""

import pytest

from core.tenancy import acting_for
from payments.models import Debit, DebitAttempt
from payments.operations.debits.claim import intend
from payments.operations.debits.held import hold


@pytest.fixture
def job(collector):
    """Return a committed intent."""
    debit_id = collector.due(collector.active())
    (job,) = intend(business_id=collector.business.id, debit_ids=[debit_id], now=collector.now)
    return job


def held_of(job) -> tuple[Debit, DebitAttempt]:
    debits, tries = hold([(job.debit_id, job.attempt_id, job.kept)])
    return debits[job.debit_id], tries[job.attempt_id]


def fields(row) -> list[object]:
    return [getattr(row, field.attname) for field in row._meta.concrete_fields]


def test_what_nobody_changed_is_as_the_table_says_and_not_read_again(collector, job):
    with acting_for(collector.business.id):
        held = held_of(job)
        stored = Debit.objects.get(id=job.debit_id), DebitAttempt.objects.get(id=job.attempt_id)
    assert held[0] is job.kept.debit
    assert held[1] is job.kept.attempt
    assert [fields(row) for row in held] == [fields(row) for row in stored]


def test_what_somebody_changed_is_read_again(collector, job):
    with acting_for(collector.business.id):
        Debit.objects.filter(id=job.debit_id).update(description="changed")
    with acting_for(collector.business.id):
        debit, attempt = held_of(job)
    assert debit.description == "changed"
    assert attempt is job.kept.attempt


def test_a_settlement_that_begins_again_reads_again(collector, job):
    with acting_for(collector.business.id):
        held_of(job)[0].state = "failed"
        again = held_of(job)[0]
    assert again is not job.kept.debit
    assert again.state == "submitted"

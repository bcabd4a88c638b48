"""Carrying events: after commit, with pauses, until done or dead; never two at a time."""

import time
from datetime import timedelta
from uuid import UUID

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from businesses.models import AuditEntry
from businesses.operations import record_audit
from core.tenancy import acting_for, active_business_id, in_real_transaction
from outbox.enums import DeliveryState
from outbox.operations import Turn, deliver_due, publish, replay
from outbox.operations.deliver import _PAUSES_S, MAX_ATTEMPTS, _claim, _deliver
from outbox.queries.invariants import STUCK, broken
from outbox.subscriptions import unsubscribe
from tests.outbox.ears import LEASE, Happened, fail


def _publish(business, now, count=1):
    with acting_for(business.id):
        return publish([Happened(count=n) for n in range(count)], now=now)


def _claimed(now):
    claim = _claim(Turn(), now)
    assert claim is not None
    return claim


def _note(event):
    record_audit(action="test.hit", subject=str(event.id), data={}, actor=None, now=event.at)


def _hits(business):
    with acting_for(business.id):
        rows = AuditEntry.objects.filter(action="test.hit")
        return sorted(rows.values_list("subject", flat=True))


def test_a_subscriber_hears_the_event_in_its_business(business, now, listen, deliver, deliveries):
    seen: list[UUID] = []
    ear = listen("test.ear", lambda event: seen.append(active_business_id()))
    [event] = _publish(business, now)
    assert ear.heard == []
    deliver(now)
    assert ear.heard == [event]
    assert seen == [business.id]
    [done] = deliveries()
    assert (done.state, done.done_at, done.attempts) == (DeliveryState.DONE, now, 1)
    assert deliver(now + timedelta(days=9)) == 0


def test_businesses_take_turns_each_with_its_oldest(business, other_business, now, listen, deliver):
    ear = listen("test.ear")
    minutes = [timedelta(minutes=n) for n in range(6)]
    events = {business.id: [_publish(business, now - 9 * one)[0] for one in reversed(minutes)]}
    events[other_business.id] = [
        _publish(other_business, now - minutes[2 - n])[0] for n in range(3)
    ]
    turn = Turn()
    for _ in range(6):
        deliver(now, limit=1, turn=turn)

    assert [event.business_id for event in ear.heard] == 3 * sorted(events)
    for whose, published in events.items():
        heard = [event.id for event in ear.heard if event.business_id == whose]
        assert heard == [event.id for event in published[:3]]
    assert deliver(now, turn=turn) == 3


def test_nothing_is_delivered_before_it_is_due(business, now, listen, deliver):
    ear = listen("test.ear")
    _publish(business, now)
    assert deliver(now - timedelta(seconds=1)) == 0
    assert ear.heard == []


def test_each_subscriber_is_retried_on_its_own(business, now, listen, deliver, deliveries):
    good, bad = listen("test.good"), listen("test.bad", fail)
    _publish(business, now)
    deliver(now)
    failed, done = deliveries()
    assert (done.state, failed.state) == (DeliveryState.DONE, DeliveryState.PENDING)
    assert "broken on purpose" in failed.last_error
    assert failed.due_at == now + timedelta(seconds=_PAUSES_S[0])
    bad.then = lambda _event: None
    deliver(failed.due_at)
    assert len(good.heard) == 1
    assert deliveries()[0].state == DeliveryState.DONE
    assert deliveries()[0].last_error == ""


def test_a_failure_undoes_the_subscribers_own_writes(business, now, listen, deliver):
    def half(event):
        _note(event)
        fail(event)

    ear = listen("test.ear", half)
    [event] = _publish(business, now)
    deliver(now)
    assert _hits(business) == []
    ear.then = _note
    deliver(now + timedelta(seconds=_PAUSES_S[0]))
    assert _hits(business) == [str(event.id)]


def _exhaust(deliver, deliveries, now):
    pauses = []
    while deliveries()[0].state == DeliveryState.PENDING:
        assert deliver(now) == 1
        due = deliveries()[0].due_at
        pauses.append((due - now).total_seconds())
        now = due
    return pauses, now


def test_pauses_grow_until_the_letter_is_dead(business, now, listen, deliver, deliveries):
    listen("test.ear", fail)
    _publish(business, now)
    pauses, later = _exhaust(deliver, deliveries, now)
    assert pauses == list(_PAUSES_S)
    assert pauses == sorted(pauses)
    assert deliveries()[0].state == DeliveryState.DEAD
    assert deliver(later + timedelta(days=1)) == 0
    with acting_for(business.id):
        assert broken(later) == ["1 deliveries are dead letters"]


def test_a_dead_letter_can_be_replayed_once(business, now, listen, deliver, deliveries):
    """Rule R44."""
    ear = listen("test.ear", fail)
    _publish(business, now)
    _pauses, later = _exhaust(deliver, deliveries, now)
    dead = deliveries()[0]
    with acting_for(business.id):
        assert replay(delivery_id=dead.id, now=later)
        assert not replay(delivery_id=dead.id, now=later)
    ear.then = lambda _event: None
    deliver(later)
    assert deliveries()[0].state == DeliveryState.DONE
    with acting_for(business.id):
        assert not replay(delivery_id=dead.id, now=later)


def test_another_businesss_letter_cannot_be_replayed(
    business, other_business, now, listen, deliver, deliveries
):
    listen("test.ear", fail)
    _publish(business, now)
    _pauses, later = _exhaust(deliver, deliveries, now)
    dead = deliveries()[0]
    with acting_for(other_business.id):
        assert not replay(delivery_id=dead.id, now=later)
    assert deliveries()[0].state == DeliveryState.DEAD


def test_a_letter_to_nobody_is_kept(business, now, listen, deliver, deliveries):
    """A subscriber of another version of the code: retried, then kept as a dead letter."""
    listen("test.gone")
    _publish(business, now)
    unsubscribe(Happened, name="test.gone")
    deliver(now)
    [kept] = deliveries()
    assert kept.state == DeliveryState.PENDING
    assert "test.gone" in kept.last_error


def test_what_kills_its_worker_every_time_is_buried(business, now, listen, as_role, deliveries):
    ear = listen("test.ear")
    _publish(business, now)
    with as_role("vafa_worker"):
        for _death in range(MAX_ATTEMPTS):
            assert _claim(Turn(), now)
            now += LEASE
        assert deliver_due(now=now) == 1
    assert ear.heard == []
    [buried] = deliveries()
    assert buried.state == DeliveryState.DEAD
    assert "worker" in buried.last_error


def test_after_its_lease_a_claim_belongs_to_the_next(business, now, listen, as_role, deliveries):
    ear = listen("test.ear", _note)
    [event] = _publish(business, now)
    with as_role("vafa_worker"):
        slow = _claimed(now)
        assert _claim(Turn(), now + LEASE - timedelta(seconds=1)) is None
        quick = _claimed(now + LEASE)
        _deliver(slow, now)
        assert ear.heard == []
        _deliver(quick, now)
        _deliver(slow, now)
    assert len(ear.heard) == 1
    assert _hits(business) == [str(event.id)]
    assert deliveries()[0].attempts == 2


def test_a_late_failure_does_not_undo_the_next_ones_success(
    business, now, listen, as_role, deliveries
):
    ear = listen("test.ear", fail)
    _publish(business, now)
    with as_role("vafa_worker"):
        slow = _claimed(now)

        def overtaken(event):
            ear.then = lambda _event: None
            fail(event)

        ear.then = overtaken
        quick = _claimed(now + LEASE)
        _deliver(quick, now)
        _deliver(quick, now)
        _deliver(slow, now)
    assert deliveries()[0].attempts == 2


def test_an_unscoped_subscriber_runs_with_no_transaction_open(business, now, listen, deliver):
    open_transactions = []
    listen(
        "test.wire", lambda _event: open_transactions.append(in_real_transaction()), unscoped=True
    )
    _publish(business, now)
    deliver(now)
    assert open_transactions == [False]


def test_the_workers_time_limit_ends_the_task_and_not_the_delivery(
    business, now, listen, deliver, deliveries
):
    def slow(_event):
        raise SoftTimeLimitExceeded

    ear = listen("test.ear", slow)
    _publish(business, now)
    with pytest.raises(SoftTimeLimitExceeded):
        deliver(now)
    ear.then = lambda _event: None
    assert deliver(now + LEASE) == 1
    assert deliveries()[0].state == DeliveryState.DONE


def test_deliverers_side_by_side_never_run_one_delivery_twice(
    committed, business, other_business, now, listen, in_parallel
):
    """Four workers with connections of their own, eighty deliveries of two businesses."""

    def slowly(event):
        _note(event)
        time.sleep(0.002)

    listen("test.ear", slowly)
    events = _publish(business, now, 40)
    theirs = _publish(other_business, now, 40)

    def work():
        total = 0
        while done := deliver_due(now=now, limit=3):
            total += done
        return total

    shares = in_parallel(work, work, work, work, role="vafa_worker")
    assert _hits(business) == sorted(str(event.id) for event in events)
    assert _hits(other_business) == sorted(str(event.id) for event in theirs)
    assert sum(shares) >= 80
    assert sum(share > 0 for share in shares) > 1


def test_the_invariants_see_deliveries_nobody_takes(business, now, listen):
    listen("test.ear")
    _publish(business, now)
    with acting_for(business.id):
        assert broken(now + STUCK) == []
        [sentence] = broken(now + STUCK + timedelta(seconds=1))
    assert "waited too long" in sentence

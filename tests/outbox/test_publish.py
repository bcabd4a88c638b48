"""Recording what happened: only in a transaction, in one statement, unharmed by subscribers."""

import sys
from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError

from businesses.models import Branch, Employee
from core.ids import new_id
from core.tenancy import NoActiveBusiness, acting_for
from core.tenancy.prepared import Prepared
from outbox.enums import DeliveryState
from outbox.models import Delivery, Event
from outbox.operations import publish
from outbox.operations.publish import OutsideTransaction
from tests.outbox.ears import Happened, fail

nudging = sys.modules["outbox.operations.publish"]  # the package names its function alike

_ORPHAN = Prepared(
    """
INSERT INTO businesses_employee (id, business_id, code, name, branch_id, is_active)
VALUES (%(id)s, %(business)s, 'e-1', 'e', %(branch)s, true)
""",
    id="uuid",
    business="uuid",
    branch="uuid",
)


def _branch(code):
    return Branch.objects.create(code=code, name=code)


def _codes():
    return set(Branch.objects.values_list("code", flat=True)) - {"main"}


def test_publishing_outside_a_transaction_is_refused(db, now):
    with pytest.raises(OutsideTransaction):
        publish([Happened()], now=now)


def test_publishing_without_a_business_is_refused(db, now):
    with transaction.atomic(), pytest.raises(NoActiveBusiness):
        publish([Happened()], now=now)


def test_a_rollback_takes_the_event_back(business, now, listen, deliveries):
    listen("test.ear")
    with suppress(ZeroDivisionError), acting_for(business.id):
        publish([Happened()], now=now)
        _fails = 1 / 0
    assert deliveries() == []
    with acting_for(business.id):
        assert not Event.objects.filter(name="test.happened").exists()


def test_many_events_cost_one_statement(acting, now, listen):
    listen("test.one")
    listen("test.two")
    with CaptureQueriesContext(connection) as queries:
        recorded = publish([Happened(count=n) for n in range(100)], now=now)
    assert len(queries) == 1
    assert [event.body.count for event in recorded] == list(range(100))
    assert Delivery.objects.filter(subscriber__startswith="test.").count() == 200


def test_publishing_nothing_does_nothing(acting, now):
    with CaptureQueriesContext(connection) as queries:
        assert publish([], now=now) == []
    assert len(queries) == 0


def test_an_event_is_owed_to_a_subscriber_once(acting, now, listen):
    listen("test.ear")
    [event] = publish([Happened()], now=now)
    with pytest.raises(IntegrityError, match="outbox_delivery_once"), transaction.atomic():
        Delivery.objects.create(event_id=event.id, subscriber="test.ear", due_at=now)


def test_an_in_transaction_subscriber_hears_all_at_once(acting, now, listen):
    ear = listen("test.ear", lambda events: _branch(f"b-{len(events)}"), in_transaction=True)
    publish([Happened(count=1), Happened(count=2)], now=now)
    assert [[event.body.count for event in events] for events in ear.heard] == [[1, 2]]
    assert _codes() == {"b-2"}
    assert not Delivery.objects.filter(subscriber="test.ear").exists()


def _break_a_key_now(_events):
    _branch("half-done")
    _branch("main")


def _break_a_key_at_commit(_events):
    _branch("half-done")
    Employee.objects.create(code="e", name="e", branch_id=new_id())


def _break_in_python(events):
    _branch("half-done")
    fail(events)


@pytest.mark.parametrize("broken", [_break_in_python, _break_a_key_now, _break_a_key_at_commit])
def test_a_failing_in_transaction_subscriber_leaves_the_sale(
    committed, business, now, listen, deliver, broken
):
    """Its own writes are undone, the others' stand, and its work becomes a delivery."""
    bad = listen("test.bad", broken, in_transaction=True)
    listen("test.good", lambda _events: _branch("good"), in_transaction=True)
    with acting_for(business.id):
        _branch("sale")
        publish([Happened(), Happened()], now=now)
    with acting_for(business.id):
        assert _codes() == {"sale", "good"}
        owed = list(Delivery.objects.filter(subscriber__startswith="test."))
    assert [one.subscriber for one in owed] == ["test.bad", "test.bad"]
    assert all(one.last_error for one in owed)

    bad.then = lambda _events: None
    bad.heard.clear()
    assert deliver(now) >= 2
    assert [len(events) for events in bad.heard] == [1, 1]
    with acting_for(business.id):
        states = Delivery.objects.filter(subscriber="test.bad").values_list("state", flat=True)
        assert set(states) == {DeliveryState.DONE}


class _Broker:
    def __init__(self):
        self.asked = 0

    def send_task(self, *_args, **_kwargs):
        self.asked += 1
        raise OperationalError("no Redis")


def test_a_missing_broker_costs_one_try_and_no_sale(
    committed, business, now, listen, settings, monkeypatch, deliver
):
    ear, broker = listen("test.ear"), _Broker()
    settings.OUTBOX_NUDGE = True
    monkeypatch.setattr(nudging, "current_app", broker)
    monkeypatch.setattr(nudging._nudge, "last", 0.0)
    for _sale in range(3):
        with acting_for(business.id):
            publish([Happened()], now=now)
    assert broker.asked == 1
    deliver(now)
    assert len(ear.heard) == 3


def _orphan(_events):
    Employee.objects.create(code="e-1", name="e", branch_id=new_id())


def _child_first(_events):
    branch_id = new_id()
    Employee.objects.create(code="e-1", name="e", branch_id=branch_id)
    Branch.objects.create(id=branch_id, code="late", name="late")


@pytest.mark.parametrize("then", [_orphan, _child_first])
def test_a_whole_subscriber_is_checked_as_it_goes(committed, business, now, listen, deliver, then):
    listen("test.whole", then, in_transaction=True, whole=True)
    with acting_for(business.id):
        _branch("sale")
        publish([Happened()], now=now)
    with acting_for(business.id):
        assert _codes() == {"sale"}
        owed = Delivery.objects.get(subscriber="test.whole")
        assert "business_employee" in owed.last_error or "IntegrityError" in owed.last_error


def test_what_a_whole_subscriber_left_waiting_is_heard_before_the_sale_goes_on(
    committed, business, now, listen
):
    def insert_later(_events):
        _ORPHAN.later({"id": new_id(), "branch": new_id(), "business": business.id}, owed=True)

    listen("test.whole", insert_later, in_transaction=True, whole=True)
    for _known_to_the_server in range(2):
        with acting_for(business.id):
            publish([Happened()], now=now)
    with acting_for(business.id):
        owed = Delivery.objects.filter(subscriber="test.whole")
        assert [bool(one.last_error) for one in owed] == [True, True]
        assert not Employee.objects.exists()


def test_after_whole_subscribers_constraints_wait_for_the_end_again(acting, now, listen):
    listen("test.whole", lambda _events: _branch("whole"), in_transaction=True, whole=True)
    publish([Happened()], now=now)
    _child_first([])
    assert _codes() == {"whole", "late"}


def test_within_a_whole_subscriber_another_may_still_take_two_steps(acting, now, listen):
    def publish_more(_events):
        publish([Happened(count=2)], now=now)
        with pytest.raises(IntegrityError), transaction.atomic():
            _orphan([])

    outer = {"when": lambda event, _now: event.count == 1}
    inner = {"when": lambda event, _now: event.count == 2}
    listen("test.whole", publish_more, in_transaction=True, whole=True, **outer)
    listen("test.steps", _child_first, in_transaction=True, **inner)
    publish([Happened(count=1)], now=now)
    assert _codes() == {"late"}
    assert not Delivery.objects.filter(subscriber__startswith="test.").exists()

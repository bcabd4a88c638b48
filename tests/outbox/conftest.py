"""Listening and delivering in tests."""

import pytest

from core.tenancy import across_businesses
from outbox.models import Delivery
from outbox.operations import deliver_due
from outbox.subscriptions import subscribe, subscription, unsubscribe
from tests.outbox.ears import Ear, Happened


@pytest.fixture
def listen():
    """Return `listen(name, then, **kind)`: subscribe an Ear for the length of the test."""
    names = []

    def register(name, then=lambda _event: None, **kind):
        ear = Ear(then=then)
        subscribe(Happened, name=name, **kind)(ear)
        names.append(name)
        return ear

    yield register
    for name in names:
        if subscription(Happened.name, name):
            unsubscribe(Happened, name=name)


@pytest.fixture
def deliver(as_role):
    """Return `deliver(now)`: what a worker does, under the worker's role."""

    def run(now, **options):
        with as_role("vafa_worker"):
            return deliver_due(now=now, **options)

    return run


@pytest.fixture
def deliveries(as_role):
    """Return `deliveries()`: the test's deliveries as plain values, by subscriber."""

    def read():
        with as_role("vafa_worker"), across_businesses(why="test"):
            rows = Delivery.objects.filter(subscriber__startswith="test.")
            return list(rows.order_by("subscriber", "id"))

    return read

"""A customer and some attributes of a café."""

from datetime import timedelta

import pytest

from customers.operations import CustomerHint, find_or_create
from customers.operations.attributes import NewAttribute, define_attribute, note_attributes
from customers.queries.attributes import attributes_of


@pytest.fixture
def sara(acting, now):
    """Return a customer's id."""
    hint = CustomerHint(mobile="09121234567", name="سارا کریمی")
    return find_or_create(customer=hint, source="test", now=now - timedelta(days=400)).customer_id


@pytest.fixture
def define(acting, now):
    """Return `define(key, kind, **more)`."""

    def run(key="job", kind="text", **more):
        new = NewAttribute(key=key, kind=kind, title_fa=more.pop("title_fa", "عنوان"), **more)
        return define_attribute(new=new, now=now - timedelta(days=300))

    return run


@pytest.fixture
def note(sara, now):
    """Return `note(days_ago, source, value, key="job")`: said that long ago."""

    def run(days_ago, source, value, key="job", *, valid_days=None, whose=sara):
        at = now - timedelta(days=days_ago)
        until = None if valid_days is None else at + timedelta(days=valid_days)
        return note_attributes(
            customer_id=whose, given={key: value}, source=source, valid_to=until, now=at
        )

    return run


@pytest.fixture
def holds(sara, now):
    """Return `holds(key="job")`: the value that holds now, or None."""

    def run(key="job", whose=sara):
        known = attributes_of([whose], now)[whose].get(key)
        return known and known.value

    return run

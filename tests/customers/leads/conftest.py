"""Somebody who left a number, and what they do next."""

from datetime import timedelta

import pytest

from customers.models import Lead
from customers.operations import CustomerHint
from customers.operations.leads import NewLead, note_lead
from customers.queries.leads import lead_rows
from tests.customers.conftest import sale

SARA = "09121234567"


@pytest.fixture
def left(acting, now):
    """Return `left(mobile, **more)`: what writing them down said."""

    def run(mobile=SARA, *, at=None, kind="staff", **more):
        new = NewLead(customer=CustomerHint(mobile=mobile), kind=kind, **more)
        return note_lead(new=new, now=at or now, by="مریم")

    return run


@pytest.fixture
def buys(record_one, now):
    """Return `buys(mobile, **more)`: they buy something a day later."""

    def run(mobile=SARA, *, rial=900_000, after=timedelta(days=1), card=None):
        who = CustomerHint(mobile=mobile, card=card)
        at = now + after
        return record_one(sale(rial, customer=who, occurred_at=at), at=at)

    return run


@pytest.fixture
def state(now):
    """Return `state(lead, at)`: in which of the four lists they stand."""

    def run(lead, at=None):
        found = [
            one
            for one in ("due", "open", "lost", "bought")
            if lead_rows(now=at or now, state=one).filter(id=lead.id).exists()
        ]
        return "due" if found[:2] == ["due", "open"] else "/".join(found)

    return run


def only():
    """Return the one lead there is."""
    return Lead.objects.get()

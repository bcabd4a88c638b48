"""Idempotency: a claim belongs to the run that made it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.api import idempotency
from core.api.idempotency import Ask, Reply
from core.errors import Problem
from core.ids import new_id
from core.models import ApiRequest
from core.tenancy import acting_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(business, now) -> Ask:
    """Return a request with a key."""
    return Ask(business.id, new_id(), "POST", "/x", "k-1", b"f" * 32, now)


def later(ask: Ask, **by) -> Ask:
    """Return the same request made later."""
    return replace(ask, at=ask.at + timedelta(**by))


def test_a_live_claim_made_since_we_looked_is_not_taken(ask, monkeypatch):
    """Between our look and our lock another run took the expired claim over."""
    idempotency._claim(ask)
    monkeypatch.setattr(idempotency, "_look", lambda _ask: None)
    with pytest.raises(Problem) as refused:
        idempotency._claim(later(ask, seconds=1))
    assert refused.value.code == "request_in_progress"


def test_a_slow_run_that_fails_leaves_the_claim_of_its_successor(ask):
    """The first run outlived its lease; its failure must not free the second one's key."""

    def slow() -> Reply:
        idempotency._claim(later(ask, seconds=61))
        raise Problem("nope", "no")

    with pytest.raises(Problem):
        idempotency.once_unscoped(ask, slow, lambda: 1)
    with acting_for(ask.business_id):
        assert ApiRequest.objects.filter(key="k-1", status=None).exists()


def test_an_expired_claim_is_taken_over(ask):
    idempotency._claim(ask)
    assert idempotency._claim(later(ask, seconds=61)) is None

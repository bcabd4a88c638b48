"""Rules that give something after what is no purchase."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from customers.operations import CustomerHint, find_or_create
from loyalty.enums.engagement import EngagementKind
from loyalty.models import Happening, Wallet
from loyalty.operations.engagement import note_engagement
from loyalty.queries.invariants import broken
from loyalty.queries.rules.document import Bonus
from tests.loyalty.conftest import FAR, MOBILE
from tests.loyalty.engagement.test_engagement import START
from tests.loyalty.rules.conftest import bonus, replayed

__all__ = ["replayed"]

FOLLOW = EngagementKind.FOLLOW
LONG_AGO = START.replace(year=START.year - 1)


def after(*kinds: str, points: int = 30, when: dict[str, Any] | None = None, **more: Any) -> Bonus:
    """Return a rule that gives points after some things happened."""
    return bonus("fixed", points, when={"after": kinds or ("follow",), **(when or {})}, **more)


def person(mobile: str = MOBILE, at: datetime = LONG_AGO, name: str = "سارا محمدی") -> UUID:
    """Return a known customer."""
    hint = CustomerHint(mobile=mobile, name=name)
    return find_or_create(customer=hint, source="api", now=at).customer_id


def tell(who: UUID, reference: str = "f-1", at: datetime = START, kind: str = FOLLOW) -> Happening:
    """Let a program tell what somebody did; return what rules made of it."""
    row = note_engagement(customer_id=who, kind=EngagementKind(kind), reference=reference, now=at)
    return Happening.objects.get(kind=row.kind, reference=str(row.id))


def points(who: UUID) -> int:
    """Return somebody's balance."""
    wallet = Wallet.objects.filter(id=who).first()
    return wallet.balance_points if wallet else 0


@pytest.fixture
def sara(acting):
    """A customer; afterwards every sum agrees."""
    yield person()
    assert broken(START + FAR) == []

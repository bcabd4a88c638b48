"""A customer with a mobile, and the codes texted to it."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest

from businesses.queries import BusinessInfo
from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create
from messaging.models import Message

MOBILE = "09121234567"


def texted(business: BusinessInfo) -> str:
    """Return the digits of the newest code that still waits to be sent."""
    with acting_for(business.id):
        body = Message.objects.filter(purpose="otp").exclude(body="").latest("id").body
    found = re.search(r"\d{6}", body)
    assert found is not None, body
    return found[0]


def other_than(digits: str) -> str:
    """Return six digits that are not those."""
    return f"{(int(digits) + 1) % 1_000_000:06}"


@pytest.fixture
def sara(business: BusinessInfo, now: datetime) -> UUID:
    """Return a customer whose mobile is known."""
    with acting_for(business.id):
        hint = CustomerHint(mobile=MOBILE, name="سارا کریمی")
        return find_or_create(customer=hint, source="api", now=now).customer_id


@pytest.fixture
def digits(business: BusinessInfo) -> Callable[[], str]:
    """Return `digits()`: those texted last."""
    return lambda: texted(business)

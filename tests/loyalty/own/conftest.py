"""A browser at a customer's own page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from businesses.queries import BusinessInfo
from core.ids import new_id
from core.tenancy import acting_for
from customers.models import Customer, OneTimeCode
from customers.operations import CustomerHint, NewPurchase, NewTender, record_purchases
from tests.customers.codes.conftest import texted

MOBILE = "09121234567"
CARD = "a" * 40


def told(page: Any) -> str:
    """Return a page's text."""
    return str(page.content.decode())


def sell(business: BusinessInfo, rial: int = 2_000_000, **more: Any) -> Any:
    """Record a sale now; return its outcome."""
    facts: dict[str, Any] = {
        "external_id": str(new_id()),
        "channel": "pos",
        "customer": CustomerHint(mobile=MOBILE, name="سارا کریمی"),
        "tenders": (NewTender(method="pos", amount_rial=rial),),
    }
    with acting_for(business.id):
        purchases = [NewPurchase(**(facts | more))]
        (outcome,) = record_purchases(purchases=purchases, source="api", now=timezone.now())
    assert outcome.error is None, outcome.error
    return outcome


def age_codes(business: BusinessInfo, by: timedelta = timedelta(minutes=2)) -> None:
    """Let the codes sent so far be older."""
    with acting_for(business.id):
        for row in OneTimeCode.objects.all():
            row.sent_at -= by
            row.save(update_fields=["sent_at"])


@pytest.fixture
def door(business: BusinessInfo) -> str:
    """Return the address of the business's door."""
    return f"/c/{business.slug}/"


@pytest.fixture
def sara(business: BusinessInfo) -> Customer:
    """Return a customer who bought something."""
    outcome = sell(business)
    with acting_for(business.id):
        return Customer.objects.get(id=outcome.customer_id)


@pytest.fixture
def enter(business: BusinessInfo, door: str) -> Callable[..., Client]:
    """Return `enter(client)`: the browser with the page of the mobile open."""

    def go_in(client: Client | None = None, mobile: str = MOBILE) -> Client:
        browser = client or Client()
        assert browser.post(door, {"mobile": mobile}).status_code == 200
        answer = browser.post(door, {"mobile": mobile, "code": texted(business)})
        assert (answer.status_code, answer["Location"]) == (302, door)
        return browser

    return go_in

"""A shop with pages: sells through the operations, looks through the browser."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from businesses.operations import add_member
from core.tenancy import acting_for
from customers.operations import (
    CustomerHint,
    NewLine,
    NewPurchase,
    NewTender,
    find_or_create,
    record_purchases,
)

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Shop:
    """Sells, and knows its addresses."""

    def __init__(self, business):
        self.business = business
        self.sold = 0

    def url(self, path=""):
        return f"/b/{self.business.slug}/{path}"

    def sell(
        self, mobile="09121234567", *, rial=900_000, name="سارا محمدی", days_ago=0, goods="لاته"
    ):
        """Record one sale of some goods, a category too; return its outcome."""
        self.sold += 1
        now = timezone.now()
        sale = NewPurchase(
            external_id=f"inv-{self.sold}",
            channel="pos",
            occurred_at=now - timedelta(days=days_ago),
            customer=CustomerHint(mobile=mobile, name=name) if mobile else None,
            lines=(NewLine(unit_price_rial=rial, name=goods, category=goods),),
            tenders=(NewTender(method="cash", amount_rial=rial),),
        )
        with acting_for(self.business.id):
            (outcome,) = record_purchases(purchases=[sale], source="api", now=now)
        assert outcome.error is None
        return outcome

    def sell_to(self, people, **changes):
        """Record one sale to each of several people."""
        return [self.sell(f"0912000{place:04}", **changes) for place in range(people)]

    def meet(self, mobile):
        """Register somebody who has bought nothing."""
        with acting_for(self.business.id):
            return find_or_create(
                customer=CustomerHint(mobile=mobile, name="نیما"), source="test", now=timezone.now()
            )


@pytest.fixture
def shop(business):
    return Shop(business)


@pytest.fixture
def client_as(business):
    """Return a function that signs somebody with a role in."""

    def sign_in(role):
        user = get_user_model().objects.create_user(f"{role}@example.com", "long-password-1")
        add_member(business_id=business.id, user=user, role=role, now=timezone.now())
        client = Client()
        client.force_login(user, backend=BACKEND)
        return client

    return sign_in


@pytest.fixture
def text_of():
    """Return a function that gives a page's text."""

    def read(response):
        assert response.status_code == 200, response.content.decode()[:2000]
        return response.content.decode()

    return read

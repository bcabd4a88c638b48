"""A registered till with a key of its own."""

from itertools import count

import pytest
from django.utils import timezone

from businesses.operations import register_device
from core.tenancy import acting_for
from loyalty.models import Wallet
from tests.conftest import ApiClient

MOBILE = "09121234567"
_numbers = count(1)


class Till:
    """Sells at one device through the API."""

    def __init__(self, business, code="till-1"):
        with acting_for(business.id):
            made = register_device(code=code, name="صندوق", by=None, now=timezone.now())
        self.business, self.device, self.api = business, made.device, ApiClient(made.plaintext)

    def post(self, verb, **body):
        """Call a verb."""
        return self.api.post(f"pos/{verb}", body)

    def sale(self, number, rial=30_000_000, *, mobile=MOBILE, by_points=0, **more):
        """Return a sale paid by card, a part of it by points."""
        tenders = [{"method": "pos", "amount": rial - by_points}] if rial > by_points else []
        if by_points:
            tenders.append({"method": "points", "amount": by_points})
        customer = {"customer": {"mobile": mobile}} if mobile else {}
        return {"transaction_id": number, "tenders": tenders, **customer, **more}

    def sell(self, number, rial=30_000_000, **more):
        """Sell; return the answer's document."""
        answer = self.post("accrue", **self.sale(number, rial, **more))
        assert answer.status_code in {200, 201}, answer.content.decode()
        return answer.json()

    def balance(self):
        """Return the only wallet's points."""
        with acting_for(self.business.id):
            return Wallet.objects.get().balance_points


@pytest.fixture
def till(business):
    return Till(business)


@pytest.fixture
def second_till(business):
    return Till(business, code="till-2")

"""A bank to pay at, a business that takes payments, and short words for both."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import pytest

from businesses.queries import BusinessInfo
from core.tenancy import acting_for
from customers.models import Purchase
from customers.queries.sales import purchase_rows
from payments.models import (
    OrphanCapture,
    Payment,
    PaymentAttempt,
    ProviderAccount,
    ProviderCall,
    Reversal,
)
from payments.operations import (
    create_payment,
    handle_callback,
    poll_due,
    set_provider_account,
    start_attempt,
)
from payments.queries.invariants import broken
from tests.payments.trials import TRIALS, way_back
from tests.sandbox_server import Sandbox, fresh_sandbox, sandbox

__all__ = ["fresh_sandbox", "open_shop", "sandbox"]


@pytest.fixture
def bank(fresh_sandbox: Sandbox, settings) -> Sandbox:
    """Return an empty sandbox to which the test gateways of all businesses lead."""
    settings.SANDBOX_URL = fresh_sandbox.base_url
    settings.BASE_URL = "http://vafa.test"
    return fresh_sandbox


@dataclass
class Shop:
    """A business that asks for payments, and the buyer who makes them."""

    business: BusinessInfo
    bank: Sandbox
    now: datetime

    def ask(self, amount_rial: int = 900_000, **details) -> Payment:
        """Ask for a payment."""
        details.setdefault("external_id", f"inv-{uuid4().hex[:8]}")
        with acting_for(self.business.id):
            asked = create_payment(amount_rial=amount_rial, now=self.now, **details)
            return Payment.objects.get(id=asked.id)

    def send_to_bank(self, payment: Payment, now: datetime | None = None) -> str:
        """Press the pay button; return the authority the browser is sent to."""
        start_attempt(business_id=self.business.id, payment_id=payment.id, now=now or self.now)
        return self.attempt(payment).authority or ""

    def pay(self, payment: Payment, card: str = "success") -> str:
        """Go to the bank and pay; return the address the browser is sent back to ("" if lost)."""
        return way_back(self.bank, self.bank.pay(self.send_to_bank(payment), card))

    def come_back(self, address: str, now: datetime | None = None, **changes):
        """Follow the bank's redirect."""
        parts = urlsplit(address)
        token = parts.path.rstrip("/").rpartition("/")[2]
        params = dict(parse_qsl(parts.query)) | changes
        return handle_callback(token=token, params=params, now=now or self.now)

    def buy(self, amount_rial: int = 900_000, card: str = "success", **details) -> Payment:
        """Ask, pay and come back."""
        payment = self.ask(amount_rial, **details)
        self.come_back(self.pay(payment, card))
        return self.see(payment)

    def see(self, payment: Payment) -> Payment:
        """Return the payment as it now stands."""
        with acting_for(self.business.id):
            return Payment.objects.get(id=payment.id)

    def attempts(self, payment: Payment) -> list[PaymentAttempt]:
        with acting_for(self.business.id):
            return list(PaymentAttempt.objects.filter(payment=payment).order_by("number"))

    def attempt(self, payment: Payment) -> PaymentAttempt:
        """Return the last attempt."""
        return self.attempts(payment)[-1]

    def calls(self, operation: str = "") -> list[ProviderCall]:
        with acting_for(self.business.id):
            rows = ProviderCall.objects.order_by("at", "id")
            return list(rows.filter(operation=operation) if operation else rows)

    def orphans(self) -> list[OrphanCapture]:
        with acting_for(self.business.id):
            return list(OrphanCapture.objects.all())

    def reversals(self) -> list[Reversal]:
        with acting_for(self.business.id):
            return list(Reversal.objects.order_by("requested_at"))

    def is_well(self) -> bool:
        """Tell whether nothing that must always hold is broken."""
        with acting_for(self.business.id):
            return broken(self.now) == []

    def heard(self, operation: str) -> int:
        """Return how often the bank was asked to do something."""
        return sum(entry["operation"] == operation for entry in self.bank.log())

    def truth(self, payment: Payment) -> str:
        """Return the state of the payment's last session as the bank knows it."""
        authority = self.attempt(payment).authority
        found = (row for row in self.bank.payments() if row["authority"] == authority)
        return str(next(found)["state"])


def open_shop(business: BusinessInfo, bank: Sandbox, now: datetime, *, product: str) -> Shop:
    """Return a shop whose only gateway is a product of trials.py; engine tests run over each.

    Parametrise a test over `sorted(TRIALS)` and take the `shop_of` fixture.
    """
    trial = TRIALS[product]
    with acting_for(business.id):
        ProviderAccount.objects.filter(is_active=True).update(is_active=False)
        set_provider_account(
            provider=trial.provider, credentials=trial.credentials(), is_sandbox=True, now=now
        )
    return Shop(business, bank, now)


@pytest.fixture
def shop_of(business: BusinessInfo, bank: Sandbox, now: datetime) -> Callable[[str], Shop]:
    def opened(product: str) -> Shop:
        return open_shop(business, bank, now, product=product)

    return opened


@pytest.fixture
def shop(business: BusinessInfo, bank: Sandbox, now: datetime) -> Shop:
    return Shop(business, bank, now)


@pytest.fixture
def other_shop(other_business: BusinessInfo, bank: Sandbox, now: datetime) -> Shop:
    return Shop(other_business, bank, now)


@pytest.fixture
def poll(as_role) -> Callable[[datetime], int]:
    """Return a function that does what is due at a moment, under the worker role."""

    def run(moment: datetime) -> int:
        with as_role("vafa_worker"):
            return poll_due(now=moment)

    return run


@pytest.fixture
def purchases_of() -> Callable[[UUID], list[Purchase]]:
    def found(business_id: UUID) -> list[Purchase]:
        with acting_for(business_id):
            return list(purchase_rows())

    return found


@pytest.fixture
def later(now: datetime) -> Callable[..., datetime]:
    def moment(**ahead) -> datetime:
        return now + timedelta(**ahead)

    return moment

"""A business that may debit its customer, at a bank whose truth can be read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from businesses.queries import BusinessInfo
from core.tenancy import acting_for
from outbox.operations import deliver_due
from payments.models import Alert, Debit, DebitAttempt, Mandate, MoneyEntry, Payment
from payments.models.account import ProviderAccount
from payments.models.sealing import seal
from payments.operations import poll_due
from payments.operations.debits import NewDebit, schedule_debits
from payments.operations.mandates import (
    NewMandate,
    Signing,
    handle_signing,
    refresh_banks,
    request_mandate,
)
from payments.providers import PRODUCTS
from payments.queries.invariants import broken
from tests.payments.debits.fake_bank import FakeBank, FakeDebits, product


@dataclass
class Collector:
    """A business, its customer's bank, and short words for both."""

    business: BusinessInfo
    bank: FakeBank
    now: datetime

    def ask(self, **changes) -> Signing:
        """Ask a customer for a mandate."""
        asked: dict[str, Any] = {
            "mobile": "09121234567",
            "bank": "056",
            "max_debit_rial": 10_000_000,
            "max_day_count": 10,
            "max_month_count": 100,
            "expires_at": self.now + timedelta(days=365),
            "name": "مریم احمدی",
        }
        return request_mandate(
            business_id=self.business.id, asked=NewMandate(**asked | changes), now=self.now
        )

    def sign(self, signing: Signing, *, status: str = "OK", at_bank: str = "signed", **changes):
        """Sign at the bank and come back."""
        mandate = self.mandate(signing.mandate_id)
        self.bank.mandates[mandate.authority or ""] = at_bank
        params = {"authority": mandate.authority, "status": status} | changes
        return handle_signing(token=mandate.callback_token, params=params, now=self.now)

    def active(self, **changes) -> UUID:
        """Return a mandate in force."""
        signing = self.ask(**changes)
        assert self.sign(signing).state == "active"
        return signing.mandate_id

    def due(self, mandate_id: UUID, amount_rial: int = 1_000_000, **changes) -> UUID:
        """Make a sum due now."""
        new: dict[str, Any] = {"external_id": f"d-{uuid4().hex[:8]}", "due_at": self.now} | changes
        with acting_for(self.business.id):
            debit = NewDebit(mandate_id=mandate_id, amount_rial=amount_rial, **new)
            return schedule_debits(debits=[debit], now=self.now)[0]

    def mandate(self, mandate_id: UUID) -> Mandate:
        with acting_for(self.business.id):
            return Mandate.objects.get(id=mandate_id)

    def see(self, debit_id: UUID) -> Debit:
        with acting_for(self.business.id):
            return Debit.objects.select_related("payment").get(id=debit_id)

    def tries(self, debit_id: UUID) -> list[DebitAttempt]:
        with acting_for(self.business.id):
            return list(DebitAttempt.objects.filter(debit_id=debit_id).order_by("number"))

    def payments(self) -> list[Payment]:
        with acting_for(self.business.id):
            return list(Payment.objects.all())

    def alerts(self) -> list[str]:
        with acting_for(self.business.id):
            return list(Alert.objects.values_list("kind", flat=True).order_by("kind"))

    def books(self, account: str) -> int:
        """Return the balance of an account of the money journal."""
        with acting_for(self.business.id):
            rows = MoneyEntry.objects.filter(account=account)
            return sum(rows.values_list("amount_rial", flat=True))

    def is_well(self, moment: datetime | None = None) -> bool:
        with acting_for(self.business.id):
            return broken(moment or self.now) == []


@pytest.fixture
def fake_bank() -> FakeBank:
    return FakeBank()


@pytest.fixture
def provider_sort() -> dict[str, object]:
    """Return how the provider differs from one whose debits the platform repeats."""
    return {}


@pytest.fixture
def collector(
    business: BusinessInfo, fake_bank: FakeBank, provider_sort, monkeypatch, now: datetime
) -> Collector:
    monkeypatch.setitem(PRODUCTS, "vandar", product(FakeDebits(fake_bank, **provider_sort)))
    account_id = uuid4()
    with acting_for(business.id):
        # Its sandbox would be asked too, if one happens to run on this machine.
        ProviderAccount.objects.update(is_active=False)
        ProviderAccount.objects.create(
            id=account_id,
            provider="vandar",
            credentials=seal({}, business_id=business.id, account_id=account_id),
            families=["debits"],
            created_at=now,
        )
    refresh_banks(business_id=business.id, account_id=account_id, now=now)
    return Collector(business, fake_bank, now)


@pytest.fixture
def work(as_role):
    """Return a function that does what is due at a moment, under the worker role."""

    def run(moment: datetime) -> int:
        with as_role("vafa_worker"):
            return poll_due(now=moment)

    return run


@pytest.fixture
def deliver(as_role):
    """Return a function that lets subscribers hear what happened."""

    def run(moment: datetime) -> None:
        with as_role("vafa_worker"):
            while deliver_due(now=moment):
                pass

    return run

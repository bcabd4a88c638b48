"""A shop whose gateway sends refunds, and short words for asking and looking."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.tenancy import acting_for
from customers.operations import CustomerHint
from payments.enums.refunds import Destination
from payments.models import Alert, MoneyEntry, Payment, ProviderAccount, Transfer, TransferPart
from payments.operations.refunds import Receiver, ask_refund, run_until_it_waits
from payments.providers import PRODUCTS
from payments.queries.invariants import broken
from tests.payments.conftest import Shop
from tests.payments.refunds.bank import OutBank

IBAN = "IR062960000000100324200001"


@pytest.fixture
def out(monkeypatch) -> OutBank:
    """The money-out side of the shop's gateway."""
    bank = OutBank()
    as_all: Any = bank
    product = replace(PRODUCTS["zarinpal"], refunds=as_all, payouts=as_all, inquiries=as_all)
    monkeypatch.setitem(PRODUCTS, "zarinpal", product)
    return bank


@dataclass
class RefundShop:
    """A shop that gives money back. `now` moves on by itself when told to wait."""

    shop: Shop
    out: OutBank
    now: datetime
    poll: Callable[[datetime], int]

    @property
    def business_id(self) -> UUID:
        return self.shop.business.id

    def sold(self, amount_rial: int = 900_000, **details) -> Payment:
        """Sell and let the window for reversing pass."""
        details.setdefault("customer", CustomerHint(mobile="09121234567", name="سارا محمدی"))
        payment = self.shop.buy(amount_rial, **details)
        self.now = max(self.now, self.shop.now + timedelta(minutes=40))
        return payment

    def ask(self, payment: Payment, amount_rial: int | None = None, **details) -> Transfer:
        details.setdefault("external_id", f"r-{uuid4().hex[:8]}")
        details.setdefault("by", "سارا")
        if details.get("destination") == Destination.ACCOUNT:
            details.setdefault("receiver", Receiver(iban=IBAN))
        with acting_for(self.business_id, durable=True):
            asked = ask_refund(
                payment_id=payment.id, amount_rial=amount_rial, now=self.now, **details
            )
        return self.run(asked.id)

    def run(self, transfer_id: UUID) -> Transfer:
        run_until_it_waits(business_id=self.business_id, transfer_id=transfer_id, now=self.now)
        return self.see(transfer_id)

    def see(self, transfer) -> Transfer:
        with acting_for(self.business_id):
            return Transfer.objects.get(id=getattr(transfer, "id", transfer))

    def wait(self, **ahead) -> None:
        """Let time pass and the worker look."""
        self.now += timedelta(**ahead)
        self.poll(self.now)

    def parts(self, transfer: Transfer) -> list[TransferPart]:
        with acting_for(self.business_id):
            return list(TransferPart.objects.filter(transfer=transfer).order_by("number"))

    def books(self) -> dict[str, int]:
        """Return what every account of the journal holds."""
        held: dict[str, int] = {}
        with acting_for(self.business_id):
            for entry in MoneyEntry.objects.all():
                held[entry.account] = held.get(entry.account, 0) + entry.amount_rial
        return {name: rial for name, rial in held.items() if rial}

    def alerts(self) -> list[Alert]:
        with acting_for(self.business_id):
            return list(Alert.objects.filter(resolved_at=None).order_by("first_at"))

    def is_well(self) -> bool:
        with acting_for(self.business_id):
            return broken(self.now) == []


@pytest.fixture
def refunds(shop: Shop, out: OutBank, poll) -> RefundShop:
    with acting_for(shop.business.id):
        ProviderAccount.objects.update(families=["gateway", "refunds", "payouts", "inquiries"])
    return RefundShop(shop, out, shop.now, poll)

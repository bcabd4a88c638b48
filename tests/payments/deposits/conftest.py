"""A shop with a bank account, and its bank."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db.models import Sum

from businesses.queries import BusinessInfo
from core.numbers import make_iban
from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create
from customers.queries.sales import purchase_rows
from payments.enums import BookAccount
from payments.enums.deposits import RowSource
from payments.models import (
    Alert,
    BankAccount,
    BankRow,
    Deposit,
    DepositIdentifier,
    MoneyEntry,
    Payment,
)
from payments.operations import create_payment
from payments.operations.deposits import (
    HeardRow,
    hear_rows,
    issue_identifier,
    run_deposit,
    save_bank_account,
)
from payments.queries.invariants import broken

OURS = make_iban("0170000000100324200001"[:22])
THEIRS = make_iban("0550570022080013447370101"[:22])
STRANGER = make_iban("0540102680020817909002"[:22])


@dataclass
class Till:
    """A business that is paid by transfer, and short words for what happens to it."""

    business: BusinessInfo
    account: BankAccount
    now: datetime

    def customer(self, mobile: str = "09121234567", name: str = "سارا") -> UUID:
        """Return a customer of the shop."""
        with acting_for(self.business.id):
            hint = CustomerHint(mobile=mobile, name=name)
            return find_or_create(customer=hint, source="test", now=self.now).customer_id

    def invoice(self, amount_rial: int = 900_000, **details) -> Payment:
        """Ask for a sum."""
        details.setdefault("external_id", f"inv-{uuid4().hex[:8]}")
        with acting_for(self.business.id):
            asked = create_payment(amount_rial=amount_rial, now=self.now, **details)
            return Payment.objects.get(id=asked.id)

    def identifier(self, **owner) -> DepositIdentifier:
        """Give a customer or a payment its identifier."""
        with acting_for(self.business.id):
            return issue_identifier(account_id=self.account.id, now=self.now, **owner)

    def hear(self, amount_rial: int, identifier: str = "", *, judged: bool = True, **told):
        """Hear one bank row; return its deposit (None when the row was known)."""
        told.setdefault("at", self.now)
        told.setdefault("bank_reference", uuid4().hex[:10])
        row = HeardRow(amount_rial=amount_rial, identifier=identifier, **told)
        with acting_for(self.business.id):
            taken = hear_rows(
                account_id=self.account.id, rows=[row], source=RowSource.STATEMENT, now=self.now
            )
        if not taken.deposit_ids:
            return None
        deposit_id = taken.deposit_ids[0]
        if judged:
            self.run(deposit_id)
        return self.see(deposit_id)

    def run(self, deposit_id: UUID, now: datetime | None = None) -> bool:
        """Do what is due with a deposit."""
        return run_deposit(business_id=self.business.id, deposit_id=deposit_id, now=now or self.now)

    def see(self, deposit_id: UUID) -> Deposit:
        with acting_for(self.business.id):
            return Deposit.objects.select_related("row").get(id=deposit_id)

    def payment(self, payment_id: UUID) -> Payment:
        with acting_for(self.business.id):
            return Payment.objects.get(id=payment_id)

    def purchases(self):
        with acting_for(self.business.id):
            return list(purchase_rows())

    def rows(self) -> int:
        with acting_for(self.business.id):
            return BankRow.objects.count()

    def alerts(self) -> list[str]:
        with acting_for(self.business.id):
            return [alert.kind for alert in Alert.objects.filter(resolved_at=None)]

    def book(self, account: BookAccount) -> int:
        """Return the balance of an account of the books."""
        with acting_for(self.business.id):
            rows = MoneyEntry.objects.filter(account=account)
            return rows.aggregate(n=Sum("amount_rial"))["n"] or 0

    def trial_balance(self) -> int:
        with acting_for(self.business.id):
            return MoneyEntry.objects.aggregate(n=Sum("amount_rial"))["n"] or 0

    def wrongs(self) -> list[str]:
        with acting_for(self.business.id):
            return broken(self.now)


@pytest.fixture
def till(business: BusinessInfo, now: datetime) -> Till:
    with acting_for(business.id):
        account = save_bank_account(
            title="ملی", iban=OURS, owner="کافه نارنج", prefix="4210", now=now
        )
    return Till(business, account, now)


@pytest.fixture
def minutes():
    def ahead(n: float) -> timedelta:
        return timedelta(minutes=n)

    return ahead

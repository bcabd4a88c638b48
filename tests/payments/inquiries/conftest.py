"""A shop with two providers of inquiries at the sandbox, and short words for asking."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from businesses.models import AuditEntry
from businesses.queries import BusinessInfo
from core.tenancy import acting_for
from payments.models import Inquiry, ProviderAccount, ProviderCall
from payments.operations import add_account
from payments.operations.inquiries import Asking, Facts, ask_inquiry, set_inquiry_rules
from payments.queries.inquiries import Found, found_by
from payments.queries.invariants import broken
from sandbox.people import ACCOUNTS
from tests.payments.conftest import bank
from tests.sandbox_server import Sandbox, fresh_sandbox, sandbox

__all__ = ["bank", "fresh_sandbox", "sandbox"]

PRICE = 12_000


@dataclass
class Asker:
    """A business that asks banks about people."""

    business: BusinessInfo
    bank: Sandbox
    now: datetime
    jibit: UUID
    finnotech: UUID

    def ask(self, kind: str = "iban_owner", **given: Any) -> Inquiry:
        """Ask; facts and particulars by name, Sara's account unless told otherwise."""
        names = {"card", "iban", "national_code", "birth_date", "mobile"}
        facts = {name: given.pop(name) for name in names & set(given)}
        facts = facts or {"iban": ACCOUNTS["sara"].iban}
        asking = Asking(
            kind=kind,
            facts=Facts(**facts),
            **{"purpose": "payout", "basis": "contract", "by": "سارا", **given},
        )
        return ask_inquiry(business_id=self.business.id, asking=asking, now=self.now)

    def found(self, row: Inquiry) -> Found | None:
        with acting_for(self.business.id):
            return found_by(row)

    def rows(self) -> list[Inquiry]:
        with acting_for(self.business.id):
            return list(Inquiry.objects.order_by("asked_at", "id"))

    def calls(self) -> list[ProviderCall]:
        with acting_for(self.business.id):
            return list(ProviderCall.objects.order_by("at", "id"))

    def audit(self, action: str) -> list[AuditEntry]:
        with acting_for(self.business.id):
            return list(AuditEntry.objects.filter(action=action).order_by("at", "id"))

    def heard(self, operation: str) -> int:
        """Return how often the bank was asked something."""
        return sum(entry["operation"] == operation for entry in self.bank.log())

    def rules(self, daily_limit: int = 100, valid_days: int = 30) -> None:
        with acting_for(self.business.id):
            set_inquiry_rules(
                daily_limit=daily_limit, valid_days=valid_days, actor=None, now=self.now
            )

    def account(self, account_id: UUID, **changes: Any) -> ProviderAccount:
        with acting_for(self.business.id):
            if changes:
                ProviderAccount.objects.filter(id=account_id).update(**changes)
            return ProviderAccount.objects.get(id=account_id)

    def wait(self, **ahead: int) -> None:
        self.now += timedelta(**ahead)

    def is_well(self) -> bool:
        with acting_for(self.business.id):
            return broken(self.now) == []


@pytest.fixture
def asker(business: BusinessInfo, bank: Sandbox, now: datetime) -> Asker:
    """Jibit first, then Finnotech; only Jibit has a tariff."""
    return open_asker(business, bank, now)


def open_asker(business: BusinessInfo, bank: Sandbox, now: datetime) -> Asker:
    tail = uuid4().hex[:8]
    with acting_for(business.id):
        jibit = add_account(
            provider="jibit_ide",
            credentials={"api_key": f"key-{tail}", "secret_key": "hidden-secret"},
            is_sandbox=True,
            actor=None,
            now=now,
        )
        finnotech = add_account(
            provider="finnotech",
            credentials={
                "client_id": f"shop-{tail}",
                "client_secret": "hidden-secret",
                "nid": "0013542419",
            },
            is_sandbox=True,
            actor=None,
            now=now,
        )
        ProviderAccount.objects.filter(id=jibit).update(fee_fixed_rial=PRICE)
    return Asker(business, bank, now, jibit, finnotech)

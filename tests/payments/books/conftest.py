"""A shop with a gateway, and short words for a provider's report."""

from datetime import date, datetime, timedelta

import pytest

from core.tenancy import acting_for
from payments.enums.books import ReportSource
from payments.models import ProviderAccount
from payments.operations.books import reconcile
from payments.providers.contract import LineKind, ReportLine
from tests.payments.conftest import Shop, bank, fresh_sandbox, sandbox, shop

__all__ = ["bank", "fresh_sandbox", "sandbox", "shop"]


class Desk:
    """Whoever holds the shop's books against the provider's report."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        with acting_for(shop.business.id):
            self.account_id = ProviderAccount.objects.get(is_active=True).id

    @property
    def day(self) -> date:
        return date(2026, 11, 23)

    def line(self, payment, kind=LineKind.PAYMENT, **changes) -> ReportLine:
        attempt = self.shop.attempt(payment)
        told = {
            "kind": kind,
            "reference": attempt.authority,
            "amount_rial": attempt.sent_amount,
            "fee_rial": attempt.fee_rial or 0,
            "at": self.shop.now,
        }
        return ReportLine(**told | changes)

    def settlement(self, amount_rial: int, reference: str = "s-1") -> ReportLine:
        return ReportLine(
            kind=LineKind.SETTLEMENT,
            reference=reference,
            amount_rial=amount_rial,
            at=self.shop.now,
        )

    def compare(self, *lines: ReportLine, day: date | None = None, now: datetime | None = None):
        with acting_for(self.shop.business.id):
            return reconcile(
                account_id=self.account_id,
                day=day or self.day,
                lines=lines,
                source=ReportSource.FILE,
                by="sara",
                now=now or self.shop.now + timedelta(hours=20),
            )


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)

"""Mandates and debits from the request to the books, over real HTTP against the sandbox's bank."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import pytest

from core.errors import Problem
from core.tenancy import acting_for
from payments.models import Alert, Debit, Mandate
from payments.operations.debits import NewDebit, schedule_debits
from payments.operations.mandates import (
    NewMandate,
    handle_signing,
    refresh_banks,
    request_mandate,
)
from payments.queries.accounts import accounts_for
from payments.queries.invariants import broken
from tests.payments.conftest import Shop

SARA = {"mobile": "09120000001", "national_code": "0013542419"}
TWO_PEOPLE = SARA | {"national_code": "0067749828"}


@dataclass
class Payman:
    """A shop with Zarinpal's debits, and the customer's bank."""

    shop: Shop

    def sign(self, **person: str) -> Mandate:
        """Ask for a mandate, press the bank's button, come back; return what we then hold."""
        asked: dict[str, Any] = {
            "bank": "056",
            "max_debit_rial": 10_000_000,
            "max_day_count": 5,
            "max_month_count": 20,
            "expires_at": self.shop.now + timedelta(days=300),
        }
        signing = request_mandate(
            business_id=self.shop.business.id,
            asked=NewMandate(**asked | person),
            now=self.shop.now,
        )
        page = self.shop.bank.http.get(signing.redirect.url)
        assert page.status_code == 200
        token = self.mandate(signing.mandate_id).authority
        pressed = self.shop.bank.http.post(f"/bank/sign/{token}", data={"action": "sign"})
        way = urlsplit(pressed.headers["Location"])
        handle_signing(
            token=way.path.rstrip("/").rpartition("/")[2],
            params=dict(parse_qsl(way.query)),
            now=self.shop.now,
        )
        return self.mandate(signing.mandate_id)

    def mandate(self, mandate_id: UUID) -> Mandate:
        with acting_for(self.shop.business.id):
            return Mandate.objects.get(id=mandate_id)

    def due(self, mandate_id: UUID, now: datetime) -> UUID:
        with acting_for(self.shop.business.id):
            new = NewDebit(
                mandate_id=mandate_id,
                amount_rial=1_000_000,
                external_id=uuid4().hex[:12],
                due_at=now,
            )
            return schedule_debits(debits=[new], now=now)[0]

    def debit(self, debit_id: UUID) -> Debit:
        with acting_for(self.shop.business.id):
            return Debit.objects.get(id=debit_id)

    def alerts(self) -> set[str]:
        with acting_for(self.shop.business.id):
            return set(Alert.objects.values_list("kind", flat=True))

    def taken(self) -> int:
        """Return the rial the bank took from Sara's account."""
        balance: int = self.shop.bank.ledger()["accounts"]["account:09120000001"]
        return 100_000_000 - balance


@pytest.fixture
def payman(shop: Shop) -> Payman:
    with acting_for(shop.business.id):
        account_id = accounts_for("debits")[0].id
    refresh_banks(business_id=shop.business.id, account_id=account_id, now=shop.now)
    return Payman(shop)


def test_a_mobile_and_a_national_code_of_two_people_make_no_mandate(payman: Payman):
    refused = payman.sign(**TWO_PEOPLE)
    assert (refused.state, refused.secret) == ("declined", None)
    with pytest.raises(Problem) as refusal:
        payman.due(refused.id, payman.shop.now)
    assert refusal.value.code == "mandate_not_active"
    assert payman.sign(**SARA).state == "active"


def test_a_signature_the_provider_changed_takes_nothing_until_it_is_signed_anew(
    payman: Payman, poll
):
    now = payman.shop.now
    mandate = payman.sign(**SARA)
    first = payman.due(mandate.id, now)
    poll(now)
    assert payman.debit(first).state == "collected"
    assert payman.taken() == 1_000_000

    payman.shop.bank.http.post("/control/debits/rotate", json={"token": mandate.authority})
    second = payman.due(mandate.id, now)
    poll(now)
    poll(now + timedelta(hours=1))

    assert payman.debit(second).state == "failed"
    assert payman.debit(second).failure == "mandate"
    assert payman.taken() == 1_000_000
    assert payman.mandate(mandate.id).state.startswith("revoked")
    assert "mandate_lost" in payman.alerts()
    with acting_for(payman.shop.business.id):
        assert broken(now) == []

    third = payman.due(payman.sign(**SARA).id, now)
    poll(now)
    assert payman.debit(third).state == "collected"
    assert payman.taken() == 2_000_000

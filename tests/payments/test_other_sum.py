"""An inquiry that hears another sum than we asked for: never believed in silence."""

from datetime import timedelta
from typing import Any

import pytest

from core.tenancy import acting_for
from payments.enums import AttemptState, PaymentState
from payments.models import Alert, Payment, Reversal
from payments.providers.contract import Standing
from tests.payments.memory_bank import open_banks
from tests.payments.test_routing import Two

ASKED, TENFOLD = 900_000, 9_000_000


@pytest.fixture
def shop(business, now, monkeypatch) -> Two:
    return Two(business, open_banks(monkeypatch, "zarinpal", "mellat"), now)


def told(shop: Two) -> list[dict[str, Any]]:
    with acting_for(shop.business.id):
        return list(Alert.objects.filter(kind="tenfold").values_list("detail", flat=True))


def test_a_confirmation_without_a_sum_is_held_against_the_inquiry(shop: Two, poll):
    payment = shop.ask(ASKED)
    bank = shop.banks["zarinpal"]
    authority = shop.press(payment)
    bank.pay(authority, shop.now)
    bank.told_rial, bank.confirms_sum = TENFOLD, False

    poll(shop.now + timedelta(minutes=5))

    assert shop.attempts(payment)[0].state in {AttemptState.MISMATCH, AttemptState.REVERSED}
    assert shop.state(payment) != PaymentState.SETTLED
    assert told(shop) == [{"asked_rial": ASKED, "told_rial": TENFOLD}]
    poll(shop.now + timedelta(minutes=10))
    assert bank.sessions[authority].standing is Standing.RETURNED


def test_what_waits_for_its_settlement_is_not_settled_at_another_sum(shop: Two, poll):
    shop.change("zarinpal", is_active=False)
    payment = shop.ask(ASKED)
    bank = shop.banks["mellat"]
    authority = shop.press(payment)
    bank.pay(authority, shop.now)
    bank.broken["settle"] = "refused"
    shop.come_back("mellat", authority)
    assert shop.attempts(payment)[0].state == AttemptState.SETTLING
    bank.told_rial = TENFOLD
    poll(shop.now + timedelta(minutes=2))
    bank.broken.clear()
    poll(shop.now + timedelta(minutes=5))

    assert shop.state(payment) == PaymentState.REVERSED
    assert not bank.sessions[authority].settled
    assert bank.sessions[authority].standing is Standing.RETURNED
    assert told(shop) == [{"asked_rial": ASKED, "told_rial": TENFOLD}]


def settled(shop: Two):
    payment = shop.ask(ASKED)
    authority = shop.press(payment)
    shop.banks["zarinpal"].pay(authority, shop.now)
    shop.come_back("zarinpal", authority)
    assert shop.state(payment) == PaymentState.SETTLED
    return payment


def test_a_later_look_that_hears_another_sum_calls_a_person_and_moves_nothing(shop: Two, poll):
    payment = settled(shop)
    shop.banks["zarinpal"].told_rial = TENFOLD

    poll(shop.now + timedelta(minutes=61))

    assert shop.state(payment) == PaymentState.SETTLED
    assert told(shop) == [{"asked_rial": ASKED, "told_rial": TENFOLD}]
    with acting_for(shop.business.id):
        assert not Reversal.objects.exists()


@pytest.mark.parametrize(("left", "alerts"), [(600_000, {}), (900_000, {}), (500_000, 1)])
def test_what_we_gave_back_ourselves_is_no_other_sum(shop: Two, poll, left, alerts):
    payment = settled(shop)
    with acting_for(shop.business.id):
        Payment.objects.filter(id=payment).update(refunded_rial=300_000)
    shop.banks["zarinpal"].told_rial = left

    poll(shop.now + timedelta(minutes=61))

    assert shop.alerts() == ({"amount_mismatch": 1} if alerts else {})

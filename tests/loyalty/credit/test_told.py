"""Store credit in the customer's story and to the business's software (ADR 70)."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import translation

from core.ids import new_id
from customers.operations import record_return
from customers.queries import timeline
from dashboard.web.customer.remarks import remark
from loyalty.events import StoreCreditFilled, StoreCreditReturned, StoreCreditSpent
from loyalty.operations import sweep_business
from loyalty.operations.credit import take_credit_back
from loyalty.subscribers import credit as subscribers
from outbox.events import Recorded
from outbox.models import Event
from tests.loyalty.credit.conftest import filled, switch_on
from tests.loyalty.gift_cards.conftest import issue_cards

HEARD = (
    (StoreCreditFilled, subscribers.note_filled),
    (StoreCreditSpent, subscribers.note_spent),
    (StoreCreditReturned, subscribers.note_returned),
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def events(acting):
    """Return a function that lists what was announced of store credit, oldest first."""

    def listed():
        rows = Event.objects.filter(name__startswith="store_credit.").order_by("id")
        return [(row.name.removeprefix("store_credit."), row.payload) for row in rows]

    return listed


def test_everything_that_moves_is_announced_once_with_what_is_left(sara, pay, events, now):
    switch_on(now, months=1)
    filled(sara, now, 300_000, external_id="one")
    filled(sara, now, 300_000, external_id="one")
    sold = pay(500_000, by_credit=200_000)
    for number in ("half", "half", "rest"):
        record_return(
            purchase_id=sold.purchase_id, external_id=number, amount_rial=250_000, now=now
        )
    wrong = filled(sara, now, 50_000)
    for _twice in range(2):
        take_credit_back(credit_id=wrong.id, reason="اشتباه", actor=None, now=now)
    late = now + timedelta(days=80)
    sweep_business(now=late)
    sweep_business(now=late)
    assert [(kind, told["amount_rial"], told.get("left_rial")) for kind, told in events()] == [
        ("filled", 300_000, None),
        ("spent", 200_000, 100_000),
        ("returned", 100_000, 200_000),
        ("returned", 100_000, 300_000),
        ("filled", 50_000, None),
        ("taken_back", 50_000, None),
        ("expired", 300_000, None),
    ]
    assert {told["customer_id"] for _kind, told in events()} == {str(sara)}


def test_a_sale_paid_from_two_fillings_is_told_for_each(sara, pay, events, now):
    filled(sara, now, 100_000)
    filled(sara, now, 200_000)
    pay(250_000)
    spent = [told for kind, told in events() if kind == "spent"]
    assert [(one["amount_rial"], one["left_rial"]) for one in spent] == [
        (100_000, 0),
        (150_000, 50_000),
    ]
    assert len({one["store_credit_id"] for one in spent}) == 2


def test_gift_cards_are_no_store_credit(sara, events, now):
    issue_cards(now)
    assert events() == []


def test_the_story_tells_it_in_persian_once(sara, pay, now):
    filled(sara, now, 300_000, reason="سایز اندازه نبود")
    sold = pay(200_000)
    record_return(purchase_id=sold.purchase_id, external_id=str(new_id()), now=now)
    for _again in range(2):
        for kind, handler in HEARD:
            event = Event.objects.get(name=kind.name)
            body = kind.from_payload(event.payload)
            handler(Recorded(event.id, event.business_id, event.at, body), now=now)
    with translation.override(settings.LANGUAGE_CODE):
        lines = [remark(one, now) for one in timeline(sara) if one.kind.startswith("credit_")]
    assert sorted(one.title for one in lines) == [
        "۲۰٬۰۰۰ تومان با اعتبار فروشگاه پرداخت",
        "۲۰٬۰۰۰ تومان به اعتبار فروشگاهش برگشت",
        "۳۰٬۰۰۰ تومان اعتبار فروشگاه شارژ شد",
    ]
    assert {one.detail for one in lines} == {"«سایز اندازه نبود»", "شارژ شده · «سایز اندازه نبود»"}

"""C038: a sale tells whether the customer is new, and which kinds of goods are new to them."""

from typing import Any

import pytest

from customers.events import PurchaseRecorded
from customers.operations import CustomerHint
from customers.operations.leads import NewLead, note_lead
from customers.queries.newness import new_categories
from outbox.events import Recorded
from outbox.models import Event
from tests.segmentation.own import NOW, buy
from webhooks.queries.kinds import told_by

pytestmark = pytest.mark.django_db


def _told(purchase_id: Any) -> Any:
    event = Event.objects.get(name="purchase.recorded", payload__purchase_id=str(purchase_id))
    body = PurchaseRecorded.from_payload(event.payload)
    heard = Recorded(event.id, event.business_id, event.at, body)
    (one,) = told_by(heard, frozenset({"purchase.recorded"}))
    return one.data


def test_new_to_the_business_and_new_to_goods(acting: Any) -> None:
    first = _told(buy(1, 500, "tea").purchase_id)
    assert (first["is_new_customer"], first["is_new_to_category"]) == (True, True)
    assert first["new_categories"] == ["c-tea"]
    again = _told(buy(1, 200, "tea", "cake").purchase_id)
    assert (again["is_new_customer"], again["is_new_to_category"]) == (False, True)
    assert again["new_categories"] == ["c-cake"]
    usual = _told(buy(1, 20, "tea", "cake").purchase_id)
    assert (usual["is_new_to_category"], usual["new_categories"]) == (False, [])


def test_after_two_years_goods_are_new_again_and_others_purchases_say_nothing(acting: Any) -> None:
    buy(1, 800, "tea")
    buy(2, 100, "tea")
    assert new_categories(buy(1, 40, "tea").purchase_id) == ["c-tea"]
    assert new_categories(buy(1, 10, "tea").purchase_id) == []


def test_who_came_from_a_competitor_is_a_source_with_its_name(acting: Any) -> None:
    noted = note_lead(
        new=NewLead(
            customer=CustomerHint(mobile="09120000009"), kind="competitor", source="کافهٔ روبه‌رو"
        ),
        now=NOW,
    )
    assert noted.lead is not None
    assert (noted.lead.source.kind, noted.lead.source.title) == ("competitor", "کافهٔ روبه‌رو")

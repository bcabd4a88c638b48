"""Erasing and merging people (R59) leaves nothing open of them in any table of segments."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps

from customers.events import CustomerErased, CustomersMerged
from customers.models import Customer, CustomerTotals
from customers.operations import ask_erasure, confirm_erasure, merge_customers
from outbox.events import Recorded
from segmentation.models import ActionItem, NamedStay, RetentionDrop, SegmentTransition
from segmentation.operations import (
    create_own_segment,
    plan_actions,
    refresh_named_segments,
    refresh_own_segments,
    score_business,
)
from segmentation.operations.retention import common_priors, estimate_retention, foresee
from segmentation.subscribers import on_erasure, on_merge
from tests.segmentation.own import NOW, buy

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)

# Every table of this app that holds a customer, and which of its rows stand for now.
STANDING: dict[str, Any] = {
    "ActionItem": {"state": "open"},
    "CustomerFit": {},
    "CustomerOutlook": {},
    "CustomerScore": {},
    "NamedStay": {"left_at": None},
    "RetentionDrop": {"risen_at": None},
    "SegmentStay": {"left_at": None},
    # A history of days, by number alone: nothing of it stands for now.
    "SegmentTransition": None,
}


def standing(customer_id: Any) -> dict[str, int]:
    """Return how many rows that stand for now each table has of somebody."""
    return {
        name: apps.get_model("segmentation", name)
        .objects.filter(customer_id=customer_id, **asked)
        .count()
        for name, asked in STANDING.items()
        if asked is not None
    }


@pytest.fixture
def two(acting, monkeypatch):
    """Two customers who are in every table, the one of tenths too, though they are few."""
    monkeypatch.setattr("segmentation.operations.named.FEWEST", 1)
    for who in range(1, 9):
        for days in (400, 380, 200 + who):
            last = buy(who, days, rial=1_000).customer_id
    first = buy(1, 190, rial=90_000).customer_id
    create_own_segment(name="x", rule={"kind": "bought", "least": 1}, actor=None, now=NOW)
    _night(NOW)
    for who in (first, last):
        ActionItem.objects.filter(customer_id=who).delete()
        ActionItem.objects.create(
            on=NOW.date(), place=1, kind="call", subject=str(who), customer_id=who, value_rial=1,
            chance=1, expected_rial=1, low_rial=1, high_rial=1, effort_minutes=1, made_at=NOW,
        )  # fmt: skip
        RetentionDrop.objects.create(customer_id=who, at=NOW, score=1, line=20)
        assert all(standing(who).values()), standing(who)
    return first, last


def _night(now: Any) -> None:
    score_business(now=now)
    estimate_retention(common=common_priors([]), now=now)
    foresee(now=now)
    refresh_named_segments(now=now)
    refresh_own_segments(now=now)
    plan_actions(now=now)


def _heard(body: Any, business: Any) -> Any:
    return Recorded(id=uuid4(), business_id=business.id, at=LATER, body=body)


def test_every_table_that_holds_a_customer_is_looked_at():
    holding = {
        model.__name__
        for model in apps.get_app_config("segmentation").get_models()
        if any(field.name == "customer" for field in model._meta.concrete_fields)
    }
    assert holding == set(STANDING)


def test_who_is_erased_is_in_no_table_and_stays_out(two, acting):
    gone, stays = two
    before = standing(stays)
    asked = ask_erasure(customer_id=gone, reason="asked", now=LATER)
    code = Customer.objects.get(id=gone).member_code
    confirm_erasure(erasure_id=asked.id, member_code=code, now=LATER)
    on_erasure(_heard(CustomerErased(customer_id=gone), acting), now=LATER)
    assert not any(standing(gone).values()), standing(gone)
    assert not NamedStay.objects.filter(customer_id=gone).exists()
    assert SegmentTransition.objects.filter(customer_id=gone).latest("at").after == ""
    assert standing(stays) == before
    _night(NOW + timedelta(days=1))
    assert not any(standing(gone).values()), standing(gone)
    assert CustomerTotals.objects.filter(id=gone).exists()


def test_who_is_merged_leaves_and_the_survivor_is_seen_to_by_night(two, acting):
    survivor, merged = two
    merge_customers(survivor_id=survivor, merged_id=merged, now=LATER)
    event = CustomersMerged(merge_id=uuid4(), survivor_id=survivor, merged_id=merged)
    on_merge(_heard(event, acting), now=LATER)
    assert not any(standing(merged).values()), standing(merged)
    assert NamedStay.objects.filter(customer_id=merged, left_at=LATER).exists()
    _night(NOW + timedelta(days=1))
    assert not any(standing(merged).values()), standing(merged)
    assert standing(survivor)["NamedStay"]
    assert standing(survivor)["CustomerOutlook"]
    stay = NamedStay.objects.get(customer_id=survivor, segment="lapsed", left_at=None)
    assert stay.evidence["last_on"] == str(CustomerTotals.objects.get(id=survivor).last_on)

"""Profiles that may be one person, as a manager decides about them (R62)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from customers.models import Customer, CustomerMerge, MergeSuggestion
from customers.operations import (
    CardHint,
    CustomerHint,
    NewPurchase,
    NewTender,
    merge_customers,
    record_purchases,
)


@pytest.fixture
def family(shop):
    """Return a function that makes pairs who pay with one card."""

    def pay(pairs=1, *, first=0):
        now = timezone.now()
        sales = [
            NewPurchase(
                external_id=f"family-{place}-{who}",
                channel="pos",
                customer=CustomerHint(
                    mobile=f"0912{who}000{place:03}",
                    name=f"خانوادهٔ {place}",
                    card=CardHint(hash=f"card-{place}"),
                ),
                tenders=(NewTender(method="pos", amount_rial=3_000_000),),
            )
            for place in range(first, first + pairs)
            for who in (1, 2)
        ]
        with acting_for(shop.business.id):
            made = record_purchases(purchases=sales, source="api", now=now)
        assert [one.error for one in made] == [None] * len(sales)
        return [one.customer_id for one in made]

    return pay


def _suggestion(shop):
    with acting_for(shop.business.id):
        return MergeSuggestion.objects.get()


def test_pairs_are_shown_with_their_reason(shop, owner_client, family, text_of):
    family()
    page = text_of(owner_client.get(shop.url("customers/same/")))
    assert "کارت بانکی" in page
    assert "خانوادهٔ 0" in page
    listed = text_of(owner_client.get(shop.url("customers/")))
    assert shop.url("customers/same/") in listed


@pytest.mark.parametrize("state", ["open", "merged"])
def test_a_list_costs_the_same_for_one_row_and_for_three(shop, owner_client, family, state):
    path, counts = shop.url(f"customers/same/?state={state}"), []
    for first, pairs in ((0, 1), (1, 2)):
        _pairs(shop, family(pairs, first=first), merge=state == "merged")
        owner_client.get(path)
        with CaptureQueriesContext(connection) as queries:
            owner_client.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def _pairs(shop, people, *, merge):
    for one, other in zip(people[::2], people[1::2], strict=True) if merge else ():
        with acting_for(shop.business.id):
            merge_customers(survivor_id=one, merged_id=other, now=timezone.now())


def test_a_manager_says_they_are_one_and_takes_it_back(shop, owner_client, family, text_of):
    father, mother = family()
    suggestion = _suggestion(shop)
    decide = shop.url(f"customers/same/{suggestion.id}/decide/")
    assert owner_client.post(decide, {"stays": str(mother)}).status_code == 302
    with acting_for(shop.business.id):
        merge = CustomerMerge.objects.get()
        assert (merge.survivor_id, merge.merged_by) == (mother, "مریم")
    old = owner_client.get(shop.url(f"customers/{father}/"))
    assert (old.status_code, old["Location"]) == (302, shop.url(f"customers/{mother}/"))
    assert "جدا کردن" in text_of(owner_client.get(shop.url(f"customers/{mother}/")))
    assert "جدا کردن" in text_of(owner_client.get(shop.url("customers/same/?state=merged")))
    undo = shop.url(f"customers/merges/{merge.id}/undo/")
    assert owner_client.post(undo).status_code == 302
    with acting_for(shop.business.id):
        assert Customer.objects.filter(status="merged").count() == 0
    again = owner_client.post(undo, follow=True)
    assert "پیش‌تر برگردانده" in text_of(again)


def test_a_manager_says_they_are_two(shop, owner_client, family, text_of):
    family()
    decide = shop.url(f"customers/same/{_suggestion(shop).id}/decide/")
    assert "دو نفرند" in text_of(owner_client.post(decide, follow=True))
    assert _suggestion(shop).state == "refused"
    assert "تصمیم گرفته شده" in text_of(owner_client.post(decide, follow=True))


def test_what_is_no_id_is_nobody(shop, owner_client, family):
    family()
    decide = shop.url(f"customers/same/{_suggestion(shop).id}/decide/")
    assert owner_client.post(decide, {"stays": "x"}).status_code == 404


def test_cashiers_do_not_decide_who_is_who(shop, client_as, family, text_of):
    father, _mother = family()
    cashier = client_as("cashier")
    assert cashier.get(shop.url("customers/same/")).status_code == 403
    decide = shop.url(f"customers/same/{_suggestion(shop).id}/decide/")
    assert cashier.post(decide).status_code == 403
    page = text_of(cashier.get(shop.url(f"customers/{father}/")))
    assert shop.url("customers/same/") not in page

"""Profiles that may be one person: suggested, decided, joined, taken apart (R62)."""

from datetime import timedelta

import pytest

from businesses.models import AuditEntry
from core.errors import NotFound, Problem
from customers.models import (
    Customer,
    CustomerIdentity,
    CustomerTotals,
    MergeSuggestion,
    Purchase,
    TimelineEntry,
)
from customers.operations import (
    CardHint,
    CustomerHint,
    accept_suggestion,
    merge_customers,
    note_timeline,
    open_case,
    record_return,
    refuse_suggestion,
    undo_merge,
    update_customer,
)
from customers.queries import customer_view, find_customer
from customers.queries.invariants import broken
from customers.queries.merging import profiles_of, suggestion_count, survivor_of
from tests.conftest import _owner_of
from tests.customers.conftest import sale

CARD = CardHint(hash="family", masked_pan="603799******4431")
FATHER, MOTHER = "09121111111", "09122222222"


@pytest.fixture
def family(acting, record_one):
    """Return two people who paid with one card."""
    father = record_one(sale(customer=CustomerHint(mobile=FATHER, card=CARD)))
    mother = record_one(sale(customer=CustomerHint(mobile=MOTHER, card=CARD)))
    return father.customer_id, mother.customer_id


@pytest.fixture
def suggestion(family):
    """Return what the shared card suggested."""
    return MergeSuggestion.objects.get()


def test_a_shared_card_is_a_suggestion_with_its_reason_and_never_a_merge(family, suggestion):
    assert {suggestion.first_id, suggestion.second_id} == set(family)
    assert (suggestion.state, suggestion.because, suggestion.times) == ("open", ["card"], 1)
    assert Customer.objects.filter(status="merged").count() == 0


def test_it_is_counted_how_often_and_by_what_the_two_were_one(family, record_one, suggestion):
    record_one(sale(customer=CustomerHint(mobile=MOTHER, card=CARD)))
    record_one(sale(customer=CustomerHint(mobile=FATHER, email="a@example.com")))
    both = CustomerHint(mobile=MOTHER, email="a@example.com")
    record_one(sale(customer=both))
    suggestion.refresh_from_db()
    assert (suggestion.because, suggestion.times) == (["card", "email"], 3)


def test_a_batch_that_shows_a_pair_twice_counts_twice(family, record, suggestion):
    both = CustomerHint(mobile=MOTHER, card=CARD)
    outcomes = record(sale(customer=both), sale(customer=both))
    assert [one.error for one in outcomes] == [None, None]
    suggestion.refresh_from_db()
    assert suggestion.times == 3


def test_not_the_same_is_remembered(family, record_one, suggestion, now):
    refuse_suggestion(suggestion_id=suggestion.id, now=now)
    record_one(sale(customer=CustomerHint(mobile=MOTHER, card=CARD)))
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.times) == ("refused", 1)
    assert suggestion_count() == 0
    with pytest.raises(Problem) as refusal:
        accept_suggestion(suggestion_id=suggestion.id, now=now)
    assert refusal.value.code == "suggestion_decided"
    with pytest.raises(Problem) as refusal:
        refuse_suggestion(suggestion_id=suggestion.id, now=now)
    assert refusal.value.code == "suggestion_decided"


def test_accepting_joins_the_two(family, suggestion, now):
    father, mother = family
    merge = accept_suggestion(suggestion_id=suggestion.id, survivor_id=mother, now=now)
    assert (merge.survivor_id, merge.merged_id) == (mother, father)
    suggestion.refresh_from_db()
    assert suggestion.state == "accepted"
    assert broken(now) == []


def test_the_better_known_stays_when_nobody_chose(family, suggestion, record_one, now):
    _father, mother = family
    record_one(sale(customer=CustomerHint(mobile=MOTHER)))
    assert accept_suggestion(suggestion_id=suggestion.id, now=now).survivor_id == mother


def test_only_one_of_the_two_can_stay(suggestion, record_one, now):
    third = record_one(sale(customer=CustomerHint(mobile="09123333333"))).customer_id
    with pytest.raises(Problem) as refusal:
        accept_suggestion(suggestion_id=suggestion.id, survivor_id=third, now=now)
    assert refusal.value.code == "not_of_the_pair"


def test_every_old_identity_and_the_old_id_find_the_survivor(family, now, record_one):
    father, mother = family
    code = Customer.objects.get(id=mother).member_code
    merge_customers(survivor_id=father, merged_id=mother, now=now)
    assert find_customer(mobile=MOTHER) == find_customer(member_code=code) == father
    view = customer_view(mother)
    assert view is not None
    assert view.id == survivor_of(mother) == father
    assert sorted(profiles_of(father)) == sorted(family)
    made = record_one(sale(customer=CustomerHint(mobile=MOTHER)))
    again = customer_view(father)
    assert again is not None
    assert (made.customer_id, again.purchases) == (father, 3)


def test_running_totals_are_those_of_both(acting, record_one, now):
    one = record_one(sale(500_000, customer=CustomerHint(mobile=FATHER)))
    other = record_one(
        sale(700_000, customer=CustomerHint(mobile=MOTHER)), at=now + timedelta(minutes=1)
    )
    record_return(purchase_id=other.purchase_id, external_id="1", amount_rial=200_000, now=now)
    merge = merge_customers(survivor_id=one.customer_id, merged_id=other.customer_id, now=now)
    totals = CustomerTotals.objects.get()
    assert (totals.purchases, totals.purchase_days) == (2, 1)
    assert (totals.gross_rial, totals.returned_rial) == (1_200_000, 200_000)
    undo_merge(merge_id=merge.id, now=now)
    sums = CustomerTotals.objects.order_by("gross_rial").values_list("gross_rial", "returned_rial")
    assert list(sums) == [(500_000, 0), (700_000, 200_000)]
    assert broken(now) == []


def test_gaps_are_filled_and_emptied_again(acting, record_one, now):
    named = record_one(sale(customer=CustomerHint(email="sara@example.com", name="سارا")))
    bare = record_one(sale(customer=CustomerHint(mobile=MOTHER)))
    pair = {"survivor_id": bare.customer_id, "merged_id": named.customer_id}
    merge = merge_customers(**pair, now=now)
    stays = Customer.objects.get(id=bare.customer_id)
    assert (stays.name, stays.email, stays.search_key) == ("سارا", "sara@example.com", "سارا")
    undo_merge(merge_id=merge.id, now=now)
    stays.refresh_from_db()
    assert (stays.name, stays.email, stays.mobile) == ("", None, "+989122222222")
    assert find_customer(email="sara@example.com") == named.customer_id


def test_what_was_corrected_since_is_not_taken_away(acting, record_one, now):
    named = record_one(sale(customer=CustomerHint(email="sara@example.com", name="سارا")))
    bare = record_one(sale(customer=CustomerHint(mobile=MOTHER)))
    merge = merge_customers(survivor_id=bare.customer_id, merged_id=named.customer_id, now=now)
    update_customer(customer_id=bare.customer_id, name="سارا کریمی", now=now)
    undo_merge(merge_id=merge.id, now=now)
    assert Customer.objects.get(id=bare.customer_id).name == "سارا کریمی"


def test_a_profile_known_by_a_card_is_claimed_by_a_merge(acting, record_one, now):
    card = record_one(sale(customer=CustomerHint(card=CARD)))
    known = record_one(sale(customer=CustomerHint(mobile=MOTHER)))
    merge = merge_customers(survivor_id=card.customer_id, merged_id=known.customer_id, now=now)
    assert Customer.objects.get(id=card.customer_id).status == "active"
    undo_merge(merge_id=merge.id, now=now)
    assert Customer.objects.get(id=card.customer_id).status == "provisional"


def test_cases_and_remarks_follow(family, now):
    father, mother = family
    case = open_case(kind="complaint", title="سرد بود", customer_id=mother, now=now)
    note_timeline(customer_id=mother, kind="note", occurred_at=now, source_ref="x", now=now)
    note_timeline(customer_id=father, kind="note", occurred_at=now, source_ref="x", now=now)
    merge = merge_customers(survivor_id=father, merged_id=mother, now=now)
    case.refresh_from_db()
    assert case.customer_id == father
    late = open_case(kind="complaint", title="باز هم", customer_id=mother, now=now)
    assert late.customer_id == father
    undo_merge(merge_id=merge.id, now=now)
    case.refresh_from_db()
    assert case.customer_id == mother
    assert TimelineEntry.objects.filter(customer_id=mother, source_ref="x").exists()
    assert TimelineEntry.objects.filter(customer_id=father, kind="unmerged").exists()


def test_what_was_bought_since_stays_with_the_survivor(family, record_one, now):
    father, mother = family
    merge = merge_customers(survivor_id=father, merged_id=mother, now=now)
    since = record_one(sale(customer=CustomerHint(mobile=MOTHER)))
    undo_merge(merge_id=merge.id, now=now)
    assert Purchase.objects.get(id=since.purchase_id).customer_id == father
    assert find_customer(mobile=MOTHER) == mother
    assert suggestion_count() == 0
    assert broken(now) == []


def test_nobody_is_merged_with_themselves_or_with_strangers(family, now):
    father, _mother = family
    with pytest.raises(Problem) as refusal:
        merge_customers(survivor_id=father, merged_id=father, now=now)
    assert refusal.value.code == "same_customer"
    with pytest.raises(NotFound):
        merge_customers(survivor_id=father, merged_id=MergeSuggestion.objects.get().id, now=now)
    with pytest.raises(NotFound):
        undo_merge(merge_id=father, now=now)
    with pytest.raises(NotFound):
        refuse_suggestion(suggestion_id=father, now=now)


def test_a_merge_is_written_down(family, business, now):
    owner = _owner_of(business)
    father, mother = family
    merge = merge_customers(
        survivor_id=father, merged_id=mother, reason="  خودش گفت ", actor=owner, now=now
    )
    assert (merge.reason, merge.merged_by) == ("خودش گفت", str(owner))
    entry = AuditEntry.objects.get(action="customer.merged")
    assert (entry.subject, entry.data["merged"]) == (str(father), str(mother))


def test_identities_keep_their_reason(family, now):
    father, mother = family
    before = set(CustomerIdentity.objects.values_list("id", "reason", "kind"))
    merge_customers(survivor_id=father, merged_id=mother, now=now)
    assert set(CustomerIdentity.objects.values_list("id", "reason", "kind")) == before

"""N1, C061: a card that does not stand for somebody is taken away; evidence binds it anew."""

import pytest
from django.utils import timezone

from core.errors import NotFound, Problem
from core.tenancy import acting_for
from customers.models import Customer, CustomerIdentity, Purchase, TimelineEntry
from customers.operations import CustomerHint, merge_customers, record_purchases
from customers.operations.people.unlinking import unlink_identity
from customers.operations.purchases.values import CardHint
from tests.customers.conftest import sale

pytestmark = pytest.mark.django_db
CARD = CardHint(masked_pan="603799******1234", hash="a" * 40)
SARA = CustomerHint(mobile="09121234567", card=CARD)
REZA = CustomerHint(mobile="09127654321", card=CARD)
NOBODY = CustomerHint(card=CARD)


@pytest.fixture
def sell(acting, now):
    """Return a function that sells to a hint; it returns the customer's id."""
    numbers = iter(range(100))

    def sold(who):
        new = sale(external_id=f"u-{next(numbers)}", customer=who)
        (outcome,) = record_purchases(purchases=[new], source="test", now=now)
        assert outcome.error is None
        return outcome.customer_id

    return sold


@pytest.fixture
def sara(sell):
    """Return whom two payments with one card agreed on."""
    first, second = sell(SARA), sell(SARA)
    assert first == second
    return first


def card_of(customer_id):
    return CustomerIdentity.objects.get(customer_id=customer_id, kind="card")


def unlink(customer_id, row, now):
    unlink_identity(customer_id=customer_id, identity_id=row.id, actor=None, now=now)


def test_n1_a_card_taken_away_stands_for_nobody(sell, sara, now):
    assert sell(NOBODY) == sara
    unlink(sara, card_of(sara), now)
    assert not CustomerIdentity.objects.filter(kind="card").exists()
    stranger = sell(NOBODY)
    assert stranger != sara
    assert Customer.objects.get(id=stranger).status == "provisional"
    assert Purchase.objects.filter(customer_id=sara).count() == 3


def test_n1_two_payments_bind_it_to_whoever_it_is_now(sell, sara, now):
    unlink(sara, card_of(sara), now)
    reza = sell(REZA)
    assert card_of(reza).verified_at is None
    assert sell(NOBODY) != reza
    assert sell(REZA) == sell(REZA) == reza


def test_n1_the_same_evidence_says_the_same_again(sell, sara, now):
    """Nothing is remembered against them: they may have their card back by using it."""
    unlink(sara, card_of(sara), now)
    assert sell(SARA) == sara
    assert card_of(sara).verified_at is None
    sell(SARA)
    assert card_of(sara).verified_at is not None


def test_n1_the_timeline_says_what_it_was(sara, now):
    unlink(sara, card_of(sara), now)
    entry = TimelineEntry.objects.get(customer_id=sara, kind="profile_changed")
    assert entry.data == {"unlinked": "card", "hint": "1234"}


@pytest.mark.parametrize("kind", ["mobile", "member_code"])
def test_n1_what_the_profile_is_known_by_stays(sara, now, kind):
    row = CustomerIdentity.objects.get(customer_id=sara, kind=kind)
    with pytest.raises(Problem) as refused:
        unlink(sara, row, now)
    assert refused.value.code == "identity_kept"
    assert CustomerIdentity.objects.filter(id=row.id).exists()


def test_n1_all_that_is_known_of_a_stranger_stays(sell, now):
    stranger = sell(NOBODY)
    with pytest.raises(Problem) as refused:
        unlink(stranger, card_of(stranger), now)
    assert refused.value.code == "identity_kept"


def test_n1_only_its_own_and_once(sell, sara, now):
    other = sell(CustomerHint(mobile="09351112233"))
    row = card_of(sara)
    with pytest.raises(NotFound):
        unlink(other, row, now)
    unlink(sara, row, now)
    with pytest.raises(NotFound):
        unlink(sara, row, now)


def test_n1_a_merged_profile_is_closed(sell, sara, now):
    other = sell(CustomerHint(mobile="09351112233"))
    row = card_of(sara)
    merge_customers(survivor_id=other, merged_id=sara, now=now)
    with pytest.raises(Problem):
        unlink(sara, row, now)
    unlink(other, row, now)


def test_c061_over_http_they_are_listed_and_unlinked(api, business, body):
    card = {"masked_pan": "603799******1234", "hash": "a" * 40}
    told = body | {"customer": {"mobile": "09121234567", "card": card}}
    customer = api.post("purchases", told).json()["customer"]["id"]
    path = f"customers/{customer}/identities"
    rows = {row["kind"]: row for row in api.get(path).json()["data"]}
    assert rows["card"]["hint"] == "1234"
    assert rows["card"]["can_be_unlinked"]
    assert not rows["mobile"]["can_be_unlinked"]
    kept = api.post(f"{path}/{rows['mobile']['id']}/unlink")
    assert (kept.status_code, kept.json()["code"]) == (409, "identity_kept")
    left = api.post(f"{path}/{rows['card']['id']}/unlink")
    assert left.status_code == 200
    assert "card" not in [row["kind"] for row in left.json()["data"]]
    assert api.post(f"{path}/{rows['card']['id']}/unlink").status_code == 404


def test_n1_on_their_page_a_manager_takes_it_away(owner_client, business):
    with acting_for(business.id):
        new = sale(external_id="p-1", customer=SARA)
        (sold,) = record_purchases(purchases=[new], source="test", now=timezone.now())
        card = card_of(sold.customer_id)
    page = f"/b/{business.slug}/customers/{sold.customer_id}/"
    assert "این مال او نیست" in owner_client.get(page).content.decode()
    done = owner_client.post(f"{page}identities/{card.id}/unlink/", follow=True)
    text = done.content.decode()
    assert "دیگر با آن شناخته نمی‌شود" in text
    assert "این مال او نیست" not in text

"""Corrections by hand (R61): reason, limit, a second person, told to the customer."""

from functools import partial

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from businesses.models import User
from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.models import Customer
from customers.operations import record_purchases, record_return
from dashboard.web import words
from loyalty.models import Correction, LedgerEntry, Wallet
from loyalty.operations import (
    adjust_points,
    ask_correction,
    ask_write_off,
    commit_redemption,
    decide_correction,
    reserve_redemption,
    update_program,
)
from loyalty.queries import explain, ledger, wallet_view
from loyalty.queries.corrections import waiting_corrections
from loyalty.queries.invariants import broken
from outbox.models import Event
from tests.loyalty.conftest import BUYER, FAR, balance, buyer, sale


@pytest.fixture
def asker(db):
    return User.objects.create_user("asker@example.com", "x", name="مینا")


@pytest.fixture
def second(db):
    return User.objects.create_user("second@example.com", "x", name="مینا")


def test_a_small_correction_is_done_at_once(sell, asker, now):
    """R61: one person's word is enough up to the programme's number."""
    customer = buyer(sell(1_000_000))
    done = ask_correction(customer_id=customer, points=1_000, reason="دلجویی", actor=asker, now=now)
    assert (done.state, balance()) == ("applied", 1_010)
    assert "دلجویی" in explain(ledger(customer)[0])


def test_a_large_correction_waits_for_somebody_else(sell, asker, second, now):
    """R61: whoever asked says no to it perhaps, but never yes; a name alike is no second person."""
    customer = buyer(sell(1_000_000))
    asked = partial(ask_correction, customer_id=customer, reason="هدیه", actor=asker, now=now)
    row = asked(points=1_001)
    assert (row.state, balance()) == ("waiting", 10)
    assert list(waiting_corrections(customer)) == [row]
    decide = partial(decide_correction, correction_id=row.id, now=now)
    with pytest.raises(Problem, match="second_person_needed"):
        decide(approve=True, actor=asker)
    assert balance() == 10
    assert decide(approve=True, actor=second).state == "approved"
    assert balance() == 1_011
    entry = LedgerEntry.objects.get(kind="adjust")
    assert entry.data["reason"] == "هدیه"
    assert (entry.data["by"], entry.data["approved_by"]) == (str(asker), str(second))
    assert Event.objects.filter(name="points.adjusted").count() == 1
    with pytest.raises(Problem, match="not_awaiting_approval"):
        decide(approve=True, actor=second)
    taken_back = asked(points=2_000)
    assert (
        decide_correction(correction_id=taken_back.id, approve=False, actor=asker, now=now).state
        == "refused"
    )
    assert balance() == 1_011
    assert not waiting_corrections(customer)


def test_nothing_goes_beyond_the_limit(sell, asker, now):
    """R61: neither alone nor with two."""
    customer = buyer(sell(1_000_000))
    changes = {"correct_most_points": 500, "correct_alone_points": 100}
    update_program(changes=changes, actor=None, now=now)
    for points in (501, -501):
        with pytest.raises(Problem, match="too_many_points"):
            ask_correction(customer_id=customer, points=points, reason="x", actor=asker, now=now)
    with pytest.raises(Problem, match="second_person_needed"):
        adjust_points(customer_id=customer, points=101, reason="x", actor=asker, now=now)
    assert not Correction.objects.exists()
    assert balance() == 10


def test_what_is_true_when_it_is_approved_counts(sell, asker, second, now):
    customer = buyer(sell(200_000_000))
    update_program(changes={"correct_alone_points": 1}, actor=None, now=now)
    row = ask_correction(customer_id=customer, points=-1_500, reason="خطا", actor=asker, now=now)
    changes = {"correct_most_points": 1_000}
    update_program(changes=changes, actor=None, now=now)
    decide = partial(decide_correction, correction_id=row.id, approve=True, actor=second, now=now)
    with pytest.raises(Problem, match="too_many_points"), transaction.atomic():
        decide()
    update_program(changes={"correct_most_points": None}, actor=None, now=now)
    before = wallet_view(customer, now).balance_points
    decide()
    assert wallet_view(customer, now).balance_points == before - 1_500


def test_a_correction_nobody_knows_is_not_found(acting, asker, now):
    with pytest.raises(Problem, match="not_found"):
        decide_correction(correction_id=new_id(), approve=True, actor=asker, now=now)


def test_six_people_agreeing_at_once_add_the_points_once(in_parallel, business, now):
    """R61: and R41: one correction, one entry."""
    people = [User.objects.create_user(f"p{n}@example.com", "x") for n in range(6)]
    with acting_for(business.id):
        new = sale(1_000_000, customer=BUYER, at=now)
        [made] = record_purchases(purchases=[new], source="api", now=now)
        assert made.customer_id
        row = ask_correction(
            customer_id=made.customer_id, points=5_000, reason="x", actor=people[0], now=now
        )

    def agree(person):
        try:
            with acting_for(business.id):
                decide_correction(correction_id=row.id, approve=True, actor=person, now=now)
        except Problem as refusal:
            return refusal.code
        return "approved"

    outcomes = in_parallel(*[partial(agree, person) for person in people])
    assert outcomes.count("approved") == 1
    assert outcomes[0] != "approved"
    with acting_for(business.id):
        assert Wallet.objects.get().balance_points == 5_010
        assert broken(now + FAR) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": 0},
        {"reason": ""},
        {"state": "approved"},
        {"state": "waiting", "decided_by": "کسی", "decider": "other"},
        {"state": "approved", "decider": "asker"},
    ],
)
def test_the_database_refuses_a_correction_of_one_person(sell, asker, second, now, wrong):
    customer = buyer(sell(1_000_000))
    row = ask_correction(customer_id=customer, points=5_000, reason="x", actor=asker, now=now)
    people = {"asker": asker.id, "other": second.id}
    decider = people.get(wrong.pop("decider", ""))
    if decider:
        wrong |= {"decider_id": decider, "decided_at": now}
    with pytest.raises(DatabaseError), transaction.atomic():
        Correction.objects.filter(id=row.id).update(**wrong)


# --- on the customer's page -----------------------------------------------------------------------


@pytest.fixture
def member(business, now):
    with acting_for(business.id):
        new = sale(1_000_000, customer=BUYER, at=now)
        [made] = record_purchases(purchases=[new], source="api", now=now)
    return made.customer_id


def _page(name, business, **more):
    return reverse(f"dashboard:{name}", args=[business.slug, *more.values()])


def test_a_manager_corrects_points_on_the_customers_page(owner_client, business, member):
    page = _page("customer", business, customer=member)
    assert "اصلاح امتیاز" in owner_client.get(page).content.decode()
    ask = _page("points-correct", business, customer=member)
    answer = owner_client.post(
        ask, {"points": "۵۰", "reason": "دلجویی", "deed": "add"}, follow=True
    )
    assert [str(told) for told in answer.context["messages"]] == [
        f"اصلاح امتیاز: {words.signed(50)}"
    ]
    with acting_for(business.id):
        assert Wallet.objects.get().balance_points == 60
    assert "۶۰" in owner_client.get(ask).content.decode()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"points": "500", "deed": "take"}, "حداکثر ۱۰ امتیاز"),
        ({"points": "ده"}, "عدد"),
        ({"points": ""}, "لازم"),
        ({"reason": " "}, "لازم"),
        ({"reason": "برای سارا کریمی"}, "بدون نام"),
    ],
)
def test_a_refused_correction_stays_as_it_was_typed(owner_client, business, member, wrong, told):
    """R61: what was typed is shown again with what is wrong beside its field."""
    with acting_for(business.id):
        Customer.objects.filter(id=member).update(name="سارا کریمی")
    ask = _page("points-correct", business, customer=member)
    typed = {"points": "۵۰", "reason": "دلجویی", "deed": "add"}
    answer = owner_client.post(ask, typed | wrong)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text
    assert told in text
    for name, value in {"points": "۵۰", "reason": "دلجویی", **wrong}.items():
        assert name == "deed" or not value.strip() or f'value="{value}"' in text
    with acting_for(business.id):
        assert Wallet.objects.get().balance_points == 10


def test_a_refused_forgiving_keeps_its_reason(owner_client, business, member):
    """R21: who owes nothing is told so above the form, and the reason stays."""
    ask = _page("points-correct", business, customer=member)
    answer = owner_client.post(ask, {"reason": "از سر لطف", "deed": "forgive"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in text
    assert 'value="از سر لطف"' in text
    assert 'value="forgive"' in text
    assert 'value="add"' not in text


def test_a_large_one_waits_on_the_page_for_another_manager(
    owner_client, business, member, asker, now
):
    ask = _page("points-correct", business, customer=member)
    owner_client.post(ask, {"points": "5000", "reason": "برنده"})
    page = _page("customer", business, customer=member)
    assert "برنده" in owner_client.get(page).content.decode()
    with acting_for(business.id):
        row = Correction.objects.get()
        assert row.state == "waiting"
    decide = _page("points-decide", business, correction=row.id)
    answer = owner_client.post(decide, {"answer": "yes"}, follow=True)
    assert "کسی جز شما" in answer.content.decode()
    with acting_for(business.id):
        other = ask_correction(
            customer_id=member, points=4_000, reason="باز هم", actor=asker, now=now
        )
    owner_client.post(_page("points-decide", business, correction=other.id), {"answer": "yes"})
    owner_client.post(decide, {"answer": "no"})
    with acting_for(business.id):
        assert Wallet.objects.get().balance_points == 4_010
        assert set(Correction.objects.values_list("state", flat=True)) == {"approved", "refused"}


def test_the_page_costs_the_same_for_one_waiting_correction_and_three(
    owner_client, business, member, asker, now, django_assert_max_num_queries
):
    page = _page("customer", business, customer=member)

    def ask():
        with acting_for(business.id):
            ask_correction(customer_id=member, points=5_000, reason="x", actor=asker, now=now)

    ask()
    with django_assert_max_num_queries(200) as one:
        owner_client.get(page)
    ask()
    ask()
    with django_assert_max_num_queries(len(one)):
        owner_client.get(page)


@pytest.fixture
def debtor(sell, take_return, now):
    """Earned 30, spent 25, returned the purchase: 25 below zero."""
    first = sell(3_000_000)
    held = reserve_redemption(customer_id=buyer(first), points=25, now=now)
    commit_redemption(redemption_id=held.id, now=now)
    take_return(first)
    assert balance() == -25
    return buyer(first)


def test_what_is_owed_can_be_written_off_with_a_reason(debtor, asker, sell, now):
    """R21: spending is open again, the next points are the customer's own."""
    with pytest.raises(Problem, match="reason_missing"):
        ask_write_off(customer_id=debtor, reason=" ", actor=asker, now=now)
    row = ask_write_off(customer_id=debtor, reason="خطای صندوق", actor=asker, now=now)
    assert (row.state, row.points, row.writes_off, balance()) == ("applied", 25, True, 0)
    entry = LedgerEntry.objects.get(kind="writeoff")
    assert (entry.points, entry.lot_id) == (25, None)
    assert "خطای صندوق" in explain(entry)
    sell(1_000_000)
    assert balance() == 10
    with pytest.raises(Problem, match="nothing_owed"):
        ask_write_off(customer_id=debtor, reason="x", actor=asker, now=now)


def test_a_large_debt_waits_for_somebody_else(debtor, asker, second, sell, now):
    """R21: and R61; what is still owed when it is approved is forgiven, no more."""
    update_program(changes={"correct_alone_points": 24}, actor=None, now=now)
    row = ask_write_off(customer_id=debtor, reason="دلجویی", actor=asker, now=now)
    assert (row.state, balance()) == ("waiting", -25)
    sell(1_000_000)
    decide = partial(decide_correction, correction_id=row.id, approve=True, now=now)
    with pytest.raises(Problem, match="second_person_needed"):
        decide(actor=asker)
    decide(actor=second)
    assert balance() == 0
    assert LedgerEntry.objects.get(kind="writeoff").points == 15


def test_a_debt_repaid_meanwhile_is_not_forgiven_again(debtor, asker, second, sell, now):
    """R21."""
    update_program(changes={"correct_alone_points": 1}, actor=None, now=now)
    row = ask_write_off(customer_id=debtor, reason="دلجویی", actor=asker, now=now)
    sell(4_000_000)
    with pytest.raises(Problem, match="nothing_owed"), transaction.atomic():
        decide_correction(correction_id=row.id, approve=True, actor=second, now=now)
    assert balance() == 15


def test_a_debt_beyond_the_limit_is_not_written_off(debtor, asker, now):
    """R21."""
    update_program(changes={"correct_most_points": 24}, actor=None, now=now)
    with pytest.raises(Problem, match="too_many_points"):
        ask_write_off(customer_id=debtor, reason="x", actor=asker, now=now)
    with pytest.raises(Problem, match="nothing_owed"):
        ask_write_off(customer_id=new_id(), reason="x", actor=asker, now=now)


def test_a_debt_is_forgiven_on_the_customer_s_page(owner_client, business, now):
    with acting_for(business.id):
        [made] = record_purchases(
            purchases=[sale(3_000_000, customer=BUYER, at=now)], source="api", now=now
        )
        assert made.purchase_id
        customer = buyer(made.purchase_id)
    address = reverse("dashboard:customer", args=[business.slug, customer])
    assert "بدهی را ببخش" not in owner_client.get(address).content.decode()
    with acting_for(business.id):
        held = reserve_redemption(customer_id=customer, points=25, now=now)
        commit_redemption(redemption_id=held.id, now=now)
        record_return(purchase_id=made.purchase_id, external_id="r", now=now)
    assert "بدهی را ببخش" in owner_client.get(address).content.decode()
    post = reverse("dashboard:points-correct", args=[business.slug, customer])
    answer = owner_client.post(post, {"deed": "forgive", "reason": "دلجویی"}, follow=True)
    assert "بدهی امتیاز بخشیده شد" in answer.content.decode()
    with acting_for(business.id):
        assert balance() == 0

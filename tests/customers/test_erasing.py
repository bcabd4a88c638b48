"""Erasing a person for good: nothing of them is found, and all sums stay (R59)."""

from datetime import timedelta

import pytest

from businesses.models import AuditEntry
from core.api.idempotency import Ask, Reply, once
from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy.audit import faults
from customers.models import Customer, CustomerIdentity, CustomerTotals, Erasure, Purchase
from customers.operations import (
    CardHint,
    CustomerHint,
    ask_erasure,
    confirm_erasure,
    merge_customers,
    note_timeline,
    open_case,
    record_return,
    resolve_case,
    undo_merge,
    update_customer,
    withdraw_erasure,
)
from customers.queries import customer_rows, customer_view, find_customer
from customers.queries.invariants import broken as customers_broken
from customers.queries.kept import person_document
from feedback.queries.invariants import broken as feedback_broken
from loyalty.models import LedgerEntry, Lot, Wallet
from loyalty.operations import ask_correction, commit_redemption, reserve_redemption
from loyalty.queries.invariants import broken as loyalty_broken
from messaging.operations import queue_sms, record_consent
from messaging.queries.invariants import broken as messaging_broken
from payments.models import Payment
from payments.operations import cancel_payment, create_payment
from payments.queries.invariants import broken as payments_broken
from tests.conftest import _owner_of
from tests.customers.conftest import sale
from tests.dump import found_in_dump

NAME, MOBILE, EMAIL = "سارا کریمی", "09121234567", "sara.karimi@example.com"
CARD = CardHint(hash="saras", masked_pan="603799******4431")
SARA = CustomerHint(mobile=MOBILE, email=EMAIL, name=NAME, card=CARD)
NEEDLES = (NAME, MOBILE, MOBILE[1:], EMAIL, "603799******4431")


@pytest.fixture
def sara(acting, record_one):
    """Return somebody who bought twice."""
    record_one(sale(customer=SARA))
    return record_one(sale(customer=SARA)).customer_id


def broken_anywhere(now):
    """Return what does not hold in the business, asked of every app."""
    apps = (customers_broken, feedback_broken, loyalty_broken, messaging_broken, payments_broken)
    return [*faults(), *(what for broken in apps for what in broken(now))]


def seen(customer_id):
    """Return a customer that is there."""
    view = customer_view(customer_id)
    assert view is not None
    return view


def erase(customer_id, now):
    """Ask and confirm."""
    row = ask_erasure(customer_id=customer_id, reason="asked", now=now)
    code = Customer.objects.get(id=row.customer_id).member_code
    return confirm_erasure(erasure_id=row.id, member_code=code, now=now)


def live_through(customer_id, record_one, now):
    """Leave traces of a person wherever one does."""
    bought = record_one(sale(customer=SARA))
    record_return(
        purchase_id=bought.purchase_id,
        external_id="back",
        amount_rial=100_000,
        reason=f"{NAME} پشیمان شد",
        now=now,
    )
    case = open_case(
        kind="complaint", title=f"گله‌ی {NAME}", detail=MOBILE, customer_id=customer_id, now=now
    )
    resolve_case(case_id=case.id, resolution=f"با {EMAIL} حل شد", now=now)
    note_timeline(
        customer_id=customer_id, kind="note", data={"text": NAME}, occurred_at=now, now=now
    )
    open_case(kind="request", title="شماره ۰۹۱۲ ۱۲۳-۴۵۶۷ را بگیرید", now=now)
    record_consent(
        address="+989121234567", purpose="marketing", granted=True, source="till", now=now
    )
    queue_sms(
        address="+989121234567",
        body=f"{NAME} جان",
        purpose="transactional",
        dedupe_key="k",
        now=now,
    )
    asked = create_payment(external_id="p-1", amount_rial=500_000, customer=SARA, now=now)
    cancel_payment(payment_id=asked.id, now=now)
    ask = Ask(new_id(), new_id(), "POST", f"/api/v1/customers?mobile={MOBILE}", "k-1", b"f", now)
    once(ask, lambda: Reply({"name": NAME, "mobile": MOBILE}), lambda: 1)


def test_r59_nobody_is_found_in_the_dump_and_every_sum_stays(sara, record_one, now):
    """R59: name, mobile, e-mail and card are gone everywhere, and what must hold holds."""
    live_through(sara, record_one, now)
    before = (
        Purchase.objects.count(),
        CustomerTotals.objects.values_list("purchases", "gross_rial", "returned_rial").get(id=sara),
        LedgerEntry.objects.count(),
    )
    named = {"customers_customer", "customers_case", "messaging_message", "payments_payment"}
    assert named < set(found_in_dump(*NEEDLES))
    row = erase(sara, now)
    assert found_in_dump(*NEEDLES) == []
    assert row.state == "done"
    assert row.touched["customers.customer"] == 1
    assert row.touched["messaging.message"] == 1
    assert before[:2] == (
        Purchase.objects.count(),
        CustomerTotals.objects.values_list("purchases", "gross_rial", "returned_rial").get(id=sara),
    )
    assert LedgerEntry.objects.count() >= before[2]
    assert broken_anywhere(now + timedelta(days=4000)) == []


def test_the_person_is_a_stranger_next_time(sara, record_one, now):
    code = Customer.objects.get(id=sara).member_code
    erase(sara, now)
    assert find_customer(mobile=MOBILE) is None
    assert find_customer(member_code=code) is None
    again = record_one(sale(customer=CustomerHint(mobile=MOBILE, member_code=code)))
    assert again.customer_id != sara
    assert record_one(sale(customer=CustomerHint(card=CARD))).customer_id not in {sara, None}
    assert seen(sara).status == "erased"
    assert [row.id for row in customer_rows(status="erased")] == [sara]
    assert sara not in [row.id for row in customer_rows()]


def test_the_points_end_and_are_no_longer_owed(sara, now):
    wallet = Wallet.objects.get(id=sara)
    assert wallet.balance_points + wallet.pending_points > 0
    erase(sara, now)
    assert Wallet.objects.get(id=sara).balance_points == 0
    lots = Lot.objects.filter(customer_id=sara)
    assert not lots.filter(state="active").exists()
    assert all(lot.expires_at == lot.activates_at for lot in lots.filter(state="pending"))
    assert broken_anywhere(now + timedelta(days=4000)) == []


def test_a_return_after_the_erasure_still_adds_up(sara, now):
    [bought, _other] = Purchase.objects.filter(customer_id=sara)
    erase(sara, now)
    record_return(purchase_id=bought.id, external_id="late", now=now + timedelta(days=1))
    assert broken_anywhere(now + timedelta(days=4000)) == []
    assert found_in_dump(*NEEDLES) == []


def test_points_of_somebody_erased_are_nobodys_to_spend(sara, now):
    """Not even those that come home to a lot of grace afterwards: whoever kept the id finds nobody.

    R59.
    """
    [first, bought] = Lot.objects.filter(customer_id=sara).order_by("earned_at", "id")
    held = reserve_redemption(customer_id=sara, points=2, now=now)
    commit_redemption(redemption_id=held.id, purchase_id=bought.purchase_id, now=now)
    assert LedgerEntry.objects.get(redemption=held.id).lot_id == first.id
    assert bought.purchase_id is not None
    erase(sara, now)
    later = now + timedelta(days=1)
    with pytest.raises(NotFound):
        reserve_redemption(customer_id=sara, points=1, now=later)
    record_return(purchase_id=bought.purchase_id, external_id="late", now=later)
    assert Wallet.objects.get(id=sara).balance_points == 2
    with pytest.raises(NotFound):
        reserve_redemption(customer_id=sara, points=1, now=later)
    assert broken_anywhere(now + timedelta(days=4000)) == []


def test_joined_profiles_go_with_the_one_that_stays(sara, record_one, now):
    other = record_one(
        sale(customer=CustomerHint(mobile="09135556677", name="سارا ک."))
    ).customer_id
    merge = merge_customers(survivor_id=sara, merged_id=other, reason=f"همان {NAME}", now=now)
    erase(other, now)
    assert found_in_dump(*NEEDLES, "9135556677", "سارا ک.") == []
    assert seen(other).id == sara
    with pytest.raises(Problem) as refusal:
        undo_merge(merge_id=merge.id, now=now)
    assert refusal.value.code == "customer_closed"
    assert broken_anywhere(now) == []


def test_a_namesake_keeps_their_own_profile(sara, record_one, now):
    """Seen in the demo: whoever has the same name lost name, mobile and e-mail with the erased."""
    hint = CustomerHint(mobile="09135556677", email="other.sara@example.com", name=NAME)
    namesake = record_one(sale(customer=hint)).customer_id
    erase(sara, now)
    kept = seen(namesake)
    assert (kept.name, kept.mobile, kept.email) == (NAME, "+989135556677", hint.email)
    assert [one.id for one in customer_rows(search=NAME)] == [namesake]
    assert found_in_dump(MOBILE[1:], EMAIL) == []
    assert broken_anywhere(now) == []


def test_it_takes_two_steps_and_the_right_code(sara, now):
    row = ask_erasure(customer_id=sara, reason="asked", now=now)
    with pytest.raises(Problem) as refusal:
        ask_erasure(customer_id=sara, reason="law", now=now)
    assert refusal.value.code == "erasure_asked"
    with pytest.raises(Problem) as refusal:
        confirm_erasure(erasure_id=row.id, member_code="NOT-IT", now=now)
    assert refusal.value.code == "wrong_member_code"
    assert seen(sara).name == NAME
    withdraw_erasure(erasure_id=row.id, now=now)
    with pytest.raises(Problem) as refusal:
        confirm_erasure(erasure_id=row.id, member_code="x", now=now)
    assert refusal.value.code == "erasure_ended"
    with pytest.raises(Problem) as refusal:
        ask_erasure(customer_id=sara, reason="because", now=now)
    assert refusal.value.code == "invalid_reason"
    with pytest.raises(NotFound):
        ask_erasure(customer_id=new_id(), reason="asked", now=now)


def test_it_is_for_good_and_told_in_the_trail(sara, now):
    erase(sara, now)
    for wanted in (
        lambda: ask_erasure(customer_id=sara, reason="asked", now=now),
        lambda: update_customer(customer_id=sara, name=NAME, now=now),
    ):
        with pytest.raises(Problem) as refusal:
            wanted()
        assert refusal.value.code == "customer_closed"
    actions = AuditEntry.objects.filter(subject=str(sara)).values_list("action", flat=True)
    assert {"customer.erasure_asked", "customer.erased"} <= set(actions)
    assert not CustomerIdentity.objects.filter(customer_id=sara).exists()


def test_open_money_stands_in_the_way_and_says_so(sara, now):
    asked = create_payment(external_id="p-2", amount_rial=500_000, customer=SARA, now=now)
    with pytest.raises(Problem) as refusal:
        erase(sara, now)
    assert refusal.value.code == "erasure_obstructed"
    assert len(refusal.value.extra["obstacles"]) == 1
    assert seen(sara).name == NAME
    cancel_payment(payment_id=asked.id, now=now)
    row = Erasure.objects.get(state="asked")
    code = Customer.objects.get(id=sara).member_code
    confirm_erasure(erasure_id=row.id, member_code=code, now=now)
    assert Payment.objects.get(id=asked.id).customer_hint == {}


def test_what_is_sealed_never_names_the_person(sara, acting, now):
    """R59: a reason in the sealed ledger is refused when it names its customer."""
    for reason in (f"هدیه به {NAME}", "۰۹۱۲ ۱۲۳ ۴۵۶۷", EMAIL.upper()):
        with pytest.raises(Problem) as refusal:
            ask_correction(
                customer_id=sara, points=5, reason=reason, actor=_owner_of(acting), now=now
            )
        assert refusal.value.code == "names_the_person"
    ask_correction(customer_id=sara, points=5, reason="هدیه", actor=_owner_of(acting), now=now)


def test_somebody_else_of_one_name_keeps_theirs(sara, record_one, now):
    other = record_one(sale(customer=CustomerHint(mobile="09123334455", name="سارا"))).customer_id
    update_customer(customer_id=sara, name="سارا", now=now)
    open_case(kind="complaint", title="سارا گله دارد", customer_id=other, now=now)
    erase(sara, now)
    assert seen(other).name == "سارا"
    assert found_in_dump("سارا گله دارد") == ["customers_case"]


def test_what_is_kept_is_given_out(sara, record_one, now):
    live_through(sara, record_one, now)
    document = person_document(sara, now)
    assert document["format"] == "vafa.person/1"
    sections = document["sections"]
    assert next(iter(sections)) == "customers.customer"
    assert sections["customers.customer"][0]["name"] == NAME
    assert len(sections["customers.purchase"]) == 3
    assert sections["messaging.message"][0]["body"] == f"{NAME} جان"
    assert {row["kind"] for row in sections["customers.customeridentity"]} >= {"mobile", "card"}
    assert sections["loyalty.ledgerentry"]
    erase(sara, now)
    left = person_document(sara, now)["sections"]
    assert "customers.customeridentity" not in left
    assert left["customers.customer"][0]["name"] == ""

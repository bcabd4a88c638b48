"""Recording sales: what is refused, whom a sale is put down to, and the sums that follow."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from businesses.operations import open_branch
from core.errors import Problem
from core.money import MAX_RIAL
from core.tenancy import NoActiveBusiness, acting_for
from customers.events import CustomerCreated, PurchaseRecorded
from customers.models import (
    Customer,
    CustomerIdentity,
    CustomerTotals,
    MergeSuggestion,
    Purchase,
    PurchaseLine,
    TimelineEntry,
)
from customers.operations import CardHint, CustomerHint, NewLine, NewTender, record_purchases
from outbox.models import Event
from tests.customers.conftest import sale

pytestmark = pytest.mark.django_db


def tender(amount_rial, method="pos"):
    return (NewTender(method=method, amount_rial=amount_rial),)


BAD = {
    "no number": ({"external_id": " "}, "external_id_missing"),
    "no money": ({"tenders": ()}, "invalid_amount"),
    "zero": ({"tenders": tender(0)}, "invalid_amount"),
    "negative": ({"tenders": tender(-5)}, "invalid_amount"),
    "huge": ({"tenders": tender(MAX_RIAL + 1)}, "invalid_amount"),
    "sum too large": ({"tenders": tender(MAX_RIAL) * 2}, "invalid_amount"),
    "way of payment": ({"tenders": tender(5, "barter")}, "unknown_tender_method"),
    "channel": ({"channel": "dream"}, "unknown_channel"),
    "branch": ({"branch_code": "nowhere"}, "unknown_branch"),
    "employee": ({"employee_code": "nobody"}, "unknown_employee"),
    "lines and tenders": (
        {"lines": (NewLine(unit_price_rial=7),), "tenders": tender(8)},
        "tenders_mismatch",
    ),
    "quantity zero": ({"lines": (NewLine(quantity=0, unit_price_rial=7),)}, "invalid_quantity"),
    "quantity below": ({"lines": (NewLine(quantity=-1, unit_price_rial=7),)}, "invalid_quantity"),
    "quantity NaN": ({"lines": (NewLine(quantity=Decimal("NaN")),)}, "invalid_quantity"),
    "quantity too fine": (
        {"lines": (NewLine(quantity=Decimal("0.0001"), unit_price_rial=7),)},
        "invalid_quantity",
    ),
    "discount too large": (
        {"lines": (NewLine(unit_price_rial=7, discount_rial=8),), "tenders": ()},
        "invalid_amount",
    ),
    "ten thousand lines": ({"lines": (NewLine(unit_price_rial=1),) * 10_000}, "too_many_lines"),
    "many tenders": ({"tenders": tender(1) * 51}, "too_many_tenders"),
    "mobile": ({"customer": CustomerHint(mobile="12345")}, "invalid_mobile"),
    "landline": ({"customer": CustomerHint(mobile="02188776655")}, "invalid_mobile"),
    "mobile of another country": (
        {"customer": CustomerHint(mobile="+14155552671")},
        "invalid_mobile",
    ),
    "e-mail": ({"customer": CustomerHint(email="sara@")}, "invalid_email"),
    "lone surrogate in a name": (
        {"customer": CustomerHint(mobile="09121234567", name="a\ud800")},
        "invalid_text",
    ),
    "lone surrogate": ({"external_id": "\ud800"}, "invalid_text"),
    "long number": ({"external_id": "x" * 201}, "invalid_text"),
    "NUL in attributes": (
        {"lines": (NewLine(unit_price_rial=900_000, attributes={"a": "\x00"}),)},
        "invalid_text",
    ),
    "Jalali year": ({"occurred_at": datetime(1405, 9, 2, tzinfo=UTC)}, "occurred_at_too_early"),
    "no zone": ({"occurred_at": datetime(2026, 1, 1)}, "occurred_at_without_zone"),  # noqa: DTZ001
    "future": (
        {"occurred_at": datetime(2026, 11, 23, 10, 6, tzinfo=UTC)},
        "occurred_at_in_future",
    ),
}


@pytest.mark.parametrize(("fields", "code"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_with_a_stable_code_and_nothing_is_written(
    fields, code, acting, record
):
    (outcome,) = record(sale(**fields))
    assert outcome.error is not None
    assert outcome.error.code == code
    assert str(outcome.error.detail)
    assert outcome.error.fields
    assert not Purchase.objects.exists()
    assert not Customer.objects.exists()


def test_mixed_units_are_named(acting, record):
    (outcome,) = record(sale(90_000, lines=(NewLine(unit_price_rial=900_000),)))
    assert "تومان" in str(outcome.error.detail) or "toman" in str(outcome.error.detail)


def test_a_clock_a_little_ahead_is_forgiven(acting, record_one, now):
    assert record_one(sale(occurred_at=now + timedelta(minutes=4))).purchase_id


def test_a_bad_row_does_not_harm_its_neighbours(acting, record):
    good, bad, better = record(sale(), sale(branch_code="nowhere"), sale())
    assert (good.error, better.error) == (None, None)
    assert bad.error.code == "unknown_branch"
    assert Purchase.objects.count() == 2


def test_without_a_scope_nothing_is_recorded(business, now):
    with pytest.raises(NoActiveBusiness):
        record_purchases(purchases=[sale()], source="api", now=now)


def test_more_than_a_thousand_at_once_are_refused(acting, record):
    with pytest.raises(Problem) as refusal:
        record(*[sale()] * 1001)
    assert refusal.value.code == "too_many_purchases"


def test_the_same_number_twice_in_one_call(acting, record):
    one = sale(external_id="twice")
    first, again, other = record(one, one, sale(7, external_id="twice"))
    assert (first.replayed, again.replayed) == (False, True)
    assert again.purchase_id == first.purchase_id
    assert other.error.code == "purchase_conflict"
    assert other.error.status == 409


def test_an_unstated_time_is_now_and_repeats_all_the_same(acting, record_one, now):
    one = sale()
    first = record_one(one)
    again = record_one(one, at=now + timedelta(hours=1))
    assert again.replayed
    assert Purchase.objects.get(id=first.purchase_id).occurred_at == now


def test_history_may_hold_purchases_of_nothing(acting, record):
    (outcome,) = record(sale(0), source="import")
    assert outcome.error is None


def test_lines_price_a_sale_without_tenders(acting, record_one):
    lines = (
        NewLine(quantity=Decimal("0.333"), unit_price_rial=1000),
        NewLine(quantity=3, unit_price_rial=100, discount_rial=50),
    )
    assert record_one(sale(tenders=(), lines=lines)).total_rial == 333 + 250
    assert list(PurchaseLine.objects.order_by("position").values_list("total_rial", flat=True)) == [
        333,
        250,
    ]


def test_what_was_paid_with_points_earns_nothing(acting, record_one):
    """Rule R4."""
    tenders = (
        NewTender(method="points", amount_rial=300),
        NewTender(method="cash", amount_rial=700),
    )
    made = record_one(sale(tenders=tenders))
    purchase = Purchase.objects.get(id=made.purchase_id)
    assert (purchase.total_rial, purchase.eligible_rial) == (1000, 700)
    event = Event.objects.get(name=PurchaseRecorded.name)
    assert event.payload["eligible_rial"] == 700


def test_the_business_day_is_the_one_of_its_zone(acting, record_one):
    late = datetime(2026, 3, 20, 20, 31, tzinfo=UTC)  # 00:01 on 21 March in Tehran
    made = record_one(sale(occurred_at=late))
    assert Purchase.objects.get(id=made.purchase_id).local_date == date(2026, 3, 21)


def test_codes_in_persian_digits_are_the_same_codes(acting, record_one, now):
    branch = open_branch(code="۱۲", name="ونک", now=now)
    made = record_one(sale(external_id="فاکتور ۷", branch_code="١٢"))
    purchase = Purchase.objects.get(id=made.purchase_id)
    assert purchase.branch_id == branch.id
    assert purchase.external_id == "فاکتور 7"


@pytest.mark.parametrize(
    "typed",
    [
        "09121234567",
        "۰۹۱۲۱۲۳۴۵۶۷",
        "٠٩١٢ ١٢٣ ٤٥٦٧",
        "+989121234567",
        "00989121234567",
        "9121234567",
    ],
)
def test_a_mobile_is_one_mobile_however_it_is_typed(typed, acting, record_one):
    first = record_one(sale(customer=CustomerHint(mobile="09121234567")))
    again = record_one(sale(customer=CustomerHint(mobile=typed)))
    assert again.customer_id == first.customer_id
    assert Customer.objects.get().mobile == "+989121234567"


def test_no_identity_is_no_customer(acting, record_one):
    made = record_one(sale(customer=CustomerHint(name="سارا")))
    assert made.customer_id is None
    assert not Customer.objects.exists()


def test_a_card_alone_is_a_provisional_customer(acting, record_one):
    card = CardHint(masked_pan="603799******4431", hash="h1")
    made = record_one(sale(customer=CustomerHint(card=card)))
    assert made.customer_status == "provisional"
    again = record_one(sale(customer=CustomerHint(card=card)))
    assert again.customer_id == made.customer_id
    identity = CustomerIdentity.objects.get(kind="card")
    assert identity.hint == "4431"
    assert b"h1" not in bytes(identity.value_hmac)


def test_who_is_typed_beside_a_strangers_card_is_suggested_and_claims_nothing(acting, record_one):
    """The next in the queue may have been typed for the one who paid (C004)."""
    card = CardHint(hash="h1")
    first = record_one(sale(customer=CustomerHint(card=card)))
    hint = CustomerHint(mobile="09121234567", name="سارا", card=card)
    named = [record_one(sale(customer=hint)) for _ in range(2)]
    assert {one.customer_id for one in named} == {named[0].customer_id}
    assert named[0].customer_id != first.customer_id
    assert Customer.objects.get(id=first.customer_id).status == "provisional"
    suggestion = MergeSuggestion.objects.get()
    assert (suggestion.because, suggestion.times) == (["card"], 2)


def test_a_card_stands_for_its_owner_once_two_payments_agree(acting, record_one):
    card = CardHint(hash="h1")
    hint = CustomerHint(mobile="09121234567", card=card)
    owner = record_one(sale(customer=hint)).customer_id
    assert record_one(sale(customer=hint)).customer_id == owner
    made = record_one(sale(customer=CustomerHint(card=card)))
    assert (made.customer_id, made.customer_status) == (owner, "active")


def test_who_pays_by_a_card_named_once_is_a_stranger(acting, record_one):
    card = CardHint(hash="h1")
    hint = CustomerHint(mobile="09121234567", card=card)
    owner = record_one(sale(customer=hint)).customer_id
    made = record_one(sale(customer=CustomerHint(card=card)))
    assert made.customer_status == "provisional"
    assert record_one(sale(customer=CustomerHint(card=card))).customer_id == made.customer_id
    assert record_one(sale(customer=hint)).customer_id == owner
    assert MergeSuggestion.objects.get().times == 2


def test_a_card_seen_with_two_never_stands_for_one(acting, record_one):
    card = CardHint(hash="h1")
    for mobile in ("09121111111", "09122222222", "09121111111"):
        record_one(sale(customer=CustomerHint(mobile=mobile, card=card)))
    made = record_one(sale(customer=CustomerHint(card=card)))
    assert made.customer_status == "provisional"


def test_cards_are_judged_the_same_in_one_batch(acting, record):
    card = CardHint(hash="h1")
    named = [CustomerHint(mobile="09121111111", card=card)] * 2
    other = CustomerHint(mobile="09122222222", card=CardHint(hash="h2"))
    alone = [CustomerHint(card=card), CustomerHint(card=CardHint(hash="h2"))]
    made = record(*[sale(customer=hint) for hint in (*named, other, *alone, other)])
    assert [one.error for one in made] == [None] * 6
    assert made[3].customer_id == made[0].customer_id
    assert made[4].customer_status == "provisional"
    assert made[5].customer_id == made[2].customer_id


def test_a_family_card_does_not_merge_two_mobiles(acting, record_one):
    card = CardHint(hash="family")
    father = record_one(sale(customer=CustomerHint(mobile="09121111111", card=card)))
    mother = record_one(sale(customer=CustomerHint(mobile="09122222222", card=card)))
    assert mother.customer_id != father.customer_id
    note = TimelineEntry.objects.get(customer_id=mother.customer_id)
    assert note.kind == "merge_suggestion"
    assert note.data == {"other_id": str(father.customer_id), "because": "card"}


def test_identities_of_two_customers_never_merge_and_the_strongest_wins(acting, record_one):
    by_mobile = record_one(sale(customer=CustomerHint(mobile="09121111111")))
    by_email = record_one(sale(customer=CustomerHint(email="Sara@Example.com")))
    both = CustomerHint(mobile="09121111111", email="sara@example.com")
    assert record_one(sale(customer=both)).customer_id == by_mobile.customer_id
    record_one(sale(customer=both))
    note = TimelineEntry.objects.get()
    assert note.customer_id == by_mobile.customer_id
    assert note.data["other_id"] == str(by_email.customer_id)
    assert Customer.objects.get(id=by_mobile.customer_id).email is None


def test_a_verified_mobile_outranks_an_unverified_number(acting, record_one, now):
    by_mobile = record_one(sale(customer=CustomerHint(mobile="09121111111")))
    by_email = record_one(sale(customer=CustomerHint(email="sara@example.com")))
    CustomerIdentity.objects.filter(kind="email").update(verified_at=now)
    both = CustomerHint(mobile="09121111111", email="sara@example.com")
    made = record_one(sale(customer=both))
    assert made.customer_id == by_email.customer_id != by_mobile.customer_id


def test_what_is_newly_known_is_learnt_and_never_overwritten(acting, record_one):
    first = record_one(sale(customer=CustomerHint(external_id="c-9")))
    hint = CustomerHint(external_id="c-9", mobile="09121234567", name="سارا")
    record_one(sale(customer=hint))
    record_one(sale(customer=CustomerHint(mobile="09121234567", name="دیگری")))
    customer = Customer.objects.get()
    assert customer.id == first.customer_id
    assert (customer.name, customer.mobile) == ("سارا", "+989121234567")
    reasons = dict(CustomerIdentity.objects.values_list("kind", "reason"))
    assert reasons == {"external_id": "new", "member_code": "issued", "mobile": "with:external_id"}


def test_how_a_customer_was_recognised_is_kept(acting, record_one):
    hint = CustomerHint(mobile="09121234567")
    made = [record_one(sale(customer=hint)), record_one(sale(customer=hint)), record_one(sale())]
    rows = {row.id: row.matched_by for row in Purchase.objects.all()}
    assert [rows[one.purchase_id] for one in made] == ["new", "mobile", ""]


def test_a_member_code_is_found_in_any_case(acting, record_one):
    first = record_one(sale(customer=CustomerHint(mobile="09121234567")))
    code = Customer.objects.get().member_code
    again = record_one(sale(customer=CustomerHint(member_code=code.lower())))
    assert again.customer_id == first.customer_id
    assert "912" not in code


def test_the_same_card_is_another_customer_in_another_business(business, other_business, now):
    """Rule R57."""
    digests = []
    for one in (business, other_business):
        with acting_for(one.id):
            hint = CustomerHint(card=CardHint(hash="same"))
            record_purchases(purchases=[sale(customer=hint)], source="api", now=now)
            digests.append(bytes(CustomerIdentity.objects.get(kind="card").value_hmac))
    assert digests[0] != digests[1]


def test_sums_follow_in_any_order_of_arrival(acting, record_one, now):
    hint = CustomerHint(mobile="09121234567")
    for days in (10, 0, 20, 10):
        record_one(sale(100, customer=hint, occurred_at=now - timedelta(days=days)))
    totals = CustomerTotals.objects.get()
    assert (totals.purchases, totals.purchase_days, totals.gross_rial) == (4, 3, 400)
    assert totals.first_on == date(2026, 11, 3)
    assert totals.last_on == date(2026, 11, 23)
    assert totals.last_at == now


def test_events_tell_of_new_customers_and_first_purchases(acting, record):
    hint = CustomerHint(mobile="09121234567")
    record(sale(customer=hint), sale(customer=hint), sale())
    assert Event.objects.filter(name=CustomerCreated.name).count() == 1
    firsts = [e.payload["first_purchase"] for e in Event.objects.filter(name="purchase.recorded")]
    assert sorted(firsts) == [False, False, True]


def test_a_repeat_announces_nothing(acting, record_one):
    one = sale(customer=CustomerHint(mobile="09121234567"))
    record_one(one)
    before = Event.objects.count()
    record_one(one)
    assert Event.objects.count() == before


def test_any_number_of_sales_costs_the_same_statements(
    acting, record, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr("outbox.subscriptions._by_event", {})

    def count(size):
        lines = (NewLine(unit_price_rial=900_000, name="لاته"),)
        sales = [
            sale(customer=CustomerHint(mobile=f"0912{n:07}"), lines=lines) for n in range(size)
        ]
        with django_assert_max_num_queries(3) as seen:  # look, write, publish
            record(*sales)
        return len(seen)

    record(sale(customer=CustomerHint(mobile="09351234567")))  # the zone and the key are known now
    assert count(1) == count(40) == 3

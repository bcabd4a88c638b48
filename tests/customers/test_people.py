"""Profiles: found, listed, corrected; their stories, cases and returns."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.errors import NotFound, Problem
from core.tenancy import acting_for
from customers.models import Case, Customer, CustomerIdentity, Purchase, PurchaseLine
from customers.operations import (
    CardHint,
    CustomerHint,
    NewLine,
    NewReturnLine,
    find_or_create,
    note_timeline,
    open_case,
    record_return,
    resolve_case,
    update_customer,
)
from customers.queries import (
    CustomerView,
    case_rows,
    customer_rows,
    customer_view,
    find_customer,
    identities_of,
    latest_customers,
    open_case_count,
    timeline,
    view_of,
)
from outbox.models import Event
from tests.customers.conftest import sale

pytestmark = pytest.mark.django_db

SARA = CustomerHint(
    mobile="09121234567",
    name="سارا كريمي‌نژاد",
    email="Sara@Example.com",
    external_id="c-۹",
    card=CardHint(hash="card-1"),
)


def seen(customer_id) -> CustomerView:
    view = customer_view(customer_id)
    assert view is not None
    return view


@pytest.fixture
def sara(acting, now):
    return find_or_create(customer=SARA, source="web", now=now).customer_id


@pytest.mark.parametrize(
    "identity",
    [
        {"mobile": "۰۹۱۲ ۱۲۳ ۴۵۶۷"},
        {"email": " SARA@example.com "},
        {"external_id": "c-9"},
        {"card_hash": "card-1"},
    ],
)
def test_a_customer_is_found_by_each_identity(identity, sara):
    assert find_customer(**identity) == sara


def test_a_customer_is_found_by_their_member_code(sara):
    code = Customer.objects.get(id=sara).member_code
    assert find_customer(member_code=code.lower()) == sara


@pytest.mark.parametrize("identity", [{"mobile": "+14155552671"}, {"email": "x"}, {}])
def test_nobody_is_found_by_what_nobody_has(identity, sara):
    assert find_customer(**identity) is None


def test_the_wall_hides_customers(business, other_business, now):
    with acting_for(business.id):
        found = find_or_create(customer=SARA, source="web", now=now)
    with acting_for(other_business.id):
        assert find_customer(mobile="09121234567") is None
        assert customer_view(found.customer_id) is None
        assert timeline(found.customer_id) == []
        with pytest.raises(NotFound):
            update_customer(customer_id=found.customer_id, name="x", now=now)


@pytest.mark.parametrize(
    "typed", ["سارا", "سارا کر", "سارا كري", "کریمی نژاد", "0912", "۰۹۱۲۱۲", "+98912", "912123"]
)
def test_search_takes_the_beginning_of_a_name_or_mobile(typed, sara, now):
    find_or_create(customer=CustomerHint(mobile="09351112233", name="رضا"), source="web", now=now)
    assert [row.id for row in customer_rows(search=typed)] == [sara]


@pytest.mark.parametrize("typed", ["را", "1234567", "%", "\x00zz"])
def test_search_does_not_look_inside(typed, sara):
    assert list(customer_rows(search=typed)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_customers_is_one_query(count, acting, record, django_assert_num_queries):
    record(*[sale(customer=CustomerHint(mobile=f"0912000000{n}")) for n in range(count)])
    with django_assert_num_queries(1):
        assert len([view_of(row) for row in customer_rows()]) == count
    with django_assert_num_queries(1):
        assert len(latest_customers()) == count


def test_a_profile_is_corrected_and_its_identities_follow(sara, now):
    update_customer(customer_id=sara, name="سارا", mobile="۰۹۳۵۱۱۱۲۲۳۳", email="", now=now)
    view = seen(sara)
    assert (view.name, view.mobile, view.email) == ("سارا", "+989351112233", None)
    assert find_customer(mobile="09351112233") == sara
    assert find_customer(mobile="09121234567") is None
    assert find_customer(email="sara@example.com") is None
    assert [row.id for row in customer_rows(search="سارا")] == [sara]
    assert timeline(sara)[0].kind == "profile_changed"


def test_somebody_elses_mobile_is_not_taken(sara, acting, now):
    other = find_or_create(customer=CustomerHint(mobile="09351112233"), source="web", now=now)
    with pytest.raises(Problem, match="identity_taken"):
        update_customer(customer_id=other.customer_id, mobile="09121234567", now=now)
    assert seen(other.customer_id).mobile == "+989351112233"


def test_how_they_were_recognised_is_told(sara):
    reasons = {row.kind: row.reason for row in identities_of(sara)}
    assert reasons["member_code"] == "issued"
    assert reasons["mobile"] == reasons["card"] == "new"
    assert b"9121234567" not in b"".join(
        bytes(row.value_hmac) for row in CustomerIdentity.objects.all()
    )


def test_nobody_is_created_out_of_a_name(acting, now):
    with pytest.raises(Problem, match="customer_unidentified"):
        find_or_create(customer=CustomerHint(name="سارا"), source="web", now=now)


def test_a_story_is_told_newest_first_in_one_query(
    sara, record_one, now, django_assert_num_queries
):
    made = record_one(sale(1000, customer=SARA, occurred_at=now - timedelta(days=3)))
    record_return(
        purchase_id=made.purchase_id,
        external_id="r",
        amount_rial=400,
        occurred_at=now - timedelta(days=2),
        now=now,
    )
    open_case(kind="complaint", title="سرد بود", customer_id=sara, now=now - timedelta(days=1))
    note_timeline(customer_id=sara, kind="points", occurred_at=now, data={"earned": 1}, now=now)
    with django_assert_num_queries(1):
        story = timeline(sara)
    assert [moment.kind for moment in story] == ["points", "case", "return", "purchase"]
    assert [moment.amount_rial for moment in story] == [None, None, 400, 1000]
    rest = timeline(sara, before=(story[1].at, story[1].id), limit=1)
    assert [moment.kind for moment in rest] == ["return"]


def test_a_remark_with_a_cause_is_made_once(sara, now):
    for _time in range(2):
        note_timeline(customer_id=sara, kind="x", occurred_at=now, source_ref="e:1", now=now)
    assert len(timeline(sara)) == 1


def test_a_case_is_opened_once_per_cause_and_settled_once(sara, now):
    facts = {"kind": "low_score", "title": "امتیاز ۳", "source_ref": "r:1", "customer_id": sara}
    case = open_case(**facts, now=now)
    assert open_case(**facts, now=now).id == case.id
    assert open_case_count() == 1
    resolve_case(case_id=case.id, resolution="عذرخواهی و یک قهوه", now=now)
    again = resolve_case(case_id=case.id, resolution="دیگر", now=now + timedelta(hours=1))
    assert (again.resolution, again.resolved_at) == ("عذرخواهی و یک قهوه", now)
    assert open_case_count() == 0
    assert [row.id for row in case_rows(state="resolved")] == [case.id]
    assert Event.objects.filter(name="case.resolved").count() == 1


def test_a_case_needs_a_title_and_a_customer_who_exists(acting, now):
    with pytest.raises(Problem, match="invalid_title"):
        open_case(kind="request", title=" ", now=now)
    with pytest.raises(NotFound):
        open_case(kind="request", title="x", customer_id=acting.id, now=now)
    assert not Case.objects.exists()


@pytest.fixture
def sold(acting, record_one):
    """Return the id of a sale of 3 pieces for 1,000 rial and one for 500."""
    lines = (
        NewLine(sku="a", quantity=3, total_rial=1000),
        NewLine(sku="b", unit_price_rial=500),
    )
    return record_one(sale(1500, customer=SARA, lines=lines)).purchase_id


def test_pieces_come_back_one_by_one_without_losing_a_rial(sold, now):
    amounts = [
        record_return(
            purchase_id=sold,
            external_id=str(number),
            lines=[NewReturnLine(sku="a", quantity=1)],
            now=now,
        ).amount_rial
        for number in range(3)
    ]
    assert amounts == [333, 333, 334]
    with pytest.raises(Problem, match="invalid_quantity"):
        record_return(
            purchase_id=sold,
            external_id="4",
            lines=[NewReturnLine(sku="a", quantity=Decimal("0.001"))],
            now=now,
        )


def test_all_that_is_left_comes_back_line_by_line(sold, now):
    record_return(purchase_id=sold, external_id="1", lines=[NewReturnLine(position=2)], now=now)
    rest = record_return(purchase_id=sold, external_id="2", now=now)
    assert (rest.amount_rial, rest.returned_so_far_rial) == (1000, 1500)
    assert all(line.returned_rial == line.total_rial for line in PurchaseLine.objects.all())


RETURNS = {
    "too much": ({"amount_rial": 1501}, "return_exceeds_purchase"),
    "nothing": ({"amount_rial": 0}, "invalid_amount"),
    "negative": ({"amount_rial": -1}, "invalid_amount"),
    "unknown line": ({"lines": [NewReturnLine(sku="zzz")]}, "unknown_line"),
    "no line named": ({"lines": [NewReturnLine()]}, "unknown_line"),
    "twice the same": ({"lines": [NewReturnLine(sku="a")] * 2}, "duplicate_line"),
    "line too much": (
        {"lines": [NewReturnLine(sku="b", amount_rial=501)]},
        "return_exceeds_purchase",
    ),
    "not the sum": (
        {"amount_rial": 7, "lines": [NewReturnLine(sku="b")]},
        "return_mismatch",
    ),
    "quantity": ({"lines": [NewReturnLine(sku="a", quantity=4)]}, "invalid_quantity"),
    "no number": ({"external_id": " "}, "external_id_missing"),
}


@pytest.mark.parametrize(("fields", "code"), RETURNS.values(), ids=RETURNS)
def test_bad_returns_are_refused_and_nothing_is_written(fields, code, sold, now):
    with pytest.raises(Problem, match=code):
        record_return(**({"purchase_id": sold, "external_id": "r", "now": now} | fields))
    assert Purchase.objects.get(id=sold).returned_rial == 0


def test_a_return_of_the_future_is_refused(sold, now):
    with pytest.raises(Problem, match="occurred_at_in_future"):
        record_return(
            purchase_id=sold, external_id="r", occurred_at=now + timedelta(hours=1), now=now
        )


def test_the_event_carries_the_cumulative_amount(sold, now):
    record_return(purchase_id=sold, external_id="1", amount_rial=100, now=now)
    record_return(purchase_id=sold, external_id="2", amount_rial=200, now=now)
    facts = Event.objects.filter(name="return.recorded").order_by("id").values_list("payload")
    assert [row[0]["returned_so_far_rial"] for row in facts] == [100, 300]
    assert facts[0][0]["purchase_total_rial"] == 1500


def test_a_member_code_is_made_of_nothing_personal(business, other_business, now):
    """R58: another code at each business, and none with a piece of what is known of the person."""
    who = CustomerHint(mobile="09123334455", name="نگار", email="negar@example.com")
    codes = []
    for one in (business, other_business):
        with acting_for(one.id):
            known = find_or_create(customer=who, source="till", now=now)
            codes.append(Customer.objects.get(id=known.customer_id).member_code)
    assert codes[0] != codes[1]
    for code in codes:
        assert len(code) == 8
        assert not set(_pieces(code)) & set(_pieces("989123334455negar"))


def _pieces(text: str) -> list[str]:
    """Return every four letters in a row."""
    return [text.lower()[at : at + 4] for at in range(len(text) - 3)]

"""Sales, returns and look-ups fed with hostile input; a profile written by two at once."""

import base64
import json

import pytest

from core.api import idempotency
from core.tenancy import acting_for
from customers.models import Customer, ReturnLine
from customers.operations import CustomerHint, find_or_create
from customers.operations.people.register import Person, Register
from customers.operations.purchases.write import Rows, write
from customers.queries import identities

pytestmark = pytest.mark.django_db

RETURN = {"external_id": "r-1"}


@pytest.fixture
def made(api, body):
    """Return a recorded purchase."""
    return api.post("purchases", body).json()["id"]


@pytest.mark.parametrize(
    "occurred_at",
    ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "1405-09-01T10:00:00+03:30"],
)
def test_a_return_before_anything_is_a_clear_problem(api, made, occurred_at):
    answer = api.post(f"purchases/{made}/returns", RETURN | {"occurred_at": occurred_at})
    assert answer.status_code == 400, answer.content
    assert answer.json()["code"] == "occurred_at_too_early"


def test_a_return_in_the_year_9999_is_a_clear_problem(api, made):
    answer = api.post(
        f"purchases/{made}/returns", RETURN | {"occurred_at": "9999-12-31T23:59:59-14:00"}
    )
    assert answer.json()["code"] == "occurred_at_in_future"


@pytest.mark.parametrize("quantity", ["1e20", "1e9999999", "-5", "0", "0.0004", "3"])
def test_a_returned_quantity_is_checked_beside_an_amount_too(api, made, business, quantity):
    line = {"sku": "latte", "quantity": quantity, "amount": 1000}
    answer = api.post(f"purchases/{made}/returns", RETURN | {"lines": [line]})
    assert answer.status_code == 400, answer.content
    assert answer.json()["code"] == "invalid_quantity"
    with acting_for(business.id):
        assert not ReturnLine.objects.exists()


def test_less_than_a_thousandth_cannot_come_back(api, made):
    line = {"sku": "latte", "quantity": "0.0004"}
    answer = api.post(f"purchases/{made}/returns", RETURN | {"lines": [line]})
    assert answer.json()["code"] == "invalid_quantity"


@pytest.mark.parametrize(
    "line", [{"position": 2**70}, {"position": -1}, {"sku": "\u0000"}, {"amount": 10**40}]
)
def test_a_strange_line_is_refused(api, made, line):
    answer = api.post(f"purchases/{made}/returns", RETURN | {"lines": [line]})
    assert answer.status_code in {400, 409}, answer.content


def test_a_batch_of_nonsense_is_bounded_too(api):
    answer = api.post("purchases/batch", {"purchases": [1] * 5000})
    assert answer.status_code == 400
    assert answer.json()["code"] == "too_many_purchases"
    assert len(answer.content) < 10_000


def test_the_list_of_errors_is_bounded(api, body):
    answer = api.post("purchases", body | {"lines": [1] * 20_000})
    assert answer.status_code == 422
    assert len(answer.content) < 50_000


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("customers", {"status": "\u0000"}),
        ("customers", {"search": "\u0000"}),
        ("purchases", {"channel": "\u0000"}),
        ("purchases", {"customer": "\u0000"}),
        ("customers/lookup", {"mobile": "\u0000"}),
        ("customers/lookup", {"card_hash": "\u0000"}),
        ("customers/lookup", {"external_id": "9" * 5000}),
        ("rewards", {"customer": "\u0000"}),
        ("segments", {"segment": "\u0000"}),
    ],
)
def test_a_nul_in_a_query_is_no_fault(api, path, query):
    assert api.get(path, query).status_code in {200, 400, 404, 422}


@pytest.mark.parametrize("path", ["customers", "purchases"])
def test_a_cursor_of_many_brackets_is_not_ours(api, path):
    cursor = base64.urlsafe_b64encode(b"[" * 3000).decode()
    assert api.get(path, {"cursor": cursor}).json()["code"] == "invalid_cursor"


def test_a_story_cursor_of_many_brackets_is_not_ours(api, body):
    cursor = base64.urlsafe_b64encode(b"[" * 3000).decode()
    who = api.post("purchases", body).json()["customer"]["id"]
    answer = api.get(f"customers/{who}/timeline", {"cursor": cursor})
    assert answer.json()["code"] == "invalid_cursor"


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_story_cursor_at_the_ends_of_time(api, body, at):
    who = api.post("purchases", body).json()["customer"]["id"]
    cursor = base64.urlsafe_b64encode(json.dumps([at, who]).encode()).decode()
    assert api.get(f"customers/{who}/timeline", {"cursor": cursor}).status_code in {200, 400}
    assert api.get("purchases", {"cursor": cursor}).status_code in {200, 400}


@pytest.mark.parametrize(
    "body",
    [
        {"mobile": "0" * 100_000},
        {"name": "\u0000"},
        {"email": "a\u0000@example.com"},
        {"email": "a@" + "b." * 200 + "com"},
        {"member_code": "\u0000"},
        {"external_id": "\u200f"},
    ],
)
def test_a_strange_customer_is_no_fault(api, body):
    assert api.post("customers", body).status_code in {200, 201, 400, 422}
    assert api.patch("customers/" + "0" * 32, body).status_code in {404, 400, 422}


def test_long_texts_are_not_remembered_as_mobiles():
    known = identities._parsed.cache_info().currsize
    assert identities.parse_mobile("0" * 100_000) is None
    assert identities._parsed.cache_info().currsize == known


def test_what_somebody_learned_meanwhile_is_not_overwritten(business, now):
    """Two sales tell two names of one customer: the one written first stays."""
    with acting_for(business.id):
        made = find_or_create(customer=CustomerHint(external_id="c-1"), source="api", now=now)
        stale = Register(b"", "api", now)
        person = Person(made.customer_id, "active", name="نام تازه")
        stale.changed[person.id] = person
        Customer.objects.filter(id=made.customer_id).update(
            name="نام درست", search_key="نام درست", mobile="+989121234567"
        )
        write(stale, Rows(), source="api", now=now)
        row = Customer.objects.get(id=made.customer_id)
    assert (row.name, row.mobile, row.search_key) == ("نام درست", "+989121234567", "نام درست")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])  # told at COMMIT
@pytest.mark.parametrize("path", ["purchases", "customers"])
def test_a_repeat_that_began_just_before_the_first_committed_is_replayed(
    api, body, path, monkeypatch
):
    asked = body if path == "purchases" else {"mobile": "09121234567"}
    first = api.post(path, asked, key="k-1")
    monkeypatch.setattr(idempotency, "_demand_first", lambda _ask: None)  # its snapshot was older
    again = api.post(path, asked, key="k-1")
    assert (again.status_code, again.content) == (201, first.content)
    assert again[idempotency.REPLAYED] == "true"


def test_a_repeat_that_meets_the_first_ones_effect_is_replayed(api, body, business, monkeypatch):
    """Points reserved by the first run are missing to the second: not a refusal."""
    who = api.post("purchases", body).json()["customer"]["id"]
    points = api.get(f"customers/{who}/wallet").json()["balance"]
    asked = {"customer_id": who, "points": points}
    first = api.post("redemptions", asked, key="k-1")
    assert first.status_code == 201, first.content
    monkeypatch.setattr(idempotency, "_demand_first", lambda _ask: None)
    again = api.post("redemptions", asked, key="k-1")
    assert (again.status_code, again.content) == (201, first.content)
    assert api.post("redemptions", asked, key="k-2").status_code == 409

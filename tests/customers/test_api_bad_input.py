"""Bad input at the door: problem+json, a stable code, a Persian sentence, nothing half-written."""

import base64
import json
import re

import pytest

from core.tenancy import acting_for
from customers.models import Customer, Purchase, PurchaseLine

pytestmark = pytest.mark.django_db

PERSIAN = re.compile("[آ-ی]")


def changed(**members):
    return lambda body: body | members


def line(**members):
    return lambda body: body | {"lines": [body["lines"][0] | members]}


def tender(**members):
    return lambda body: body | {"tenders": [body["tenders"][0] | members]}


CASES = {
    "toman sent as rial": (tender(amount=90_000), 400, "tenders_mismatch"),
    "negative": (tender(amount=-900_000), 400, "invalid_amount"),
    "zero": (tender(amount=0), 400, "invalid_amount"),
    "huge": (tender(amount=10**30), 400, "invalid_amount"),
    "decimal rial": (tender(amount=900_000.5), 422, "invalid_body"),
    "words": (tender(amount="نهصد هزار"), 422, "invalid_body"),
    "unknown branch": (changed(branch="nowhere"), 400, "unknown_branch"),
    "unknown employee": (changed(employee="nobody"), 400, "unknown_employee"),
    "unknown channel": (changed(channel="dream"), 422, "invalid_body"),
    "unknown member": (changed(colour="blue"), 422, "invalid_body"),
    "mobile of another country": (
        changed(customer={"mobile": "+49 1512 3456789"}),
        400,
        "invalid_mobile",
    ),
    "mobile too short": (changed(customer={"mobile": "0912"}), 400, "invalid_mobile"),
    "future": (changed(occurred_at="2099-01-01T00:00:00Z"), 400, "occurred_at_in_future"),
    "Jalali as Gregorian": (
        changed(occurred_at="1405-09-02T10:00:00+03:30"),
        400,
        "occurred_at_too_early",
    ),
    "time without offset": (changed(occurred_at="2026-01-01T10:00:00"), 422, "invalid_body"),
    "ten thousand lines": (
        lambda body: body | {"lines": body["lines"] * 10_000},
        400,
        "too_many_lines",
    ),
    "quantity zero": (line(quantity=0), 400, "invalid_quantity"),
    "quantity of a thousandth's tenth": (line(quantity="0.0001"), 400, "invalid_quantity"),
    "quantity of infinity": (line(quantity="Infinity"), 422, "invalid_body"),
    "discount above the price": (line(discount=900_001), 400, "invalid_amount"),
    "NUL in a code": (changed(external_id="a\x00b" * 80), 422, "invalid_body"),
    "NUL in attributes": (line(attributes={"a": "\x00"}), 400, "invalid_text"),
    "a novel in attributes": (line(attributes={"a": "x" * 5000}), 400, "invalid_text"),
    "not an object": (lambda body: [body], 422, "invalid_body"),
}


@pytest.mark.parametrize(("spoil", "status", "code"), CASES.values(), ids=CASES)
def test_a_bad_sale_is_a_clear_problem(spoil, status, code, api, body, business):
    answer = api.post("purchases", spoil(body))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), problem
    assert answer["Content-Type"] == "application/problem+json"
    assert PERSIAN.search(problem["detail"])
    _nothing_is_there(business)


@pytest.mark.parametrize(
    ("spoil", "fa", "en"),
    [
        (CASES["ten thousand lines"][0], "۵۰۰", "500"),
        (CASES["toman sent as rial"][0], "۹۰۰٬۰۰۰", "900,000"),
        (CASES["huge"][0], "۱۰۰٬۰۰۰٬۰۰۰٬۰۰۰٬۰۰۰", "100,000,000,000,000"),
    ],
)
def test_a_refusals_numbers_are_in_the_readers_digits(spoil, fa, en, api, body):
    for language, number in (("fa", fa), ("en", en)):
        answer = api.client.post(
            "/api/v1/purchases",
            json.dumps(spoil(body)),
            content_type="application/json",
            headers={"Authorization": f"Bearer {api.key}", "Accept-Language": language},
        )
        assert number in answer.json()["detail"]


@pytest.mark.parametrize("raw", [b"{", b"", b"\xff\xfe", b"null", b'{"external_id": NaN}'])
def test_a_broken_body_is_a_clear_problem(raw, api, business):
    answer = api.client.post(
        "/api/v1/purchases",
        raw,
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.key}"},
    )
    assert answer.status_code in {400, 422}
    assert answer.json()["code"] in {"invalid_json", "invalid_body"}
    _nothing_is_there(business)


def test_numbers_that_are_none_do_not_reach_the_database(api, body):
    text = json.dumps(body).replace('"table": "7"', '"table": NaN')
    answer = api.client.post(
        "/api/v1/purchases",
        text,
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.key}"},
    )
    assert answer.status_code in {201, 400}


@pytest.mark.parametrize("path", ["purchases", "customers"])
@pytest.mark.parametrize("cursor", ["x", "????", ["a", "b"], [7, {}], 5])
def test_a_made_up_cursor_is_a_clear_problem(path, cursor, api):
    if not isinstance(cursor, str):
        cursor = base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode()
    answer = api.get(path, {"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("query", [{"customer": "x"}, {"limit": "0"}, {"limit": "x"}])
def test_a_bad_filter_is_a_clear_problem(query, api):
    assert api.get("purchases", query).status_code == 400


@pytest.mark.parametrize("search", ["\x00", "%", "'", "\U0010ffff", "ي" * 500])
def test_any_search_is_answered(search, api):
    assert api.get("customers", {"search": search}).json()["data"] == []


def _nothing_is_there(business):
    with acting_for(business.id):
        assert not Purchase.objects.exists()
        assert not PurchaseLine.objects.exists()
        assert not Customer.objects.exists()

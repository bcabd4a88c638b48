"""The owner's page of what is owed for points, the entries behind it, files (N28)."""

import csv
import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from core.tenancy import acting_for
from loyalty.operations import commit_redemption, reserve_redemption
from loyalty.operations.books import post_entries
from loyalty.queries.books import Curve, History
from tests.loyalty.books.test_funders import BAKERY, COFFEE, SWEET, TRIPLE
from tests.loyalty.rules.conftest import basket, put, record
from tests.loyalty.test_races import sell

SPAN = "since=1405/9/1&until=1405/9/30"


@pytest.fixture
def history(business, now):
    """Earned 30 and 10 points, spent 25, all in the books."""
    who = sell(business.id, now, 3_000_000).customer_id
    sell(business.id, now, 1_000_000)
    with acting_for(business.id):
        later = now + timedelta(days=1)
        held = reserve_redemption(customer_id=who, points=25, now=later)
        commit_redemption(redemption_id=held.id, now=later)
        post_entries(now=later)


@pytest.fixture
def page(owner_client, business):
    def get(path="", query=SPAN):
        answer = owner_client.get(f"/b/{business.slug}/points/owed/{path}?{query}")
        assert answer.status_code == 200
        return answer

    return get


def test_the_bridge_is_told_in_toman_and_persian_digits(history, page):
    text = page().content.decode()
    # 39,604 and 24,753 rial; 14,851 remain.
    for said in ("۳٬۹۶۰٫۴", "۲٬۴۷۵٫۳", "۱٬۴۸۵٫۱", "points/owed/entries/?kind=redeem"):
        assert said in text
    assert '"whole": [0, 3]' in text


def test_a_day_alone_and_a_day_typed_wrong(history, page):
    assert "۲٬۴۷۵٫۳" in page(query="since=1405/9/3").content.decode()
    assert "evenings" not in page(query="since=1405/9/3").content.decode()
    assert "empty-state" in page(query="since=1404/1/1").content.decode()
    assert page(query="since=never").status_code == 200


def test_each_step_leads_to_its_entries_with_their_sentences(history, page):
    text = page("entries/", f"{SPAN}&kind=redeem").content.decode()
    assert "۲۵" in text
    assert "۲٬۴۷۵٫۳" in text
    assert "۳٬۹۶۰٫۴" not in text


def test_what_waits_is_said(history, business, now, page):
    sell(business.id, now, 1_000_000)
    assert "۱ گردش امتیاز" in page().content.decode()


def test_the_accountant_gets_every_posting_as_csv(history, page):
    text = b"".join(page("entries.csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["kind"], row["points"], row["day"]) for row in rows] == [
        ("earn", "30", "1405/09/02"),
        ("earn", "10", "1405/09/02"),
        ("redeem", "-25", "1405/09/03"),
    ]
    assert sum(int(row["owed_rial"]) for row in rows) == -14_851


def test_the_accountant_gets_bridge_and_postings_as_a_workbook(history, page, monkeypatch):
    monkeypatch.setattr("dashboard.web.points.postings._AT_ONCE", 1)
    monkeypatch.setattr("dashboard.web.points.postings._SHEET", 2)
    answer = page("entries.xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    first, second, third = book.worksheets
    assert [cell.value for cell in first[5]] == ["در پایان", 15, 14_851, None]
    assert (second.max_row, third.max_row) == (3, 2)


@pytest.fixture
def funded(business, now):
    """18 points, 8 of them paid for by the baker."""
    with acting_for(business.id):
        put(TRIPLE, now=now)
        record(basket(COFFEE, SWEET, at=now), now=now)
        post_entries(now=now)


def test_what_a_supplier_pays_for_is_told_apart(funded, page):
    text = page().content.decode()
    # 17,682 rial are owed, 7,858 of them by the baker.
    for said in (BAKERY, "خود کسب‌وکار", "۷۸۵٫۸", "۹۸۲٫۴", "۱٬۷۶۸٫۲", "points/owed/funders.csv"):
        assert said in text


def test_without_a_supplier_the_page_is_silent_about_it(history, page):
    assert "خود کسب‌وکار" not in page().content.decode()


def test_the_accountant_gets_what_suppliers_pay_for_as_files(funded, page):
    text = b"".join(page("funders.csv").streaming_content).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["funder"], row["kind"], row["points"], row["owed_rial"]) == (
        BAKERY,
        "earn",
        "8",
        "-7858",
    )
    book = load_workbook(io.BytesIO(b"".join(page("entries.xlsx").streaming_content)))
    sheet = book.worksheets[1]
    assert [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2)] == [
        ["خود کسب‌وکار", "در آغاز", 0, 0],
        ["خود کسب‌وکار", "دریافت", 10, 9_824],
        ["خود کسب‌وکار", "در پایان", 10, 9_824],
        [BAKERY, "در آغاز", 0, 0],
        [BAKERY, "دریافت", 8, 7_858],
        [BAKERY, "در پایان", 8, 7_858],
    ]


def _estimate(client, business, **told):
    return client.post(f"/b/{business.slug}/points/owed/estimate/", told)


def test_without_history_the_page_says_so_and_takes_a_number(history, page, owner_client, business):
    assert "سابقهٔ کافی نیست" in page("estimate/").content.decode()
    answer = _estimate(owner_client, business, source="hand", percent="۵۰", reason="سابقهٔ پارسال")
    assert answer.status_code == 302
    today = page(query="").content.decode()
    # Of 39,604 the 24,752 were spent; of 14,851 half is expected: ⌈39,604 × 7,425.5 ÷ 32,177.5⌉.
    assert "−۵۷۱٫۱" in today
    assert "سابقهٔ پارسال" in page("entries/", "kind=estimate").content.decode()
    assert "سابقهٔ پارسال" in page("estimate/").content.decode()


@pytest.mark.parametrize(
    "told",
    [
        {"source": "hand", "percent": "", "reason": "x"},
        {"source": "hand", "percent": "0", "reason": "x"},
        {"source": "hand", "percent": "50", "reason": ""},
        {"source": "before", "percent": "", "reason": "x"},
    ],
)
def test_an_estimate_told_wrong_is_refused_beside_the_form(history, owner_client, business, told):
    assert _estimate(owner_client, business, **told).status_code == 422


def test_with_history_its_share_interval_and_effect_are_shown(
    history, page, owner_client, business, monkeypatch
):
    curve = Curve(spent=[0.25, 0.5], ended=[0.25, 0.5], alive=[1.0, 0.5])
    told = History(None, 240, 80, curve, 0.45, 0.55)
    for place in ("dashboard.web.points.estimate", "loyalty.operations.books.value"):
        monkeypatch.setattr(f"{place}.spending_history", lambda _now: told)
    text = page("estimate/").content.decode()
    for said in ("۵۰٪", "۴۵٪", "۵۵٪", "۲۴۰", "−۵۷۱٫۱"):
        assert said in text
    answer = _estimate(owner_client, business, source="before", reason="سابقه", steps="1000")
    assert answer.status_code == 302
    assert "۴۵٪ تا ۵۵٪" in page("estimate/").content.decode()


def test_one_entry_and_three_cost_the_same(business, now, page, django_assert_max_num_queries):
    def cost():
        found = []
        for path in ("", "entries/", "estimate/"):
            with django_assert_max_num_queries(100) as asked:
                page(path)
            found.append(len(asked))
        return found

    def more(count):
        for number in range(count):
            sell(business.id, now, 1_000_000 + number)
        with acting_for(business.id):
            post_entries(now=now)

    more(1)
    cost()
    one = cost()
    more(3)
    assert cost() == one


def test_another_business_sees_nothing_of_it(history, other_owner_client, other_business):
    answer = other_owner_client.get(f"/b/{other_business.slug}/points/owed/?{SPAN}")
    assert "empty-state" in answer.content.decode()

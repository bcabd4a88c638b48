"""Who comes back: what the pages say, and that they say no more than is known."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from core.tenancy import acting_for
from customers.queries.scoring import known_of
from dashboard.web import words
from loyalty.enums import ExitWay
from loyalty.operations.leaving import leave_club
from segmentation.enums import Basis
from segmentation.estimation import Buying, Family
from segmentation.models import CustomerOutlook, RetentionDrop, RetentionModel, ScoringTerms
from segmentation.operations.retention import common_priors, estimate_retention, foresee
from segmentation.queries.retention import night, waits_of
from tests.segmentation.shop import sell

PATH = "segments/retention/"


def _foresee(shop):
    with acting_for(shop.business.id):
        estimate_retention(common=common_priors([]), now=timezone.now())
        return foresee(now=timezone.now())


def _sales(shop, rows):
    shop.sell_to(rows)
    _foresee(shop)


def test_before_the_first_night_the_page_says_what_will_come(shop, owner_client, text_of):
    assert "هر شب معلوم می‌شود چه کسی برمی‌گردد" in text_of(owner_client.get(shop.url(PATH)))


def test_a_first_guess_is_called_one(shop, owner_client, text_of):
    _sales(shop, 3)
    page = text_of(owner_client.get(shop.url(PATH)))
    assert "حدس نخست" in page
    assert "پیش‌بینی و واقعیت" not in page
    assert "نیما" in page or "سارا محمدی" in page


def test_a_test_on_the_past_is_shown_with_both_sides(shop, owner_client, text_of):
    with acting_for(shop.business.id):
        sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 400, timezone.now(), seed=5)
    _foresee(shop)
    response = owner_client.get(shop.url(PATH))
    page = text_of(response)
    assert "پیش‌بینی و واقعیت" in page
    assert "سنجیده با گذشتهٔ خودتان" in page
    assert len(response.context["reliability"]["series"]) == 2
    first = response.context["page"]
    risks = [row.risk_rial for row in first.rows]
    assert risks == sorted(risks, reverse=True)
    assert len(risks) == len(response.context["rows"]) == 20
    more = owner_client.get(shop.url(PATH), {"cursor": first.next_cursor})
    assert more.context["page"].rows[0].risk_rial <= risks[-1]


def test_where_the_rule_is_as_good_the_page_says_so(shop, owner_client, text_of):
    with acting_for(shop.business.id):
        sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 400, timezone.now(), seed=6)
    _foresee(shop)
    with acting_for(shop.business.id):
        RetentionModel.objects.update(basis=Basis.RULE, brier=0.2, rule_brier=0.15)
    page = text_of(owner_client.get(shop.url(PATH)))
    assert "قاعدهٔ ساده کافی است" in page
    assert "سنجیده با گذشتهٔ خودتان" not in page


@pytest.mark.parametrize("days_ago", [(0,), (40, 20, 0)])
def test_a_customers_page_tells_the_score_and_what_is_foreseen(
    shop, owner_client, text_of, days_ago
):
    for days in days_ago:
        outcome = shop.sell(days_ago=days)
    address = shop.url(f"customers/{outcome.customer_id}/")
    before = text_of(owner_client.get(address))
    assert "از ۱۰ بار ۸ بار" not in before
    _foresee(shop)
    after = text_of(owner_client.get(address))
    assert "از هر ۱۰ بار ۸ بار بین" in after
    assert "حدس نخست: احتمال خرید تا" in after
    assert ("از هر ۱۰ بار ۸ بار از" in after) == ("نیمی از مشتریان مثل او" in after)
    assert ("فقط یک روز خرید کرده" in after) == (len(days_ago) == 1)


def test_c070_the_page_says_the_days_of_the_next_purchase_as_the_api_does(
    shop, owner_client, api, text_of, django_assert_num_queries
):
    """Between which days eight of ten times it lies; no query more than the day alone."""
    for days in (60, 40, 20, 0):
        outcome = shop.sell(days_ago=days)
    _foresee(shop)
    page = text_of(owner_client.get(shop.url(f"customers/{outcome.customer_id}/")))
    told = api.get(f"customers/{outcome.customer_id}/next-purchase").json()
    for name in ("low_on", "next_on"):
        assert words.day(date.fromisoformat(told[name])) in page
    high = told["high_on"]
    assert (words.day(date.fromisoformat(high)) if high else "تا بیش از یک سال بعد") in page
    with acting_for(shop.business.id):
        found = night()
        bought = known_of([outcome.customer_id])[outcome.customer_id]
        assert found is not None
        with django_assert_num_queries(0):
            waits = waits_of(found.buying, bought, found.as_of)
    assert waits.low <= waits.half <= waits.high


def test_the_page_costs_the_same_for_one_row_and_three(shop, owner_client):
    counts = []
    for rows in (1, 3):
        _sales(shop, rows)
        owner_client.get(shop.url(PATH))
        with CaptureQueriesContext(connection) as queries:
            assert owner_client.get(shop.url(PATH)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_who_fell_lately_is_listed(shop, owner_client, text_of):
    """C112: whose score fell below half of the average and is low still."""
    _sales(shop, 3)
    assert "تازه افت کرده‌اند" not in text_of(owner_client.get(shop.url(PATH)))
    with acting_for(shop.business.id):
        who = CustomerOutlook.objects.order_by("id")[0]
        RetentionDrop.objects.create(customer_id=who.id, at=timezone.now(), score=7, line=20)
    response = owner_client.get(shop.url(PATH))
    assert "تازه افت کرده‌اند" in text_of(response)
    assert [row["id"] for row in response.context["drops"]] == [who.id]


def test_cashiers_do_not_see_it(shop, client_as):
    assert client_as("cashier").get(shop.url(PATH)).status_code == 403


@pytest.mark.parametrize(
    ("rial", "text"),
    [(133_363_474, "۱۳٬۳۰۰٬۰۰۰"), (5_915_668, "۵۹۲٬۰۰۰"), (9_994, "۹۹۹"), (12, "۱"), (0, "۰")],
)
def test_estimates_are_told_to_three_digits(rial, text):
    with translation.override("fa"):
        assert words.toman_about(rial) == text


def test_a_second_opinion_is_given_when_asked(shop, client_as, owner_client, text_of):
    """Pareto/NBD on demand: beside the model of every night, for managers, from 200 customers."""
    now = timezone.now()
    for people, told in ((30, "نظر دوم ۲۰۰ مشتری می‌خواهد"), (230, "روزهای خرید همه در ۹۰ روز")):
        with acting_for(shop.business.id):
            sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), people, now, seed=people)
            estimate_retention(common=common_priors([]), now=now)
            foresee(now=now)
        page = text_of(owner_client.get(shop.url("segments/retention/"), {"second": "1"}))
        assert told in page
    assert "نظر دوم بخواهید" in text_of(owner_client.get(shop.url("segments/retention/")))
    analyst = client_as("analyst")
    assert "نظر دوم" not in text_of(analyst.get(shop.url("segments/retention/"), {"second": "1"}))


def test_the_list_of_customers_by_worth(shop, owner_client, text_of):
    """C062: the best first, with what the past year earned; at the same cost for one and three."""
    counts = []
    for people in (1, 3):
        _sales(shop, people)
        owner_client.get(shop.url("customers/"), {"sort": "worth"})
        with CaptureQueriesContext(connection) as queries:
            response = owner_client.get(shop.url("customers/"), {"sort": "worth"})
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert len(response.context["page"].rows) == 3
    page = text_of(response)
    assert "سال پیش رو، تومان" in page
    assert "سود سال گذشته، تومان" not in page
    with acting_for(shop.business.id):
        ScoringTerms.objects.create(margin_percent=40, changed_at=timezone.now())
    page = text_of(owner_client.get(shop.url("customers/"), {"sort": "worth"}))
    assert "سود سال گذشته، تومان" in page
    champions = {"sort": "worth", "segment": "champions"}
    assert owner_client.get(shop.url("customers/"), champions).status_code == 200


def test_whom_to_keep_first(shop, owner_client, client_as, text_of):
    """C051: the page; taught when empty, not for cashiers, at the same cost for one and three."""
    path = shop.url("segments/priorities/")
    assert "شب پیدایشان می‌کند" in text_of(owner_client.get(path))
    counts = []
    for people in (1, 3):
        _sales(shop, people)
        owner_client.get(path)
        with CaptureQueriesContext(connection) as queries:
            response = owner_client.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert len(response.context["people"]) == 3
    page = text_of(response)
    assert "اولویت نگهداری" in page
    assert "۱۰٪" in page
    assert 'aria-current="page"' in page
    assert client_as("cashier").get(path).status_code == 403


def test_who_left_the_club_is_marked_to_be_left_alone(shop, owner_client, text_of):
    """C051, C058: the list of worthwhile calls says of whom not to call them."""
    with acting_for(shop.business.id):
        sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 60, timezone.now(), seed=5)
    _foresee(shop)
    first = owner_client.get(shop.url(PATH))
    assert "کاری نداشته باشید" not in text_of(first)
    who = first.context["page"].rows[0].customer_id
    with acting_for(shop.business.id):
        leave_club(customer_id=who, way=ExitWay.OWN_PAGE, actor=None, now=timezone.now())
    page = owner_client.get(shop.url(PATH))
    assert [row.id for row in page.context["rows"] if row.alone] == [who]
    assert "کاری نداشته باشید" in text_of(page)


def test_what_is_at_risk_is_the_year_beside_it_times_the_chance(shop, owner_client):
    """C051, C064: the columns multiply, and «whom to keep first» tells the same year."""
    with acting_for(shop.business.id):
        sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 60, timezone.now(), seed=5)
    _foresee(shop)
    rows = owner_client.get(shop.url(PATH)).context["rows"]
    first = {
        one["id"]: one
        for one in owner_client.get(shop.url("segments/priorities/")).context["people"]
    }
    assert rows
    with acting_for(shop.business.id):
        known = {one.customer_id: one for one in CustomerOutlook.objects.all()}
    for row in rows:
        one = known[row.id]
        year = one.purchases_365 * one.day_rial
        assert row.year == words.toman_about(round(year))
        assert one.risk_rial == pytest.approx(year * (1 - one.staying), rel=0.01, abs=10)
        assert row.id not in first or first[row.id]["year"] == row.year

"""What pages show, and what they cost."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from customers.operations import (
    CustomerHint,
    NewPurchase,
    NewTender,
    open_case,
    record_purchases,
)
from feedback.enums import InvitationState
from feedback.models import SurveyInvitation
from feedback.operations import answer_survey
from feedback.queries import token_for
from payments.operations import create_payment
from segmentation.models import CustomerScore
from segmentation.operations import score_business


def _score(shop):
    with acting_for(shop.business.id):
        score_business(now=timezone.now())


def _cases(shop, rows):
    for outcome in shop.sell_to(rows):
        with acting_for(shop.business.id):
            open_case(
                kind="complaint",
                title="سرد بود",
                customer_id=outcome.customer_id,
                now=timezone.now(),
            )


def _payments(shop, rows):
    with acting_for(shop.business.id):
        for place in range(rows):
            create_payment(external_id=f"order-{place}", amount_rial=500_000, now=timezone.now())


def _sales(shop, rows):
    shop.sell_to(rows)
    _score(shop)


def _answers(shop, rows):
    for place in range(rows):
        shop.sell(f"0935000{shop.sold:04}", name=f"نیما {place}")
    with acting_for(shop.business.id):
        for invitation in SurveyInvitation.objects.exclude(state=InvitationState.ANSWERED):
            answer_survey(
                token=token_for(invitation.business_id, invitation.id),
                score=9,
                comment="خوب بود",
                now=timezone.now(),
            )


LISTS = [
    ("customers/", _sales),
    ("customers/?segment=new", _sales),
    ("customers/?q=09120", _sales),
    ("purchases/", _sales),
    ("today/", _sales),
    ("cases/", _cases),
    ("payments/", _payments),
    ("opinions/", _answers),
]


@pytest.mark.parametrize(("path", "fill"), LISTS)
def test_a_list_costs_the_same_for_one_row_and_three(shop, owner_client, path, fill):
    counts = []
    for rows in (1, 3):
        fill(shop, rows)
        owner_client.get(shop.url(path))
        with CaptureQueriesContext(connection) as queries:
            assert owner_client.get(shop.url(path)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_empty_home_says_what_to_do_first(shop, owner_client, text_of):
    page = text_of(owner_client.get(shop.url("today/")))
    assert "گام‌های نخست شما" in page
    assert shop.url("till/") in page


def test_home_tells_sales_in_toman_with_persian_digits(shop, owner_client, text_of):
    shop.sell(rial=12_345_670)
    page = text_of(owner_client.get(shop.url("today/")))
    assert "۱٬۲۳۴٬۵۶۷" in page
    assert "سارا محمدی" in page


def test_home_in_english_reads_left_to_right(shop, owner_client, text_of):
    shop.sell(rial=12_345_670)
    page = text_of(owner_client.get(shop.url("today/"), headers={"Accept-Language": "en"}))
    assert 'dir="ltr"' in page
    assert "1,234,567" in page


@pytest.mark.parametrize("typed", ["سارا", "محمدی", "0912123", "۰۹۱۲۱۲۳"])
def test_a_customer_is_found_by_name_family_or_mobile(shop, owner_client, text_of, typed):
    shop.sell()
    shop.sell("09350000000", name="نیما کریمی")
    page = text_of(owner_client.get(shop.url("customers/"), {"q": typed}))
    assert "سارا محمدی" in page
    assert "نیما کریمی" not in page


def test_a_search_finds_people_who_bought_nothing_yet(shop, owner_client, text_of):
    shop.meet("09350000000")
    assert "نیما" in text_of(owner_client.get(shop.url("customers/"), {"q": "نیما"}))


def test_a_customers_page_tells_points_story_and_what_to_say(shop, owner_client, text_of):
    outcome = shop.sell(days_ago=2)
    shop.sell()
    page = text_of(owner_client.get(shop.url(f"customers/{outcome.customer_id}/")))
    assert "در صندوق بگو" in page
    assert page.count("خرید ۹۰٬۰۰۰ تومان") == 2
    assert "…۴۵۶۷" in page


def test_an_open_case_comes_first_in_what_to_say(shop, owner_client, text_of):
    outcome = shop.sell()
    with acting_for(shop.business.id):
        open_case(
            kind="complaint",
            title="قهوه سرد بود",
            customer_id=outcome.customer_id,
            now=timezone.now(),
        )
    page = text_of(owner_client.get(shop.url(f"customers/{outcome.customer_id}/")))
    assert "پوزش" in page


def test_a_customers_story_goes_on_page_by_page(shop, owner_client, text_of):
    for day in range(20):
        outcome = shop.sell(rial=1_000_000 + 10 * day, days_ago=day)
    address = shop.url(f"customers/{outcome.customer_id}/")
    first = owner_client.get(address)
    older = address + first.context["older"].replace("&amp;", "&")
    rest = owner_client.get(older)
    assert len(first.context["story"]) + len(rest.context["story"]) == 20
    assert rest.context["older"] == ""


def test_nobody_elses_customer_is_found(shop, other_owner_client, other_business):
    outcome = shop.sell()
    address = f"/b/{other_business.slug}/customers/{outcome.customer_id}/"
    assert other_owner_client.get(address).status_code == 404
    assert other_owner_client.get(f"/b/{other_business.slug}/customers/").status_code == 200


def test_the_squares_of_the_picture_open_their_people(shop, owner_client, text_of):
    shop.sell()
    _score(shop)
    page = text_of(owner_client.get(shop.url("segments/")))
    with acting_for(shop.business.id):
        score = CustomerScore.objects.get()
    square = shop.url(f"segments/r{score.r}f{score.f}/")
    assert square in page
    assert "سارا محمدی" in text_of(owner_client.get(square))
    assert "سارا محمدی" in text_of(owner_client.get(shop.url(f"segments/{score.segment}/")))
    assert owner_client.get(shop.url("segments/r6f1/")).status_code == 404


def test_scoring_now_is_for_those_who_manage(shop, owner_client, client_as):
    shop.sell()
    assert client_as("analyst").post(shop.url("segments/")).status_code == 403
    assert owner_client.post(shop.url("segments/")).status_code == 302
    assert owner_client.get(shop.url("segments/")).context["heat"] is not None


def test_opinions_show_the_score_only_with_enough_answers(shop, owner_client, text_of):
    _answers(shop, 3)
    assert "دست‌کم ۵ پاسخ" in text_of(owner_client.get(shop.url("opinions/")))


def test_a_case_is_closed_by_whoever_looked_after_it(shop, client_as, text_of):
    _cases(shop, 1)
    cashier = client_as("cashier")
    (row,) = cashier.get(shop.url("cases/")).context["page"].rows
    assert cashier.post(shop.url(f"cases/{row.id}/resolve/")).status_code == 302
    assert "cashier@example.com" in text_of(cashier.get(shop.url("cases/?state=resolved")))
    assert cashier.post(shop.url(f"cases/{uuid4()}/resolve/")).status_code == 404


def test_pages_carry_nothing_inline_and_forbid_it(shop, owner_client):
    shop.sell()
    for path in ("today/", "customers/", "till/", "segments/", "settings/", "developers/"):
        answer = owner_client.get(shop.url(path))
        page = answer.content.decode()
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<style" not in page
        assert "'unsafe-inline'" not in answer["Content-Security-Policy"]


def test_the_last_purchase_is_told_in_days(shop, owner_client, text_of):
    outcome = shop.sell(days_ago=47)
    assert "۴۷ روز پیش" in text_of(owner_client.get(shop.url(f"customers/{outcome.customer_id}/")))


@pytest.mark.parametrize(
    "cursor", ["abc", "W10", "WyJ4IiwieSJd", "WzEsMl0", "WyIyMDI2LTAxLTAxVDAwOjAwWiIsIngiXQ", "ی"]
)
@pytest.mark.parametrize("path", ["customers/", "payments/", "purchases/", "cases/", "opinions/"])
def test_a_made_up_cursor_leads_nowhere(shop, owner_client, path, cursor):
    shop.sell()
    assert owner_client.get(shop.url(path), {"cursor": cursor}).status_code == 404


def test_made_up_values_in_addresses_do_no_harm(shop, owner_client):
    outcome = shop.sell()
    story = shop.url(f"customers/{outcome.customer_id}/")
    assert owner_client.get(story, {"before": "x~y"}).status_code == 404
    assert owner_client.get(story, {"before": "9e99~y", "kind": "<b>"}).status_code == 404
    assert owner_client.get(shop.url("today/"), {"days": "365000"}).status_code == 200
    assert owner_client.get(shop.url("payments/"), {"state": "'; --"}).status_code == 200
    assert owner_client.get(shop.url("till/"), {"customer": "me"}).status_code == 200
    for path in ("customers/", "payments/"):
        assert owner_client.get(shop.url(path), {"q": "a\x00%_'b"}).status_code in {200, 404}
    revoke = {"action": "revoke", "key": "not-a-key"}
    assert owner_client.post(shop.url("developers/"), revoke).status_code == 404


def test_purchases_of_a_span_of_jalali_days(business, owner_client, now):
    with acting_for(business.id):
        for day, number in ((datetime(2026, 11, 20, 9, tzinfo=UTC), "in"), (now, "out")):
            sale = NewPurchase(
                external_id=number,
                channel="pos",
                occurred_at=day,
                customer=CustomerHint(mobile="09990000001", name=f"خریدار {number}"),
                tenders=(NewTender(method="pos", amount_rial=100_000),),
            )
            record_purchases(purchases=[sale], source="api", now=now)
    address = f"/b/{business.slug}/purchases/"
    found = owner_client.get(address, {"since": "۱۴۰۵/۸/۲۹", "until": "1405/8/29"})
    assert [row.occurred_at.date() for row in found.context["purchases"]] == [date(2026, 11, 20)]
    assert len(owner_client.get(address, {"since": "1405/8/29"}).context["purchases"]) == 2
    wrong = owner_client.get(address, {"since": "1405/13/1"})
    assert "روز را مانند" in wrong.content.decode()
    nothing = owner_client.get(address, {"until": "1400/1/1"})
    assert "در این روزها خریدی نبوده" in nothing.content.decode()

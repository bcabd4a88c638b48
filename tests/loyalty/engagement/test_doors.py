"""Engagement over HTTP, on the owner's page, from surveys and from friends brought."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from businesses.operations import add_member
from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create
from loyalty.enums import CapSpan
from loyalty.enums.engagement import EngagementKind
from loyalty.models import Engagement, EngagementRule
from loyalty.operations.engagement import note_engagement
from tests.loyalty.engagement.test_engagement import count

BACKEND = "django.contrib.auth.backends.ModelBackend"
RULE = {"kind": "review", "points": 15, "most_times": 1, "span": "month"}
RULE |= {"is_activity": False, "open": True}


@pytest.fixture
def sara(business):
    hint = CustomerHint(mobile="09121234567", name="سارا محمدی")
    with acting_for(business.id):
        return find_or_create(customer=hint, source="api", now=timezone.now()).customer_id


def test_an_app_tells_asks_and_takes_back(api, sara):
    body = {"customer_id": str(sara), "kind": "review", "reference": "r-1"}
    refused = api.post("engagements", body, key="zero")
    assert (refused.status_code, refused.json()["code"]) == (409, "engagement_closed")
    assert api.post("engagement-rules", RULE, key="rule").json() == RULE
    assert api.get("engagement-rules").json()["data"] == [RULE]
    made = api.post("engagements", body, key="one")
    told = made.json()
    assert (made.status_code, told["points"], told["why_none"]) == (201, 15, "")
    assert api.post("engagements", body, key="two").json()["id"] == told["id"]
    capped = api.post("engagements", body | {"reference": "r-2"}, key="three").json()
    assert (capped["points"], capped["why_none"]) == (0, "capped")
    assert api.get(f"engagements/{told['id']}").json() == told
    assert len(api.get(f"engagements?customer={sara}").json()["data"]) == 2
    back = api.post(f"engagements/{told['id']}/take-back", {}, key="four").json()
    assert back["taken_back_at"] is not None
    assert api.get(f"customers/{sara}/wallet").json()["balance"] == 0
    seen = api.post("engagements", body | {"kind": "survey"}, key="five")
    assert (seen.status_code, seen.json()["code"]) == (400, "seen_here")
    closed = api.post("engagement-rules", RULE | {"open": False}, key="six").json()
    assert closed["open"] is False


def test_the_owner_counts_something_takes_back_and_closes(owner_client, business, sara):
    page = f"/b/{business.slug}/engagement/"
    assert "هنوز چیزی شمرده نمی‌شود" in owner_client.get(page).content.decode()
    typed = {"kind": "review", "points": "۱۵", "most_times": "۲", "span": "month"}
    assert owner_client.post(page, typed).status_code == 302
    once = typed | {"kind": "birthday", "points": "۲۰"}
    assert owner_client.post(page, once).status_code == 302
    with acting_for(business.id):
        row = EngagementRule.objects.get(kind="birthday")
        assert (row.most_times, row.span) == (1, "ever")
        noted = note_engagement(
            customer_id=sara, kind=EngagementKind.REVIEW, reference="r-1", now=timezone.now()
        )
        for n in range(2, 4):
            note_engagement(
                customer_id=sara,
                kind=EngagementKind.REVIEW,
                reference=f"r-{n}",
                now=timezone.now(),
            )
    shown = owner_client.get(page).content.decode()
    assert "سارا محمدی" in shown
    assert "۱۵ امتیاز" in shown
    assert "به اندازهٔ سقف" in shown
    assert owner_client.post(f"{page}{noted.id}/take-back/").status_code == 302
    assert "پس گرفته شد" in owner_client.get(page).content.decode()
    assert owner_client.post(f"{page}review/close/").status_code == 302
    assert "بسته" in owner_client.get(page).content.decode()
    assert owner_client.post(f"{page}nothing/close/").status_code == 404
    assert owner_client.post(page, typed | {"most_times": "۰"}).status_code == 422


def test_whoever_serves_notes_it_on_the_customers_page_once(owner_client, business, sara):
    person = f"/b/{business.slug}/customers/{sara}/"
    assert "engagement/" not in owner_client.get(person).content.decode()
    with acting_for(business.id):
        count(kind=EngagementKind.FOLLOW, points=10, span=CapSpan.EVER)
        count(kind=EngagementKind.SURVEY, points=5)
    shown = owner_client.get(person).content.decode()
    assert "دنبال‌کردن" in shown
    assert f"{person}engagement/" in shown
    assert 'name="mark"' in shown
    assert "Mark" not in shown
    typed = {"did": "follow", "mark": "0a6c2f0e-2d2a-4f3b-9a37-0a1b2c3d4e5f"}
    for _again in range(2):
        assert owner_client.post(f"{person}engagement/", typed).status_code == 302
        assert "۱۰ امتیاز" in owner_client.get(person).content.decode()
    other = typed | {"mark": "1a6c2f0e-2d2a-4f3b-9a37-0a1b2c3d4e5f"}
    owner_client.post(f"{person}engagement/", other)
    assert "به اندازهٔ سقف" in owner_client.get(person).content.decode()
    owner_client.post(f"{person}engagement/", other | {"did": "survey"})
    with acting_for(business.id):
        rows = Engagement.objects.order_by("at", "id")
        assert [(row.kind, row.points) for row in rows] == [("follow", 10), ("follow", 0)]


def test_who_only_reads_changes_nothing(business):
    user = get_user_model().objects.create_user("analyst@example.com", "long-password-1")
    add_member(business_id=business.id, user=user, role="analyst", now=timezone.now())
    client = Client()
    client.force_login(user, backend=BACKEND)
    page = f"/b/{business.slug}/engagement/"
    assert client.get(page).status_code == 200
    client.post(page, {"kind": "review", "points": "15", "most_times": "1", "span": "month"})
    assert client.post(f"{page}review/close/").status_code == 403
    with acting_for(business.id):
        assert not EngagementRule.objects.exists()


def test_the_list_costs_the_same_for_three(api, business, sara):
    api.post("engagement-rules", RULE | {"most_times": 9}, key="rule")

    def told(n):
        with acting_for(business.id):
            note_engagement(
                customer_id=sara,
                kind=EngagementKind.REVIEW,
                reference=f"r-{n}",
                now=timezone.now() - timedelta(minutes=9 - n),
            )

    told(1)
    with CaptureQueriesContext(connection) as one:
        api.get("engagements")
    told(2)
    told(3)
    with CaptureQueriesContext(connection) as three:
        api.get("engagements")
    assert len(one) == len(three)

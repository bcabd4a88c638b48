"""Customers' own days over HTTP and on the owner's pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.calendar import jalali
from core.tenancy import acting_for
from loyalty.enums.presents import OccasionKind, OccasionSource
from loyalty.models import CustomerOccasion
from loyalty.operations import sweep_business
from loyalty.operations.occasions import NewOccasion, tell_occasion
from tests.loyalty.occasions.conftest import celebrate, known

RULES = {
    "open": True,
    "greets": True,
    "text": "",
    "birthday_points": 50,
    "wedding_points": 0,
    "own_points": 0,
    "least_days": 30,
}


@pytest.fixture
def sara_there(business):
    with acting_for(business.id):
        return known(timezone.now() - timedelta(days=60))


def test_a_shop_tells_a_day_and_what_is_done(api, sara_there):
    assert api.get("occasion-rules").status_code == 404
    assert api.post("occasion-rules", RULES).json() == RULES
    path = f"customers/{sara_there}/occasions"
    answer = api.post(path, {"kind": "birthday", "month": 12, "day": 30})
    assert (answer.status_code, answer.json()["source"]) == (201, "api")
    api.post(path, {"kind": "birthday", "month": 12, "day": 29})
    [row] = api.get(path).json()["data"]
    assert (row["kind"], row["month"], row["day"]) == ("birthday", 12, 29)
    wrong = api.post(path, {"kind": "birthday", "month": 12, "day": 31})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_occasion")
    wrong = api.post("occasion-rules", RULES | {"text": "{mobile}"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_occasion_rules")


def test_the_owner_sets_it_up_and_writes_a_day_down(owner_client, business, sara_there):
    page = f"/b/{business.slug}/occasions/"
    assert "هنوز برای روزهای مشتریان" in owner_client.get(page).content.decode()
    typed = {
        "is_open": "on",
        "birthday_points": "۵۰",
        "wedding_points": "0",
        "own_points": "0",
        "least_days": "۳۰",
    }
    assert owner_client.post(f"{page}rules/", typed | {"text": "{x}"}).status_code == 422
    assert owner_client.post(f"{page}rules/", typed).status_code == 302
    person = f"/b/{business.slug}/customers/{sara_there}/"
    day = {"kind": "birthday", "occasion_day": "۳۰", "occasion_month": "12"}
    told = owner_client.post(f"{person}occasions/", day, follow=True).content.decode()
    assert "۳۰ اسفند" in told
    owner_client.post(f"{person}occasions/", day | {"occasion_day": ""})
    with acting_for(business.id):
        assert CustomerOccasion.objects.get().source == OccasionSource.STAFF
    owner_client.post(f"{person}occasions/", {"forget": "birthday"})
    with acting_for(business.id):
        assert not CustomerOccasion.objects.exists()


def test_the_page_costs_the_same_for_three(owner_client, business, sara_there):
    page, now = f"/b/{business.slug}/occasions/", timezone.now()
    today = timezone.localtime(now, business.timezone).date()

    def cost(mobile):
        with acting_for(business.id):
            celebrate(now, birthday_points=50)
            person = known(now - timedelta(days=60), mobile)
            for kind, day in (("birthday", today), ("wedding", today + timedelta(days=3))):
                _tell(person, kind, day, now)
            sweep_business(now=now + timedelta(days=1))
        with CaptureQueriesContext(connection) as queries:
            assert owner_client.get(page).status_code == 200
        return len(queries)

    first = cost("09120000001")
    cost("09120000002")
    assert cost("09120000003") == first


def _tell(person, kind, day, now):
    told = jalali(day)
    new = NewOccasion(kind=OccasionKind(kind), month=told.month, day=told.day, title="")
    tell_occasion(customer_id=person, new=new, source=OccasionSource.STAFF, now=now)

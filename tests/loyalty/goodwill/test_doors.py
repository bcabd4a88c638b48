"""Points given on the spot over HTTP, at the till and on the owner's pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from businesses.models import Employee
from core.ids import new_id
from core.tenancy import acting_for
from dashboard.web.gifts.goodwill import stands_out
from loyalty.models import Goodwill, Wallet
from loyalty.operations.goodwill import give_goodwill
from loyalty.queries.goodwill import GiverSums
from tests.loyalty.goodwill.conftest import MINA, REZA, WHY, allow, known

BUDGET = {"open": True, "points": 100, "span": "week", "most_at_once": 60}


@pytest.fixture
def sara_there(business):
    with acting_for(business.id):
        Employee.objects.create(code="7", name="نگار")
        return known(timezone.now())


def test_an_employee_gives_by_the_api_what_they_may_and_no_more(api, sara_there):
    assert api.get("goodwill-budget").status_code == 404
    body = {"customer_id": str(sara_there), "employee": "7", "points": 60, "reason": WHY}
    assert api.post("goodwill", body).json()["code"] == "goodwill_closed"
    assert api.post("goodwill-budget", BUDGET).json() == BUDGET
    assert api.get("goodwill-budget").json() == BUDGET
    answer = api.post("goodwill", body)
    told = answer.json()
    assert (answer.status_code, told["given_by"], told["left_points"]) == (201, "نگار", 40)
    answer = api.post("goodwill", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "goodwill_used_up")
    assert answer.json()["left_points"] == 40
    [row] = api.get(f"goodwill?customer={sara_there}").json()["data"]
    assert (row["points"], row["reason"]) == (60, WHY)
    [entry] = api.get(f"customers/{sara_there}/wallet/entries").json()["data"]
    assert (entry["kind"], entry["points"]) == ("goodwill", 60)


def test_who_gives_must_work_here(api, sara_there, business):
    api.post("goodwill-budget", BUDGET)
    body = {"customer_id": str(sara_there), "employee": "8", "points": 1, "reason": WHY}
    assert api.post("goodwill", body).json()["code"] == "unknown_employee"
    with acting_for(business.id):
        Employee.objects.update(is_active=False)
    assert api.post("goodwill", body | {"employee": "7"}).json()["code"] == "unknown_employee"


def test_the_list_costs_the_same_for_three(api, owner_client, business, sara_there):
    paths = ["/api/v1/goodwill", f"/b/{business.slug}/goodwill/"]
    api.post("goodwill-budget", BUDGET | {"points": 1000})

    def cost(giver):
        with acting_for(business.id):
            give_goodwill(
                customer_id=sara_there, points=5, reason=WHY, giver=giver, now=timezone.now()
            )
        counts = []
        for client, path in zip((api, owner_client), paths, strict=True):
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(path.removeprefix("/api/v1/"))
            assert answer.status_code == 200
            counts.append(len(queries))
        return counts

    first = cost(MINA)
    cost(REZA)
    assert cost(MINA) == first


def test_the_owner_sets_a_budget_and_sees_what_was_given(owner_client, business, sara_there):
    page = f"/b/{business.slug}/goodwill/"
    assert "هنوز کسی نمی‌تواند" in owner_client.get(page).content.decode()
    typed = {"points": "۱۰۰", "span": "week", "most_at_once": "۶۰", "is_open": "on"}
    wrong = owner_client.post(f"{page}budget/", typed | {"most_at_once": "200"})
    assert wrong.status_code == 422
    assert owner_client.post(f"{page}budget/", typed).status_code == 302
    person = f"/b/{business.slug}/customers/{sara_there}/"
    shown = owner_client.get(person).content.decode()
    assert 'name="goodwill_points"' in shown
    given = {"goodwill_id": str(new_id()), "goodwill_points": "۵۵", "goodwill_reason": WHY}
    for _again in range(2):
        answer = owner_client.post(f"{person}goodwill/", given, follow=True)
        assert "۵۵ امتیاز داده شد" in answer.content.decode()
    with acting_for(business.id):
        assert Wallet.objects.get(id=sara_there).balance_points == 55
    told = owner_client.get(page).content.decode()
    assert WHY in told
    assert "داده کافی نیست" in told
    refused = owner_client.post(
        f"{person}goodwill/", given | {"goodwill_id": str(new_id())}, follow=True
    )
    assert "۴۵" in refused.content.decode()


def test_the_till_gives_to_who_stands_there(owner_client, business, sara_there):
    with acting_for(business.id):
        allow(timezone.now())
    till = f"/b/{business.slug}/till/"
    shown = owner_client.get(f"{till}customer/?mobile=09121234567").content.decode()
    assert 'id="goodwill"' in shown
    body = {
        "customer": str(sara_there),
        "goodwill_id": str(new_id()),
        "goodwill_points": "۱۰",
        "goodwill_reason": WHY,
    }
    assert "۱۰ امتیاز داده شد" in owner_client.post(f"{till}goodwill/", body).content.decode()
    assert owner_client.post(f"{till}goodwill/", body | {"customer": "x"}).status_code == 404
    nothing = owner_client.post(f"{till}goodwill/", body | {"goodwill_reason": ""})
    assert "دلیل" in nothing.content.decode()
    with acting_for(business.id):
        assert Goodwill.objects.get().points == 10


def sums(giver, times, customers):
    return GiverSums(giver.id, giver.name, times, times * 5, times * 5_000, customers, 1)


def test_who_gives_the_same_people_again_stands_out_only_with_enough_behind_it():
    honest, favours = sums(REZA, 40, 38), sums(MINA, 20, 8)
    assert stands_out(favours, [favours, honest])
    assert not stands_out(honest, [favours, honest])
    few = sums(MINA, 9, 1)
    assert not stands_out(few, [few, honest])
    alone = sums(MINA, 50, 1)
    assert not stands_out(alone, [alone])


def test_what_was_given_long_ago_is_not_counted(owner_client, business, sara_there):
    long_ago = timezone.now() - timedelta(days=100)
    with acting_for(business.id):
        allow(long_ago)
        give_goodwill(customer_id=sara_there, points=5, reason=WHY, giver=MINA, now=long_ago)
    shown = owner_client.get(f"/b/{business.slug}/goodwill/")
    assert shown.context["givers"] == []
    assert len(shown.context["rows"]) == 1

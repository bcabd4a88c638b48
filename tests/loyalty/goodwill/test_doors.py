"""Points given on the spot over HTTP, at the till and on the owner's pages."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from businesses.models import Employee
from core.ids import new_id
from core.tenancy import acting_for
from dashboard.web.gifts.goodwill import stands_out
from loyalty.models import Goodwill, GoodwillBudget, GoodwillMeter, Wallet
from loyalty.operations.goodwill import What, give_goodwill
from loyalty.queries.goodwill import GiverSums
from loyalty.queries.goodwill_codes import code_told
from tests.loyalty.goodwill.conftest import MINA, REZA, UNIT, WHY, allow, known

BUDGET = {
    "open": True,
    "amount": 100 * UNIT,
    "span": "week",
    "most_at_once": 60 * UNIT,
    "good_days": 30,
}


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
    assert (answer.status_code, told["given_by"], told["left"]) == (201, "نگار", 40 * UNIT)
    answer = api.post("goodwill", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "goodwill_used_up")
    assert answer.json()["left_rial"] == 40 * UNIT
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
    api.post("goodwill-budget", BUDGET | {"amount": 1000 * UNIT})

    def cost(giver):
        with acting_for(business.id):
            give_goodwill(
                customer_id=sara_there,
                what=What(points=5),
                reason=WHY,
                giver=giver,
                now=timezone.now(),
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
    typed = {
        "amount": "۱۰٬۰۰۰",
        "span": "week",
        "most_at_once": "۶٬۰۰۰",
        "good_days": "۳۰",
        "is_open": "on",
    }
    wrong = owner_client.post(f"{page}budget/", typed | {"most_at_once": "20000"})
    assert wrong.status_code == 422
    assert owner_client.post(f"{page}budget/", typed).status_code == 302
    person = f"/b/{business.slug}/customers/{sara_there}/"
    shown = owner_client.get(person).content.decode()
    assert 'name="goodwill_amount"' in shown
    given = {
        "goodwill_id": str(new_id()),
        "goodwill_what": "points",
        "goodwill_amount": "۵۵",
        "goodwill_reason": WHY,
    }
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
    assert refused.status_code == 422
    assert "حداکثر ۴٬۵۰۰ تومان" in refused.content.decode()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"goodwill_amount": "۹۰۰"}, "حداکثر"),
        ({"goodwill_amount": "ده"}, "عدد"),
        ({"goodwill_amount": ""}, "بیشتر از صفر"),
        ({"goodwill_reason": " "}, "لازم"),
        ({"goodwill_what": "coupon:7"}, ""),
    ],
)
def test_what_was_refused_stays_typed_with_its_error(
    owner_client, business, sara_there, wrong, told
):
    """C078: on the customer's page and at the till nothing typed is lost with a refusal."""
    with acting_for(business.id):
        allow(timezone.now())
    given = {
        "goodwill_id": str(new_id()),
        "goodwill_what": "points",
        "goodwill_amount": "۱۰",
        "goodwill_reason": WHY,
    }
    person = f"/b/{business.slug}/customers/{sara_there}/goodwill/"
    till = f"/b/{business.slug}/till/goodwill/"
    answer = owner_client.post(person, given | wrong)
    assert answer.status_code == 422
    part = owner_client.post(till, given | wrong | {"customer": str(sara_there)})
    assert part.status_code == 200
    for text in (answer.content.decode(), part.content.decode()):
        assert 'aria-invalid="true"' in text
        assert told in text
        assert given["goodwill_id"] in text
        for name in {"goodwill_amount", "goodwill_reason"} - set(wrong):
            assert f'value="{given[name]}"' in text
    assert "<details open" in part.content.decode()
    with acting_for(business.id):
        assert not Goodwill.objects.exists()
    assert owner_client.post(person, given).status_code == 302
    assert owner_client.get(person).status_code == 200


def test_the_till_gives_to_who_stands_there(owner_client, business, sara_there):
    with acting_for(business.id):
        allow(timezone.now())
    till = f"/b/{business.slug}/till/"
    shown = owner_client.get(f"{till}customer/?mobile=09121234567").content.decode()
    assert 'id="goodwill"' in shown
    body = {
        "customer": str(sara_there),
        "goodwill_id": str(new_id()),
        "goodwill_what": "points",
        "goodwill_amount": "۱۰",
        "goodwill_reason": WHY,
    }
    assert "۱۰ امتیاز داده شد" in owner_client.post(f"{till}goodwill/", body).content.decode()
    assert owner_client.post(f"{till}goodwill/", body | {"customer": "x"}).status_code == 404
    nothing = owner_client.post(f"{till}goodwill/", body | {"goodwill_reason": ""})
    assert "لازم" in nothing.content.decode()
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
        give_goodwill(
            customer_id=sara_there, what=What(points=5), reason=WHY, giver=MINA, now=long_ago
        )
    shown = owner_client.get(f"/b/{business.slug}/goodwill/")
    assert shown.context["givers"] == []
    assert len(shown.context["rows"]) == 1


def test_a_discount_given_at_the_till_is_told_with_its_code_and_taken_back(
    api, owner_client, business, sara_there
):
    """C078: the till says the code, the owner's page takes it back, the customer sees it."""
    with acting_for(business.id):
        allow(timezone.now())
    till, page = f"/b/{business.slug}/till/", f"/b/{business.slug}/goodwill/"
    body = {
        "customer": str(sara_there),
        "goodwill_id": str(new_id()),
        "goodwill_what": "discount",
        "goodwill_amount": "۳٬۰۰۰",
        "goodwill_reason": WHY,
    }
    said = owner_client.post(f"{till}goodwill/", body).content.decode()
    with acting_for(business.id):
        row = Goodwill.objects.get()
        code = code_told(row)
    assert f"کد: {code}" in said
    assert "تخفیف ۳٬۰۰۰ تومانی" in said
    standing = owner_client.get(f"{till}customer/?mobile=09121234567").content.decode()
    assert code in standing
    [present] = api.get(f"customers/{sara_there}/presents").json()["data"]
    assert (present["code"], present["purchase_id"]) == (code, None)
    assert "تخفیف ۳٬۰۰۰ تومانی" in owner_client.get(page).content.decode()
    answer = owner_client.post(f"{page}{row.id}/back/", follow=True)
    assert "پس گرفته شد" in answer.content.decode()
    [told] = api.get("goodwill").json()["data"]
    assert told["taken_back_at"] is not None


def test_a_program_gives_a_card_and_takes_it_back(api, sara_there):
    """C078 over HTTP: a wrong field is named, the code is told once, twice back is once."""
    api.post("goodwill-budget", BUDGET)
    body = {"customer_id": str(sara_there), "employee": "7", "kind": "gift_card", "reason": WHY}
    wrong = api.post("goodwill", body)
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["amount"])
    told = api.post("goodwill", body | {"amount": 20_000}).json()
    assert (told["worth"], told["points"], told["left"]) == (20_000, 0, 80_000)
    assert told["code"]
    for _again in range(2):
        back = api.post(f"goodwill/{told['id']}/take-back", {})
        assert back.status_code == 200
        assert back.json()["taken_back_at"] is not None
    missing = api.post(f"goodwill/{new_id()}/take-back", {})
    assert missing.status_code == 404


def test_budgets_in_points_became_budgets_in_rial(business):
    """The migration: a budget at today's value of a point, what was given at its own day's."""
    with acting_for(business.id):
        allow(timezone.now())
        sara = known(timezone.now())
        give_goodwill(
            customer_id=sara, what=What(points=20), reason=WHY, giver=MINA, now=timezone.now()
        )
        GoodwillBudget.objects.update(amount_rial=100, most_at_once_rial=50)
        GoodwillMeter.objects.update(used_rial=20, most_rial=100)
    migration = import_module("loyalty.migrations.0037_goodwill_kinds")
    with connection.schema_editor() as editor:
        migration.count_in_rial(None, editor)
    with acting_for(business.id):
        budget, meter = GoodwillBudget.objects.get(), GoodwillMeter.objects.get()
        assert (budget.amount_rial, budget.most_at_once_rial) == (100 * UNIT, 50 * UNIT)
        assert (meter.used_rial, meter.most_rial) == (20 * UNIT, 100 * UNIT)


def test_saving_a_budget_as_it_is_shown_changes_nothing(owner_client, business, sara_there):
    """C078: seen in a browser; a field of toman takes rial and must not get toman."""
    page = f"/b/{business.slug}/goodwill/budget/"
    for wanted in (None, 350_000):
        if wanted:
            with acting_for(business.id):
                allow(timezone.now(), amount_rial=wanted, most_at_once_rial=20_000)
        form = owner_client.get(page).context["form"]
        typed = {name: form[name].value() for name in ("span", "good_days")} | {"is_open": "on"}
        for name in ("amount", "most_at_once"):
            value = form.fields[name].prepare_value(form.initial[name])
            typed[name] = str(value)
        assert owner_client.post(page, typed).status_code == 302
        with acting_for(business.id):
            row = GoodwillBudget.objects.get()
        assert (row.amount_rial, row.most_at_once_rial) == (
            (wanted, 20_000) if wanted else (2_000_000, 500_000)
        )

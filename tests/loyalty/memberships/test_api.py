"""Memberships over HTTP."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create
from loyalty.models import MembershipPeriod, PaidMembership

PLAN = {"name": "طلایی", "price": 900_000, "multiplier": {"num": 3, "den": 2}}


@pytest.fixture
def plan(api, club):
    made = api.post("membership-plans", PLAN | {"free_delivery": True, "note": "چای مهمان ما"})
    assert made.status_code == 201
    return made.json()


def test_plans_are_offered_listed_and_withdrawn(api, plan):
    assert plan["multiplier"] == {"num": 3, "den": 2}
    assert (plan["notice_days"], plan["grace_days"], plan["offered"]) == (3, 7, True)
    again = api.post("membership-plans", PLAN)
    assert (again.status_code, again.json()["code"]) == (409, "membership_plan_exists")

    gone = api.post(f"membership-plans/{plan['id']}/withdraw", {})
    assert gone.json()["offered"] is False
    assert api.get("membership-plans", {"offered": "true"}).json()["data"] == []
    assert len(api.get("membership-plans").json()["data"]) == 1
    assert api.post("membership-plans", PLAN).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": 0},
        {"months": 0},
        {"months": 37},
        {"multiplier": {"num": 1, "den": 2}},
        {"multiplier": {"num": 1, "den": 0}},
        {"multiplier": {"num": 101, "den": 1}},
        {"notice_days": 0},
        {"grace_days": 26},
        {"name": "  "},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(api, club, wrong):
    answer = api.post("membership-plans", PLAN | wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_membership_plan")
    assert set(answer.json()["errors"]) == set(wrong)


def test_a_customer_joins_and_is_sent_to_pay(api, club, plan):
    body = {"customer_id": str(club.customer_id), "plan_id": plan["id"]}
    made = api.post("memberships", body, key="k1")
    again = api.post("memberships", body, key="k1")
    assert made.status_code == again.status_code == 201
    assert made.json()["id"] == again.json()["id"]
    assert made.json()["status"] == "joining"
    assert "/p/" in made.json()["pay_url"]
    twice = api.post("memberships", body)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_member")

    club.pay(club.periods(made.json()["id"])[0].payment_id)

    seen = api.get(f"memberships/{made.json()['id']}").json()
    assert seen["status"] == "active"
    assert seen["refund_today"] > 0
    [period] = seen["periods"]
    assert (period["number"], period["price"], period["status"]) == (1, 900_000, "paid")
    listed = api.get("memberships", {"status": "active", "customer": str(club.customer_id)})
    assert [one["id"] for one in listed.json()["data"]] == [seen["id"]]


def test_the_till_is_told_of_the_perks(api, club, plan):
    wallet = api.get(f"customers/{club.customer_id}/wallet").json()
    assert wallet["membership"] is None
    joined = club.join(plan["id"])
    club.pay(club.periods(joined.id)[0].payment_id)
    with acting_for(club.business.id):
        PaidMembership.objects.update(perks_from="2020-01-01T00:00Z", perks_until="2099-01-01T00Z")
    told = api.get(f"customers/{club.customer_id}/wallet").json()["membership"]
    assert (told["plan"], told["free_delivery"]) == ("طلایی", True)
    basket = {"customer_id": str(club.customer_id), "total": 1_000_000}
    seen = api.post("loyalty/preview", basket).json()
    assert seen["membership"]["multiplier"] == {"num": 3, "den": 2}
    assert seen["earn_points"] == 15


def test_a_membership_is_paused_resumed_and_ended(api, club, plan):
    member_id = club.join(plan["id"]).id
    address = f"memberships/{member_id}"
    early = api.post(f"{address}/pause", {})
    assert (early.status_code, early.json()["code"]) == (409, "membership_not_active")
    club.pay(club.periods(member_id)[0].payment_id)
    with acting_for(club.business.id):
        MembershipPeriod.objects.update(ends_on="2099-01-01")
        PaidMembership.objects.update(paid_until="2099-01-01")

    assert api.post(f"{address}/pause", {}).json()["status"] == "paused"
    assert api.post(f"{address}/resume", {}).json()["status"] == "active"
    notice = api.post(f"{address}/cancel", {"at": "period_end"}).json()
    assert (notice["status"], notice["renews"]) == ("active", False)
    ended = api.post(f"{address}/cancel", {"refund": False}).json()
    assert (ended["status"], ended["refund_today"]) == ("cancelled", 0)


def test_nobody_elses_customer_plan_or_mandate(api, other_api, club, plan):
    body = {"customer_id": str(club.customer_id), "plan_id": plan["id"]}
    assert other_api.post("memberships", body).status_code == 404
    mandate = {"mandate_id": str(club.collector.active())}
    other = {"customer_id": _somebody(club), "plan_id": plan["id"]}
    assert api.post("memberships", other | mandate).status_code == 404
    assert api.post("memberships", body | mandate).status_code == 201


def test_a_mandate_too_small_for_the_price_is_refused(api, club, plan):
    mandate = {"mandate_id": str(club.collector.active(max_debit_rial=800_000))}
    body = {"customer_id": str(club.customer_id), "plan_id": plan["id"]}
    answer = api.post("memberships", body | mandate)
    assert (answer.status_code, answer.json()["code"]) == (409, "mandate_not_active")


def test_lists_ask_the_same_however_long(api, club, plan):
    def queries(path):
        with CaptureQueriesContext(connection) as seen:
            assert api.get(path).status_code == 200
        return len(seen)

    def join(number):
        api.post("membership-plans", PLAN | {"name": f"طرح {number}"})
        body = {"customer_id": _somebody(club, number), "plan_id": plan["id"]}
        assert api.post("memberships", body).status_code == 201

    join(1)
    one = [queries("memberships"), queries("membership-plans")]
    join(2)
    join(3)
    assert [queries("memberships"), queries("membership-plans")] == one


def _somebody(club, number=0):
    with acting_for(club.business.id):
        hint = CustomerHint(mobile=f"0912765432{number}")
        return str(find_or_create(customer=hint, source="t", now=club.now).customer_id)

"""Leaving by the customer, the owner and the API (C047)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.tenancy import acting_for
from customers.operations import CustomerHint
from loyalty.models import ClubExit, LedgerEntry, MembershipPlan, Wallet
from loyalty.operations import update_program, update_rule
from loyalty.queries.lock_in import lock_ins
from tests.loyalty.own.conftest import sell, told
from tests.loyalty.own.test_page import queries

pytestmark = pytest.mark.django_db


def wallet_of(business, customer):
    with acting_for(business.id):
        return Wallet.objects.get(id=customer.id)


def test_two_presses_lead_out_with_all_of_it_said(sara, business, enter, door):
    browser = enter()
    first = told(browser.get(door))
    assert f"{door}leave/" in first
    asked = browser.get(f"{door}leave/")
    text = told(asked)
    assert asked.context["told"].ends_points > 0
    assert "کارت هدیه پول است" in text
    assert wallet_of(business, sara).left_at is None
    answer = browser.post(f"{door}leave/")
    assert (answer.status_code, answer["Location"]) == (302, door)
    assert wallet_of(business, sara).left_at is not None
    out = told(browser.get(door))
    assert f"{door}back/" in out
    assert f"{door}leave/" not in out
    assert browser.get(f"{door}leave/").status_code == 302


def test_one_press_leads_back_with_the_points(sara, business, enter, door):
    before = wallet_of(business, sara).balance_points
    browser = enter()
    browser.post(f"{door}leave/")
    assert wallet_of(business, sara).balance_points == 0
    back = browser.post(f"{door}back/", follow=True)
    assert "برگشت" in told(back)
    assert wallet_of(business, sara).balance_points == before
    assert browser.get(f"{door}back/").status_code == 405


def test_nobody_else_leaves_for_them(sara, business, client, door):
    for path in ("leave/", "back/"):
        assert client.post(f"{door}{path}")["Location"] == door
    assert wallet_of(business, sara).left_at is None


def test_the_owner_notes_it_and_lets_them_back(sara, business, owner_client):
    page = reverse("dashboard:customer", args=[business.slug, sara.id])
    assert reverse("dashboard:club-leave", args=[business.slug, sara.id]) in told(
        owner_client.get(page)
    )
    owner_client.post(reverse("dashboard:club-leave", args=[business.slug, sara.id]))
    with acting_for(business.id):
        row = ClubExit.objects.get()
    assert (row.way, bool(row.noted_by)) == ("staff", True)
    assert "بیرون از باشگاه" in told(owner_client.get(page))
    listed = owner_client.get(reverse("dashboard:leavers", args=[business.slug]))
    assert "سارا کریمی" in told(listed)
    owner_client.post(reverse("dashboard:club-rejoin", args=[business.slug, sara.id]))
    assert wallet_of(business, sara).left_at is None


def test_a_page_of_leavers_asks_the_same_for_one_and_for_three(business, owner_client):
    address = reverse("dashboard:leavers", args=[business.slug])

    def out(mobile):
        outcome = sell(business, customer=_hint(mobile))
        owner_client.post(
            reverse("dashboard:club-leave", args=[business.slug, outcome.customer_id])
        )

    out("09120000001")
    one = queries(owner_client, address)
    for mobile in ("09120000002", "09120000003"):
        out(mobile)
    assert queries(owner_client, address) == one
    assert len(owner_client.get(address).context["rows"]) == 3


def _hint(mobile):
    return CustomerHint(mobile=mobile)


def test_the_same_over_http(sara, api):
    address = f"customers/{sara.id}/club"
    inside = api.get(address).json()
    assert inside["in_club"]
    assert inside["ends_points"] > 0
    assert inside["ends_worth"] > 0
    left = api.post(f"{address}/leave", {}).json()
    assert (left["in_club"], left["ends_points"]) == (False, 0)
    assert left["back_points"] == inside["ends_points"]
    report = api.get("reports/leaving").json()
    assert (report["left"], report["came_back"]) == (1, 0)
    assert report["ended_points"] == report["months"][-1]["ended"] == inside["ends_points"]
    back = api.post(f"{address}/rejoin", {}).json()
    assert back["ends_points"] == inside["ends_points"]
    report = api.get("reports/leaving").json()
    assert (report["came_back"], report["back_points"]) == (1, inside["ends_points"])


def test_conditions_that_punish_leaving_are_warned_of(business, owner_client, api):
    settings = reverse("dashboard:settings", args=[business.slug]) + "?section=loyalty"
    now = timezone.now()
    assert api.get("reports/leaving").json()["warnings"] == []
    assert not owner_client.get(settings).context["warnings"]
    with acting_for(business.id):
        update_program(changes={"pending_days": 31, "unit_value_rial": 10_001}, actor=None, now=now)
        update_rule(points_num=1, points_den=100_000, actor=None, now=now)
        MembershipPlan.objects.create(name="سه‌ساله", price_rial=1, months=36, created_at=now)
        assert [one.about for one in lock_ins()] == ["pending_days", "rate", "membership"]
    warned = api.get("reports/leaving").json()["warnings"]
    assert {one["code"] for one in warned} == {"negative_lock_in"}
    assert len(owner_client.get(settings).context["warnings"]) == 3
    with acting_for(business.id):
        update_program(changes={"pending_days": 30, "unit_value_rial": 10_000}, actor=None, now=now)
        assert [one.about for one in lock_ins()] == ["membership"]


def test_points_that_end_together_are_told_by_their_day_not_by_lot(sara, business, enter, door):
    """Somebody who bought three times today and once a month ago reads two lines, not four."""
    now = timezone.now()
    with acting_for(business.id):
        update_program(changes={"expiry_months": 12}, actor=None, now=now)
    for at in (now, now, now - timedelta(days=40)):
        sell(business, occurred_at=at)
    browser = enter()
    browser.post(f"{door}leave/")
    page = browser.get(f"{door}history/")
    lines = [row for row in page.context["rows"] if row.last_moment]
    with acting_for(business.id):
        ended = LedgerEntry.objects.filter(customer=sara.id, kind="left")
        assert ended.count() > len(lines)
        assert sum(row.points for row in lines) == sum(one.points for one in ended)
        days = set(ended.values_list("lot__expires_at", flat=True))
    assert len(lines) == len(days) == 2 + (None in days)
    assert lines == sorted(lines, key=lambda row: row.last_moment)
    again = browser.get(f"{door}history/?before={min(row.id for row in lines)}")
    assert not {row.id for row in again.context["rows"]} & {row.id for row in lines}

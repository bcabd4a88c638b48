"""A member pauses, goes on with and ends their membership on their own page (C027)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from businesses.models import AuditEntry
from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create
from loyalty.models import PaidMembership
from loyalty.operations.memberships import pause_membership
from loyalty.queries.memberships import PAUSED_AT_LEAST_DAYS
from tests.customers.codes.conftest import texted

MOBILE, OTHER = "09121234567", "09125550000"


@pytest.fixture
def member(club):
    """Return an active membership that was paid today."""
    club.now = timezone.now()
    return club.see(club.member())


@pytest.fixture
def enter(club):
    """Return `enter(mobile)`: a browser with the page of the mobile open, and its address."""

    def go_in(mobile=MOBILE):
        browser, door = Client(), f"/c/{club.business.slug}/"
        assert browser.post(door, {"mobile": mobile}).status_code == 200
        answer = browser.post(door, {"mobile": mobile, "code": texted(club.business)})
        assert answer.status_code == 302
        return browser, door

    return go_in


def _press(club, browser, door, member, deed):
    answer = browser.post(f"{door}membership/", {"membership": str(member.id), "deed": deed})
    assert (answer.status_code, answer["Location"]) == (302, door)
    return club.see(member.id), browser.get(door).content.decode()


def _audits(club):
    with acting_for(club.business.id):
        rows = AuditEntry.objects.filter(action__startswith="membership.").order_by("at", "id")
        return [(row.action, row.actor_name, row.data["by"]) for row in rows]


def test_two_presses_pause_and_a_week_later_two_go_on(club, member, enter):
    browser, door = enter()
    assert f"{door}membership/" in browser.get(door).content.decode()
    page = browser.get(f"{door}membership/").content.decode()
    assert "متوقف کن" in page
    assert "پایان بده" in page
    row, text = _press(club, browser, door, member, "pause")
    assert row.state == "paused"
    assert "متوقف شد" in text
    row, text = _press(club, browser, door, member, "resume")
    assert row.state == "paused"
    assert "دست‌کم یک هفته" in text
    assert "ادامه بده" not in browser.get(f"{door}membership/").content.decode()
    with acting_for(club.business.id):
        ago = timedelta(days=PAUSED_AT_LEAST_DAYS)
        PaidMembership.objects.update(paused_on=row.paused_on - ago)
    assert "ادامه بده" in browser.get(f"{door}membership/").content.decode()
    row, _text = _press(club, browser, door, member, "resume")
    assert row.state == "active"
    assert row.paid_until == member.paid_until + ago
    assert [one[0] for one in _audits(club)] == ["membership.pause", "membership.resume"]


def test_it_ends_with_the_paid_days_and_may_be_renewed_again(club, member, enter):
    browser, door = enter()
    row, text = _press(club, browser, door, member, "end")
    assert (row.state, row.renews, row.paid_until) == ("active", False, member.paid_until)
    assert "دیگر چیزی" in text
    assert "دیگر تمدید نمی‌شود" in browser.get(f"{door}membership/").content.decode()
    row, _text = _press(club, browser, door, member, "resume")
    assert row.renews
    assert club.is_well()


def test_one_never_paid_ends_at_once(club, enter):
    club.now = timezone.now()
    joined = club.see(club.join().id)
    browser, door = enter()
    assert "همین حالا پایان می‌یابد" in browser.get(f"{door}membership/").content.decode()
    row, _text = _press(club, browser, door, joined, "pause")
    assert row.state == "joining"
    row, text = _press(club, browser, door, joined, "end")
    assert row.state == "cancelled"
    assert f"{door}membership/" not in text
    assert browser.get(f"{door}membership/").status_code == 404


def test_nobody_elses_is_touched(club, member, enter):
    """Another customer meets no page and cannot name the membership of somebody else."""
    with acting_for(club.business.id):
        find_or_create(customer=CustomerHint(mobile=OTHER), source="t", now=timezone.now())
    browser, door = enter(OTHER)
    path = f"{door}membership/"
    assert browser.get(path).status_code == 404
    sent = {"membership": str(member.id), "deed": "end"}
    assert browser.post(path, sent).status_code == 404
    assert Client().post(path, sent)["Location"] == door
    own, _door = enter()
    assert own.post(path, sent | {"deed": "refund"}).status_code == 404
    assert own.post(path, sent | {"membership": "x"}).status_code == 404
    row = club.see(member.id)
    assert (row.state, row.renews) == ("active", True)
    assert _audits(club) == []


def test_the_shop_may_end_a_pause_sooner(club, member, enter):
    """What is asked of the member binds nobody at the shop."""
    with acting_for(club.business.id):
        pause_membership(membership_id=member.id, now=club.now)
    browser, door = enter()
    row, text = _press(club, browser, door, member, "resume")
    assert (row.state, "از فروشگاه بخواهید" in text) == ("paused", True)

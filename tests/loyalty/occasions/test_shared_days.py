"""Days of the calendar that are everybody's: once a Jalali year, with a source (C083)."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import acting_for
from loyalty.enums import ExitWay
from loyalty.enums.presents import NoGift, SharedDayKind
from loyalty.models import LedgerEntry, SharedDay, SharedGreeting, Wallet
from loyalty.operations import sweep_business
from loyalty.operations.leaving import leave_club
from loyalty.operations.shared_days import (
    NewSharedDay,
    cancel_shared_day,
    celebrate,
    plan_shared_day,
)
from loyalty.queries.explain import explain
from messaging.models import Message
from tests.loyalty.occasions.conftest import agree, known

YALDA = date(2026, 12, 21)  # 30 Azar 1405
MOTHERS = date(2026, 11, 30)


def plan(now, kind=SharedDayKind.YALDA, **told):
    return plan_shared_day(new=NewSharedDay(kind=kind, **told), actor=None, now=now)


def nine(day, zone):
    return datetime.combine(day, time(9), tzinfo=zone)


def sweep(now):
    while sweep_business(now=now):
        pass


def test_c083_yalda_follows_from_the_calendar_and_reaches_everybody_once(acting, now):
    sara = known(now - timedelta(days=40))
    known(now, "09129999999")
    agree(now)
    day = plan(now, points=20)
    assert (day.on, day.year, day.source) == (YALDA, 1405, "خود تقویم خورشیدی")
    morning = nine(YALDA, acting.timezone)
    sweep(morning - timedelta(seconds=1))
    assert not SharedGreeting.objects.exists()
    sweep(morning)
    sweep(morning + timedelta(hours=1))
    told = {row.customer_id: row for row in SharedGreeting.objects.all()}
    assert len(told) == 2
    assert (told[sara].points, told[sara].greeted) == (20, True)
    new = next(row for one, row in told.items() if one != sara)
    assert (new.points, new.no_gift, new.greeted) == (0, NoGift.TOO_NEW, False)
    assert "شب یلدا" in Message.objects.get().body
    assert Wallet.objects.get(id=sara).balance_points == 20
    assert "شب یلدا" in explain(LedgerEntry.objects.get(customer=sara))
    day.refresh_from_db()
    assert day.state == "done"
    # A solar day comes again by itself; whoever leaves it out is not asked twice.
    [again] = SharedDay.objects.exclude(id=day.id)
    assert (again.on, again.year, again.points) == (date(2027, 12, 21), 1406, 20)


def test_a_lunar_day_needs_its_date_and_where_it_is_from(acting, now):
    for told, field in (
        ({}, "on"),
        ({"on": MOTHERS}, "source"),
        ({"on": now.date() - timedelta(days=1), "source": "x"}, "on"),
        ({"on": MOTHERS, "source": "x", "points": -1}, "points"),
        ({"on": MOTHERS, "source": "x", "text": "{who}"}, "text"),
    ):
        with pytest.raises(Problem, match="invalid_shared_day") as wrong:
            plan(now, SharedDayKind.MOTHERS, **told)
        assert set(wrong.value.fields) == {field}
    with pytest.raises(Problem, match="invalid_shared_day"):
        plan(now, SharedDayKind.OWN, on=MOTHERS, source="x")
    with pytest.raises(Problem, match="invalid_shared_day"):
        plan(now, on=YALDA - timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        SharedDay.objects.create(
            kind="fitr", on=MOTHERS, year=1405, source="", due_at=now, changed_at=now
        )


def test_a_date_that_moved_greets_nobody_twice_in_the_year(acting, now):
    known(now - timedelta(days=40))
    source = "تقویم رسمی ۱۴۰۵"
    plan(now, SharedDayKind.MOTHERS, on=MOTHERS + timedelta(days=1), source=source, points=5)
    moved = plan(now, SharedDayKind.MOTHERS, on=MOTHERS, source=source, points=5)
    assert SharedDay.objects.count() == 1
    sweep(nine(MOTHERS, acting.timezone))
    moved.refresh_from_db()
    assert moved.state == "done"
    with pytest.raises(Problem, match="shared_day_over"):
        plan(now, SharedDayKind.MOTHERS, on=MOTHERS, source=source)
    with pytest.raises(Problem, match="shared_day_over"):
        cancel_shared_day(day_id=moved.id, actor=None, now=now)
    assert SharedGreeting.objects.count() == 1


def test_a_morning_that_was_broken_off_goes_on(acting, now, monkeypatch):
    monkeypatch.setattr(celebrate, "BATCH", 2)
    for n in range(5):
        known(now - timedelta(days=40), f"0912000000{n}")
    plan(now, points=3)
    morning = nine(YALDA, acting.timezone)
    celebrate.celebrate_shared_day(now=morning)
    assert SharedGreeting.objects.count() == 2
    with pytest.raises(Problem, match="shared_day_over"):
        plan(now, points=4)
    sweep(morning)
    assert SharedGreeting.objects.count() == 5
    assert {row.points for row in SharedGreeting.objects.all()} == {3}


def test_a_late_morning_gives_points_and_sends_no_sms(acting, now):
    known(now - timedelta(days=40))
    agree(now)
    plan(now, points=3)
    sweep(nine(YALDA + timedelta(days=1), acting.timezone))
    assert (SharedGreeting.objects.get().points, Message.objects.count()) == (3, 0)


def test_who_left_the_club_is_not_greeted(acting, now):
    sara = known(now - timedelta(days=40))
    leave_club(customer_id=sara, way=ExitWay.STAFF, now=now)
    plan(now, points=3)
    sweep(nine(YALDA, acting.timezone))
    assert not SharedGreeting.objects.exists()


def test_a_cancelled_day_is_left_out(acting, now):
    known(now - timedelta(days=40))
    day = plan(now)
    cancel_shared_day(day_id=day.id, actor=None, now=now)
    sweep(nine(YALDA, acting.timezone))
    assert not SharedGreeting.objects.exists()
    with pytest.raises(NotFound):
        cancel_shared_day(day_id=new_id(), actor=None, now=now)


def test_programs_and_the_owner_plan_days(api, owner_client, business):
    refused = api.post("shared-days", {"kind": "fitr"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_shared_day")
    on = str(timezone.now().date() + timedelta(days=30))
    made = api.post("shared-days", {"kind": "fitr", "on": on, "source": "تقویم", "points": 5})
    assert made.status_code == 201, made.json()
    page = f"/b/{business.slug}/occasions/calendar/"
    assert "عید فطر" in owner_client.get(page).content.decode()
    typed = {"kind": "yalda", "points": "۱۰", "least_days": "۳۰", "greets": "on"}
    assert owner_client.post(page, typed).status_code == 302
    wrong = owner_client.post(page, typed | {"kind": "adha"})
    assert (wrong.status_code, 'aria-invalid="true"' in wrong.content.decode()) == (422, True)
    owner_client.post(f"{page}{made.json()['id']}/cancel/")
    assert {one["state"] for one in api.get("shared-days").json()["data"]} == {
        "planned",
        "cancelled",
    }
    with acting_for(business.id):
        assert SharedDay.objects.count() == 2

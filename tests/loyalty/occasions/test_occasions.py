"""Customers' own days (C083, R39): greeted and given points once a Jalali year."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import Jalali, jalali, month_length
from core.errors import NotFound, Problem
from customers.operations import merge_customers
from loyalty.enums import EntryKind, ExitWay
from loyalty.enums.presents import NoGift, OccasionKind, OccasionSource
from loyalty.models import Celebration, CustomerOccasion, LedgerEntry, Wallet
from loyalty.operations import sweep_business
from loyalty.operations.leaving import leave_club
from loyalty.operations.occasions import (
    NewOccasion,
    forget_occasion,
    tell_occasion,
)
from loyalty.queries import businesses_with_due_work
from loyalty.queries.invariants import broken
from loyalty.queries.occasions import celebrated_in, coming, is_day, morning, next_celebration
from messaging.models import Message
from tests.loyalty.conftest import FAR
from tests.loyalty.occasions.conftest import MOBILE, agree, celebrate, known
from tests.loyalty.sentences import computed, moved, sentence_of

BIRTHDAY = OccasionKind.BIRTHDAY


@pytest.fixture(autouse=True)
def sums_agree(acting, now):
    """Whatever a test does, every sum still agrees afterwards."""
    yield
    assert broken(now + 2 * FAR) == []


def tell(customer_id, month, day, now, kind=BIRTHDAY, title=""):
    new = NewOccasion(kind=kind, month=month, day=day, title=title)
    return tell_occasion(customer_id=customer_id, new=new, source=OccasionSource.STAFF, now=now)


def at_nine(year, month, day, zone):
    return morning(Jalali(year, month, day).to_date(), zone)


def gifts():
    return list(LedgerEntry.objects.filter(kind=EntryKind.GIFT).values_list("points", flat=True))


@pytest.mark.parametrize(
    ("year", "celebrated"),
    [(1403, (12, 30)), (1404, (12, 29)), (1405, (12, 29)), (1408, (12, 30))],
)
def test_r39_the_thirtieth_of_esfand_is_celebrated_on_the_twenty_ninth_in_common_years(
    year, celebrated
):
    found = jalali(next_celebration(12, 30, Jalali(year, 12, 1).to_date()))
    assert (found.year, found.month, found.day) == (year, *celebrated)


@given(st.dates(date(2010, 1, 1), date(2060, 1, 1)), st.integers(1, 12), st.integers(1, 31))
def test_r39_a_day_is_celebrated_exactly_once_in_every_jalali_year(today, month, day):
    if not is_day(month, day):
        return
    years = [jalali(next_celebration(month, day, today)).year]
    on = next_celebration(month, day, today)
    assert today <= on <= today + timedelta(days=366)
    for _again in range(3):
        on = next_celebration(month, day, on, year=jalali(on).year + 1)
        years.append(jalali(on).year)
        assert jalali(on).day == min(day, month_length(jalali(on).year, month))
    assert years == list(range(years[0], years[0] + 4))


def test_a_birthday_is_greeted_and_given_points_in_its_morning(acting, now):
    celebrate(now, birthday_points=50)
    sara = known(now - timedelta(days=60))
    agree(now)
    row = tell(sara, 9, 10, now)
    moment = at_nine(1405, 9, 10, acting.timezone)
    assert row.next_at == moment
    assert sweep_business(now=moment - timedelta(seconds=1)) == 0
    assert acting.id not in businesses_with_due_work(moment - timedelta(seconds=1))
    sweep_business(now=moment)
    sweep_business(now=moment + timedelta(hours=1))
    [entry] = LedgerEntry.objects.filter(kind=EntryKind.GIFT)
    assert (entry.points, computed(entry), moved(entry)) == (50, 50, 50)
    assert "تولد" in sentence_of(entry)
    sms = Message.objects.get(ref_kind="celebration")
    assert (sms.purpose, sms.address) == ("marketing", MOBILE)
    assert "سارا" in sms.body
    assert "۵۰ امتیاز" in sms.body
    assert "لغو۱۱" in sms.body
    row.refresh_from_db()
    assert row.next_on == Jalali(1406, 9, 10).to_date()


def test_who_never_agreed_gets_the_points_and_no_sms(acting, now):
    celebrate(now, birthday_points=50)
    sara = known(now - timedelta(days=60))
    tell(sara, 9, 10, now)
    sweep_business(now=at_nine(1405, 9, 10, acting.timezone))
    assert gifts() == [50]
    assert not Message.objects.filter(ref_kind="celebration").exists()
    assert Celebration.objects.get().greeted is False


def test_a_newcomer_is_greeted_and_given_nothing(acting, now):
    celebrate(now, birthday_points=50, least_days=30)
    agree(now)
    sara = known(now)
    tell(sara, 9, 10, now)
    sweep_business(now=at_nine(1405, 9, 10, acting.timezone))
    row = Celebration.objects.get()
    assert (row.no_gift, row.greeted, gifts()) == (NoGift.TOO_NEW, True, [])


@pytest.mark.parametrize(("days", "given_points"), [(29, []), (30, [50])])
def test_the_days_of_membership_are_counted_to_the_day(acting, now, days, given_points):
    celebrate(now, birthday_points=50, least_days=30)
    moment = at_nine(1405, 9, 10, acting.timezone)
    sara = known(moment - timedelta(days=days))
    tell(sara, 9, 10, moment - timedelta(days=1))
    sweep_business(now=moment)
    assert gifts() == given_points


def test_a_changed_date_gives_no_second_gift_in_the_year(acting, now):
    celebrate(now, birthday_points=50)
    sara = known(now - timedelta(days=60))
    tell(sara, 9, 10, now)
    first = at_nine(1405, 9, 10, acting.timezone)
    sweep_business(now=first)
    row = tell(sara, 9, 20, first + timedelta(days=1))
    assert row.next_on == Jalali(1406, 9, 20).to_date()
    assert broken(first + FAR) == []
    forget_occasion(customer_id=sara, kind=BIRTHDAY)
    again = tell(sara, 9, 25, first + timedelta(days=2))
    assert again.next_on == Jalali(1406, 9, 25).to_date()
    sweep_business(now=at_nine(1405, 12, 29, acting.timezone))
    assert gifts() == [50]
    sweep_business(now=at_nine(1406, 9, 25, acting.timezone))
    assert gifts() == [50, 50]


def test_the_database_keeps_one_a_year(acting, now):
    celebrate(now)
    sara = known(now - timedelta(days=60))
    tell(sara, 9, 10, now)
    sweep_business(now=at_nine(1405, 9, 10, acting.timezone))
    row = Celebration.objects.get()
    row.pk = None
    row.id = sara
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_told_on_the_day_itself_it_is_celebrated_at_once(acting, now):
    celebrate(now, wedding_points=20)
    sara = known(now - timedelta(days=60))
    today = jalali(now.astimezone(acting.timezone).date())
    tell(sara, today.month, today.day, now, kind=OccasionKind.WEDDING)
    sweep_business(now=now)
    assert gifts() == [20]


def test_a_worker_that_slept_gives_the_points_and_greets_nobody_late(acting, now):
    celebrate(now, birthday_points=50)
    agree(now)
    sara = known(now - timedelta(days=60))
    tell(sara, 9, 10, now)
    sweep_business(now=at_nine(1405, 9, 12, acting.timezone))
    row = Celebration.objects.get()
    assert (row.on, row.points, row.greeted) == (Jalali(1405, 9, 10).to_date(), 50, False)


def test_where_nothing_is_celebrated_days_pass_in_silence(acting, now):
    sara = known(now - timedelta(days=60))
    row = tell(sara, 9, 10, now)
    sweep_business(now=at_nine(1405, 9, 10, acting.timezone))
    row.refresh_from_db()
    assert (Celebration.objects.count(), row.next_on.year) == (0, 2027)


def test_another_day_has_a_title_and_there_is_one_of_a_kind(acting, now):
    celebrate(now, own_points=7)
    agree(now)
    sara = known(now - timedelta(days=60))
    with pytest.raises(Problem) as found:
        tell(sara, 9, 10, now, kind=OccasionKind.OWN)
    assert found.value.code == "invalid_occasion"
    tell(sara, 9, 10, now, kind=OccasionKind.OWN, title="فارغ‌التحصیلی")
    tell(sara, 9, 11, now, kind=OccasionKind.OWN, title="قبولی")
    assert CustomerOccasion.objects.get().title == "قبولی"
    sweep_business(now=at_nine(1405, 9, 11, acting.timezone))
    assert gifts() == [7]
    assert "«قبولی»" in Message.objects.get(ref_kind="celebration").body


@pytest.mark.parametrize(("month", "day"), [(0, 1), (13, 1), (1, 32), (7, 31), (12, 31), (1, 0)])
def test_a_day_no_year_has_is_refused(acting, now, month, day):
    with pytest.raises(Problem):
        tell(known(now), month, day, now)


def test_the_owners_own_text_names_the_customer(acting, now):
    celebrate(now, text="سلام {name}، روزت مبارک")
    agree(now)
    tell(known(now), 9, 10, now)
    sweep_business(now=at_nine(1405, 9, 10, acting.timezone))
    assert Message.objects.get(ref_kind="celebration").body.startswith("سلام سارا محمدی، روزت")
    with pytest.raises(Problem):
        celebrate(now, text="سلام {mobile}")


def test_profiles_joined_are_celebrated_once(acting, now):
    celebrate(now, birthday_points=50)
    sara = known(now - timedelta(days=60))
    other = known(now - timedelta(days=60), "09127654321")
    tell(sara, 9, 12, now)
    tell(other, 9, 10, now)
    sweep_business(now=at_nine(1405, 9, 10, acting.timezone))
    later = at_nine(1405, 9, 11, acting.timezone)
    merge_customers(survivor_id=sara, merged_id=other, now=later)
    sweep_business(now=at_nine(1405, 9, 12, acting.timezone))
    assert gifts() == [50]
    assert Wallet.objects.get(id=sara).balance_points == 50


def test_who_left_the_club_is_given_nothing(acting, now):
    celebrate(now, birthday_points=50)
    sara = known(now - timedelta(days=60))
    tell(sara, 9, 10, now)
    leave_club(customer_id=sara, way=ExitWay.STAFF, now=now)
    sweep_business(now=at_nine(1405, 9, 10, acting.timezone))
    assert (Celebration.objects.get().no_gift, gifts()) == (NoGift.LEFT, [])


def test_the_calendar_shows_who_comes_and_what_was(acting, now):
    celebrate(now, birthday_points=50)
    sara = known(now - timedelta(days=60))
    tell(sara, 9, 10, now)
    tell(sara, 11, 10, now, kind=OccasionKind.WEDDING)
    assert [row.kind for row in coming(now, 30, 100)] == [BIRTHDAY]
    sweep_business(now=at_nine(1405, 9, 10, acting.timezone))
    told = celebrated_in(1405)
    assert (told.times, told.gifts, told.points) == (1, 1, 50)


def test_a_day_nobody_told_cannot_be_forgotten(acting, now):
    with pytest.raises(NotFound):
        forget_occasion(customer_id=known(now), kind=BIRTHDAY)

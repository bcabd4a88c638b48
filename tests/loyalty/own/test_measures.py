"""C058 on the customer's own page: what was decided, and their word against it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.calendar import business_day
from core.tenancy import acting_for
from customers.models import Measure
from customers.operations.measures import answer_appeal, decide_measure, open_measure
from tests.loyalty.own.conftest import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def measure(sara: Any, business: Any) -> Measure:
    """A measure two people decided on."""
    now = timezone.now()
    with acting_for(business.id):
        row = open_measure(
            customer_id=sara.id, step="no_credit", reason="چک برگشتی پنهان", by="user:1",
            evidence=[{"segment": "late_payer"}], actor=None, now=now,
        )  # fmt: skip
        return decide_measure(
            measure_id=row.id, accept=True, note="دیدیم", by="user:2", actor=None, now=now,
            ends_on=now.date() + timedelta(days=90),
        )  # fmt: skip


def test_they_read_what_holds_and_object_once(measure, business, enter, door):
    """The words of staff about them stay inside; theirs start the fourteen days."""
    browser = enter()
    page = told(browser.get(door))
    assert "تصمیمی دربارهٔ شما" in page
    assert "خریدتان نقدی است" in page
    assert "چک برگشتی" not in page
    said = {"measure": str(measure.id), "words": "قسط را همان روز دادم"}
    answer = browser.post(f"{door}appeal/", said)
    assert (answer.status_code, answer["Location"]) == (302, door)
    with acting_for(business.id):
        row = Measure.objects.get()
    assert row.appeal == "قسط را همان روز دادم"
    today = business_day(timezone.now(), business.timezone)
    assert row.lapses_on == today + timedelta(days=14)
    page = told(browser.get(door))
    assert "قسط را همان روز دادم" in page
    assert f"{door}appeal/" not in page
    browser.post(f"{door}appeal/", said)
    with acting_for(business.id):
        assert Measure.objects.get().appealed_at == row.appealed_at


def test_the_answer_is_shown_and_a_lifted_one_is_gone(measure, business, enter, door):
    browser = enter()
    browser.post(f"{door}appeal/", {"measure": str(measure.id), "words": "نه"})
    with acting_for(business.id):
        answer_appeal(
            measure_id=measure.id, lift=False, words="دوباره دیدیم", by="user:3", actor=None,
            now=timezone.now(),
        )  # fmt: skip
    assert "دوباره دیدیم" in told(browser.get(door))
    with acting_for(business.id):
        Measure.objects.update(ends_on=timezone.now().date() - timedelta(days=2))
    assert "تصمیمی دربارهٔ شما" not in told(browser.get(door))


def test_nothing_empty_and_nobody_elses(measure, business, client, enter, door):
    said = {"measure": str(measure.id), "words": "من"}
    assert client.post(f"{door}appeal/", said)["Location"] == door
    browser = enter()
    assert browser.post(f"{door}appeal/", {"measure": "x", "words": "من"}).status_code == 404
    empty = browser.post(f"{door}appeal/", {**said, "words": " "}, follow=True)
    assert "حداکثر هزار حرف" in told(empty)
    assert browser.get(f"{door}appeal/").status_code == 405
    with acting_for(business.id):
        assert Measure.objects.get().appeal == ""

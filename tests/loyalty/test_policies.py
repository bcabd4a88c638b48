"""The public rules say what the engine does, and are kept as they were (C063)."""

import random
from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.calendar import TEHRAN
from core.spelling import number, toman
from core.tenancy import acting_for
from loyalty.api.parts import receipt_part
from loyalty.models import Lot, PolicyVersion
from loyalty.operations import TierPlan, update_program, update_rule, update_tiers
from loyalty.queries.policies import (
    chapters_of,
    policy_at,
    policy_document,
    policy_spans,
    policy_version,
)
from loyalty.queries.programme import terms
from payments.operations.refunds import (
    forget_return_window,
    set_refund_policy,
    set_return_window,
)
from tests.loyalty.conftest import balance
from tests.loyalty.own.conftest import sell as sell_to
from tests.loyalty.own.conftest import told
from tests.loyalty.rules.conftest import bonus, put


def said(key):
    document = policy_document()
    return " ".join(
        sentence for one in chapters_of(document) if one.key == key for sentence in one.sentences
    )


def test_the_numbers_told_are_those_a_sale_earns_by(sell, now):
    update_rule(
        points_num=3, points_den=110_000, minimum_rial=700_000, cap_points=50, actor=None, now=now
    )
    text = said("earning")
    for spelt in (number(3), toman(110_000), toman(700_000), number(50)):
        assert spelt in text
    points = policy_document()["points"]
    for rial in (699_999, 700_000, 1_100_000, 9_000_000):
        earned = 0 if rial < points["minimum_rial"] else rial * points["num"] // points["den"]
        purchase_id = sell(rial)
        assert Lot.objects.get(id=purchase_id).earned_points == min(earned, points["cap_points"])


def test_expiry_and_waiting_told_are_those_of_the_lot(sell, now):
    update_program(
        changes={"pending_days": 4, "expiry_months": 5, "expiry_ends": "day"}, actor=None, now=now
    )
    assert number(4) in said("spending")
    assert number(5) in said("expiry")
    lot = Lot.objects.get(id=sell(1_000_000))
    assert lot.activates_at == now + timedelta(days=4)
    current = terms()
    assert current is not None
    assert lot.expires_at == current.expiry(lot.earned_at.astimezone(current.zone).date())
    update_program(changes={"expiry_months": None, "pending_days": 0}, actor=None, now=now)
    assert "خرج" in said("spending")
    assert number(5) not in said("expiry")
    assert balance() == 0


def test_every_change_of_a_record_is_a_version_and_nothing_else_is(acting, now):
    first = PolicyVersion.objects.get()
    assert first.number == 1
    changes = [
        lambda at: update_program(changes={"unit_value_rial": 777}, actor=None, now=at),
        lambda at: update_rule(points_num=2, points_den=100_000, actor=None, now=at),
        lambda at: update_tiers(
            plans=[TierPlan(name, rial) for name, rial in (("آ", 0), ("ب", 5), ("پ", 9))],
            actor=None,
            now=at,
        ),
        lambda at: put(bonus("fixed", 5), now=at),
        lambda at: set_refund_policy(approval_above_rial=None, return_days=7, now=at),
        lambda at: set_return_window(category="خوراکی", days=1, now=at),
        lambda at: forget_return_window(category="خوراکی", now=at),
    ]
    for n, change in enumerate(changes, start=1):
        at = now + timedelta(days=n)
        change(at)
        newest = PolicyVersion.objects.order_by("-number")[0]
        assert (newest.number, newest.since) == (n + 1, at)
        assert newest.document == policy_document()
    update_program(changes={"unit_value_rial": 777}, actor=None, now=now + timedelta(days=20))
    set_refund_policy(approval_above_rial=5, return_days=7, now=now + timedelta(days=21))
    assert PolicyVersion.objects.count() == len(changes) + 1


def test_what_held_when_can_be_looked_up_and_never_changes(acting, now):
    later = PolicyVersion.objects.get().since + timedelta(days=3)
    update_program(changes={"unit_value_rial": 777}, actor=None, now=later)
    before = policy_at(later - timedelta(seconds=1))
    after = policy_at(later)
    assert before is not None
    assert after is not None
    assert (before.until, after.since, after.until) == (later, later, None)
    assert before.document["points"]["unit_value_rial"] != 777
    assert after.document["points"]["unit_value_rial"] == 777
    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        PolicyVersion.objects.update(number=99)


def _number_at(at):
    found = policy_at(at)
    assert found is not None
    return found.number


def _kept(number):
    found = policy_version(number)
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(25))
def test_c063_every_version_that_ever_held_is_told_and_no_other(acting, seed):
    """Whatever the order of their moments: what `policy_at` names at some time, and only that."""
    dice = random.Random(seed)
    first = PolicyVersion.objects.get()
    minutes = [dice.randint(0, 12) for _change in range(dice.randint(0, 12))]
    for place, minute in enumerate(minutes, start=2):
        since = first.since + timedelta(minutes=minute)
        PolicyVersion.objects.create(number=place, since=since, document=first.document)
    held = {_number_at(first.since + timedelta(minutes=minute)) for minute in range(14)}
    spans = policy_spans()
    assert {one.number for one in spans} == held
    for one in spans:
        shown = _kept(one.number)
        assert (shown.since, shown.until) == (one.since, one.until)
        assert _number_at(one.since) == one.number
    never = set(range(1, len(minutes) + 2)) - held
    assert not any(_kept(number).ever_held for number in never)


@pytest.mark.django_db
def test_c063_the_versions_of_a_day_are_one_line_and_none_that_held_is_hidden(business):
    day = timezone.localdate(timezone=TEHRAN) - timedelta(days=10)
    noon = datetime.combine(day, time(12), tzinfo=TEHRAN)
    with acting_for(business.id):
        for rial, minutes in ((701, 0), (702, 5), (703, 5), (704, 20), (705, 20.5), (706, 7200)):
            at = noon + timedelta(minutes=minutes)
            update_program(changes={"unit_value_rial": rial}, actor=None, now=at)
    address = reverse("dashboard:public-rules", args=[business.slug])
    page = told(Client().get(address))
    [folded] = page.split("<details")[1:]
    assert "version=6" in page.split("<details")[0]
    assert "تغییرهای پیشین همان روز: ۳" in folded
    assert all(f"version={number}" in folded for number in (5, 4, 2))
    assert "از ساعت ۱۲:۲۰:۰۰ تا ۱۲:۲۰:۳۰" in folded
    assert "version=7" not in page  # today's
    assert "version=3" not in page  # replaced in its very moment
    assert "از ساعت ۱۲:۰۵ تا ۱۲:۲۰" in told(Client().get(f"{address}?version=4"))
    assert "هیچ‌گاه برقرار نبود" in told(Client().get(f"{address}?version=3"))
    for wrong in ("99", "one", "9" * 5000):
        assert Client().get(f"{address}?version={wrong}").status_code == 404


@pytest.mark.django_db
def test_everybody_may_read_them_and_earlier_ones(business, now):
    address = reverse("dashboard:public-rules", args=[business.slug])
    with acting_for(business.id):
        put(
            bonus("fixed", 5, name="صبح‌ها", budget_rial=1_000_000),
            bonus("fixed", 9, name="پنهان", when={"segments": ["at_risk"]}),
            now=now,
        )
    page = told(Client().get(address, headers={"Accept-Language": "en"}))
    assert "صبح‌ها" in page
    assert "بودجه" not in page
    assert "پنهان" not in page
    assert Client().get(f"{address}?version=1").status_code == 200
    assert Client().get(f"{address}?version=99").status_code == 404
    assert address in told(Client().get(f"/c/{business.slug}/"))


@pytest.mark.django_db
def test_the_api_tells_them_with_their_numbers(api, business, now):
    body = api.get("policies/current").json()
    assert body["number"] == 1
    assert [one["key"] for one in body["chapters"]] == [
        "earning",
        "spending",
        "expiry",
        "tiers",
        "returns",
        "leaving",
    ]
    with acting_for(business.id):
        assert body["document"] == policy_document()
    assert api.get("policies/current?at=1999-01-01T00:00:00Z").status_code == 404
    assert api.get("policies/current?at=yesterday").json()["code"] == "invalid_date"


@pytest.mark.django_db
def test_the_receipt_leads_to_them(business):
    outcome = sell_to(business)
    with acting_for(business.id):
        said_of = receipt_part(outcome.purchase_id, timezone.now())
    assert said_of["rules"] == {"url": f"/c/{business.slug}/rules/"}

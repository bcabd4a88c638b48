"""The demonstration's history: played in the past, against the bank, by the product itself."""

import random
import re
from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import timezone

from businesses.operations import hire_employee
from core.calendar import TEHRAN, business_day
from core.tenancy import acting_for
from customers.operations import CustomerHint, NewPurchase, NewTender, record_purchases
from customers.operations.days import close_days
from customers.operations.people.payer import clean_mobile
from customers.queries.days import sales_days
from dashboard.management import demo
from dashboard.management.demo.fill import look_again, post_points
from dashboard.management.demo.rails.bank import Bank
from dashboard.management.demo.rails.banks import play_banks
from dashboard.management.demo.rails.calendar import Calendar
from dashboard.management.demo.rails.credit import credit, open_credit
from dashboard.management.demo.rails.gateways import open_gateways
from dashboard.management.demo.rails.links import carts, open_reminders
from dashboard.management.demo.rails.memberships import memberships
from dashboard.management.demo.rails.play import Play, buyers_of
from dashboard.management.demo.rails.story import HISTORY
from dashboard.management.demo.stall import LIKED, play_stall
from dashboard.management.demo.trades import CAFE, CLOTHING
from feedback.queries.bonus.recount import bonuses_lost
from loyalty.models import LedgerEntry, PointsPosting
from loyalty.queries.memberships import membership_rows
from payments.models import Payment, PaymentAttempt
from payments.queries import payment_rows
from payments.queries.instalments.credit import credit_terms, offers_to
from payments.queries.instalments.lendable import Who, lendable_rows
from payments.queries.issuers import success_by_bank
from payments.queries.links import cart_rows, recovery_rows
from segmentation.operations import (
    create_own_segment,
    refresh_named_segments,
    refresh_own_segments,
)
from segmentation.queries import summary
from segmentation.queries.flows import month_flows
from segmentation.queries.own.reading import own_segments, preview, read_rule
from segmentation.queries.targets.ledger import target_rows
from tests.sandbox_server import Sandbox, fresh_sandbox, sandbox

__all__ = ["fresh_sandbox", "sandbox"]
LOOKS = (66, 59, 53, 44, 38, 36, 29, 23, 17, 13, 10, 7, 4, 1)


@pytest.mark.django_db
def test_what_was_bought_days_ago_was_paid_days_ago(
    business, fresh_sandbox: Sandbox, settings
) -> None:
    settings.SANDBOX_URL = fresh_sandbox.base_url
    now = timezone.now()
    calendar = Calendar(now)
    buyers = buyers_of([("09120000001", "سارا محمدی"), ("09120000002", "رضا کریمی")])
    with Bank(fresh_sandbox.base_url) as bank:
        play = Play(business.id, bank, buyers, CLOTHING.items, random.Random("a test"))
        bank.begin(calendar.at(3, 6))
        play.at(calendar.at(3, 8), partial(open_gateways, play))
        play.at(calendar.at(2, 12), partial(play.buy, "web-1", buyers[0]))
        play.at(now, lambda _now: pytest.fail("nothing happens after now"))
        play.run(until=now)
        bank.catch_up()

    with acting_for(business.id):
        (payment,) = payment_rows()
    assert payment.state == "settled"
    assert payment.settled_at is not None
    assert business_day(payment.settled_at, TEHRAN) == calendar.day(2)
    (told,) = fresh_sandbox.payments()
    assert (told["state"], told["card_pan"][-4:]) == ("VERIFIED", buyers[0].card[-4:])
    assert fresh_sandbox.http.get("/control/clock").json()["ahead_seconds"] == 0


def test_every_number_written_into_the_story_is_a_mobile() -> None:
    """Nothing else of the whole loading is played here: one that is none ends it for everybody."""
    texts = [path.read_text(encoding="utf-8") for path in Path(demo.__file__).parent.rglob("*.py")]
    written = {number for text in texts for number in re.findall(r"\"(09\d{9})\"", text)}
    assert written
    assert [number for number in sorted(written) if not clean_mobile(number)] == []


@pytest.mark.django_db
def test_what_is_told_out_of_order_is_in_the_books_all_the_same(business) -> None:
    """N28: what the demonstration plays of the past after the present is passed over by nothing."""
    now = timezone.now()
    for number, days in enumerate((0, 12)):
        at = now - timedelta(days=days)
        sale = NewPurchase(
            external_id=f"story-{number}",
            channel="pos",
            occurred_at=at,
            customer=CustomerHint(mobile="09120000001"),
            tenders=(NewTender(method="cash", amount_rial=2_000_000),),
        )
        with acting_for(business.id):
            (sold,) = record_purchases(purchases=[sale], source="api", now=at)
        assert sold.error is None
        post_points(business_id=business.id, now=now)
    with acting_for(business.id):
        entries = set(LedgerEntry.objects.values_list("id", flat=True))
        assert len(entries) == 2
        assert set(PointsPosting.objects.values_list("entry_id", flat=True)) == entries


def test_the_last_night_sees_what_was_delivered_at_times_in_the_past(business) -> None:
    """Issue 5 §1, §3, C110: who an old event took out is back, and sums miss no late sale."""
    now = timezone.now()
    rule = {"kind": "last_purchase", "least": 60}
    with acting_for(business.id):
        sales = [
            NewPurchase(
                external_id=f"old-{n}",
                channel="pos",
                occurred_at=now - timedelta(days=70 + n),
                customer=CustomerHint(mobile=f"0912000{n:04}"),
                tenders=(NewTender(method="cash", amount_rial=900_000),),
            )
            for n in range(3)
        ]
        outcomes = record_purchases(purchases=sales[:1], source="import", now=now)
        close_days(now=now)
        outcomes += record_purchases(purchases=sales[1:], source="import", now=now)
        create_own_segment(name="دور", rule=rule, actor=None, now=now)
        first = outcomes[0].customer_id
        assert first is not None
        refresh_own_segments(customer_ids=[first], now=now - timedelta(days=60))
    owner = get_user_model().objects.create_user("owner@example.com")
    look_again(business_id=business.id, trade=CLOTHING, owner=owner, now=now)
    with acting_for(business.id):
        [one] = own_segments()
        assert one.customers == preview(read_rule(rule), now).customers == 3
        flows = month_flows(business_day(now, TEHRAN)).flows
        assert sum(flow.customers for flow in flows if not flow.before) == 0
        assert sum(row.customers for row in summary()) == 3
        days = sales_days(business_day(now, TEHRAN) - timedelta(days=90), business_day(now, TEHRAN))
        assert sum(day.net_rial for day in days) == 2_700_000
        assert target_rows().count() == 2


@pytest.mark.django_db
def test_it_is_filled_by_a_worker_alone() -> None:
    with pytest.raises(CommandError, match="vafa_worker"):
        call_command("load_demo")


@pytest.mark.django_db
def test_the_clothing_shop_has_a_member_of_every_kind(
    business, fresh_sandbox: Sandbox, settings, as_role
) -> None:
    settings.SANDBOX_URL = fresh_sandbox.base_url
    now = timezone.now()
    calendar = Calendar(now)
    people = [(f"0912000{number:04}", f"مشتری {number}") for number in range(48)]
    with Bank(fresh_sandbox.base_url) as bank, as_role("vafa_worker"):
        play = Play(business.id, bank, buyers_of(people), CLOTHING.items, random.Random("a test"))
        bank.begin(calendar.at(HISTORY, 6))
        play.at(calendar.at(HISTORY, 8), partial(open_gateways, play))
        memberships(play, calendar)
        for days_ago in LOOKS:
            play.at(calendar.at(days_ago, 11), play.work)
        play.run(until=now)
    with acting_for(business.id):
        states = Counter(membership_rows().values_list("state", flat=True))
    assert states == {
        "active": 4,
        "cancelled": 1,
        "grace": 1,
        "joining": 1,
        "lapsed": 1,
        "paused": 1,
    }


@pytest.mark.django_db
def test_carts_are_left_reminded_of_and_some_bought(
    business, fresh_sandbox: Sandbox, settings
) -> None:
    """C021: the demonstration's web shop tells carts; the page of unfinished ones has them."""
    settings.SANDBOX_URL = fresh_sandbox.base_url
    now = timezone.now()
    calendar = Calendar(now)
    people = [(f"0912000000{n}", f"مشتری {n}") for n in range(1, 6)]
    with Bank(fresh_sandbox.base_url) as bank:
        buyers = buyers_of(people)
        play = Play(business.id, bank, buyers, CLOTHING.items, random.Random("a test"))
        bank.begin(calendar.at(40, 6))
        play.at(calendar.at(40, 8), partial(open_gateways, play))
        play.at(calendar.at(40, 9), partial(open_reminders, play))
        carts(play, calendar)
        play.run(until=now)
    with acting_for(business.id):
        told = {cart.external_id: cart.bought for cart in cart_rows()}
        decided = recovery_rows().count()
    assert len(told) == decided == 5
    assert told["cart-000"] is told["cart-003"] is True
    assert told["cart-001"] is False


@pytest.mark.django_db
def test_c029_who_paid_has_a_grade_and_is_lent_to_by_it(
    business, fresh_sandbox: Sandbox, settings, as_role, owner_client, text_of, api
) -> None:
    """The demonstration's clothing shop has payers in time, late ones and one of a low grade."""
    settings.SANDBOX_URL = fresh_sandbox.base_url
    now = timezone.now()
    calendar = Calendar(now)
    people = [(f"0912000{number:04}", f"مشتری {number}") for number in range(48)]
    with Bank(fresh_sandbox.base_url) as bank, as_role("vafa_worker"):
        play = Play(business.id, bank, buyers_of(people), CLOTHING.items, random.Random("a test"))
        bank.begin(calendar.at(HISTORY, 6))
        play.at(calendar.at(HISTORY, 8), partial(open_gateways, play))
        play.at(calendar.at(HISTORY, 9), partial(open_credit, play))
        credit(play, calendar)
        for days_ago in LOOKS:
            play.at(calendar.at(days_ago, 11), play.work)
        play.run(until=now)
    known, refused = (_offers(business, who, business_day(now, TEHRAN)) for who in _WITH_HISTORY)
    grades = {buyer: offer.standing.grade.score for buyer, offer in known.items()}
    in_time = {1, 23, 37, 44, *range(2, 22)}
    assert grades == dict.fromkeys(in_time, 90) | {38: 72}
    assert all(offer.limit_rial == 300_000_000 for offer in known.values())
    assert (refused[39].refusal, refused[39].standing.grade.score) == ("low_grade", 30)
    page = text_of(owner_client.get(f"/b/{business.slug}/instalments/customers/?who=known"))
    assert "۷۲" in page
    told = api.get("credit/customers?who=known").json()["data"]
    assert sorted(one["grade"]["score"] for one in told) == [72, *(len(in_time) * [90])]
    with acting_for(business.id):
        refresh_named_segments(now=now)
    (late,) = api.get("segments/named/late_payer/members").json()["data"]
    assert late["evidence"] == {"k": 5, "n": 5, "needed": 4}


_WITH_HISTORY = (Who.KNOWN, Who.REFUSED)


def _offers(business, who, today):
    """Return the offers of a list by the number of their buyer."""
    with acting_for(business.id):
        rows = {row.customer_id: row for row in lendable_rows(credit_terms(), who=who, today=today)}
        offers = offers_to(list(rows), today=today)
    return {int(rows[one].customer.mobile[-2:]): offer for one, offer in offers.items()}


@pytest.mark.django_db
def test_the_coffee_shop_routes_a_bank_of_its_own_way(
    business, fresh_sandbox: Sandbox, settings, as_role, owner_client, text_of
) -> None:
    """ADR 47 is seen: a bank's buyer goes to the terminal behind, everybody else to the first."""
    settings.SANDBOX_URL = fresh_sandbox.base_url
    now = timezone.now()
    owner = get_user_model().objects.get(memberships__business_id=business.id)
    with acting_for(business.id):
        for code, name, _branch in CAFE.employees:
            hire_employee(code=code, name=name, now=now)
        play_stall(CAFE, now)
    with Bank(fresh_sandbox.base_url) as bank, as_role("vafa_worker"):
        play_banks(business_id=business.id, trade=CAFE, bank=bank, owner=owner, now=now)
    with acting_for(business.id):
        routes = {
            one.payment.external_id: (one.account.title, one.route["reason"])
            for one in PaymentAttempt.objects.filter(payment__external_id__startswith="order-last")
        }
        by_bank = Payment.objects.get(external_id="order-last-0").id
        content = Payment.objects.get(external_id="order-content")
        assert content.purchase_id is not None
        lost = bonuses_lost(content.purchase_id)
        mix = success_by_bank(
            since=business_day(now, TEHRAN) - timedelta(days=29),
            until=business_day(now, TEHRAN) + timedelta(days=1),
            zone=TEHRAN,
        )
    assert routes == {
        "order-last-0": ("زیبال، پایانهٔ دوم", "bank"),
        "order-last-1": ("زیبال، پایانهٔ اول", "order"),
    }
    assert list(lost) == [LIKED.name], "N8: giving her order back takes something of her bonus"
    page = text_of(owner_client.get(f"/b/{business.slug}/payments/{by_bank}/"))
    assert "زیبال، پایانهٔ دوم" in page
    assert "با کارت‌های بانک این پرداخت‌کننده بیشتر" in page
    told = [(one.bank and one.bank.code, one.success.tries, one.success.won) for one in mix.banks]
    assert told == [("012", 61, 48), ("056", 26, 20)]

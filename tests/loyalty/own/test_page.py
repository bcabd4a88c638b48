"""What a customer sees on their own page."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from loyalty.api.parts import receipt_part
from loyalty.enums.presents import MilestoneKind
from loyalty.models import CustomerTier, EarningRule, Lot, Program, Tier, Wallet
from loyalty.operations import reserve_redemption
from loyalty.operations.milestones import NewMilestone, offer_milestone, reach_milestones
from loyalty.queries.referrals import code_of
from messaging.models import Consent
from messaging.queries import may_be_sent
from tests.loyalty.own.conftest import sell, told
from tests.loyalty.referrals.conftest import offer

pytestmark = pytest.mark.django_db
E164 = "+989121234567"


def queries(browser, path):
    browser.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(path).status_code == 200
    return len(seen)


def test_balance_dates_level_and_sentences_are_there(sara, business, enter, door):
    page = enter().get(door)
    text = told(page)
    own = page.context["page"]
    assert own.wallet.balance_points + own.wallet.pending_points > 0
    assert sara.member_code in text
    assert "<svg" in text
    assert re.search("برای خریدِ? [۰-۹٬]+ تومان", text)
    assert "style=" not in text
    assert "<script>" not in text


def test_c073_the_code_to_pass_on_is_made_and_shown_with_what_both_get(sara, business, enter, door):
    browser = enter()
    assert "کد معرفی" not in told(browser.get(door))
    assert browser.post(f"{door}friends/").status_code == 302
    with acting_for(business.id):
        assert code_of(sara.id) == ""
        offer(timezone.now())
    assert "کد معرفی بده" in told(browser.get(door))
    for _twice in range(2):
        assert browser.post(f"{door}friends/").status_code == 302
    with acting_for(business.id):
        code = code_of(sara.id)
    shown = told(browser.get(door))
    assert f"/r/{business.slug}-{code}/" in shown
    assert "امتیاز برای دوستتان و" in shown
    with acting_for(business.id):
        offer(timezone.now(), is_open=False)
    assert "کد معرفی" not in told(browser.get(door))
    # Nobody makes one without having been let in.
    assert Client().post(f"{door}friends/").status_code in {302, 403}


def test_badges_are_borne_on_it(sara, business, enter, door):
    now = timezone.now()
    with acting_for(business.id):
        new = NewMilestone(kind=MilestoneKind.VISITS, number=1, badge="آشنا")
        offer_milestone(new=new, actor=None, now=now)
        reach_milestones(now=now + timedelta(days=2))
    text = told(enter().get(door))
    assert "نشان‌های شما" in text
    assert "آشنا" in text


def test_r29_which_window_counts_and_days_of_grace_are_told(sara, business, enter, door):
    browser = enter()
    for kind, said in (("days", "دورهٔ ۳۶۵ روزه"), ("year", "امسال"), ("rolling", "روز گذشته")):
        with acting_for(business.id):
            Program.objects.update(tier_window=kind)
        assert said in told(browser.get(door))
    with acting_for(business.id):
        Program.objects.update(tier_window="year")
        CustomerTier.objects.create(
            id=sara.id,
            customer_id=sara.id,
            tier=Tier.objects.get(position=1),
            since=timezone.now(),
        )
        Wallet.objects.update(grace_until=timezone.now() + timedelta(days=3))
    assert "برای ماندن در این سطح کم بود" in told(browser.get(door))


def test_what_ends_when_is_told_by_day(sara, business, enter, door):
    with acting_for(business.id):
        Program.objects.update(pending_days=0)
    sell(business)
    with acting_for(business.id):
        lots = list(Lot.objects.all())
    points, last = sum(lot.remaining_points for lot in lots), lots[0].expires_at
    assert last is not None
    page = enter().get(door)
    (ending,) = page.context["page"].endings
    assert (ending.points, ending.last_moment) == (points, last - timedelta(seconds=1))


def test_points_on_their_way_are_told_with_their_day(sara, business, enter, door):
    with acting_for(business.id):
        Program.objects.update(pending_days=7)
    sell(business)
    sell(business)
    page = enter().get(door)
    own = page.context["page"]
    (coming,) = own.coming
    assert coming.points == own.wallet.pending_points > 0


def test_the_history_is_paged_in_full_sentences(sara, business, enter, door):
    for _sale in range(21):
        sell(business)
    browser = enter()
    first = browser.get(f"{door}history/")
    rest = browser.get(f"{door}history/?before={first.context['older']}")
    seen = [*first.context["rows"], *rest.context["rows"]]
    assert len(first.context["rows"]) == 20
    assert len(seen) == 22
    assert [row.at for row in seen] == sorted((row.at for row in seen), reverse=True)
    assert browser.get(f"{door}history/?before=x").status_code == 200


def test_what_was_spent_at_once_is_one_line(sara, business, enter, door):
    with acting_for(business.id):
        Program.objects.update(pending_days=0)
    for _sale in range(3):
        sell(business)
    with acting_for(business.id):
        points = sum(lot.remaining_points for lot in Lot.objects.filter(state="active"))
        reserve_redemption(customer_id=sara.id, points=points, now=timezone.now())
    rows = enter().get(f"{door}history/").context["rows"]
    assert [row.points for row in rows if row.points < 0] == [-points]


def test_somebody_elses_entry_turns_no_page(sara, business, other_business, enter, door):
    other = sell(business, customer=None)
    assert other.purchase_id
    page = enter().get(f"{door}history/?before={other.purchase_id}")
    assert page.context["first"]


def test_one_row_and_three_cost_the_same(sara, business, enter, door):
    browser = enter()
    before = [queries(browser, door), queries(browser, f"{door}history/")]
    for _sale in range(2):
        sell(business)
    assert [queries(browser, door), queries(browser, f"{door}history/")] == before


def test_choosing_messages_is_written_down(sara, business, enter, door):
    browser = enter()
    browser.post(f"{door}preferences/", {"wants": ["marketing"]})
    with acting_for(business.id):
        assert may_be_sent([E164], "marketing") == {E164}
        assert may_be_sent([E164], "survey") == set()
        assert set(Consent.objects.values_list("source", flat=True)) == {"own_page"}
        kept = Consent.objects.count()
    browser.post(f"{door}preferences/", {"wants": ["marketing"]})
    with acting_for(business.id):
        assert Consent.objects.count() == kept
    browser.post(f"{door}preferences/", {"wants": ["survey"]})
    with acting_for(business.id):
        assert may_be_sent([E164], "marketing") == set()
        assert may_be_sent([E164], "survey") == {E164}


def test_an_unknown_wish_changes_nothing(sara, business, enter, door):
    enter().post(f"{door}preferences/", {"wants": ["survey", "otp", "x"]})
    with acting_for(business.id):
        assert Consent.objects.count() == 0


def test_the_code_for_the_till_stands_alone(sara, enter, door):
    page = enter().get(f"{door}code/")
    assert sara.member_code in told(page)
    assert "<svg" in told(page)


def test_a_shop_without_a_programme_says_so(business, enter, door):
    sell(business)
    with acting_for(business.id):
        EarningRule.objects.update(is_active=False)
    page = enter().get(door)
    assert page.status_code == 200
    assert not page.context["page"].in_club


def test_the_receipt_leads_to_the_door(sara, business):
    outcome = sell(business)
    with acting_for(business.id):
        said = receipt_part(outcome.purchase_id, timezone.now())
    assert said["own_page"] == {"url": f"/c/{business.slug}/"}


def test_c033_the_receipt_says_until_when_its_points_are_good(sara, business):
    outcome = sell(business)
    with acting_for(business.id):
        said = receipt_part(outcome.purchase_id, timezone.now())
        ends = Lot.objects.get(purchase=outcome.purchase_id).expires_at
        assert said.get("points_end") == ({"at": ends} if ends else None)
        until = timezone.now() + timedelta(days=90)
        Lot.objects.filter(purchase=outcome.purchase_id).update(expires_at=until)
        assert receipt_part(outcome.purchase_id, timezone.now())["points_end"] == {"at": until}


def test_c049_a_bound_lowered_below_what_was_bought_is_reached_with_the_next_purchase(
    sara, business, enter, door
):
    """Not «0 toman more»: nobody rises while they buy nothing."""
    with acting_for(business.id):
        Tier.objects.filter(position=1).update(threshold_rial=1_000_000)
        name = Tier.objects.get(position=1).name
    page = told(enter().get(door))
    assert f"با خرید بعدی به سطح {name} می‌رسید" in page
    assert "۰ تومان خرید دیگر" not in page

"""Arms are drawn once, before exposure; every member of one arm is written to exactly once."""

from collections import Counter
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from campaigns.enums import Arm
from campaigns.models import Campaign, CampaignMember
from campaigns.operations import (
    CampaignPlan,
    cancel_campaign,
    change_campaign,
    prepare_campaign,
    queue_batch,
)
from campaigns.queries import arm_of, campaigns, estimate, invariants
from core.errors import NotFound, Problem
from core.tenancy import acting_for
from messaging.models import Message
from messaging.operations import queue_sms
from outbox.models import Event
from tests.campaigns.conftest import DAY


class TestArms:
    @given(st.uuids(), st.uuids(), st.integers(0, 90))
    def test_the_same_ids_fall_on_the_same_side(self, campaign, customer, percent):
        assert arm_of(campaign, customer, percent) is arm_of(campaign, customer, percent)

    @given(st.uuids(), st.uuids())
    def test_a_larger_holdout_only_adds_people(self, campaign, customer):
        sides = [arm_of(campaign, customer, percent) for percent in range(0, 91, 10)]
        assert sides[0] is Arm.TREATMENT
        assert sides == sorted(sides, key=lambda arm: arm is Arm.HOLDOUT)

    def test_about_one_in_ten_is_held_out_and_campaigns_differ(self):
        people = [UUID(int=n) for n in range(20_000)]
        first, second = (
            {one for one in people if arm_of(UUID(int=c), one, 10) is Arm.HOLDOUT} for c in (1, 2)
        )
        assert 1_850 < len(first) < 2_150
        assert 120 < len(first & second) < 290  # independent: one in a hundred


def test_arms_and_the_past_are_written_down_before_anybody_is_written_to(crowd, now):
    campaign = crowd.draft(now)
    crowd.send(campaign, now)
    members = crowd.members(campaign)
    assert len(members) == 200
    assert {one.past_spend_rial for one in members} == {1_000_000}
    sides = Counter(one.arm for one in members)
    assert sides["holdout"] > 5
    saved = crowd.get(campaign)
    assert (saved.treatment_count, saved.holdout_count) == (sides["treatment"], sides["holdout"])
    assert crowd.messages() == []


def test_arms_cannot_be_changed(crowd, now):
    campaign = crowd.draft(now)
    crowd.send(campaign, now)
    with acting_for(crowd.business.id), pytest.raises(DatabaseError), transaction.atomic():
        CampaignMember.objects.update(arm="treatment")


def test_the_treated_are_written_to_once_and_the_held_out_never(crowd, now):
    campaign = crowd.draft(now)
    crowd.send(campaign, now)
    assert crowd.sweep(now) == crowd.get(campaign).treatment_count
    assert crowd.sweep(now) == 0
    treated = {one.customer_id for one in crowd.members(campaign) if one.arm == "treatment"}
    keys = [one.dedupe_key for one in crowd.messages()]
    assert sorted(keys) == sorted(f"campaign:{campaign.id}:{one}" for one in treated)


def test_a_text_is_personal_and_says_how_to_stop(crowd, now):
    crowd.send(crowd.draft(now), now)
    crowd.sweep(now)
    body = crowd.messages()[0].body
    assert body.startswith("سلام مشتری")
    assert "تهرانی" not in body
    assert body.endswith("لغو۱۱")


def test_sending_goes_on_from_where_it_stopped(crowd, now):
    campaign = crowd.draft(now)
    crowd.send(campaign, now)
    with acting_for(crowd.business.id):
        assert queue_batch(campaign_id=campaign.id, now=now, limit=50) == 50
    before = len(crowd.messages())
    crowd.sweep(now)
    assert before == 50
    assert len(crowd.messages()) == crowd.get(campaign).treatment_count


def test_workers_at_once_write_to_each_once(in_parallel, crowd, now):
    campaign = crowd.draft(now)
    crowd.send(campaign, now)

    def work():
        done = 0
        for _round in range(40):
            with acting_for(crowd.business.id):
                done += queue_batch(campaign_id=campaign.id, now=now, limit=20)
        return done

    taken = in_parallel(*[work] * 4, role="vafa_worker")
    assert sum(taken) == crowd.get(campaign).treatment_count == len(crowd.messages())


def test_it_is_done_when_nothing_waits(crowd, now):
    campaign = crowd.draft(now)
    crowd.send(campaign, now)
    crowd.sweep(now)
    crowd.sweep(now)
    assert crowd.get(campaign).state == "sending"
    with acting_for(crowd.business.id):
        Message.objects.update(state="delivered")
    crowd.sweep(now)
    assert crowd.get(campaign).state == "done"
    with acting_for(crowd.business.id):
        (event,) = Event.objects.filter(name="campaign.done")
    assert event.payload["sent"] == crowd.get(campaign).treatment_count


def test_stopping_withdraws_what_has_not_left(crowd, now):
    campaign = crowd.draft(now)
    crowd.send(campaign, now)
    crowd.sweep(now)
    with acting_for(crowd.business.id):
        cancel_campaign(campaign_id=campaign.id, now=now)
    assert {one.state for one in crowd.messages()} == {"suppressed"}
    assert crowd.sweep(now) == 0


class TestRules:
    def test_only_who_agreed_takes_part(self, crowd, now):
        crowd.agree(now, range(50), granted=False)
        campaign = crowd.draft(now)
        crowd.send(campaign, now)
        assert len(crowd.members(campaign)) == 150

    def test_somebody_must_be_reachable(self, crowd, now):
        crowd.agree(now, range(200), granted=False)
        with pytest.raises(Problem, match="nobody_to_reach"):
            crowd.send(crowd.draft(now), now)

    def test_after_the_draw_nothing_changes_any_more(self, crowd, now):
        campaign = crowd.draft(now)
        plan = CampaignPlan(name="دیگر", body="متن دیگر")
        with acting_for(crowd.business.id):
            prepare_campaign(campaign_id=campaign.id, now=now)
            for forbidden in (
                lambda: change_campaign(campaign_id=campaign.id, plan=plan, now=now),
                lambda: prepare_campaign(campaign_id=campaign.id, now=now),
            ):
                with pytest.raises(Problem, match="campaign_fixed"):
                    forbidden()

    def test_a_campaign_is_sent_once(self, crowd, now):
        campaign = crowd.draft(now)
        crowd.send(campaign, now)
        with pytest.raises(Problem, match="campaign_fixed"):
            crowd.send(campaign, now)

    @pytest.mark.parametrize(
        ("plan", "code"),
        [
            ({"body": "  "}, "invalid_text"),
            ({"body": "س" * 601}, "invalid_text"),
            ({"body": "سلام {first_name}"}, "unknown_placeholder"),
            ({"segment": "nobody"}, "unknown_segment"),
            ({"name": ""}, "invalid_campaign"),
            ({"holdout_percent": 91}, "invalid_campaign"),
            ({"window_days": 0}, "invalid_campaign"),
            ({"margin_percent": 101}, "invalid_campaign"),
        ],
    )
    def test_wrong_plans_are_refused(self, shop, now, plan, code):
        with pytest.raises(Problem, match=code):
            shop.draft(now, **plan)

    def test_other_businesses_see_nothing(self, crowd, now, other_business):
        campaign = crowd.draft(now)
        with acting_for(other_business.id):
            assert list(campaigns()) == []
            with pytest.raises(NotFound):
                prepare_campaign(campaign_id=campaign.id, now=now)


class TestEstimate:
    def test_counts_parts_and_cost_are_exact(self, crowd, now):
        crowd.agree(now, range(20), granted=False)
        campaign = crowd.draft(now)
        with acting_for(crowd.business.id):
            told = estimate(
                segment="all",
                body=campaign.body,
                holdout_percent=10,
                now=now,
                campaign_id=campaign.id,
            )
        assert (told.members, told.unreachable, told.without_consent) == (200, 20, 20)
        assert told.treated + told.held_out == 180
        crowd.send(campaign, now)
        crowd.sweep(now)
        sent = crowd.messages()
        assert told.treated == len(sent)
        assert told.total_parts == sum(one.parts for one in sent)
        assert told.cost_rial == sum(one.cost_rial for one in sent)
        assert told.saved_rial == told.held_out * 1850
        assert told.preview.endswith("لغو۱۱")

    def test_without_a_draft_the_split_is_estimated(self, crowd, now):
        with acting_for(crowd.business.id):
            told = estimate(segment="all", body="سلام", holdout_percent=10, now=now)
        assert (told.treated, told.held_out, told.parts) == (180, 20, 1)

    def test_an_empty_business_costs_nothing(self, acting, now):
        told = estimate(segment="all", body="سلام {name}", holdout_percent=10, now=now)
        assert (told.members, told.cost_rial, told.parts) == (0, 0, 1)
        assert "دوست" in told.preview


def test_the_list_takes_one_query_however_long(crowd, now):
    for _n in range(5):
        crowd.draft(now)
    with acting_for(crowd.business.id), CaptureQueriesContext(connection) as queries:
        assert len([one.name for one in campaigns()]) == 5
    assert len(queries) == 1


def test_somebody_who_leaves_the_segment_stays_in_the_comparison(crowd, now):
    campaign = crowd.draft(now, segment="all")
    crowd.send(campaign, now)
    crowd.sell(now + DAY, range(10), rial=9_000_000)
    crowd.score(now + DAY)
    assert len(crowd.members(campaign)) == 200


class TestInvariants:
    def broken(self, shop, now):
        with acting_for(shop.business.id):
            return invariants.broken(now)

    def test_a_sent_campaign_keeps_its_promises(self, crowd, now):
        crowd.send(crowd.draft(now), now)
        crowd.sweep(now)
        assert self.broken(crowd, now) == []

    def test_a_message_to_the_held_out_is_noticed(self, crowd, now):
        campaign = crowd.draft(now)
        crowd.send(campaign, now)
        (held_out, *_rest) = [one for one in crowd.members(campaign) if one.arm == "holdout"]
        with acting_for(crowd.business.id):
            queue_sms(
                address="+989120000000",
                body="x",
                purpose="marketing",
                dedupe_key=f"campaign:{campaign.id}:{held_out.customer_id}",
                ref_kind="campaign",
                ref_id=campaign.id,
                now=now,
            )
        assert self.broken(crowd, now) == [f"campaigns that wrote to the held out: {campaign.id}"]

    def test_a_changed_plan_is_noticed(self, crowd, now):
        campaign = crowd.draft(now)
        crowd.send(campaign, now)
        with acting_for(crowd.business.id):
            Campaign.objects.update(holdout_percent=60, holdout_count=1)
        assert len(self.broken(crowd, now)) == 2

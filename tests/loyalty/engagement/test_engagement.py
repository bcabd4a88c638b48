"""Engagement (C065): noted once, given points as far as the rule goes, taken back to the point."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from businesses.queries import members_of
from core.errors import NotFound, Problem
from customers.enums import AttributeSource, CustomerStatus
from customers.models import AttributeDefinition, Customer
from customers.operations import (
    CustomerHint,
    find_or_create,
    merge_customers,
    undo_merge,
    update_customer,
)
from customers.operations.attributes import note_attributes
from loyalty.enums import CapSpan, EntryKind, ExitWay
from loyalty.enums.engagement import EngagementKind, NoPoints
from loyalty.enums.presents import OccasionKind, OccasionSource
from loyalty.models import Engagement, LedgerEntry, PolicyVersion, Wallet
from loyalty.operations.engagement import (
    NewEngagementRule,
    close_engagement,
    note_engagement,
    note_seen,
    offer_points,
    take_engagement_back,
)
from loyalty.operations.leaving import leave_club
from loyalty.operations.occasions import NewOccasion, forget_occasion, tell_occasion
from loyalty.operations.redeem import commit_redemption, reserve_redemption
from loyalty.queries.invariants import broken
from loyalty.queries.policies import chapters_of, policy_document
from tests.loyalty.conftest import FAR, MOBILE
from tests.loyalty.sentences import computed, moved, sentence_of
from tests.loyalty.test_activity import day

REVIEW = EngagementKind.REVIEW
START = day(1405, 9, 10)


def count(kind=REVIEW, points=15, most_times=1, span=CapSpan.MONTH, at=START):
    new = NewEngagementRule(kind=kind, points=points, most_times=most_times, span=span)
    return offer_points(new=new, actor=None, now=at)


def known(mobile=MOBILE, name="سارا محمدی"):
    hint = CustomerHint(mobile=mobile, name=name)
    return find_or_create(customer=hint, source="api", now=START).customer_id


def tell(customer_id, reference="r-1", kind=REVIEW, at=START):
    return note_engagement(customer_id=customer_id, kind=kind, reference=reference, now=at)


def points(customer_id):
    wallet = Wallet.objects.filter(id=customer_id).first()
    return wallet.balance_points if wallet else 0


@pytest.fixture
def sara(acting):
    """A customer; afterwards every sum agrees."""
    yield known()
    assert broken(START + FAR) == []


def test_a_review_is_given_its_points_once_and_says_so(sara):
    count()
    first, again = tell(sara), tell(sara)
    assert (first.id, first.points, points(sara)) == (again.id, 15, 15)
    [entry] = LedgerEntry.objects.filter(kind=EntryKind.GIFT)
    assert (computed(entry), moved(entry)) == (15, 15)
    assert "نظر" in sentence_of(entry)


def test_no_more_than_the_share_of_a_span_and_the_next_begins_anew(sara):
    count(most_times=2)
    rows = [tell(sara, f"r-{n}") for n in range(3)]
    assert [row.points for row in rows] == [15, 15, 0]
    assert (rows[2].why_none, points(sara)) == (NoPoints.CAPPED, 30)
    assert tell(sara, "r-9", at=day(1405, 10, 1)).points == 15
    assert [row.number for row in rows] == [1, 2, 0]


def test_what_is_not_counted_is_refused_and_zero_points_is_only_counted(sara):
    with pytest.raises(Problem, match="engagement_closed"):
        tell(sara)
    count(points=0)
    assert tell(sara).why_none == NoPoints.NONE_OFFERED
    close_engagement(kind=REVIEW, actor=None, now=START)
    with pytest.raises(Problem, match="engagement_closed"):
        tell(sara, "r-2")
    assert not LedgerEntry.objects.exists()


def test_a_deleted_review_gives_its_points_back_also_spent_ones(sara):
    count()
    row = tell(sara)
    held = reserve_redemption(customer_id=sara, points=10, now=START)
    commit_redemption(redemption_id=held.id, now=START)
    for _again in range(2):
        take_engagement_back(engagement_id=row.id, now=START)
    assert points(sara) == -10
    taken = LedgerEntry.objects.filter(kind=EntryKind.CLAWBACK)
    for entry in taken:
        assert computed(entry) == moved(entry)
        assert "نظر" in sentence_of(entry)
    assert sum(moved(entry) for entry in taken) == 15
    # The same one is not given again; another is, for nothing is left of the first.
    assert tell(sara).taken_back_at is not None
    assert tell(sara, "r-2").points == 15


def test_a_reference_of_somebody_else_is_refused(sara):
    count()
    tell(sara)
    with pytest.raises(Problem, match="engagement_taken"):
        tell(known("09351112233", "مینا"))


@pytest.mark.parametrize("reference", ["سارا محمدی", MOBILE])
def test_r59_a_reference_never_names_the_person(sara, reference):
    count()
    with pytest.raises(Problem, match="names_the_person"):
        tell(sara, reference)


def test_strangers_who_left_and_who_works_here_get_none(sara, business):
    count()
    tell(sara, "r-1")
    leave_club(customer_id=sara, way=ExitWay.STAFF, now=START)
    assert tell(sara, "r-2", at=day(1405, 10, 2)).why_none == NoPoints.LEFT
    owner = members_of(business.id)[0].user
    owner.mobile = "+989351112233"
    owner.save(update_fields=["mobile"])
    assert tell(known("09351112233", "نگار"), "r-3").why_none == NoPoints.STAFF
    stranger = known("09361112233", "نادر")
    Customer.objects.filter(id=stranger).update(status=CustomerStatus.PROVISIONAL)
    assert tell(stranger, "r-4").why_none == NoPoints.STRANGER


def test_what_is_seen_here_need_not_be_told(sara):
    count(EngagementKind.SURVEY, 5, 2)
    with pytest.raises(Problem, match="seen_here"):
        tell(sara, kind=EngagementKind.SURVEY)


def test_a_birthday_gives_points_once_ever_however_often_it_is_told(sara):
    count(EngagementKind.BIRTHDAY, 20, span=CapSpan.EVER)
    birthday = NewOccasion(kind=OccasionKind.BIRTHDAY, month=5, day=7)
    for _again in range(2):
        tell_occasion(customer_id=sara, new=birthday, source=OccasionSource.API, now=START)
        forget_occasion(customer_id=sara, kind=OccasionKind.BIRTHDAY)
    assert points(sara) == 20


def test_a_profile_is_complete_with_all_that_is_asked_for(sara):
    count(EngagementKind.PROFILE, 20, span=CapSpan.EVER)
    AttributeDefinition.objects.update(is_active=False)
    AttributeDefinition.objects.create(
        key="pet", kind="text", title_fa="حیوان خانگی", created_at=START
    )
    birthday = NewOccasion(kind=OccasionKind.BIRTHDAY, month=5, day=7)
    tell_occasion(customer_id=sara, new=birthday, source=OccasionSource.API, now=START)
    for source, gives in ((AttributeSource.IMPORT, 0), (AttributeSource.CUSTOMER, 20)):
        note_attributes(customer_id=sara, given={"pet": "گربه"}, source=source, now=START)
        assert points(sara) == gives
    update_customer(customer_id=sara, name="سارا کریمی", now=START)
    note_attributes(
        customer_id=sara, given={"pet": "سگ"}, source=AttributeSource.CUSTOMER, now=START
    )
    assert points(sara) == 20


def test_r62_engagements_follow_a_merge_count_there_and_go_back(sara):
    count(span=CapSpan.EVER)
    other = known("09351112233", "سارا")
    tell(other, "r-2")
    merge = merge_customers(survivor_id=sara, merged_id=other, now=START)
    assert (points(sara), tell(sara, "r-3").why_none) == (15, NoPoints.CAPPED)
    count(EngagementKind.BIRTHDAY, 20, span=CapSpan.EVER)
    undo_merge(merge_id=merge.id, now=START)
    assert (points(sara), points(other)) == (0, 15)
    assert tell(sara, "r-4").points == 15


def test_nothing_is_noted_of_nobody(sara):
    count()
    with pytest.raises(NotFound):
        tell(Engagement().id)
    note_seen(customer_id=Engagement().id, kind=EngagementKind.SURVEY, now=START, reference="x")
    assert not Engagement.objects.exists()


def test_rules_that_make_no_sense_are_refused(acting):
    for wrong in ({"points": -1}, {"most_times": 0}, {"most_times": 1_001}):
        with pytest.raises(Problem, match="invalid_engagement_rule"):
            count(**wrong)
    with pytest.raises(Problem, match="invalid_engagement_rule"):
        count(EngagementKind.PROFILE, span=CapSpan.YEAR)
    with pytest.raises(NotFound):
        close_engagement(kind=REVIEW, actor=None, now=START)


def test_the_database_keeps_the_share(sara):
    count()
    row = tell(sara)
    row.number = 2
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    row.refresh_from_db()


def test_the_public_rules_tell_what_is_promised_and_are_kept(sara):
    before = PolicyVersion.objects.count()
    count(most_times=2)
    count(EngagementKind.APP_OPEN, points=0)
    [earning] = [one for one in chapters_of(policy_document()) if one.key == "earning"]
    said = " ".join(earning.sentences)
    assert "۱۵ امتیاز" in said
    assert "۲ بار" in said
    assert "برنامه" not in said
    close_engagement(kind=REVIEW, actor=None, now=START + timedelta(days=1))
    assert "۱۵" not in " ".join(chapters_of(policy_document())[0].sentences)
    assert PolicyVersion.objects.count() == before + 2

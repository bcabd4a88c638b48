"""What a membership does to points, and how that is explained."""

from datetime import timedelta

import pytest
from django.utils import translation

from core.tenancy import acting_for
from customers.operations import CustomerHint, NewPurchase, NewTender, record_purchases
from loyalty.models import LedgerEntry, Lot
from loyalty.operations import earn_instalment
from loyalty.operations.memberships import cancel_membership, pause_membership, resume_membership
from loyalty.queries import explain, preview

DAY = timedelta(days=1)


def _sell(club, number, at, rial=1_000_000, *, mobile="09121234567", heard=None):
    with acting_for(club.business.id):
        new = NewPurchase(
            external_id=number,
            channel="till",
            occurred_at=at,
            customer=CustomerHint(mobile=mobile),
            tenders=(NewTender(method="cash", amount_rial=rial),),
        )
        [outcome] = record_purchases(purchases=[new], source="api", now=heard or at)
        assert outcome.purchase_id is not None
        return Lot.objects.get(id=outcome.purchase_id)


def test_a_member_earns_twice_as_much_and_is_told_why(club):
    before = _sell(club, "a", club.now - DAY)
    club.member()
    after = _sell(club, "b", club.now + DAY)
    other = _sell(club, "c", club.now + DAY, mobile="09129999999")
    assert before.earned_points == other.earned_points == 10
    assert after.earned_points == 20
    with acting_for(club.business.id), translation.override("fa"):
        entry = LedgerEntry.objects.get(lot_id=after.id, kind="earn")
        assert "«طلایی»" in explain(entry)
        assert "۲ برابر" in explain(entry)
        plain = LedgerEntry.objects.get(lot_id=before.id, kind="earn")
        assert "طلایی" not in explain(plain)
        assert "member" not in plain.data
    assert club.is_well()


def test_a_tier_and_a_membership_multiply_and_are_floored_once(club):
    club.member(name="نیم", multiplier_num=3, multiplier_den=2)
    lot = _sell(club, "a", club.now + DAY, 1_150_000)
    assert lot.earned_points == 17  # 11.5 × 1.5 = 17.25; floors in between would give 16
    with acting_for(club.business.id), translation.override("fa"):
        assert "۱٫۵ برابر" in explain(LedgerEntry.objects.get(lot_id=lot.id, kind="earn"))


def test_a_sale_counts_by_its_own_moment_not_by_when_it_is_heard(club):
    club.member()
    early = _sell(club, "a", club.now - DAY, heard=club.now + DAY)
    assert early.earned_points == 10


def test_time_alone_ends_the_perks(club):
    member_id = club.member()
    last = club.see(member_id).perks_until
    assert _sell(club, "a", last - timedelta(seconds=1)).earned_points == 20
    assert _sell(club, "b", last).earned_points == 10


def test_a_pause_and_an_end_stop_the_perks_at_once(club):
    member_id = club.member()
    at = club.now + DAY
    with acting_for(club.business.id):
        pause_membership(membership_id=member_id, now=at)
    assert _sell(club, "a", at + timedelta(hours=1)).earned_points == 10
    with acting_for(club.business.id):
        resume_membership(membership_id=member_id, now=at + DAY)
    assert _sell(club, "b", at + DAY + timedelta(hours=1)).earned_points == 20
    with acting_for(club.business.id):
        cancel_membership(membership_id=member_id, refund=False, by="t", now=at + 2 * DAY)
    assert _sell(club, "c", at + 2 * DAY + timedelta(hours=1)).earned_points == 10


def test_previews_and_instalments_agree_with_sales(club):
    member_id = club.member()
    at = club.now + DAY
    with acting_for(club.business.id):
        seen = preview(
            total_rial=1_000_000, eligible_rial=1_000_000, customer_id=club.customer_id, now=at
        )
        assert seen.earn_points == 20
        assert seen.perks is not None
        assert (seen.perks.membership_id, seen.perks.free_delivery) == (member_id, True)
        points = earn_instalment(
            payment_id=member_id,
            customer_id=club.customer_id,
            base_rial=1_000_000,
            number=1,
            now=at,
        )
        assert points == 20
        entry = LedgerEntry.objects.get(lot_id=member_id, kind="earn")
        assert entry.data["member"] == "طلایی"


@pytest.mark.parametrize("num", [1, 2])
def test_a_membership_that_multiplies_nothing_explains_nothing(club, num):
    club.member(multiplier_num=num)
    lot = _sell(club, "a", club.now + DAY)
    with acting_for(club.business.id):
        entry = LedgerEntry.objects.get(lot_id=lot.id, kind="earn")
        assert ("member" in entry.data) == (num == 2)

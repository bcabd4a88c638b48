"""Recommendations of profiles that are joined or taken apart (rule R62)."""

from datetime import datetime

from django.db.models import Q

from core.tenancy import part_of_operation
from customers.operations import send_back, take_along
from customers.queries.merging import Pair
from loyalty.enums import LIVE_REFERRAL, ReferralRefusal, ReferralState
from loyalty.models import Referral, ReferralOffer, Wallet
from loyalty.operations.referrals.budget import end, reserve
from loyalty.operations.referrals.take_back import undo
from loyalty.queries.programme import Terms


@part_of_operation
def join_referrals(merge: Pair, current: Terms, now: datetime) -> None:
    """Let recommendations follow; nobody brings themselves, and nobody is brought twice.

    Before the wallets are joined: what is taken back is taken from whoever got it.
    """
    both = (merge.survivor_id, merge.merged_id)
    list(Wallet.objects.select_for_update().filter(id__in=both).order_by("id"))
    live = Referral.objects.select_for_update().filter(state__in=LIVE_REFERRAL)
    between = live.filter(referrer__in=both, friend__in=both).order_by("id")
    undo(between, ReferralRefusal.ONE_PERSON, current, now)
    brought = list(live.filter(friend__in=both).order_by("made_at", "id"))
    undo(brought[1:], ReferralRefusal.NOT_NEW, current, now)
    own = Q(referrer__in=both, friend__in=both)
    for field in ("referrer_id", "friend_id"):
        take_along(merge=merge, model=Referral, but=own, field=field)


@part_of_operation
def part_referrals(merge: Pair, current: Terms, now: datetime) -> None:
    """Give the recommendations back; those that only were one person's are looked at again."""
    for field in ("referrer_id", "friend_id"):
        send_back(merge=merge, model=Referral, field=field)
    both = (merge.survivor_id, merge.merged_id)
    again = Referral.objects.select_for_update().filter(
        referrer__in=both, friend__in=both, refusal=ReferralRefusal.ONE_PERSON
    )
    for row in again.order_by("id"):
        _look_again(row, current, now)


def _look_again(row: Referral, current: Terms, now: datetime) -> None:
    """Promise it once more, as far as the budget goes; what was taken back stays taken."""
    if Referral.objects.filter(friend=row.friend_id, state__in=LIVE_REFERRAL).exists():
        return
    offer = ReferralOffer.objects.select_for_update().get()
    row.referrer_lot_id = row.friend_lot_id = None
    row.refusal, row.settled_at, row.next_at = "", None, now
    row.state = ReferralState.RUNNING if row.purchase_id else ReferralState.WAITING
    if not reserve(row, offer, current.unit_value_rial):
        end(row, ReferralState.REFUSED, ReferralRefusal.BUDGET)
        row.settled_at = now
    row.save()

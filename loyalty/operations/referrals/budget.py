"""What recommendations reserve of the offer's budget; the offer's row is locked last of all."""

from collections.abc import Iterable

from loyalty.enums import ReferralRefusal, ReferralState
from loyalty.models import Referral, ReferralOffer


def reserve(row: Referral, offer: ReferralOffer, unit_value_rial: int) -> bool:
    """Reserve what a recommendation will cost; return whether the locked offer's budget has it."""
    wanted = (row.referrer_points + row.friend_points) * unit_value_rial
    if offer.budget_rial is not None and offer.used_rial + wanted > offer.budget_rial:
        return False
    offer.used_rial += wanted
    offer.save(update_fields=["used_rial"])
    row.reserved_rial = wanted
    return True


def give_back(rows: Iterable[Referral]) -> None:
    """Give back what locked recommendations reserved (rule R49); the caller saves the rows."""
    freed = 0
    for row in rows:
        freed += row.reserved_rial
        row.reserved_rial = 0
    if freed:
        offer = ReferralOffer.objects.select_for_update().get()
        offer.used_rial -= freed
        offer.save(update_fields=["used_rial"])


def bringing(row: Referral) -> str:
    """Return what a reward is known by among engagements; rewarded anew it is another."""
    return str(row.referrer_lot_id or row.id)


def end(row: Referral, state: ReferralState, why: ReferralRefusal) -> None:
    """End a recommendation that nobody is, or stays, rewarded for; the caller saves it."""
    row.state, row.refusal, row.next_at = state, why, None

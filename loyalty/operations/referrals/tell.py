"""A new customer says who told them of the business."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.ids import new_id
from core.tenancy import operation
from customers.queries.merging import survivor_of
from loyalty.enums import LIVE_REFERRAL, ReferralRefusal, ReferralSource, ReferralState
from loyalty.models import Referral, ReferralOffer
from loyalty.operations.referrals.budget import end, reserve
from loyalty.queries.leaving import gets_nothing
from loyalty.queries.programme import Terms, terms
from loyalty.queries.referral_checks import Brought, brought_this_month, why_not
from loyalty.queries.referrals import referrer_by_code

# Who said so and bought nothing for so long was not brought.
TELL_DAYS: Final = 90


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstSale:
    """The sale with which a friend says who told them."""

    purchase_id: UUID
    eligible_rial: int
    occurred_at: datetime


@operation
def tell_referral(
    *,
    code: str,
    friend_id: UUID,
    source: ReferralSource,
    now: datetime,
    sale: FirstSale | None = None,
) -> Referral:
    """Keep who brought a friend, or why nobody is rewarded for it. Told again it is the same.

    Raises Problem `unknown_referral_code`.
    """
    referrer_id = referrer_by_code(code)
    offer = ReferralOffer.objects.select_for_update().first()
    if referrer_id is None or offer is None:
        raise unknown_code()
    friend_id = survivor_of(friend_id)
    known = Referral.objects.filter(friend=friend_id, state__in=LIVE_REFERRAL).first()
    if known is not None:
        return known
    row = _row(offer, referrer_id, friend_id, source, sale, now)
    why = _judged(row, offer, sale, now)
    if why is not None:
        end(row, ReferralState.REFUSED, why)
        row.settled_at = now
    row.save(force_insert=True)
    return row


def unknown_code() -> Problem:
    """Return the refusal of a code nobody has."""
    detail = _("Nobody has this code for recommending.")
    return Problem(
        "unknown_referral_code",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={"referral_code": [detail]},
    )


def _row(  # noqa: PLR0917 - the parts of one row
    offer: ReferralOffer,
    referrer_id: UUID,
    friend_id: UUID,
    source: ReferralSource,
    sale: FirstSale | None,
    now: datetime,
) -> Referral:
    return Referral(
        id=new_id(),
        referrer_id=referrer_id,
        friend_id=friend_id,
        purchase_id=sale.purchase_id if sale else None,
        source=source,
        state=ReferralState.RUNNING if sale else ReferralState.WAITING,
        referrer_points=offer.referrer_points,
        friend_points=offer.friend_points,
        least_rial=offer.least_rial,
        wait_days=offer.wait_days,
        made_at=now,
        ends_at=now + timedelta(days=TELL_DAYS),
        next_at=sale.occurred_at + timedelta(days=offer.wait_days) if sale else now,
    )


def _judged(
    row: Referral, offer: ReferralOffer, sale: FirstSale | None, now: datetime
) -> ReferralRefusal | None:
    current = terms()
    if not offer.is_open or current is None:
        return ReferralRefusal.CLOSED
    before, purchase_id = (sale.occurred_at, sale.purchase_id) if sale else (now, None)
    why = _gone(row, current, now) or why_not(
        Brought(row.referrer_id, row.friend_id, before, purchase_id)
    )
    if why is not None:
        return why
    if sale is not None and sale.eligible_rial < row.least_rial:
        return ReferralRefusal.TOO_SMALL
    most = offer.most_per_month
    if most is not None and brought_this_month(row.referrer_id, now) >= most:
        return ReferralRefusal.MONTH_FULL
    if not reserve(row, offer, current.unit_value_rial):
        return ReferralRefusal.BUDGET
    return None


def _gone(row: Referral, current: Terms, now: datetime) -> ReferralRefusal | None:
    away = current.has_leavers and gets_nothing(row.referrer_id, now)
    return ReferralRefusal.LEFT if away else None

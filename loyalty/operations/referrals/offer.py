"""What a business gives for a friend, and each customer's own code to pass on."""

from dataclasses import asdict, dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import Problem, Sentence
from core.ids import new_spoken_code
from core.money import MAX_RIAL
from core.tenancy import operation
from customers.queries.merging import survivor_of
from loyalty.models import ReferralCode, ReferralOffer

_MOST_POINTS: Final = 1_000_000_000
_MOST_DAYS: Final = 365
_MOST_FRIENDS: Final = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class NewOffer:
    """An offer: points for both, the smallest first purchase, its days of return, and limits."""

    is_open: bool
    referrer_points: int
    friend_points: int
    least_rial: int
    wait_days: int
    most_per_month: int | None = None
    budget_rial: int | None = None


@operation
def offer_referrals(*, new: NewOffer, actor: Actor | None, now: datetime) -> ReferralOffer:
    """Say what a friend is worth from now on; friends told before keep what was promised.

    Raises Problem `invalid_referral_offer`.
    """
    _check(new)
    row = ReferralOffer.objects.select_for_update().first() or ReferralOffer()
    if new.budget_rial is not None and new.budget_rial < row.used_rial:
        raise _wrong("budget", _("More than this budget is promised already."))
    for name, value in asdict(new).items():
        setattr(row, name, value)
    row.changed_at = now
    row.save()
    data = asdict(new)
    record_audit(action="referral.offer", subject="loyalty", data=data, actor=actor, now=now)
    return row


@operation
def referral_code_for(*, customer_id: UUID, now: datetime) -> str:
    """Return the code a customer passes on to friends, made the first time it is asked for."""
    whose = survivor_of(customer_id)
    fresh = ReferralCode(id=whose, customer_id=whose, code=new_spoken_code(), made_at=now)
    ReferralCode.objects.bulk_create([fresh], ignore_conflicts=True)
    return ReferralCode.objects.values_list("code", flat=True).get(id=whose)


def _check(new: NewOffer) -> None:
    for name in ("referrer", "friend"):
        if not 0 <= getattr(new, f"{name}_points") <= _MOST_POINTS:
            raise _wrong(f"{name}_points", _("Give a number of points."))
    if not new.referrer_points + new.friend_points:
        raise _wrong("referrer_points", _("Give points to at least one of the two."))
    if not 1 <= new.least_rial <= MAX_RIAL:
        raise _wrong("least", _("Give an amount above zero."))
    if not 0 <= new.wait_days <= _MOST_DAYS:
        raise _wrong("wait_days", _("Give between 0 and 365 days."))
    _check_limits(new)


def _check_limits(new: NewOffer) -> None:
    if new.most_per_month is not None and not 1 <= new.most_per_month <= _MOST_FRIENDS:
        raise _wrong("most_per_month", _("Give between 1 and 10,000 friends."))
    if new.budget_rial is not None and not 0 <= new.budget_rial <= MAX_RIAL:
        raise _wrong("budget", _("Give an amount, or none."))


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_referral_offer",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )

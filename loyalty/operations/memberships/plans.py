"""What memberships a business offers."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.tenancy import operation
from core.text import normalise
from loyalty.models import MembershipPlan

_MOST_RIAL: Final = 10_000_000_000
_MOST_TIMES: Final = 100
_MOST_MONTHS: Final = 36
_MOST_NOTICE: Final = 20
_MOST_GRACE: Final = 25
_MAX_NAME: Final = 100
_MAX_NOTE: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMembershipPlan:
    """A membership to offer; `months` are Jalali. Points are multiplied, never divided."""

    name: str
    price_rial: int
    months: int = 1
    multiplier_num: int = 1
    multiplier_den: int = 1
    free_delivery: bool = False
    note: str = ""
    notice_days: int = 3
    grace_days: int = 7


@operation
def offer_plan(*, plan: NewMembershipPlan, now: datetime) -> UUID:
    """Offer a membership; return its id.

    Raises Problem `invalid_membership_plan`, `membership_plan_exists` for a name on offer.
    """
    name = normalise(plan.name)[:_MAX_NAME]
    _check(plan, name)
    if MembershipPlan.objects.filter(name=name, is_offered=True).exists():
        raise Problem(
            "membership_plan_exists",
            _("A membership of this name is on offer. What members agreed to cannot be changed."),
            status=HTTPStatus.CONFLICT,
            fields={"name": [_("Choose another name, or stop offering the other one.")]},
        )
    row = MembershipPlan.objects.create(
        name=name,
        price_rial=plan.price_rial,
        months=plan.months,
        multiplier_num=plan.multiplier_num,
        multiplier_den=plan.multiplier_den,
        free_delivery=plan.free_delivery,
        note=normalise(plan.note)[:_MAX_NOTE],
        notice_days=plan.notice_days,
        grace_days=plan.grace_days,
        created_at=now,
    )
    return row.id


@operation
def withdraw_plan(*, plan_id: UUID) -> None:
    """Offer a membership to nobody new; members keep it and renew. Raises NotFound."""
    if not MembershipPlan.objects.filter(id=plan_id).update(is_offered=False):
        raise NotFound(_("There is no such membership plan."))


def _check(plan: NewMembershipPlan, name: str) -> None:
    den = plan.multiplier_den
    wrong = {
        "name": not name,
        "price": not 0 < plan.price_rial <= _MOST_RIAL,
        "months": not 1 <= plan.months <= _MOST_MONTHS,
        "multiplier": not 0 < den <= plan.multiplier_num <= den * _MOST_TIMES,
        "notice_days": not 1 <= plan.notice_days <= _MOST_NOTICE,
        "grace_days": not 1 <= plan.grace_days <= _MOST_GRACE,
    }
    if any(wrong.values()):
        raise Problem(
            "invalid_membership_plan",
            _(
                "A membership has a name, a price, 1 to 36 months, points that are not fewer, "
                "1 to 20 days of notice and 1 to 25 days of grace."
            ),
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields={field: [_("Check this value.")] for field, bad in wrong.items() if bad},
        )

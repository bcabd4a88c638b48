"""Coupons that rules gave: the present's row is locked after the pool's, so that returns wait."""

from collections.abc import Collection
from uuid import UUID

from core.tenancy import part_of_operation
from loyalty.enums import PresentState
from loyalty.models import RulePresent


@part_of_operation
def lock_present_of(coupon_ids: Collection[UUID]) -> frozenset[UUID]:
    """Lock what gave some coupons; return those whose purchase came back."""
    rows = RulePresent.objects.select_for_update().filter(coupon__in=coupon_ids).order_by("id")
    over = [one.coupon_id for one in rows if one.state == PresentState.TAKEN_BACK]
    return frozenset(one for one in over if one is not None)

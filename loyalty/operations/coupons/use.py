"""A coupon at the checkout: held, spent with the sale, released; given back by a return (R23, R43).

Every step holds the pool's row, so that its numbers are never exceeded, however many tills ask.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.queries import business_by_id
from core.calendar import business_day, day_start
from core.errors import NotFound
from core.ids import new_id
from core.tenancy import active_business_id, operation
from customers.operations import locked_purchase
from loyalty.enums import RedemptionState
from loyalty.models import Coupon, CouponPool, CouponUse
from loyalty.operations.coupons.presents import lock_present_of
from loyalty.queries.coupon_stacks import Asked, Off, Stack, asked_for, stacked, wanted
from loyalty.queries.coupons import Basket, Discount, check_left, check_usable, refusal
from loyalty.queries.programme import program

_HOLD_MINUTES: Final = 15
_AGAIN_DAYS: Final = 7
_BATCH: Final = 500


@operation
def reserve_coupon(
    *, code: str, basket: Basket, until: datetime | None = None, now: datetime
) -> tuple[CouponUse, Discount]:
    """Hold a coupon for a basket; the sale must then come to the basket without the discount.

    Until the programme's minutes are over, unless whoever asks sees to it `until` then.
    Raises what `discount_of` raises.
    """
    [use], stack = reserve_coupons(codes=(code,), basket=basket, until=until, now=now)
    asked = stack.used[0].asked
    return use, Discount(asked.pool, asked.coupon, use.discount_rial, stack.of_lines)


@operation
def reserve_coupons(
    *, codes: Sequence[str], basket: Basket, until: datetime | None = None, now: datetime
) -> tuple[list[CouponUse], Stack]:
    """Hold coupons for a basket as they may stand together; the sale must then name all of them.

    Raises what `stack_of` raises.
    """
    pools = {one.pool.id for one in map(asked_for, wanted(codes))}
    locked = {pool_id: _locked_pool(pool_id) for pool_id in sorted(pools)}
    for pool in locked.values():
        _let_go_of_overdue(pool, now)
    found = [
        Asked(one.code, locked[one.pool.id], one.coupon) for one in map(asked_for, wanted(codes))
    ]
    lock_present_of([one.coupon.id for one in found if one.coupon is not None])
    for one in found:
        check_usable(one.pool, one.coupon, basket.customer_id, now)
    stack = stacked(found, basket)
    held_until = until or _held_until(now)
    return [_held(off, basket, held_until, now) for off in stack.used], stack


def _held(off: Off, basket: Basket, until: datetime, now: datetime) -> CouponUse:
    use = CouponUse(
        id=new_id(),
        pool=off.asked.pool,
        coupon=off.asked.coupon,
        customer_id=basket.customer_id,
        state=RedemptionState.RESERVED,
        position=off.position,
        basket_rial=off.basket_rial,
        discount_rial=off.discount_rial,
        reserved_at=now,
        expires_at=until,
    )
    use.save(force_insert=True)
    _count(off.asked.pool, 1)
    return use


@operation
def commit_coupon(*, use_id: UUID, purchase_id: UUID, now: datetime) -> CouponUse:
    """Spend a held coupon on a sale. Committing twice is committing once.

    A hold that ran out is taken again while the coupon allows it. Raises NotFound or Problem.
    """
    sale = locked_purchase(purchase_id)
    pool, use = _locked(use_id)
    if use.state == RedemptionState.COMMITTED:
        return use
    if use.state == RedemptionState.RELEASED:
        raise refusal("coupon_released", _("This coupon was let go of already."))
    if use.state == RedemptionState.EXPIRED:
        check_left(pool, use.coupon, use.customer_id)
        _count(pool, 1)
    use.state, use.settled_at, use.purchase = RedemptionState.COMMITTED, now, sale
    use.save(update_fields=["state", "settled_at", "purchase"])
    if sale.returned_rial >= sale.total_rial > 0:
        _give_back(pool, use, now)
    return use


@operation
def release_coupon(*, use_id: UUID, now: datetime) -> CouponUse:
    """Let go of a held coupon. Releasing twice is releasing once.

    Raises NotFound or Problem `coupon_spent` (409).
    """
    pool, use = _locked(use_id)
    if use.state == RedemptionState.COMMITTED:
        raise refusal("coupon_spent", _("This coupon was spent already."))
    _end(pool, use, RedemptionState.RELEASED, now)
    return use


@operation
def release_unused_coupon(*, use_id: UUID, now: datetime) -> None:
    """Let go of a held coupon unless a sale took it."""
    pool, use = _locked(use_id)
    if use.state == RedemptionState.RESERVED:
        _end(pool, use, RedemptionState.RELEASED, now)


@operation
def release_overdue_coupons(*, now: datetime) -> int:
    """Let go of holds that ran out; return how many."""
    rows = CouponUse.objects.filter(state=RedemptionState.RESERVED, expires_at__lte=now)
    pools = rows.order_by("expires_at").values_list("pool_id", flat=True)[:_BATCH]
    return sum(_let_go_of_overdue(_locked_pool(pool_id), now) for pool_id in sorted(set(pools)))


@operation
def give_coupons_back(
    *, purchase_id: UUID, returned_rial: int, total_rial: int, now: datetime
) -> int:
    """Make coupons of a wholly returned sale usable again, once; return how many (rule R23).

    Until the coupon's own end, or seven days if that is later.
    """
    if returned_rial < total_rial:
        return 0
    rows = CouponUse.objects.filter(purchase=purchase_id, state=RedemptionState.COMMITTED)
    back = 0
    for use_id in rows.order_by("pool_id", "id").values_list("id", flat=True):
        back += _give_back(*_locked(use_id), now)
    return back


def _give_back(pool: CouponPool, use: CouponUse, now: datetime) -> bool:
    if use.again_until is not None or not pool.gives_back:
        return False
    zone = business_by_id(active_business_id()).timezone
    week = day_start(business_day(now, zone) + timedelta(days=_AGAIN_DAYS + 1), zone)
    use.again_until = max(week, use.coupon.ends_at if use.coupon else pool.ends_at)
    use.save(update_fields=["again_until"])
    if use.coupon_id:
        Coupon.objects.filter(id=use.coupon_id).update(ends_at=use.again_until)
    _count(pool, -1)
    return True


def _locked_pool(pool_id: UUID) -> CouponPool:
    return CouponPool.objects.select_for_update().get(id=pool_id)


def _locked(use_id: UUID) -> tuple[CouponPool, CouponUse]:
    """Lock the pool, then the use: the order everybody takes them in."""
    pool_id = CouponUse.objects.filter(id=use_id).values_list("pool_id", flat=True).first()
    if pool_id is None:
        raise NotFound(_("Nothing is held under this number."))
    pool = _locked_pool(pool_id)
    rows = CouponUse.objects.select_for_update(of=("self",)).select_related("coupon")
    return pool, rows.get(id=use_id)


def _let_go_of_overdue(pool: CouponPool, now: datetime) -> int:
    rows = CouponUse.objects.select_for_update().filter(
        pool=pool, state=RedemptionState.RESERVED, expires_at__lte=now
    )
    uses = list(rows.order_by("id"))
    for use in uses:
        _end(pool, use, RedemptionState.EXPIRED, now)
    return len(uses)


def _end(pool: CouponPool, use: CouponUse, state: RedemptionState, now: datetime) -> None:
    if use.state == RedemptionState.RESERVED:
        _count(pool, -1)
    use.state, use.settled_at = state, now
    use.save(update_fields=["state", "settled_at"])


def _count(pool: CouponPool, by: int) -> None:
    pool.taken += by
    pool.save(update_fields=["taken"])


def _held_until(now: datetime) -> datetime:
    current = program()
    return now + timedelta(minutes=current.hold_minutes if current else _HOLD_MINUTES)

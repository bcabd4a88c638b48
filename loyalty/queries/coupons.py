"""Reading coupons: what a code gives on a basket, how pools are used and what they cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem, Sentence
from core.money import largest_remainder
from core.spelling import number
from core.text import latin_digits, normalise
from loyalty.enums import PoolKind, RedemptionState
from loyalty.models import Coupon, CouponPool, CouponUse, StampCard
from loyalty.queries.gift_codes import digest_of
from loyalty.queries.goodwill_codes import check_goodwill
from loyalty.queries.rules.presents import check_given
from loyalty.queries.stamps import check_earned

_PERCENT: Final = 100
_LONGEST: Final = 40
BY_GOODWILL: Final = "goodwill:"


@dataclass(frozen=True, slots=True)
class BasketLine:
    """An item as it would be sold without the coupon."""

    total_rial: int
    category: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Basket:
    """What a coupon is asked for. Without lines the total is one."""

    lines: tuple[BasketLine, ...]
    channel: str = ""
    customer_id: UUID | None = None

    @property
    def total_rial(self) -> int:
        """Return the sum of the lines."""
        return sum(line.total_rial for line in self.lines)


@dataclass(frozen=True, slots=True)
class Discount:
    """What a coupon takes off a basket, and off each of its lines; the parts sum exactly (R6)."""

    pool: CouponPool
    coupon: Coupon | None
    discount_rial: int
    of_lines: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolTotals:
    """How a pool was used: sales that stand, their discounts and what was sold with them."""

    codes: int = 0
    spent: int = 0
    discount_rial: int = 0
    sold_rial: int = 0
    given_back: int = 0


def coupon_word(typed: str) -> str:
    """Return a shared code in the one spelling it is kept and compared in."""
    return latin_digits(normalise(typed[:_LONGEST])).replace(" ", "").upper()


def found_by(code: str) -> tuple[CouponPool, Coupon | None]:
    """Return what a code means. Raises NotFound."""
    pool = CouponPool.objects.filter(kind=PoolKind.SHARED, code=coupon_word(code)).first()
    if pool is not None:
        return pool, None
    try:
        digest = digest_of(code)
    except Problem as problem:
        raise no_coupon() from problem
    coupon = Coupon.objects.select_related("pool").filter(code_hmac=digest).first()
    if coupon is None:
        raise no_coupon()
    return coupon.pool, coupon


def discount_of(code: str, basket: Basket, now: datetime) -> Discount:
    """Return what a code takes off a basket now, changing nothing.

    Raises NotFound, Problem `coupon_not_offered`, `coupon_over`, `coupon_not_here`,
    `coupon_basket_small`, `coupon_takes_nothing`, `coupon_used_up`, `coupon_needs_customer`.
    """
    pool, coupon = found_by(code)
    check_usable(pool, coupon, basket.customer_id, now)
    return priced(pool, coupon, basket)


def check_usable(
    pool: CouponPool, coupon: Coupon | None, customer_id: UUID | None, now: datetime
) -> None:
    """Refuse what is over, used up, or a reward that is not this customer's."""
    _check_in_time(pool, coupon, customer_id, now)
    check_left(pool, coupon, customer_id)
    if coupon is not None:
        check_earned(coupon, customer_id)
        check_given(coupon, customer_id)
        check_goodwill(coupon, customer_id)


def priced(
    pool: CouponPool, coupon: Coupon | None, basket: Basket, *, whole_rial: int | None = None
) -> Discount:
    """Return a pool's discount on a basket that meets its conditions.

    `whole_rial` is the basket before other coupons; its smallest size is asked of that.
    """
    if pool.channel and basket.channel != pool.channel:
        raise refusal("coupon_not_here", _("This coupon is not for this way of buying."))
    if (basket.total_rial if whole_rial is None else whole_rial) < pool.least_basket_rial:
        least = number(pool.least_basket_rial)
        detail = _("This coupon is for baskets of at least %(least)s rial.") % {"least": least}
        raise refusal("coupon_basket_small", detail)
    wanted = normalise(pool.category)
    weights = [
        line.total_rial if not wanted or normalise(line.category) == wanted else 0
        for line in basket.lines
    ]
    off = _off(pool, sum(weights))
    if off <= 0:
        raise refusal(
            "coupon_takes_nothing", _("Nothing in this basket is what the coupon is for.")
        )
    return Discount(pool, coupon, off, tuple(largest_remainder(off, weights)))


def _check_in_time(
    pool: CouponPool, coupon: Coupon | None, customer_id: UUID | None, now: datetime
) -> None:
    """Refuse what is withdrawn, not begun, or over and not given back by a return (R23)."""
    if not pool.is_active:
        raise refusal("coupon_not_offered", _("This coupon is not offered any more."))
    if now < pool.starts_at:
        raise refusal("coupon_not_offered", _("This coupon has not begun yet."))
    if now < (coupon.ends_at if coupon else pool.ends_at):
        return
    if coupon is not None or customer_id is None or not _may_again(pool, customer_id, now):
        raise refusal("coupon_over", _("The time of this coupon is over."))


def check_left(pool: CouponPool, coupon: Coupon | None, customer_id: UUID | None) -> None:
    """Refuse what is used up: the code, the pool, or the customer's own number."""
    live = CouponUse.objects.filter(
        pool=pool,
        state__in=[RedemptionState.RESERVED, RedemptionState.COMMITTED],
        again_until__isnull=True,
    )
    if coupon is not None and live.filter(coupon=coupon).exists():
        raise refusal("coupon_used_up", _("This coupon was used already."))
    if pool.most_uses is not None and pool.taken >= pool.most_uses:
        raise refusal("coupon_used_up", _("This coupon is used up."))
    if pool.most_each is None:
        return
    if customer_id is None:
        raise refusal(
            "coupon_needs_customer", _("This coupon is for known customers; say who buys.")
        )
    if live.filter(customer=customer_id).count() >= pool.most_each:
        raise refusal("coupon_used_up", _("This customer has used this coupon already."))


def pool_rows(*, rewards: bool = True) -> QuerySet[CouponPool]:
    """Return the pools; without `rewards` those of stamp cards, rules and goodwill are left out."""
    rows = CouponPool.objects.all()
    if rewards:
        return rows
    ours = rows.exclude(id__in=StampCard.objects.values("pool_id"))
    return ours.exclude(Q(made_by__startswith="rule:") | Q(made_by=BY_GOODWILL))


def given_pools() -> QuerySet[CouponPool]:
    """Return the kinds of coupons rules may give: offered, with a code for each."""
    return pool_rows(rewards=False).filter(kind=PoolKind.UNIQUE, is_active=True)


def codes_of_pool(pool_id: UUID, codes: Sequence[str]) -> list[str]:
    """Return those of some codes that belong to a pool. Raises Problem `invalid_gift_code`."""
    digests = Coupon.objects.filter(pool=pool_id).values_list("code_hmac", flat=True)
    kept = {bytes(one) for one in digests}
    return [code for code in codes if digest_of(code) in kept]


def pool_by_id(pool_id: UUID) -> CouponPool | None:
    """Return a pool, or None."""
    return CouponPool.objects.filter(id=pool_id).first()


def pool_totals(pool_ids: Sequence[UUID]) -> dict[UUID, PoolTotals]:
    """Return how pools were used. Two queries."""
    codes = dict(
        Coupon.objects.filter(pool__in=pool_ids)
        .values("pool_id")
        .annotate(n=Count("id"))
        .values_list("pool_id", "n")
    )
    stands = Q(again_until__isnull=True)
    rows = (
        CouponUse.objects.filter(pool__in=pool_ids, state=RedemptionState.COMMITTED)
        .values("pool_id")
        .annotate(
            spent=Count("id", filter=stands),
            back=Count("id", filter=~stands),
            off=Sum("discount_rial", filter=stands),
            basket=Sum("basket_rial", filter=stands),
        )
    )
    told: dict[UUID, Mapping[str, Any]] = {row["pool_id"]: row for row in rows}
    return {one: _totals(codes.get(one, 0), told.get(one, {})) for one in pool_ids}


def use_of(use_id: UUID) -> CouponUse:
    """Return what is or was held of a coupon. Raises NotFound."""
    found = CouponUse.objects.select_related("pool").filter(id=use_id).first()
    if found is None:
        raise NotFound(_("Nothing is held under this number."))
    return found


def latest_uses(pool_id: UUID) -> QuerySet[CouponUse]:
    """Return the uses of a pool, newest first."""
    return CouponUse.objects.filter(pool=pool_id).order_by("-reserved_at", "-id")


def coupons_back(purchase_id: UUID) -> list[str]:
    """Return the names of coupons a whole return of a sale would give back."""
    uses = CouponUse.objects.filter(
        purchase=purchase_id,
        state=RedemptionState.COMMITTED,
        again_until__isnull=True,
        pool__gives_back=True,
    )
    return list(uses.order_by("id").values_list("pool__name", flat=True))


def no_coupon() -> NotFound:
    """Return the refusal of a code nobody made."""
    return NotFound(_("There is no coupon with this code."))


def refusal(code: str, detail: Sentence) -> Problem:
    """Return why a coupon cannot be used now."""
    return Problem(code, detail, status=HTTPStatus.CONFLICT, fields={"code": [detail]})


def _may_again(pool: CouponPool, customer_id: UUID, now: datetime) -> bool:
    """Tell whether a customer was given more uses back than were made since the pool's end."""
    mine = CouponUse.objects.filter(pool=pool, customer=customer_id)
    since = mine.filter(
        reserved_at__gte=pool.ends_at,
        state__in=[RedemptionState.RESERVED, RedemptionState.COMMITTED],
        again_until__isnull=True,
    )
    return mine.filter(again_until__gt=now).count() > since.count()


def _off(pool: CouponPool, base_rial: int) -> int:
    """Return the discount on what the coupon is for: whole rial, never more than that."""
    percent = pool.percent
    off = base_rial * percent // _PERCENT if percent else min(pool.off_rial or 0, base_rial)
    return off if pool.most_rial is None else min(off, pool.most_rial)


def _totals(codes: int, row: Mapping[str, Any]) -> PoolTotals:
    off = row.get("off") or 0
    return PoolTotals(
        codes=codes,
        spent=row.get("spent", 0),
        discount_rial=off,
        sold_rial=(row.get("basket") or 0) - off,
        given_back=row.get("back", 0),
    )

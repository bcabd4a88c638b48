"""What may be given on the spot: what each kind is worth, and how it is made (C078)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.errors import Problem, Sentence
from core.ids import new_id
from core.money import MAX_RIAL
from core.spelling import toman
from loyalty.enums import EntryKind, LotOrigin, PoolKind
from loyalty.enums.credit import CreditSource
from loyalty.enums.goodwill import GoodwillKind
from loyalty.models import Benefit, Coupon, CouponPool, Goodwill, Wallet
from loyalty.operations.benefits.give import hand_out, locked_benefit
from loyalty.operations.credit.fill import NewCredit, fill
from loyalty.operations.gift_cards.single import give_card
from loyalty.operations.movements import Cause, grant
from loyalty.queries.coupons import BY_GOODWILL, given_pools
from loyalty.queries.gift_codes import digest_of
from loyalty.queries.goodwill_codes import goodwill_code
from loyalty.queries.lives import Life
from loyalty.queries.programme import Terms

_LEAST_CARD: Final = 10_000
_FOR_EVER: Final = timedelta(days=36_500)


@dataclass(frozen=True, kw_only=True, slots=True)
class What:
    """What to give: `points`, an `amount_rial`, or the kind of coupon or service `thing_id`."""

    kind: str = GoodwillKind.POINTS
    points: int = 0
    amount_rial: int = 0
    thing_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Making:
    """What making needs: the customer's locked wallet, how long points live, when codes end."""

    wallet: Wallet
    life: Life
    end: datetime


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that may be given: what it counts in the budget, its name, how it is made."""

    worth_rial: int
    name: str
    make: Callable[[Goodwill, Making], None]


def thing_of(what: What, current: Terms) -> Thing:
    """Return what is asked for. Raises NotFound, Problem `invalid_goodwill` (422)."""
    if what.kind not in GoodwillKind.values:
        detail = _(
            "Say what to give: points, a discount, a coupon, a gift card, store credit, a service."
        )
        raise _wrong("kind", detail)
    kind = GoodwillKind(what.kind)
    _check_fields(what, _FIELD[kind])
    return _THINGS[kind](what, current)


def _check_fields(what: What, field: str) -> None:
    given = {"points": what.points, "amount": what.amount_rial, "thing": what.thing_id}
    if not given[field]:
        raise _wrong(field, _MISSING[field])
    for other, value in given.items():
        if other != field and value:
            raise _wrong(other, _("This does not belong to what is given."))


def _points(what: What, current: Terms) -> Thing:
    if not 1 <= what.points <= MAX_RIAL // max(1, current.unit_value_rial):
        raise _wrong("points", _MISSING["points"])

    def make(row: Goodwill, making: Making) -> None:
        facts = {"goodwill": str(row.id), "reason": row.reason, "by": row.giver_name}
        cause = Cause(EntryKind.GOODWILL, data=facts)
        life = making.life
        row.lot = grant(making.wallet, row.points, cause, row.at, origin=LotOrigin.GIFT, life=life)

    return Thing(what.points * current.unit_value_rial, "", make)


def _discount(what: What, current: Terms) -> Thing:
    del current
    rial = _amount(what, 1)
    with translation.override("fa"):
        name = translation.gettext("Discount of %(amount)s toman") % {"amount": toman(rial)}

    def make(row: Goodwill, making: Making) -> None:
        row.coupon = _coupon(row, _pool(name, rial, row.at).id, making.end)

    return Thing(rial, name, make)


def _kind_of_coupon(what: What, current: Terms) -> Thing:
    del current
    pool = given_pools().filter(id__in=_named(what)).first()
    worth = (pool.off_rial or pool.most_rial) if pool else None
    if pool is None or worth is None:
        detail = _("Choose a coupon with codes of their own that takes off at most a known amount.")
        raise _wrong("thing", detail)

    def make(row: Goodwill, making: Making) -> None:
        row.coupon = _coupon(row, pool.id, min(making.end, pool.ends_at))

    return Thing(worth, pool.name, make)


def _gift_card(what: What, current: Terms) -> Thing:
    del current
    rial = _amount(what, _LEAST_CARD)
    with translation.override("fa"):
        name = translation.gettext("Gift card of %(amount)s toman") % {"amount": toman(rial)}

    def make(row: Goodwill, making: Making) -> None:
        row.gift_card = give_card(
            code=goodwill_code(row.id),
            name=name,
            amount_rial=rial,
            ends_at=making.end,
            by=f"{BY_GOODWILL}{row.giver_id}",
            now=row.at,
        )

    return Thing(rial, name, make)


def _credit(what: What, current: Terms) -> Thing:
    del current
    rial = _amount(what, 1)
    with translation.override("fa"):
        name = translation.gettext("Store credit of %(amount)s toman") % {"amount": toman(rial)}

    def make(row: Goodwill, making: Making) -> None:
        new = NewCredit(
            customer_id=making.wallet.id,
            amount_rial=rial,
            reason=row.reason,
            external_id=f"{BY_GOODWILL}{row.id}",
        )
        by = row.giver_name
        row.gift_card = fill(source=CreditSource.GIFT, new=new, by=by, now=row.at).card

    return Thing(rial, name, make)


def _benefit(what: What, current: Terms) -> Thing:
    del current
    offered = Benefit.objects.filter(id__in=_named(what), is_open=True).first()
    if offered is None:
        raise _wrong("thing", _("This service is not offered any more."))

    def make(row: Goodwill, making: Making) -> None:
        row.benefit_given = hand_out(
            benefit=locked_benefit(offered.id),
            customer_id=making.wallet.id,
            given_id=new_id(),
            by=row.giver_name,
            now=row.at,
        )

    return Thing(offered.unit_cost_rial, offered.name, make)


def _amount(what: What, least: int) -> int:
    if not least <= what.amount_rial <= MAX_RIAL:
        detail = _("A gift card holds at least 1,000 toman.") if least > 1 else _MISSING["amount"]
        raise _wrong("amount", detail)
    return what.amount_rial


def _named(what: What) -> list[UUID]:
    return [] if what.thing_id is None else [what.thing_id]


def _coupon(row: Goodwill, pool_id: UUID, end: datetime) -> Coupon:
    code = goodwill_code(row.id)
    coupon = Coupon(
        id=new_id(),
        pool_id=pool_id,
        code_hmac=digest_of(code),
        ends_with=code[-4:],
        ends_at=end,
    )
    coupon.save(force_insert=True)
    return coupon


def _pool(name: str, rial: int, now: datetime) -> CouponPool:
    """Return the kind of coupon that takes this much off, made the first time it is given."""
    rows = CouponPool.objects.filter(made_by=BY_GOODWILL, off_rial=rial, is_active=True)
    found = rows.order_by("id").first()
    if found is not None:
        return found
    pool = CouponPool(
        id=new_id(),
        name=name,
        kind=PoolKind.UNIQUE,
        off_rial=rial,
        gives_back=True,
        starts_at=now,
        ends_at=now + _FOR_EVER,
        made_at=now,
        made_by=BY_GOODWILL,
    )
    pool.save(force_insert=True)
    return pool


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_goodwill",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )


_FIELD: Final[Mapping[GoodwillKind, str]] = {
    GoodwillKind.POINTS: "points",
    GoodwillKind.DISCOUNT: "amount",
    GoodwillKind.COUPON: "thing",
    GoodwillKind.GIFT_CARD: "amount",
    GoodwillKind.CREDIT: "amount",
    GoodwillKind.BENEFIT: "thing",
}
_MISSING: Final[Mapping[str, Sentence]] = {
    "points": _("Give a number of points above zero."),
    "amount": _("Give an amount above zero."),
    "thing": _("Say which coupon or service."),
}
_THINGS: Final[Mapping[GoodwillKind, Callable[[What, Terms], Thing]]] = {
    GoodwillKind.POINTS: _points,
    GoodwillKind.DISCOUNT: _discount,
    GoodwillKind.COUPON: _kind_of_coupon,
    GoodwillKind.GIFT_CARD: _gift_card,
    GoodwillKind.CREDIT: _credit,
    GoodwillKind.BENEFIT: _benefit,
}

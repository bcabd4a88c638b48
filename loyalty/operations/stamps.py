"""Stamp cards: offered, withdrawn, and their rewards taken."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from businesses.queries import business_by_id
from core.calendar import business_day, day_start
from core.errors import NotFound, Problem, Sentence
from core.ids import new_id
from core.money import MAX_RIAL
from core.tenancy import active_business_id, operation
from core.text import normalise, normalise_code
from customers.queries import customer_view
from loyalty.enums import PoolKind
from loyalty.models import Coupon, CouponPool, StampCard, StampReward
from loyalty.queries.gift_codes import digest_of, new_code
from loyalty.queries.rules.reading import given_in_force
from loyalty.queries.stamps import stamps_on

_MAX_NAME: Final = 100
_MOST_NEEDED: Final = 1_000
_MOST_DAYS: Final = 730
# A pool of rewards never ends; each reward has its own day.
_FOR_EVER: Final = timedelta(days=36_500)
_FREE: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class NewStampCard:
    """`needed` paid pieces of a category or product give items of the same, up to `most_rial`."""

    name: str
    needed: int
    most_rial: int
    category: str = ""
    sku: str = ""
    reward_days: int = 60


@dataclass(frozen=True, slots=True)
class TakenReward:
    """A reward's code, told once."""

    coupon_id: UUID
    code: str
    ends_at: datetime


@operation
def make_stamp_card(*, new: NewStampCard, by: str, now: datetime) -> StampCard:
    """Offer a stamp card; purchases from today on count. Raises Problem `invalid_stamp_card`."""
    name, category = normalise(new.name), normalise(new.category)
    sku = normalise_code(new.sku)
    _check(name, category, sku, new)
    zone = business_by_id(active_business_id()).timezone
    pool = CouponPool(
        id=new_id(),
        name=name,
        kind=PoolKind.UNIQUE,
        percent=_FREE,
        most_rial=new.most_rial,
        category=category,
        gives_back=True,
        starts_at=now,
        ends_at=now + _FOR_EVER,
        made_at=now,
        made_by=by,
    )
    pool.save(force_insert=True)
    card = StampCard(
        id=new_id(),
        name=name,
        category=category,
        sku=sku,
        needed=new.needed,
        pool=pool,
        reward_days=new.reward_days,
        starts_on=business_day(now, zone),
        made_at=now,
        made_by=by,
    )
    card.save(force_insert=True)
    return card


@operation
def withdraw_stamp_card(*, card_id: UUID, actor: Actor | None, now: datetime) -> StampCard:
    """Count for nobody any more; rewards taken stay good until their day.

    Raises NotFound, Problem `given_by_a_rule` (409) while a rule in force gives stamps on it.
    """
    card = _locked(card_id)
    if card.is_active:
        if given_in_force(card_id=card.id):
            raise Problem(
                "given_by_a_rule",
                _("A rule of points gives this; take it out of the rules first."),
                status=HTTPStatus.CONFLICT,
            )
        card.is_active = False
        card.save(update_fields=["is_active"])
        data = {"name": card.name}
        record_audit(
            action="stamp_card.withdrawn", subject=str(card.id), data=data, actor=actor, now=now
        )
    return card


@operation
def take_reward(*, card_id: UUID, customer_id: UUID, now: datetime) -> TakenReward:
    """Turn a full card into a single-use coupon of the customer's; its code is told once.

    Raises NotFound, Problem `stamps_missing` (409).
    """
    card = _locked(card_id)
    if not card.is_active or customer_view(customer_id) is None:
        raise NotFound(_("There is no such stamp card or customer."))
    standing = stamps_on(card, customer_id)
    if not standing.ready:
        raise _missing(standing.toward, card.needed)
    zone = business_by_id(active_business_id()).timezone
    code = new_code()
    coupon = Coupon(
        id=new_id(),
        pool_id=card.pool_id,
        code_hmac=digest_of(code),
        ends_with=code[-4:],
        ends_at=day_start(business_day(now, zone) + timedelta(days=card.reward_days + 1), zone),
    )
    coupon.save(force_insert=True)
    StampReward(card=card, customer_id=customer_id, coupon=coupon, taken_at=now).save(
        force_insert=True
    )
    return TakenReward(coupon.id, code, coupon.ends_at)


def _locked(card_id: UUID) -> StampCard:
    card = StampCard.objects.select_for_update().filter(id=card_id).first()
    if card is None:
        raise NotFound(_("There is no such stamp card or customer."))
    return card


def _missing(toward: int, needed: int) -> Problem:
    detail = _("The card is not full yet: %(have)s of %(needed)s.")
    return Problem(
        "stamps_missing",
        detail % {"have": max(0, toward), "needed": needed},
        status=HTTPStatus.CONFLICT,
        extra={"stamps": toward, "needed": needed},
    )


def _check(name: str, category: str, sku: str, new: NewStampCard) -> None:
    if not 0 < len(name) <= _MAX_NAME:
        raise _wrong("name", _("Give the card a name of up to 100 letters."))
    if bool(category) == bool(sku):
        raise _wrong("category", _("Say of which category, or which product."))
    if not 2 <= new.needed <= _MOST_NEEDED:  # noqa: PLR2004 - a card of one stamp is a discount
        raise _wrong("needed", _("A card has between 2 and 1,000 stamps."))
    if not 1 <= new.most_rial <= MAX_RIAL:
        raise _wrong("most", _("Say how much a reward is worth at most."))
    if not 1 <= new.reward_days <= _MOST_DAYS:
        raise _wrong("reward_days", _("A reward is good for 1 to 730 days."))


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_stamp_card",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )

"""Offering coupons: one code for everybody, or many of their own."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from businesses.queries import business_by_id
from core.calendar import business_day, day_start
from core.errors import NotFound, Problem, Sentence
from core.ids import new_id
from core.money import MAX_RIAL
from core.tenancy import active_business_id, operation
from core.text import normalise
from customers.enums import Channel
from loyalty.enums import PoolKind, Stacking
from loyalty.models import Coupon, CouponPool
from loyalty.queries.coupons import coupon_word
from loyalty.queries.gift_codes import digest_of, new_code
from loyalty.queries.rules.reading import given_in_force

MOST_CODES: Final = 5_000
_MAX_NAME: Final = 100
_MAX_GROUP: Final = 40
_WORD: Final = range(3, 31)
_HUNDRED: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCoupons:
    """A promise: `percent` or `off_rial`, under conditions, until the end of `last_day`.

    With a `code` it is one word for everybody; without, `count` codes of their own are made. By
    `stacking` it is used beside others that allow it too, of one `group` only the best. `key` is
    the form they are asked for by: one form makes one pool.
    """

    name: str
    last_day: date
    percent: int | None = None
    off_rial: int | None = None
    most_rial: int | None = None
    least_basket_rial: int = 0
    category: str = ""
    channel: str = ""
    code: str = ""
    count: int = 0
    most_uses: int | None = None
    most_each: int | None = None
    gives_back: bool = True
    stacking: str = Stacking.ALONE
    group: str = ""
    key: UUID | None = None


@dataclass(frozen=True, slots=True)
class MadeCoupons:
    """A pool, and the codes of its coupons, told once."""

    pool_id: UUID
    codes: tuple[str, ...]


@operation
def make_coupons(*, new: NewCoupons, by: str, now: datetime) -> MadeCoupons:
    """Offer coupons.

    Raises Problem `invalid_coupons`, `coupon_code_taken` or `coupons_made` (409).
    """
    _once(new.key)
    pool = _checked(new, by, now)
    try:
        with transaction.atomic():
            pool.save(force_insert=True)
    except IntegrityError as error:
        _once(new.key)
        detail = _("Another coupon has this code.")
        raise Problem(
            "coupon_code_taken", detail, status=HTTPStatus.CONFLICT, fields={"code": [detail]}
        ) from error
    codes = tuple(new_code() for _number in range(new.count))
    Coupon.objects.bulk_create(
        Coupon(
            id=new_id(),
            pool=pool,
            code_hmac=digest_of(code),
            ends_with=code[-4:],
            ends_at=pool.ends_at,
        )
        for code in codes
    )
    return MadeCoupons(pool.id, codes)


def _once(key: UUID | None) -> None:
    if key is not None and CouponPool.objects.filter(id=key).exists():
        detail = _("These coupons were made already; their codes were shown then.")
        raise Problem("coupons_made", detail, status=HTTPStatus.CONFLICT)


@operation
def withdraw_coupons(*, pool_id: UUID, actor: Actor | None, now: datetime) -> CouponPool:
    """Let nobody use a pool any more; what sales held of it they may still spend.

    Raises NotFound, Problem `given_by_a_rule` (409) while a rule in force gives them.
    """
    pool = CouponPool.objects.select_for_update().filter(id=pool_id).first()
    if pool is None:
        raise NotFound(_("There is no such coupon."))
    if pool.is_active:
        if given_in_force(pool_id=pool.id):
            raise Problem(
                "given_by_a_rule",
                _("A rule of points gives this; take it out of the rules first."),
                status=HTTPStatus.CONFLICT,
            )
        pool.is_active = False
        pool.save(update_fields=["is_active"])
        data = {"name": pool.name}
        record_audit(
            action="coupons.withdrawn", subject=str(pool.id), data=data, actor=actor, now=now
        )
    return pool


def _checked(new: NewCoupons, by: str, now: datetime) -> CouponPool:
    zone = business_by_id(active_business_id()).timezone
    name, word = normalise(new.name), coupon_word(new.code)
    _check_words(name, word, new)
    _check_numbers(new)
    if new.last_day < business_day(now, zone):
        raise _wrong("last_day", _("This day is over."))
    return CouponPool(
        id=new.key or new_id(),
        name=name,
        kind=PoolKind.SHARED if word else PoolKind.UNIQUE,
        code=word,
        percent=new.percent,
        off_rial=new.off_rial,
        most_rial=new.most_rial,
        least_basket_rial=new.least_basket_rial,
        category=normalise(new.category)[:_MAX_NAME],
        channel=new.channel,
        most_uses=new.most_uses,
        most_each=new.most_each,
        gives_back=new.gives_back,
        stacking=new.stacking,
        group=normalise(new.group)[:_MAX_GROUP],
        starts_at=now,
        ends_at=day_start(new.last_day + timedelta(days=1), zone),
        made_at=now,
        made_by=by,
    )


def _check_words(name: str, word: str, new: NewCoupons) -> None:
    if not 0 < len(name) <= _MAX_NAME:
        raise _wrong("name", _("Give the coupon a name of up to 100 letters."))
    if new.stacking not in Stacking.values:
        raise _wrong("stacking", _("Say whether it may be used together with other coupons."))
    if new.group and new.stacking == Stacking.ALONE:
        raise _wrong("group", _("Only coupons used together with others have a group."))
    _check_code(word, new)


def _check_code(word: str, new: NewCoupons) -> None:
    if new.channel and new.channel not in Channel.values:
        raise _wrong("channel", _("This channel is not known."))
    if word and new.count:
        raise _wrong("count", _("Give either one code for everybody or a number of codes."))
    if word and not (len(word) in _WORD and word.isalnum()):
        raise _wrong("code", _("A code has 3 to 30 letters and digits."))
    if not word and not 1 <= new.count <= MOST_CODES:
        raise _wrong("count", _("Give a code, or make between 1 and 5,000 codes."))


def _check_numbers(new: NewCoupons) -> None:
    if (new.percent is None) == (new.off_rial is None):
        raise _wrong("percent", _("Give either a percentage or an amount."))
    if new.percent is not None and not 1 <= new.percent <= _HUNDRED:
        raise _wrong("percent", _("A percentage is between 1 and 100."))
    amounts = {
        "off": new.off_rial,
        "most": new.most_rial,
        "most_uses": new.most_uses,
        "most_each": new.most_each,
        "least_basket": new.least_basket_rial or None,
    }
    for field, amount in amounts.items():
        if amount is not None and not 1 <= amount <= MAX_RIAL:
            raise _wrong(field, _("Give a number above zero."))


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_coupons",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )

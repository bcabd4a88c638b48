"""Gift cards and coupons that stand for part of an online payment (capabilities C031, C050).

The payment's row is locked by whoever calls; cards and pools are locked after it.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from businesses.enums import Module
from businesses.queries.modules import module_is_on
from core.errors import NotFound, Problem, Sentence
from customers.enums import Channel
from customers.queries.people import find_customer
from loyalty.enums import CREDIT_CARDS, RedemptionState
from loyalty.models import CouponPool, CouponUse, GiftCard, GiftCardIssue, GiftCardUse
from loyalty.operations.coupons import commit_coupon, release_unused_coupon, reserve_coupon
from loyalty.operations.credit.spend import hold_store_credit
from loyalty.operations.gift_cards import commit_gift_card, release_unused, reserve_gift_card
from loyalty.queries.coupons import Basket, BasketLine, discount_of, found_by
from loyalty.queries.credit import credit_is_on, credit_of
from loyalty.queries.gift_codes import digest_of
from payments.enums.covers import CoverKind
from payments.operations.covers.keeper import Covering, Keeper, ToCover


def covers_exist() -> bool:
    """Tell whether the business takes gift cards or coupons and ever made one."""
    cards = module_is_on(Module.GIFT_CARDS) and GiftCardIssue.objects.exists()
    return cards or (module_is_on(Module.COUPONS) and CouponPool.objects.exists())


def hold_for_payment(code: str, about: ToCover, until: datetime, now: datetime) -> Covering | None:
    """Hold what a code means for a payment; None when the same card is held for it already.

    Raises NotFound, Problem `one_coupon`, `rest_too_small`, `coupon_after_card` and what holding
    the card or coupon raises.
    """
    if _is_coupon(code):
        return _coupon(code, about, until, now)
    return _card(code, about, until, now)


def hold_credit(about: ToCover, until: datetime, now: datetime) -> list[Covering]:
    """Hold store credit of who pays, as far as it goes; nothing where some is held already.

    Raises Problem `buyer_unknown`, `rest_too_small`, `insufficient_store_credit` (409).
    """
    held = GiftCardUse.objects.filter(id__in=about.holds, card__issue__kind__in=CREDIT_CARDS)
    if held.exists():
        return []
    customer_id = find_customer(mobile=about.mobile) if about.mobile else None
    if customer_id is None:
        raise _refused("buyer_unknown", _("Nobody with store credit is known by this mobile."))
    most = _most_of(credit_of(customer_id, now).balance_rial, about)
    uses = hold_store_credit(
        customer_id=customer_id, most_rial=most, exact=False, until=until, now=now
    )
    rest = about.due_rial - sum(use.amount_rial for use in uses)
    if 0 < rest < about.least_rial:
        raise _too_small()
    with translation.override("fa"):
        label = str(CoverKind.STORE_CREDIT.label)
    return [
        Covering(
            kind=CoverKind.STORE_CREDIT,
            hold_id=use.id,
            amount_rial=use.amount_rial,
            label=label,
        )
        for use in uses
    ]


def keep_hold(hold_id: UUID, until: datetime) -> None:
    """Keep what is held for a payment whose buyer is at the bank."""
    for model in (GiftCardUse, CouponUse):
        model.objects.filter(id=hold_id, state=RedemptionState.RESERVED).update(expires_at=until)


def free_hold(hold_id: UUID, now: datetime) -> None:
    """Let go of what was held for a payment, unless a sale has it."""
    if _on_card(hold_id):
        release_unused(use_id=hold_id, now=now)
    else:
        release_unused_coupon(use_id=hold_id, now=now)


def spend_hold(hold_id: UUID, purchase_id: UUID, now: datetime) -> bool:
    """Use what was held with its sale; tell whether it was there and belongs to it."""
    use: GiftCardUse | CouponUse
    try:
        if _on_card(hold_id):
            use = commit_gift_card(use_id=hold_id, purchase_id=purchase_id, now=now)
        else:
            use = commit_coupon(use_id=hold_id, purchase_id=purchase_id, now=now)
    except Problem:
        return False
    return bool(use.purchase_id == purchase_id)


KEEPER: Final = Keeper(
    offered=covers_exist,
    hold=hold_for_payment,
    keep=keep_hold,
    free=free_hold,
    spend=spend_hold,
    credit=hold_credit,
    credit_offered=credit_is_on,
)


def _on_card(hold_id: UUID) -> bool:
    return GiftCardUse.objects.filter(id=hold_id).exists()


def _is_coupon(code: str) -> bool:
    try:
        found_by(code)
    except NotFound:
        return False
    return True


def _coupon(code: str, about: ToCover, until: datetime, now: datetime) -> Covering:
    if CouponUse.objects.filter(id__in=about.holds).exists():
        raise _refused("one_coupon", _("One coupon for a purchase."))
    basket = _basket(about)
    off = discount_of(code, basket, now).discount_rial
    if off > about.due_rial:
        raise _refused("coupon_after_card", _("Take the gift card off first, then use the coupon."))
    _check_rest(about, about.due_rial - off, covered=about.asked_rial - about.due_rial)
    use, told = reserve_coupon(code=code, basket=basket, until=until, now=now)
    return Covering(
        kind=CoverKind.COUPON,
        hold_id=use.id,
        amount_rial=use.discount_rial,
        label=told.pool.name,
        off_lines=told.of_lines,
    )


def _card(code: str, about: ToCover, until: datetime, now: datetime) -> Covering | None:
    card = GiftCard.objects.filter(code_hmac=digest_of(code)).first()
    if card is None:
        raise NotFound(_("There is no gift card or coupon with this code."))
    if GiftCardUse.objects.filter(id__in=about.holds, card=card).exists():
        return None
    use = reserve_gift_card(
        code=code, most_rial=_most_of(card.balance_rial, about), exact=False, until=until, now=now
    )
    return Covering(
        kind=CoverKind.GIFT_CARD,
        hold_id=use.id,
        amount_rial=use.amount_rial,
        label=f"…{card.ends_with}",
    )


def _most_of(there_rial: int, about: ToCover) -> int:
    """Return how much what is there may cover: all, or so much that a gateway takes the rest."""
    if there_rial >= about.due_rial:
        return about.due_rial
    most = about.due_rial - about.least_rial
    if most <= 0:
        raise _too_small()
    return most


def _check_rest(about: ToCover, rest_rial: int, *, covered: int) -> None:
    if 0 < rest_rial < about.least_rial or (not rest_rial and not covered):
        raise _too_small()


def _too_small() -> Problem:
    return _refused("rest_too_small", _("The rest would be less than the bank takes."))


def _refused(code: str, detail: Sentence) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT, fields={"code": [detail]})


def _basket(about: ToCover) -> Basket:
    lines = tuple(BasketLine(line["total_rial"], line["category"]) for line in about.lines)
    customer = find_customer(mobile=about.mobile) if about.mobile else None
    return Basket(
        lines=lines or (BasketLine(about.asked_rial),),
        channel=Channel.WEB,
        customer_id=customer,
    )

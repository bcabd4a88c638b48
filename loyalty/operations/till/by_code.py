"""Coupons and gift cards of a device's sale, by their codes: held and spent with it (C050, C031).

All in the transaction of the verb, so that the device's number makes them once with the sale, and
a refused sale holds nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.tenancy import part_of_operation
from customers.enums import TenderMethod
from customers.operations import CustomerHint, NewLine, NewTender, priced_rial
from customers.queries.people import find_customer
from loyalty.models import GiftCard
from loyalty.operations.coupons import reserve_coupons
from loyalty.operations.gift_cards import reserve_gift_card
from loyalty.operations.till.values import Accrual, ByCard
from loyalty.queries.coupons import Basket, BasketLine
from loyalty.queries.gift_codes import digest_of


@part_of_operation
def with_codes(act: Accrual, channel: str, now: datetime) -> Accrual:
    """Return the sale with what its codes do to it, held. Cards before coupons, as everybody (R41).

    Raises Problem `coupon_needs_lines` (422), and what holding a card or coupon raises, naming the
    field.
    """
    if not act.coupon_codes and not act.gift_cards:
        return act
    tenders = (*act.tenders, *_cards(act, now))
    if not act.coupon_codes:
        return replace(act, tenders=tenders)
    lines, holds = _coupons(act, channel, now)
    return replace(act, tenders=tenders, lines=lines, holds=(*act.holds, *holds))


def _cards(act: Accrual, now: datetime) -> list[NewTender]:
    paid = []
    for one in _in_order(act.gift_cards):
        use = _about(
            "gift_cards",
            reserve_gift_card,
            code=one.code,
            most_rial=one.amount_rial,
            exact=True,
            now=now,
        )
        method = TenderMethod.GIFT_CARD
        paid.append(NewTender(method=method, amount_rial=one.amount_rial, reference=str(use.id)))
    return paid


def _in_order(wanted: Sequence[ByCard]) -> list[ByCard]:
    """Return cards in the order everybody locks them in: by their ids."""
    digests = {one.code: digest_of(one.code) for one in wanted}
    rows = GiftCard.objects.filter(code_hmac__in=digests.values())
    place = {bytes(code): row_id for code, row_id in rows.values_list("code_hmac", "id")}
    return sorted(wanted, key=lambda one: str(place.get(digests[one.code], "")))


def _coupons(act: Accrual, channel: str, now: datetime) -> tuple[tuple[NewLine, ...], list[Any]]:
    if not act.lines:
        detail = _("Tell the items of the sale: a coupon comes off them.")
        raise Problem(
            "coupon_needs_lines",
            detail,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields={"lines": [detail]},
        )
    asked = tuple(BasketLine(_total(line), line.category or line.name) for line in act.lines)
    basket = Basket(lines=asked, channel=channel, customer_id=_buyer(act.customer))
    uses, stack = _about(
        "coupon_codes", reserve_coupons, codes=act.coupon_codes, basket=basket, now=now
    )
    parts = zip(act.lines, stack.of_lines, strict=True)
    lines = tuple(
        replace(line, discount_rial=line.discount_rial + off, total_rial=_total(line) - off)
        for line, off in parts
    )
    return lines, [use.id for use in uses]


def _buyer(whose: CustomerHint | None) -> Any:
    """Return who buys, as the sale will find them; None for somebody new."""
    if whose is None:
        return None
    return find_customer(
        mobile=whose.mobile or "",
        email=whose.email or "",
        member_code=whose.member_code or "",
        external_id=whose.external_id or "",
    )


def _total(line: NewLine) -> int:
    return priced_rial(line) if line.total_rial is None else line.total_rial


def _about(field: str, call: Any, **named: Any) -> Any:
    """Let a refusal name the field of the verb it is about."""
    try:
        return call(**named)
    except Problem as problem:
        problem.fields = {field: [problem.detail]}
        raise

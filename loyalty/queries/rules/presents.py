"""What rules gave besides points: whose it is, whether it may be used, what returns take of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from customers.queries.baskets_sold import goods_returned
from loyalty.enums import PresentState, RedemptionState, RuleEffect
from loyalty.models import Coupon, CouponUse, GiftCardUse, Lot, RulePresent
from loyalty.queries.gift_codes import spelled
from loyalty.queries.returns import remains_of
from loyalty.queries.rules.known import bonus_of
from loyalty.queries.rules.present_codes import code_of
from loyalty.queries.rules.tell_presents import present_sentence
from loyalty.queries.rules.undo import present_undone

_LISTED: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class PresentView:
    """A present as its owner and the shop see it; without a code it is stamps.

    Without a purchase it was given on the spot.
    """

    id: UUID
    effect: RuleEffect
    purchase_id: UUID | None
    number: int
    worth_rial: int
    code: str
    ends_at: datetime | None
    sentence: str
    used: bool
    taken_back: bool

    @property
    def last_moment(self) -> datetime | None:
        """Return the last moment it is good for, within its last day."""
        return None if self.ends_at is None else self.ends_at - timedelta(seconds=1)


def presents_of_customer(
    customer_id: UUID, *, live_at: datetime | None = None
) -> list[PresentView]:
    """Return what rules gave a customer, newest first; with a moment what can still be used then.

    Three queries.
    """
    rows = _rows().filter(customer=customer_id).order_by("-at", "-id")
    if live_at is not None:
        rows = rows.filter(state=PresentState.GIVEN).exclude(effect=RuleEffect.STAMP)
    seen = _views(list(rows[:_LISTED]))
    if live_at is None:
        return seen
    return [one for one in seen if not one.used and (one.ends_at is None or one.ends_at > live_at)]


def presents_of_purchases(purchase_ids: Collection[UUID]) -> dict[UUID, list[PresentView]]:
    """Return what rules gave for some purchases and no return took back. Three queries at most."""
    rows = _rows().filter(purchase__in=purchase_ids, state=PresentState.GIVEN)
    found: dict[UUID, list[PresentView]] = {}
    for one in _views(list(rows.order_by("at", "rule__position"))):
        if one.purchase_id is not None:
            found.setdefault(one.purchase_id, []).append(one)
    return found


def stamps_given(customer_id: UUID) -> dict[UUID, int]:
    """Return the stamps rules gave a customer, by card. One query."""
    rows = RulePresent.objects.filter(
        customer=customer_id, effect=RuleEffect.STAMP, state=PresentState.GIVEN
    )
    found: dict[UUID, int] = {}
    for card_id, number in rows.values_list("stamp_card_id", "number"):
        found[card_id] = found.get(card_id, 0) + number
    return found


def check_given(coupon: Coupon, customer_id: UUID | None) -> None:
    """Refuse a rule's coupon to anybody else, or when what it was given for came back."""
    present = RulePresent.objects.filter(coupon=coupon).first()
    if present is None:
        return
    if customer_id != present.customer_id:
        raise _refusal("coupon_needs_customer", _("This coupon is another customer's."))
    if present.state != PresentState.GIVEN:
        raise taken_back()


def taken_back() -> Problem:
    """Return the refusal of a coupon whose purchase came back."""
    return _refusal("coupon_taken_back", _("What this coupon was given for was returned."))


def presents_lost(
    lot: Lot, returned_rial: int, total_rial: int
) -> list[tuple[RulePresent, dict[str, Any]]]:
    """Return the presents that returns of a purchase undo, each with why. Three queries at most."""
    if lot.rule is None or not lot.rule.bonus_count or lot.purchase_id is None:
        return []
    rows = RulePresent.objects.select_related("rule").filter(
        purchase=lot.purchase_id, state=PresentState.GIVEN
    )
    held = list(rows.order_by("gift_card_id", "id"))
    if not held:
        return []
    remains = remains_of(lot, returned_rial, total_rial, goods_returned(lot.purchase_id))
    judged = [(one, present_undone(bonus_of(one.rule), remains)) for one in held]
    return [(one, why) for one, why in judged if why is not None]


def presents_back(purchase_id: UUID, returned_rial: int, total_rial: int) -> list[str]:
    """Return in sentences the presents a return would take back."""
    lot = Lot.objects.select_related("rule").filter(id=purchase_id).first()
    if lot is None:
        return []
    return [
        present_sentence(one.facts) for one, _why in presents_lost(lot, returned_rial, total_rial)
    ]


def was_used(present: RulePresent) -> bool:
    """Tell whether somebody used a present, and it did not come back."""
    return present.id in _used([present])


def _rows() -> QuerySet[RulePresent]:
    return RulePresent.objects.select_related("coupon", "gift_card")


def _views(rows: Sequence[RulePresent]) -> list[PresentView]:
    used = _used(rows) if rows else set()
    return [_view(one, used=one.id in used) for one in rows]


def _view(row: RulePresent, *, used: bool) -> PresentView:
    made = row.coupon or row.gift_card
    return PresentView(
        id=row.id,
        effect=RuleEffect(row.effect),
        purchase_id=row.purchase_id,
        number=row.number,
        worth_rial=row.worth_rial,
        code=spelled(code_of(row.id)) if made else "",
        ends_at=_end(row),
        sentence=present_sentence(row.facts, row.undone),
        used=used,
        taken_back=row.state == PresentState.TAKEN_BACK,
    )


def _end(row: RulePresent) -> datetime | None:
    if row.coupon is not None:
        return row.coupon.ends_at
    return row.gift_card.expires_at if row.gift_card is not None else None


def _used(rows: Sequence[RulePresent]) -> set[UUID]:
    coupons = {one.coupon_id: one.id for one in rows if one.coupon_id}
    cards = {one.gift_card_id: one.id for one in rows if one.gift_card_id}
    found: set[UUID] = set()
    if coupons:
        uses = CouponUse.objects.filter(
            coupon__in=coupons, state=RedemptionState.COMMITTED, again_until__isnull=True
        )
        found |= {coupons[one] for one in uses.values_list("coupon_id", flat=True)}
    if cards:
        spent = GiftCardUse.objects.filter(
            card__in=cards, state=RedemptionState.COMMITTED, amount_rial__gt=F("returned_rial")
        )
        found |= {cards[one] for one in spent.values_list("card_id", flat=True)}
    return found


def _refusal(code: str, detail: object) -> Problem:
    return Problem(code, str(detail), status=HTTPStatus.CONFLICT)

"""Coupons and cards given on the spot: their code, whose they are, whether they may be used."""

from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from core.errors import Problem
from loyalty.enums import CardState, RedemptionState, RuleEffect
from loyalty.enums.goodwill import GoodwillKind
from loyalty.models import Coupon, CouponUse, GiftCardUse, Goodwill
from loyalty.queries.gift_codes import code_from, spelled
from loyalty.queries.rules.presents import PresentView

_LISTED: Final = 50
_WITH_CODE: Final = (GoodwillKind.DISCOUNT, GoodwillKind.COUPON, GoodwillKind.GIFT_CARD)


def goodwill_code(goodwill_id: UUID) -> str:
    """Return the code of what was given."""
    return code_from(f"goodwill:{goodwill_id}")


def code_told(row: Goodwill) -> str:
    """Return the code as people read it; nothing for what needs none."""
    return spelled(goodwill_code(row.id)) if row.kind in _WITH_CODE else ""


def good_until(row: Goodwill) -> datetime | None:
    """Return when a coupon or card given is over."""
    if row.coupon is not None:
        return row.coupon.ends_at
    return row.gift_card.expires_at if row.gift_card is not None else None


def goodwill_presents(customer_id: UUID, *, live_at: datetime | None = None) -> list[PresentView]:
    """Return coupons and cards given to a customer, newest first; with a moment those to use.

    Three queries at most.
    """
    rows = Goodwill.objects.select_related("coupon", "gift_card").filter(
        customer=customer_id, kind__in=_WITH_CODE
    )
    if live_at is not None:
        over = Q(coupon__ends_at__lte=live_at) | Q(gift_card__expires_at__lte=live_at)
        rows = rows.filter(taken_back_at=None).exclude(over)
    found = list(rows.order_by("-at", "-id")[:_LISTED])
    used = _used(found)
    seen = [_view(row, used=row.id in used) for row in found]
    return seen if live_at is None else [one for one in seen if not one.used]


def check_goodwill(coupon: Coupon, customer_id: UUID | None) -> None:
    """Refuse a coupon given on the spot to anybody else, or once it was taken back."""
    row = Goodwill.objects.filter(coupon=coupon).first()
    if row is None:
        return
    if customer_id != row.customer_id:
        raise _refusal("coupon_needs_customer", _("This coupon is another customer's."))
    if row.taken_back_at is not None:
        raise _refusal("coupon_taken_back", _("This coupon was taken back."))


def was_used(row: Goodwill) -> bool:
    """Tell whether somebody used what was given, and it did not come back."""
    return row.id in _used([row])


def _view(row: Goodwill, *, used: bool) -> PresentView:
    kind = RuleEffect.GIFT_CARD if row.kind == GoodwillKind.GIFT_CARD else RuleEffect.COUPON
    facts = {"name": row.name, "reason": row.reason}
    return PresentView(
        id=row.id,
        effect=kind,
        purchase_id=None,
        number=1,
        worth_rial=row.worth_rial,
        code=code_told(row),
        ends_at=good_until(row),
        sentence=_("%(name)s, given on the spot: «%(reason)s»") % facts,
        used=used,
        taken_back=row.taken_back_at is not None,
    )


def _used(rows: list[Goodwill]) -> set[UUID]:
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
        ).exclude(card__state=CardState.ACTIVE, card__balance_rial__gt=0)
        found |= {cards[one] for one in spent.values_list("card_id", flat=True)}
    return found


def _refusal(code: str, detail: str) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT)

"""What sales use of things held before them: judged before the sale, spent with it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem, Sentence
from core.tenancy import operation, part_of_operation
from customers.operations import Held, Using, Verdict
from loyalty.enums import CardKind, PresentState, RedemptionState
from loyalty.models import CouponPool, CouponUse, GiftCard, GiftCardIssue, GiftCardUse, RulePresent
from loyalty.operations.coupons import commit_coupon, give_coupons_back
from loyalty.operations.coupons.presents import lock_present_of
from loyalty.operations.gift_cards.back import return_to_cards
from loyalty.operations.gift_cards.use import commit_gift_card, insufficient, tender_method
from loyalty.operations.referrals.tell import unknown_code
from loyalty.queries.coupon_stacks import check_together
from loyalty.queries.programme import program
from loyalty.queries.referrals import known_codes
from loyalty.queries.rules.presents import taken_back

Use = GiftCardUse | CouponUse


@operation
def use_held(*, purchase_id: UUID, holds: Sequence[UUID], now: datetime) -> None:
    """Spend what was held for a sale that stands. Repeatable."""
    cards = GiftCardUse.objects.filter(id__in=holds).values_list("card_id", "id")
    for _card_id, use_id in sorted(cards):
        commit_gift_card(use_id=use_id, purchase_id=purchase_id, now=now)
    coupons = CouponUse.objects.filter(id__in=holds).order_by("pool_id", "id")
    for use_id in coupons.values_list("id", flat=True):
        commit_coupon(use_id=use_id, purchase_id=purchase_id, now=now)


@operation
def give_held_back(
    *, purchase_id: UUID, returned_rial: int, total_rial: int, now: datetime
) -> None:
    """Give gift cards their part of a return, and coupons back once all of the sale is returned."""
    return_to_cards(
        purchase_id=purchase_id, returned_rial=returned_rial, total_rial=total_rial, now=now
    )
    give_coupons_back(
        purchase_id=purchase_id, returned_rial=returned_rial, total_rial=total_rial, now=now
    )


@part_of_operation
def lock_for_return(purchase_id: UUID) -> None:
    """Lock the cards and pools a sale used, and the cards its rules gave, before its buyer.

    Sales and returns have one order: cards, pools, presents, the buyer's totals and wallet (R41).
    """
    used = GiftCardUse.objects.filter(purchase=purchase_id).values_list("card_id")
    given = RulePresent.objects.filter(
        purchase=purchase_id, state=PresentState.GIVEN, gift_card__isnull=False
    )
    cards = {one for (one,) in used.union(given.values_list("gift_card_id"))}
    pools = set(CouponUse.objects.filter(purchase=purchase_id).values_list("pool_id", flat=True))
    _lock_rows(cards, pools)


def judge(sales: Sequence[Using], now: datetime) -> list[Verdict]:
    """Return whether each sale may use what it names, which is locked until the sale stands."""
    wanted = {held.id for sale in sales for held in sale.holds}
    codes = known_codes({sale.referral_code for sale in sales if sale.referral_code})
    _lock(wanted)
    cards = GiftCardUse.objects.select_related("card__issue", "purchase").filter(id__in=wanted)
    found: dict[UUID, Use] = {use.id: use for use in cards}
    coupons = CouponUse.objects.select_related("purchase", "pool").filter(
        id__in=wanted - found.keys()
    )
    found |= {use.id: use for use in coupons}
    over = lock_present_of([use.coupon_id for use in coupons if use.coupon_id is not None])
    current = program()
    sold_earn = current is None or current.gift_cards_earn
    return [
        _unsaid(sale, codes) or _verdict(sale, found, over, now, sold_earn=sold_earn)
        for sale in sales
    ]


def _unsaid(sale: Using, codes: Collection[str]) -> Verdict | None:
    """Refuse a code that nobody passes on, or that a buyer names without saying who they are."""
    if not sale.referral_code:
        return None
    if sale.referral_code not in codes:
        return Verdict(unknown_code())
    if not sale.says_who:
        detail = _("Ask who the buyer is: a friend is known by more than a card.")
        problem = Problem(
            "friend_unknown",
            detail,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields={"referral_code": [detail]},
        )
        return Verdict(problem)
    return None


def _lock(wanted: Collection[UUID]) -> None:
    """Lock the cards and pools of uses, in the order everybody takes them in: before the uses."""
    cards = GiftCardUse.objects.filter(id__in=wanted).values_list("card_id", flat=True)
    pools = CouponUse.objects.filter(id__in=wanted).values_list("pool_id", flat=True)
    _lock_rows(set(cards), set(pools))


def _lock_rows(cards: Collection[UUID], pools: Collection[UUID]) -> None:
    if cards:
        list(GiftCard.objects.select_for_update().filter(id__in=cards).order_by("id"))
    if pools:
        list(CouponPool.objects.select_for_update().filter(id__in=pools).order_by("id"))


def _verdict(
    sale: Using,
    found: Mapping[UUID, Use],
    over: Collection[UUID],
    now: datetime,
    *,
    sold_earn: bool,
) -> Verdict:
    unearning, coupons = 0, list[CouponUse]()
    for held in sale.holds:
        use = found.get(held.id)
        refusal = _refusal(sale, held, use, now)
        if use is None or refusal is not None:
            return Verdict(refusal)
        if isinstance(use, CouponUse):
            coupons.append(use)
        elif _earns_nothing(use.card.issue, sold_earn=sold_earn):
            unearning += held.paid_rial
    refusal = _refused_coupons(sale, coupons, over)
    return Verdict(refusal) if refusal is not None else Verdict(unearning_rial=unearning)


def _earns_nothing(issue: GiftCardIssue, *, sold_earn: bool) -> bool:
    """Tell whether what is paid with a card earns nothing (R4).

    Store credit that is owed was paid for once, and the points of that sale went back with it.
    """
    if issue.kind == CardKind.SOLD:
        return not sold_earn
    return issue.kind != CardKind.CREDIT


def _refusal(sale: Using, held: Held, use: Use | None, now: datetime) -> Problem | None:
    if use is None or isinstance(use, CouponUse) == bool(held.paid_rial):
        detail = _("Nothing was held under this number.")
        return _problem("nothing_held", detail, HTTPStatus.UNPROCESSABLE_ENTITY)
    other = use.purchase
    if other is not None and (other.channel, other.external_id) != (
        sale.channel,
        sale.external_id,
    ):
        detail = _("This was spent on another purchase.")
        return _problem("hold_spent", detail, HTTPStatus.CONFLICT)
    if use.state == RedemptionState.RELEASED:
        detail = _("This was given back already.")
        return _problem("hold_released", detail, HTTPStatus.CONFLICT)
    if isinstance(use, CouponUse):
        return _refused_coupon(use)
    return _refused_card(held, use, now)


def _refused_coupon(use: CouponUse) -> Problem | None:
    if use.state == RedemptionState.EXPIRED:
        detail = _("The hold on this coupon ran out; hold it again.")
        return _problem("hold_over", detail, HTTPStatus.CONFLICT)
    return None


def _refused_coupons(
    sale: Using, uses: Sequence[CouponUse], over: Collection[UUID]
) -> Problem | None:
    """Refuse coupons that may not stand together, or not for this basket, or came back (R50)."""
    if not uses:
        return None
    if any(use.coupon_id in over for use in uses):
        return taken_back()
    together = check_together([use.pool for use in uses])
    if together is not None:
        return together
    left = max(use.basket_rial for use in uses)
    for place, use in enumerate(sorted(uses, key=lambda one: one.position), start=1):
        if (use.position, use.basket_rial) != (place, left):
            return _changed()
        left -= use.discount_rial
    return None if left == sale.total_rial else _changed()


def _changed() -> Problem:
    detail = _("The sale is not the basket this coupon was held for; hold it again.")
    return _problem("coupon_basket_changed", detail, HTTPStatus.CONFLICT)


def _refused_card(held: Held, use: GiftCardUse, now: datetime) -> Problem | None:
    if held.method != tender_method(use.card.issue):
        detail = _("Name gift cards and store credit each as what they are.")
        return _problem("nothing_held", detail, HTTPStatus.UNPROCESSABLE_ENTITY)
    if use.amount_rial != held.paid_rial:
        detail = _("Another amount was held on this gift card.")
        return _problem("gift_card_amount", detail, HTTPStatus.UNPROCESSABLE_ENTITY)
    if use.state == RedemptionState.EXPIRED and not _still_there(use, now):
        return insufficient(use.card)
    return None


def _still_there(use: GiftCardUse, now: datetime) -> bool:
    card = use.card
    in_time = card.expires_at is None or card.expires_at > now
    return in_time and card.balance_rial >= use.amount_rial


def _problem(code: str, detail: Sentence, status: HTTPStatus) -> Problem:
    return Problem(code, detail, status=status)

"""What loyalty adds to other apps' answers: purchases over HTTP and printed receipts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from businesses.queries import business_by_id
from core.tenancy import active_business_id
from customers.api.enrich import register_question
from customers.operations import register_judge, register_lock
from customers.queries.own_page import claim_token
from loyalty.enums import MembershipState
from loyalty.models import PaidMembership
from loyalty.operations.covers import KEEPER
from loyalty.operations.credit.refunds import CREDITOR
from loyalty.operations.gift_cards import check_may_go_back
from loyalty.operations.held import judge, lock_for_return
from loyalty.queries.coupons import coupons_back
from loyalty.queries.gift_cards import card_parts_back
from loyalty.queries.memberships import memberships_under, title_of
from loyalty.queries.offers import RewardOffer
from loyalty.queries.receipts import (
    RECEIPT_FACTS,
    ReceiptFacts,
    ReceiptTier,
    ends_of,
    facts_of,
    receipt_facts,
)
from loyalty.queries.referrals import taken_with
from loyalty.queries.return_limits import limits_moved
from loyalty.queries.returns import what_a_return_undoes
from loyalty.queries.rules.presents import presents_back
from loyalty.queries.rules.tell_presents import present_sentence
from loyalty.queries.stamps import stamps_lost
from payments.operations.covers.keeper import register_keeper
from payments.operations.refunds import (
    register_creditor,
    register_prepaid_guard,
    register_refund_effect,
)
from payments.operations.refunds.effects import ComingBack
from payments.web.receipt import register_receipt_part
from payments.web.uses import MandateUse, register_mandate_uses


def register() -> None:
    """Offer points, tier and rewards to whoever shows a purchase or is about to undo it."""
    register_question("loyalty", RECEIPT_FACTS, purchase_members)
    register_receipt_part(receipt_part)
    register_refund_effect(refund_effect)
    register_refund_effect(gift_card_effect)
    register_refund_effect(coupon_effect)
    register_refund_effect(stamp_effect)
    register_refund_effect(referral_effect)
    register_refund_effect(present_effect)
    register_refund_effect(limits_effect)
    register_mandate_uses(mandate_uses)
    register_judge(judge)
    register_lock(lock_for_return)
    register_prepaid_guard(check_may_go_back)
    register_keeper(KEEPER)
    register_creditor(CREDITOR)


def purchase_members(rows: Sequence[tuple[Any, ...]]) -> Mapping[UUID, Mapping[str, Any]]:
    """Return points, tier and rewards of purchases."""
    return {one: _members(facts) for one, facts in facts_of(rows).items()}


def receipt_part(purchase_id: UUID, now: datetime) -> Mapping[str, Any]:
    """Return what a receipt prints; nothing for a purchase outside the programme."""
    facts = receipt_facts([purchase_id], now).get(purchase_id)
    if facts is None:
        return {}
    said: dict[str, Any] = {"points": _points(facts)}
    shop = business_by_id(active_business_id())
    own_page = reverse("own-page", args=[shop.slug])
    said["rules"] = {"url": f"{own_page}rules/"}
    if ends := ends_of(purchase_id):
        said["points_end"] = {"at": ends}
    if facts.tier is not None:
        said["tier"] = _tier(facts.tier)
    if facts.points.contingent:
        said["claim"] = {"url": claim_path(purchase_id)}
    else:
        said["own_page"] = {"url": own_page}
    return said


def claim_path(purchase_id: UUID) -> str:
    """Return where the points of a purchase are claimed."""
    return reverse("claim-points", args=[claim_token(purchase_id)])


def refund_effect(back: ComingBack, now: datetime) -> Mapping[str, Any]:
    """Return what a refund does to points; nothing for a purchase outside the programme."""
    undone = what_a_return_undoes(
        purchase_id=back.purchase_id,
        returned_rial=back.returned_rial,
        total_rial=back.total_rial,
        now=now,
    )
    if undone is None:
        return {}
    said: dict[str, Any] = {
        "points_taken": undone.points_taken,
        "points_back": undone.points_back,
    }
    tier = {"tier": undone.tier, "tier_after": undone.falls_to}
    return said | {name: told for name, told in tier.items() if told}


def gift_card_effect(back: ComingBack, _now: datetime) -> Mapping[str, Any]:
    """Return what of a refund goes back to gift cards and store credit (rule R24)."""
    cards, credit = card_parts_back(back.purchase_id, back.returned_rial, back.total_rial)
    told = {"gift_card_back": cards, "store_credit_back": credit}
    return {name: rial for name, rial in told.items() if rial}


def coupon_effect(back: ComingBack, _now: datetime) -> Mapping[str, Any]:
    """Return the coupons that can be used again once all of a sale is back (rule R23)."""
    if back.returned_rial < back.total_rial:
        return {}
    names = coupons_back(back.purchase_id)
    return {"coupon": ", ".join(names)} if names else {}


def stamp_effect(back: ComingBack, _now: datetime) -> Mapping[str, Any]:
    """Return the stamps a refund takes, by card (N23)."""
    lost = stamps_lost(back.purchase_id, back.returned_rial, back.of_lines)
    return {"stamps_lost": lost} if lost else {}


def referral_effect(back: ComingBack, _now: datetime) -> Mapping[str, Any]:
    """Return what a refund takes from a friend and who brought them (N8)."""
    taken = taken_with(back.purchase_id, back.returned_rial, back.total_rial)
    if taken is None:
        return {}
    return {
        "referral_points_taken": taken.friend_points,
        "referrer_points_taken": taken.referrer_points,
    }


def present_effect(back: ComingBack, _now: datetime) -> Mapping[str, Any]:
    """Return what a refund takes back of what rules gave besides points (N8)."""
    said = presents_back(back.purchase_id, back.returned_rial, back.total_rial)
    return {"presents_back": said} if said else {}


def limits_effect(back: ComingBack, now: datetime) -> Mapping[str, Any]:
    """Return what budgets of rules get back and how far the tier's progress falls (N8)."""
    return limits_moved(back.purchase_id, back.returned_rial, back.total_rial, now)


def mandate_uses(mandate_id: UUID) -> list[MandateUse]:
    """Return the memberships a mandate pays for, as its customer reads them."""
    return [_use(one) for one in memberships_under(mandate_id)]


def rewards_document(offers: Sequence[RewardOffer]) -> list[dict[str, Any]]:
    """Return rewards as the API shows them."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "cost_points": one.cost_points,
            "value_rial": one.value_rial,
            "available": one.is_affordable,
            "missing_points": one.missing_points,
        }
        for one in offers
    ]


def _use(row: PaidMembership) -> MandateUse:
    renews = row.renews and row.state in {MembershipState.ACTIVE, MembershipState.GRACE}
    state = MembershipState(row.state)
    return MandateUse(
        title=title_of(row.plan.name),
        state=str(state.label),
        amount_rial=row.plan.price_rial,
        months=row.plan.months,
        next_on=row.paid_until if renews else None,
        note="" if row.renews else _("will not be renewed"),
    )


def _members(facts: ReceiptFacts) -> dict[str, Any]:
    return {
        "points": _points(facts),
        "tier": _tier(facts.tier) if facts.tier else None,
        "rewards": rewards_document(facts.rewards),
        "presents": [_present(one) for one in facts.presents],
    }


def _present(facts: Mapping[str, Any]) -> dict[str, Any]:
    """A code is no part of it: answers are kept, codes are not."""
    return {
        "effect": facts["effect"],
        "number": facts["number"],
        "text": present_sentence(facts),
    }


def _points(facts: ReceiptFacts) -> dict[str, int]:
    """Points waiting for an owner show as pending, for that is what they are to the buyer."""
    points = facts.points
    return {
        "earned": points.earned,
        "pending": points.pending + points.contingent,
        "balance": points.balance,
        "value_rial": points.value_rial,
    }


def _tier(tier: ReceiptTier) -> dict[str, Any]:
    return {
        "id": tier.id,
        "name": tier.name,
        "next": tier.next_name,
        "needed_to_rise": tier.needed_rial,
    }

"""Spending points: hold, commit, release (rules R41, R43)."""

from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem, Sentence
from core.ids import new_id
from core.tenancy import operation
from customers.queries import purchase_by_id
from loyalty.enums import EntryKind, RedemptionState
from loyalty.events import PointsRedeemed
from loyalty.models import Redemption, Reward, Wallet
from loyalty.operations.give_back import give_back
from loyalty.operations.movements import (
    Cause,
    consume,
    demanded_terms,
    insufficient,
    settled_wallet,
)
from loyalty.queries.programme import Terms
from outbox.operations import publish


@operation
def reserve_redemption(
    *, customer_id: UUID, points: int | None = None, reward_id: UUID | None = None, now: datetime
) -> Redemption:
    """Take points out of the wallet for a checkout, to be committed before the hold runs out.

    Give either a number of points or a reward. Raises Problem `insufficient_points` (409),
    `invalid_points`, `reward_unavailable` or `no_programme`.
    """
    current = demanded_terms()
    price, value = _price(points, reward_id, current)
    wallet = _wallet(customer_id, current, now)
    if wallet.balance_points < price:
        raise insufficient(wallet.balance_points)
    redemption = Redemption.objects.create(
        id=new_id(),
        customer_id=wallet.id,
        reward_id=reward_id,
        state=RedemptionState.RESERVED,
        points=price,
        value_rial=value,
        reserved_at=now,
        expires_at=now + timedelta(minutes=current.hold_minutes),
    )
    _take(wallet, redemption, now)
    return redemption


@operation
def commit_redemption(
    *, redemption_id: UUID, purchase_id: UUID | None = None, now: datetime
) -> Redemption:
    """Spend held points for good. Committing twice is committing once.

    A hold that ran out is taken again when the points are still there. Raises NotFound, Problem
    `redemption_released` or `insufficient_points` (both 409), `unknown_purchase`.
    """
    redemption, wallet, current = _locked(redemption_id, now)
    _check_purchase(purchase_id, redemption.customer_id)
    if redemption.state == RedemptionState.RELEASED:
        raise _conflict("redemption_released", _("These points were given back already."))
    if redemption.state == RedemptionState.COMMITTED:
        return redemption
    if redemption.state == RedemptionState.EXPIRED:
        redemption.reserved_at, redemption.returned_points = now, 0
        redemption.expires_at = now + timedelta(minutes=current.hold_minutes)
        redemption.save()
        _take(wallet, redemption, now)
    redemption.purchase_id = purchase_id
    _end(redemption, RedemptionState.COMMITTED, now)
    event = PointsRedeemed(
        redemption_id=redemption.id,
        customer_id=redemption.customer_id,
        points=redemption.points,
        value_rial=redemption.value_rial,
    )
    publish([event], now=now)
    return redemption


@operation
def release_redemption(*, redemption_id: UUID, now: datetime) -> Redemption:
    """Give held points back. Releasing twice is releasing once.

    Raises NotFound or Problem `redemption_committed` (409).
    """
    redemption, wallet, current = _locked(redemption_id, now)
    if redemption.state == RedemptionState.COMMITTED:
        raise _conflict("redemption_committed", _("These points were spent already."))
    if redemption.state == RedemptionState.RESERVED:
        give_back(wallet, redemption, redemption.points, current, now)
    if redemption.state != RedemptionState.RELEASED:
        _end(redemption, RedemptionState.RELEASED, now)
    return redemption


@operation
def undo_final_redemption(*, redemption_id: UUID, now: datetime) -> Redemption:
    """Give back points that were spent for good on no sale. Twice is once.

    Raises NotFound, Problem `redemption_committed` (409) where a sale was paid: its return gives
    them back.
    """
    redemption, wallet, current = _locked(redemption_id, now)
    if redemption.purchase_id is not None or redemption.state != RedemptionState.COMMITTED:
        raise _conflict("redemption_committed", _("These points were spent already."))
    left = redemption.points - redemption.returned_points
    give_back(wallet, redemption, left, current, now)
    return redemption


@operation
def release_overdue_hold(*, redemption_id: UUID, now: datetime) -> bool:
    """Give back the points of a hold that ran out; return whether it had."""
    redemption, wallet, current = _locked(redemption_id, now)
    if redemption.state != RedemptionState.RESERVED or redemption.expires_at > now:
        return False
    give_back(wallet, redemption, redemption.points, current, now)
    _end(redemption, RedemptionState.EXPIRED, now)
    return True


def _price(points: int | None, reward_id: UUID | None, current: Terms) -> tuple[int, int]:
    if reward_id is not None:
        reward = Reward.objects.filter(id=reward_id, is_active=True).first()
        if reward is None:
            raise Problem("reward_unavailable", _("This reward is not offered."))
        return reward.cost_points, reward.value_rial
    if points is None or points <= 0:
        raise Problem("invalid_points", _("Give a number of points above zero."))
    return points, points * current.unit_value_rial


def _wallet(customer_id: UUID, current: Terms, now: datetime) -> Wallet:
    """Lock the wallet and bring it up to now, overdue holds included."""
    if not Wallet.objects.filter(id=customer_id).exists():
        raise insufficient(0)
    wallet = settled_wallet(customer_id, current, now)
    overdue = Redemption.objects.select_for_update().filter(
        customer=wallet.id, state=RedemptionState.RESERVED, expires_at__lte=now
    )
    for redemption in overdue.order_by("id"):
        give_back(wallet, redemption, redemption.points, current, now)
        _end(redemption, RedemptionState.EXPIRED, now)
    return wallet


def _take(wallet: Wallet, redemption: Redemption, now: datetime) -> None:
    cause = Cause(EntryKind.REDEEM, redemption_id=redemption.id)
    if consume(wallet.id, redemption.points, cause, now) != redemption.points:
        raise insufficient(wallet.balance_points)


def _locked(redemption_id: UUID, now: datetime) -> tuple[Redemption, Wallet, Terms]:
    """Lock the wallet, then the redemption: the order everybody takes them in."""
    owner = (
        Redemption.objects.filter(id=redemption_id).values_list("customer_id", flat=True).first()
    )
    if owner is None:
        raise NotFound(_("There is no such redemption."))
    current = demanded_terms()
    wallet = settled_wallet(owner, current, now)
    return Redemption.objects.select_for_update().get(id=redemption_id), wallet, current


def _check_purchase(purchase_id: UUID | None, customer_id: UUID) -> None:
    if purchase_id is None:
        return
    purchase = purchase_by_id(purchase_id)
    if purchase is None or purchase.customer_id != customer_id:
        sentence = _("This customer has no such purchase.")
        raise Problem("unknown_purchase", sentence, fields={"purchase_id": [sentence]})


def _end(redemption: Redemption, state: RedemptionState, now: datetime) -> None:
    redemption.state, redemption.settled_at = state, now
    redemption.save(update_fields=["state", "settled_at", "purchase"])


def _conflict(code: str, detail: Sentence) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT)

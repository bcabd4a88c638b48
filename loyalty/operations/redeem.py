"""Spending points: hold, commit, release (rules R41, R43)."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem, Sentence
from core.tenancy import active_business_id, operation
from core.tenancy.prepared import Prepared
from customers.enums import CustomerStatus
from customers.queries import customer_view, purchase_by_id
from loyalty.enums import EntryKind, RedemptionState
from loyalty.events import PointsRedeemed
from loyalty.models import Redemption, Reward, Wallet
from loyalty.operations.activity import note_spending
from loyalty.operations.give_back import give_back
from loyalty.operations.movements import (
    Cause,
    consume,
    demanded_terms,
    insufficient,
    settled_wallet,
)
from loyalty.operations.purse import Purse, purse_of_customer, purse_of_redemption
from loyalty.queries.programme import Terms, last_terms
from outbox.operations import publish

_HOLD: Final = Prepared(
    """
INSERT INTO loyalty_redemption (id, business_id, customer_id, reward_id, state, points, value_rial,
    returned_points, reserved_at, expires_at)
VALUES (%(id)s, %(business)s, %(customer)s, %(reward)s, 'reserved', %(points)s, %(value)s,
    0, %(now)s, %(until)s)
""",
    business="uuid",
    id="uuid",
    customer="uuid",
    reward="uuid",
    points="bigint",
    value="bigint",
    now="timestamptz",
    until="timestamptz",
)
_NAMES: Final = [field.attname for field in Redemption._meta.concrete_fields]
# Whoever moves a hold has its wallet locked, so this sees it as it is.
_COMMIT: Final = Prepared(
    f"""
UPDATE loyalty_redemption SET state = 'committed', settled_at = %(now)s, purchase_id = %(purchase)s
WHERE business_id = %(business)s AND id = %(id)s AND state = 'reserved'
RETURNING {", ".join(_NAMES)}
""",  # noqa: S608 - the model's own columns
    business="uuid",
    id="uuid",
    purchase="uuid",
    now="timestamptz",
)


@operation
def reserve_redemption(
    *, customer_id: UUID, points: int | None = None, reward_id: UUID | None = None, now: datetime
) -> Redemption:
    """Take points out of the wallet for a checkout, to be committed before the hold runs out.

    Give either a number of points or a reward. Raises Problem `insufficient_points` (409),
    `invalid_points`, `reward_unavailable` or `no_programme`, or NotFound.
    """
    current, purse = _opened(customer_id, now)
    price, value = _price(points, reward_id, current)
    if purse.balance_points < price:
        raise insufficient(purse.balance_points)
    redemption = Redemption(
        customer_id=purse.customer_id,
        reward_id=reward_id,
        state=RedemptionState.RESERVED,
        points=price,
        value_rial=value,
        reserved_at=now,
        expires_at=now + timedelta(minutes=current.hold_minutes),
    )
    _HOLD.later(_columns(redemption))
    _take(purse.customer_id, purse.balance_points, redemption, now)
    return redemption


@operation
def commit_redemption(
    *, redemption_id: UUID, purchase_id: UUID | None = None, now: datetime
) -> Redemption:
    """Spend held points for good. Committing twice is committing once.

    A hold that ran out is taken again when the points are still there. Raises NotFound, Problem
    `redemption_released` or `insufficient_points` (both 409), `unknown_purchase`.
    """
    redemption = _spend(redemption_id, purchase_id, now)
    if redemption is None:
        redemption, fresh = _spend_late(redemption_id, purchase_id, now)
        if not fresh:
            return redemption
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


def _opened(customer_id: UUID, now: datetime) -> tuple[Terms, Purse]:
    """Lock the wallet, brought up to now, overdue holds included; return it with the terms."""
    current = last_terms()
    purse = purse_of_customer(customer_id, now) if current is not None else None
    if current is None or purse is None or purse.wording != current.wording:
        current = demanded_terms()
    return current, purse or _settled(customer_id, current, now)


def _settled(customer_id: UUID, current: Terms, now: datetime) -> Purse:
    person = customer_view(customer_id)
    if person is None or person.status == CustomerStatus.ERASED:
        raise NotFound(_("There is no such customer."))
    if not Wallet.objects.filter(id=person.id).exists():
        raise insufficient(0)
    wallet = settled_wallet(person.id, current, now)
    overdue = Redemption.objects.select_for_update().filter(
        customer=wallet.id, state=RedemptionState.RESERVED, expires_at__lte=now
    )
    for redemption in overdue.order_by("id"):
        give_back(wallet, redemption, redemption.points, current, now)
        _end(redemption, RedemptionState.EXPIRED, now)
    return Purse(wallet.id, wallet.balance_points, current.wording)


def _take(customer_id: UUID, balance: int, redemption: Redemption, now: datetime) -> None:
    cause = Cause(EntryKind.REDEEM, redemption_id=redemption.id)
    if consume(customer_id, redemption.points, cause, now) != redemption.points:
        raise insufficient(balance)
    redemption.left_points = balance - redemption.points


def _spend(redemption_id: UUID, purchase_id: UUID | None, now: datetime) -> Redemption | None:
    """Spend what is held, the short way; None where there is more to do than that."""
    purse = purse_of_redemption(redemption_id, now)
    if purse is None:
        return None
    _check_purchase(purchase_id, purse.customer_id)
    found = _COMMIT.rows(
        {
            "business": active_business_id(),
            "id": redemption_id,
            "purchase": purchase_id,
            "now": now,
        }
    )
    if not found:
        return None
    redemption = Redemption.from_db(None, _NAMES, found[0])
    redemption.left_points = purse.balance_points
    note_spending(customer_id=purse.customer_id, wording=purse.wording, now=now)
    return redemption


def _spend_late(
    redemption_id: UUID, purchase_id: UUID | None, now: datetime
) -> tuple[Redemption, bool]:
    """Spend a hold wherever it stands; return it, and whether it was not spent before."""
    redemption, wallet, current = _locked(redemption_id, now)
    _check_purchase(purchase_id, redemption.customer_id)
    if redemption.state == RedemptionState.RELEASED:
        raise _conflict("redemption_released", _("These points were given back already."))
    if redemption.state == RedemptionState.COMMITTED:
        return redemption, False
    if redemption.state == RedemptionState.EXPIRED:
        redemption.reserved_at, redemption.returned_points = now, 0
        redemption.expires_at = now + timedelta(minutes=current.hold_minutes)
        redemption.save()
        _take(wallet.id, wallet.balance_points, redemption, now)
    redemption.purchase_id = purchase_id
    _end(redemption, RedemptionState.COMMITTED, now)
    note_spending(customer_id=wallet.id, wording=None, now=now)
    return redemption, True


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


def _columns(redemption: Redemption) -> dict[str, Any]:
    """Return what a hold is written with."""
    return {
        "business": active_business_id(),
        "id": redemption.id,
        "customer": redemption.customer_id,
        "reward": redemption.reward_id,
        "points": redemption.points,
        "value": redemption.value_rial,
        "now": redemption.reserved_at,
        "until": redemption.expires_at,
    }


def _conflict(code: str, detail: Sentence) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT)

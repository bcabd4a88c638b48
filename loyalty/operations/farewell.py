"""What becomes of points and perks when a person is erased (rule R59)."""

from datetime import datetime
from typing import Any, Final

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import Sentence
from core.money import RIAL_PER_TOMAN
from core.tenancy.personal import Whom
from core.text import persian_digits
from customers.operations import Farewell, Outlook
from loyalty.enums import LIVE_MEMBERSHIP, CorrectionState, EntryKind, LotState, RedemptionState
from loyalty.models import Correction, CouponUse, Lot, PaidMembership, Redemption, Wallet
from loyalty.operations.credit.end import end_credit
from loyalty.operations.disputes import forget_disputes
from loyalty.operations.movements import (
    Cause,
    move_balance,
    record,
    settle,
    settled_wallet,
)
from loyalty.queries.credit import credit_of, is_credit_held
from loyalty.queries.programme import Terms, terms
from loyalty.queries.wallets import balances

_OPEN: Final[tuple[tuple[type[Any], dict[str, Any], Sentence], ...]] = (
    (
        Redemption,
        {"state": RedemptionState.RESERVED},
        _("Points are held for a sale: finish it or let them go."),
    ),
    (
        CouponUse,
        {"state": RedemptionState.RESERVED},
        _("A coupon is held for a sale: finish it or let it go."),
    ),
    (
        PaidMembership,
        {"state__in": LIVE_MEMBERSHIP},
        _("A paid membership is running: end it."),
    ),
    (
        Correction,
        {"state": CorrectionState.WAITING},
        _("A correction of points waits for a decision."),
    ),
)


def _foresee(whom: Whom, now: datetime) -> Outlook:
    obstacles = tuple(
        sentence
        for model, state, sentence in _OPEN
        if _theirs(model, whom).filter(**state).exists()
    )
    if is_credit_held(whom.ids):
        obstacles += (_("Store credit is held for a sale: finish it or let it go."),)
    told: list[Sentence] = []
    for balance in balances(whom.ids, now).values():
        points = balance.balance_points + balance.pending_points
        facts = {"points": persian_digits(f"{abs(points):,}")}
        if points > 0:
            told.append(_("%(points)s points end, and are no longer owed.") % facts)
        elif points < 0:
            told.append(_("%(points)s owed points are forgiven.") % facts)
    told.extend(_credit_told(whom, now))
    told.append(_("Gift cards and coupons stay good for whoever has their code."))
    return Outlook(obstacles, tuple(told))


def _credit_told(whom: Whom, now: datetime) -> list[Sentence]:
    """Tell what store credit ends: nobody can prove any more that it is theirs."""
    rial = sum(credit_of(one, now).balance_rial for one in whom.ids)
    if not rial:
        return []
    facts = {"amount": persian_digits(f"{rial // RIAL_PER_TOMAN:,}")}
    return [_("%(amount)s toman of store credit end: what is their money, pay out first.") % facts]


def _theirs(model: type[Any], whom: Whom) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(customer_id__in=whom.ids)
    return rows


def _end(whom: Whom, now: datetime) -> None:
    """End the points now; what is pending ends when it would have become spendable.

    Until then a return takes its own points back, as it would have.
    """
    forget_disputes(whom.ids, now)
    end_credit(customer_ids=whom.ids, now=now)
    current = terms()
    if current is None:
        return
    for wallet in Wallet.objects.filter(id__in=whom.ids, joined_to=None).order_by("id"):
        _end_points(wallet, current, now)


def _end_points(wallet: Wallet, current: Terms, now: datetime) -> None:
    held = settled_wallet(wallet.id, current, now)
    lots = Lot.objects.filter(customer_id=held.id)
    lots.filter(state=LotState.ACTIVE).update(expires_at=now)
    lots.filter(state=LotState.PENDING).update(expires_at=F("activates_at"))
    settle([held.id], now)
    held.refresh_from_db()
    if held.balance_points < 0:
        why = {"reason": str(_("the customer was erased"))}
        record(Cause(EntryKind.WRITEOFF, data=why), now, held.id, None, -held.balance_points)
        move_balance(held, -held.balance_points)


FAREWELL: Final = Farewell("loyalty", _foresee, _end)

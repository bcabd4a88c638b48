"""Permissions to debit and what is collected under them, kept and broken."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Final
from uuid import UUID

from dashboard.management.demo.rails.bank import WayBack
from dashboard.management.demo.rails.calendar import Calendar
from dashboard.management.demo.rails.play import Buyer, Play
from payments.operations.debits import (
    NewDebit,
    NewSchedule,
    cancel_debit,
    pause_schedule,
    schedule_debits,
    start_schedule,
)
from payments.operations.mandates import (
    NewMandate,
    handle_signing,
    request_mandate,
    revoke_mandate,
    suspend_mandate,
)
from payments.queries.mandates import mandate_by_id

SAMAN: Final = "056"
MELLI: Final = "017"
_WARDROBE: Final = "کمد فصل، ماهانه"
_MONTHLY_RIAL: Final = 24_500_000
_YEAR: Final = timedelta(days=365)
Later = Callable[[UUID, datetime], None]


class Ender(StrEnum):
    """Who ended a permission here."""

    CUSTOMER = "customer"
    SHOP = "shop"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Permission:
    """A customer asked for a permission, so many days ago."""

    buyer: int
    days_ago: int
    bank: str = SAMAN
    lasts: timedelta = _YEAR
    signs: bool | None = True
    balance_rial: int | None = None
    pauses: bool = False
    purpose: str = _WARDROBE


_MONTHLY: Final = (
    _Permission(buyer=1, days_ago=68),
    _Permission(buyer=2, days_ago=37, bank=MELLI),
    _Permission(buyer=7, days_ago=61),
    _Permission(buyer=8, days_ago=55, pauses=True),
)
_SHORT_OF_MONEY: Final = (
    _Permission(buyer=9, days_ago=40, balance_rial=3_000_000),
    _Permission(buyer=10, days_ago=3, balance_rial=1_000_000),
    _Permission(buyer=11, days_ago=2, bank=MELLI, balance_rial=2_000_000),
)


def debits(play: Play, calendar: Calendar) -> None:
    """Every permission of the story."""
    for one in _MONTHLY:
        _permission(play, calendar, one, _monthly(play, calendar, one))
    for one in _SHORT_OF_MONEY:
        _permission(play, calendar, one, _once(play, f"short-{one.buyer}"))
    _ended(play, calendar)
    _single_debits(play, calendar)


def active_mandate(play: Play, buyer: int, purpose: str, now: datetime) -> UUID:
    """Let a buyer sign a permission that lasts; return its id."""
    mandate_id = _signed(play, _Permission(buyer=buyer, days_ago=0, purpose=purpose), now)
    if mandate_id is None:
        raise LookupError(play.buyers[buyer].mobile)
    return mandate_id


def _ended(play: Play, calendar: Calendar) -> None:
    """Ended by the customer, at the bank, by the shop, by time; refused; waiting; suspended."""
    for one, after, later in (
        (_Permission(buyer=13, days_ago=50), 30, partial(_revoke, play, Ender.CUSTOMER)),
        (_Permission(buyer=14, days_ago=14, bank=MELLI), 8, partial(_end_at_bank, play)),
        (_Permission(buyer=15, days_ago=30), 20, partial(_revoke, play, Ender.SHOP)),
        (_Permission(buyer=16, days_ago=12), 7, partial(_suspend, play)),
    ):
        _permission(play, calendar, one, _after(play, after, later))
    for one in (
        _Permission(buyer=17, days_ago=45, lasts=timedelta(days=35)),
        _Permission(buyer=18, days_ago=20, signs=False),
    ):
        _permission(play, calendar, one, None)
    waiting = _Permission(buyer=19, days_ago=0, signs=None)
    play.at(calendar.ago(minutes=18), lambda now: _asked(play, waiting, now))


def _revoke(play: Play, by: Ender, mandate_id: UUID, now: datetime) -> None:
    with play.acting():
        revoke_mandate(mandate_id=mandate_id, by_customer=by is Ender.CUSTOMER, now=now)


def _end_at_bank(play: Play, mandate_id: UUID, _now: datetime) -> None:
    with play.acting():
        mandate = mandate_by_id(mandate_id)
    play.bank.revoke((mandate.authority or "") if mandate else "")


def _suspend(play: Play, mandate_id: UUID, now: datetime) -> None:
    with play.acting():
        suspend_mandate(mandate_id=mandate_id, now=now)


def _single_debits(play: Play, calendar: Calendar) -> None:
    """One taken back by the shop, one the bank gives back days after it was collected."""
    cancelled, returned = (
        _Permission(buyer=21, days_ago=25),
        _Permission(buyer=22, days_ago=16, bank=MELLI),
    )

    def cancel(mandate_id: UUID, now: datetime) -> None:
        with play.acting():
            (debit_id,) = schedule_debits(
                debits=[_debit(mandate_id, "cancelled", now + timedelta(days=9))], now=now
            )
            cancel_debit(debit_id=debit_id, now=now + timedelta(days=2))

    def give_back(mandate_id: UUID, now: datetime) -> None:
        with play.acting():
            schedule_debits(debits=[_debit(mandate_id, "returned", now)], now=now)
        play.work(now)
        play.work(now + timedelta(hours=2))
        play.at(now + timedelta(days=1), lambda _later: play.bank.take_back_newest_debit())

    _permission(play, calendar, cancelled, cancel)
    _permission(play, calendar, returned, give_back)


def _permission(play: Play, calendar: Calendar, one: _Permission, then: Later | None) -> None:
    def scene(now: datetime) -> None:
        mandate_id = _signed(play, one, now)
        if mandate_id is not None and then is not None:
            then(mandate_id, now)

    play.at(calendar.at(one.days_ago, 10, one.buyer), scene)


def _asked(play: Play, one: _Permission, now: datetime) -> tuple[UUID, str]:
    buyer: Buyer = play.buyers[one.buyer]
    signing = request_mandate(
        business_id=play.business_id,
        asked=NewMandate(
            mobile=buyer.mobile,
            name=buyer.name,
            bank=one.bank,
            max_debit_rial=50_000_000,
            max_month_count=4,
            expires_at=now + one.lasts,
            purpose=one.purpose,
        ),
        now=now,
    )
    return signing.mandate_id, signing.redirect.url


def _signed(play: Play, one: _Permission, now: datetime) -> UUID | None:
    mandate_id, address = _asked(play, one, now)
    back: WayBack = play.bank.sign(address, agrees=bool(one.signs))
    handle_signing(token=back.token, params=back.params, now=now + timedelta(minutes=2))
    if one.balance_rial is not None:
        play.bank.hold_balance(play.buyers[one.buyer].mobile, one.balance_rial)
    return mandate_id if one.signs else None


def _monthly(play: Play, calendar: Calendar, one: _Permission) -> Later:
    def scene(mandate_id: UUID, now: datetime) -> None:
        new = NewSchedule(
            mandate_id=mandate_id,
            amount_rial=_MONTHLY_RIAL + one.buyer * 500_000,
            first_on=calendar.day(one.days_ago - 1),
            description=_WARDROBE,
            times=12,
        )
        with play.acting():
            schedule_id = start_schedule(new=new, now=now)
        if one.pauses:
            pause = timedelta(days=40)
            play.at(now + pause, lambda later: _paused(play, schedule_id, later))

    return scene


def _paused(play: Play, schedule_id: UUID, now: datetime) -> None:
    with play.acting():
        pause_schedule(schedule_id=schedule_id, now=now)


def _once(play: Play, name: str) -> Later:
    def scene(mandate_id: UUID, now: datetime) -> None:
        due = now + timedelta(hours=30)
        with play.acting():
            schedule_debits(debits=[_debit(mandate_id, name, due)], now=now)

    return scene


def _debit(mandate_id: UUID, name: str, due_at: datetime) -> NewDebit:
    return NewDebit(
        mandate_id=mandate_id,
        amount_rial=18_500_000,
        due_at=due_at,
        external_id=f"debit-{name}",
        description=_WARDROBE,
    )


def _after(play: Play, days: int, later: Later) -> Later:
    def scene(mandate_id: UUID, now: datetime) -> None:
        play.at(now + timedelta(days=days), lambda moment: later(mandate_id, moment))

    return scene

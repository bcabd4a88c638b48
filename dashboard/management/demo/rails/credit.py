"""Sales on the shop's own credit: paid in time, late, by permission, returned."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from customers.operations import NewLine
from dashboard.management.demo.rails.calendar import Calendar
from dashboard.management.demo.rails.debits import active_mandate
from dashboard.management.demo.rails.play import Play
from payments.operations.instalments import (
    NewPlan,
    NewTerms,
    ask_for_instalment,
    cancel_plan,
    sell_on_credit,
    set_credit_terms,
)
from payments.queries.instalments.plans import plan_detail

_TERMS: Final = NewTerms(
    is_on=True,
    lends_without_history=True,
    newcomer_rial=150_000_000,
    most_customer_rial=300_000_000,
    most_total_rial=4_000_000_000,
    worth_percent=150,
    late_fee_rial=1_000_000,
    late_fee_after_days=10,
)
# Which instalments are paid, so many days after (before: negative) their day; the others are not.
_PLANS: Final[tuple[tuple[int, int, int, Mapping[int, int]], ...]] = (
    (23, 74, 2, {1: -1, 2: 0}),
    (23, 70, 2, {1: 0, 2: -2}),
    # A grade takes three obligations: these paid in time, the first of them with a permission to
    # debit; a few days late; weeks late. The last part is paid early, before it is due.
    (1, 74, 3, {1: 0, 2: -1, 3: -12}),
    (37, 73, 3, {1: -2, 2: 0, 3: -12}),
    (44, 72, 3, {1: 0, 2: 0, 3: -12}),
    (38, 71, 3, {1: 8, 2: 5, 3: -13}),
    # Late with all five (C058), which is told only beside twenty who owed as often.
    (39, 74, 2, {1: 29, 2: 22}),
    (39, 72, 2, {1: 25, 2: 19}),
    (39, 70, 1, {1: 40}),
    (24, 72, 4, {1: 0}),
    (25, 66, 4, {1: 9, 2: 1}),
    (26, 63, 3, {}),
    (27, 45, 6, {1: 0}),
    (28, 12, 3, {}),
    (29, 6, 4, {}),
    # They owed five times each and paid in time, the last part before its day.
    *((buyer, 74, 3, {1: 0, 2: -1, 3: -12}) for buyer in range(2, 22)),
    *((buyer, 70, 2, {1: -2, 2: 0}) for buyer in range(2, 22)),
)


def open_credit(play: Play, now: datetime) -> None:
    """Say to whom the shop lends, and how much."""
    with play.acting():
        set_credit_terms(terms=_TERMS, now=now)


def credit(play: Play, calendar: Calendar) -> None:
    """Every plan of the story."""
    for buyer, days_ago, count, paid in _PLANS:
        play.at(calendar.at(days_ago, 18), partial(_plan, play, buyer, count, paid))
    play.at(calendar.at(52, 17), lambda now: _by_permission(play, now))
    play.at(calendar.at(38, 16), lambda now: _returned(play, now))


def _plan(play: Play, buyer: int, count: int, paid: Mapping[int, int], now: datetime) -> None:
    plan_id = _sold(play, f"credit-{buyer}-{count}-{now:%j}", buyer, count, now)
    with play.acting():
        detail = plan_detail(plan_id)
    for part in detail.parts if detail else ():
        if part.number in paid:
            moment = play.noon(part.due_on) + timedelta(days=paid[part.number])
            play.at(moment, partial(_paid, play, part.id, buyer))


def _paid(play: Play, instalment_id: UUID, buyer: int, now: datetime) -> None:
    with play.acting():
        asked = ask_for_instalment(instalment_id=instalment_id, now=now)
    if asked is not None:
        play.pay(asked.id, play.buyers[buyer].card, now)


def _by_permission(play: Play, now: datetime) -> None:
    """A plan whose instalments are debited; the account is empty when the second falls due."""
    mandate_id = active_mandate(play, 35, "اقساط خرید", now)
    _sold(play, "credit-35", 35, 4, now, mandate_id=mandate_id)
    mobile = play.buyers[35].mobile
    play.at(now + timedelta(days=40), lambda _later: play.bank.hold_balance(mobile, 500_000))


def _returned(play: Play, now: datetime) -> None:
    plan_id = _sold(play, "credit-36", 36, 3, now)

    def waive(later: datetime) -> None:
        with play.acting():
            cancel_plan(plan_id=plan_id, now=later)

    play.at(now + timedelta(days=4), waive)


def _sold(  # noqa: PLR0917 - a sale on credit
    play: Play, number: str, buyer: int, count: int, now: datetime, mandate_id: UUID | None = None
) -> UUID:
    customer_id = play.customer_id(play.buyers[buyer], now)
    coat = max(play.items, key=lambda item: item.price_rial)
    line = NewLine(
        sku=coat.sku, name=coat.name, category=coat.category, unit_price_rial=coat.price_rial
    )
    plan = NewPlan(
        external_id=number,
        customer_id=customer_id,
        total_rial=coat.price_rial,
        down_rial=coat.price_rial // 4,
        count=count,
        first_due_on=play.day(now + timedelta(days=20)),
        title=coat.name,
        mandate_id=mandate_id,
        lines=(line,),
    )
    with play.acting():
        return sell_on_credit(plan=plan, by="لیلا احمدی", now=now)

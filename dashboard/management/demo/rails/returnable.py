"""Two orders paid online that can be given back, with all that hangs on them (N8).

The one is of the quarter whose staff bonus is worked out, and its buyer was content with who
served, at the stall where two sell side by side: giving it back takes something of her bonus. One
that is compared with nobody, as where one person sells in a branch, would lose nothing. The other
is of today, under a rule with a budget, and pays towards a level. The page that gives money back
tells what each would undo.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from core.calendar import TEHRAN, add_months, business_day, month_start
from core.tenancy import acting_for
from customers.operations import NewLine
from dashboard.management.demo.rails.bank import card_number
from dashboard.management.demo.rails.play import Buyer, Play
from dashboard.management.demo.stall import LIKED, STALL
from dashboard.management.demo.trades import Trade
from feedback.operations import Bought, answer_survey, invite_buyers
from feedback.queries import survey_links
from payments.operations import create_payment
from payments.queries import payment_by_id

# Somebody new, so that asking her is nobody's second time; the last is a regular's order.
MAHSA: Final = Buyer("09121230045", "مهسا رستگار", card_number(600_000_045))
_CONTENT: Final = 10
_PIECES: Final = 7
_MONTHS_AGO: Final = 2
_MIDDLE: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class _Order:
    """What is ordered, by whom, with who served."""

    number: str
    buyer: Buyer
    pieces: int
    employee: str
    branch: str


def order_of_the_quarter(play: Play, trade: Trade, now: datetime) -> datetime:
    """Sell two months ago, let the buyer say she was content; return when that was."""
    this = month_start(business_day(now, TEHRAN))
    day = add_months(this, -_MONTHS_AGO) + _MIDDLE
    moment = datetime.combine(day, time(11), tzinfo=TEHRAN)
    order = _Order("order-content", MAHSA, 2, LIKED.code, STALL)
    purchase_id = _sold(play, trade, order, moment)
    customer_id = play.customer_id(MAHSA, moment)
    with acting_for(play.business_id, durable=True):
        bought = Bought(purchase_id, customer_id, None, None)
        invite_buyers(purchases=[bought], now=moment)
    with acting_for(play.business_id, durable=True):
        link = survey_links([purchase_id], moment).get(purchase_id)
        if link is not None:
            token = str(link["url"]).rstrip("/").rsplit("/", 1)[-1]
            later = moment + timedelta(hours=3)
            answer_survey(token=token, score=_CONTENT, comment="دستتان درد نکند.", now=later)
    return moment


def order_of_today(play: Play, trade: Trade, buyer: Buyer, now: datetime) -> None:
    """Sell so much at once that a rule gives a present out of its budget."""
    employee, _name, branch = trade.employees[0]
    _sold(play, trade, _Order("order-large", buyer, _PIECES, employee, branch), now)


def _sold(play: Play, trade: Trade, order: _Order, now: datetime) -> UUID:
    item = trade.items[0]
    line = NewLine(
        sku=item.sku,
        name=item.name,
        category=item.category,
        quantity=order.pieces,
        unit_price_rial=item.price_rial,
    )
    with play.acting():
        asked = create_payment(
            external_id=order.number,
            amount_rial=order.pieces * item.price_rial,
            description=item.name,
            customer=order.buyer.hint,
            lines=[line],
            employee_code=order.employee,
            branch_code=order.branch,
            now=now,
        )
    play.pay(asked.id, order.buyer.card, now)
    with play.acting():
        paid = payment_by_id(asked.id)
    if paid is None or paid.purchase_id is None:
        raise LookupError(order.number)
    return paid.purchase_id

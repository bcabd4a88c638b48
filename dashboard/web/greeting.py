"""What to say at the till: one sentence, the most important thing first."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from customers.enums import CaseState
from customers.queries.cases import case_rows
from customers.queries.people import CustomerView
from dashboard.web import words
from loyalty.queries.standing import Standing
from loyalty.queries.wallets import WalletView

_SOON: Final = timedelta(days=30)
_LONG_DAYS: Final = 60
_NEAR_RIAL: Final = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the sentence is chosen from."""

    person: CustomerView
    wallet: WalletView
    standing: Standing | None
    today: date
    now: datetime
    usual: str = ""


def greeting(known: Known) -> tuple[str, str]:
    """Return the sentence and, in small, why it was chosen. One query."""
    name = known.person.name or _("dear customer")
    case = case_rows(state=CaseState.OPEN, customer_id=known.person.id).first()
    if case is not None:
        text = _("“Welcome %(name)s; we are sorry about last time, and we will make it right.”")
        return text % {"name": name}, _("There is an open case: %(title)s") % {"title": case.title}
    for chosen in (_expiring(known, name), _absent(known, name), _near(known, name)):
        if chosen:
            return chosen
    return _usual(known, name)


def _expiring(known: Known, name: str) -> tuple[str, str] | None:
    at, points = known.wallet.next_expiry_at, known.wallet.next_expiry_points
    if at is None or points <= 0 or at - known.now > _SOON:
        return None
    text = _("“Welcome %(name)s; %(n)s of your points end on %(day)s, shall I use them today?”")
    values = {"name": name, "n": words.number(points), "day": words.day(at, "day")}
    worth = words.toman(points * known.wallet.unit_value_rial)
    return text % values, _("Worth %(worth)s toman") % {"worth": worth}


def _absent(known: Known, name: str) -> tuple[str, str] | None:
    last = known.person.last_on
    if last is None or (known.today - last).days < _LONG_DAYS:
        return None
    days = words.number((known.today - last).days)
    text = _("“Welcome back %(name)s, we have missed you.”") % {"name": name}
    return text, _("%(n)s days since the last purchase") % {"n": days}


def _near(known: Known, name: str) -> tuple[str, str] | None:
    standing = known.standing
    missing = standing.needed_to_rise_rial if standing else None
    if standing is None or missing is None or not 0 < missing <= _NEAR_RIAL:
        return None
    text = _("“%(name)s, only %(amount)s toman more and you reach the %(tier)s level.”")
    values = {"name": name, "amount": words.toman(missing), "tier": standing.next_name}
    return text % values, ""


def _usual(known: Known, name: str) -> tuple[str, str]:
    if known.usual:
        text = _("“Welcome %(name)s; %(item)s, as always?”")
        return text % {"name": name, "item": known.usual}, _("What they buy most")
    if known.person.purchases <= 1:
        return _("“Welcome %(name)s, good to see you again so soon.”") % {"name": name}, ""
    return _("“Welcome %(name)s, always good to see you.”") % {"name": name}, ""

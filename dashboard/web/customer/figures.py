"""A customer's four numbers and the ring of how likely they are to stay."""

from datetime import date, datetime
from math import exp
from typing import Final

from django.utils.translation import gettext as _

from core.money import RIAL_PER_TOMAN
from customers.queries.people import CustomerView
from dashboard.web import words
from dashboard.web.parts import Kpi, Reason, Ring, Tone
from loyalty.queries.wallets import WalletView
from segmentation.queries import ScoreView, rhythm
from segmentation.queries.scores import Rhythm

_GOOD: Final = 70
_FAIR: Final = 35
_HIGH: Final = 4
_LOW: Final = 2


def kpis(person: CustomerView, wallet: WalletView, now: datetime, today: date) -> list[Kpi]:
    """Return points, purchases, the usual basket and the last visit."""
    return [
        Kpi(
            label=_("Points to spend"),
            value=words.number(max(wallet.balance_points, 0)),
            note=_wallet_note(wallet),
        ),
        Kpi(
            label=_("Purchases"),
            value=words.number(person.purchases),
            note=_("%(amount)s toman in all") % {"amount": words.toman(person.net_rial)},
        ),
        Kpi(
            label=_("Usual basket"),
            value=words.toman(_basket(person)),
            unit=_("toman"),
            note=_("since %(day)s") % {"day": words.day(person.first_on)},
        ),
        Kpi(
            label=_("Last purchase"),
            value=words.ago(person.last_on, now),
            note=_rhythm_note(person, today),
        ),
    ]


def ring(person: CustomerView, score: ScoreView | None, today: date, cases: int) -> Ring | None:
    """Return how a customer's present absence compares with their own rhythm, with reasons.

    100 until the usual gap has passed, then falling by the usual gap's own measure; a plain
    reading of their rhythm, not a trained model. None under three days of purchases.
    """
    own = _rhythm(person, today)
    if own is None or person.last_on is None:
        return None
    value = round(100 * exp(-own.overdue_days / own.usual_gap_days))
    since = (today - person.last_on).days
    reasons = [_pace(since, own.usual_gap_days, late=own.overdue_days > 0)]
    if cases:
        reasons.append(Reason(text=_("A case is still open"), good=False))
    if score is not None:
        reasons += _marks(score)
    tone: Tone = "brand" if value >= _GOOD else "amber" if value >= _FAIR else "bad"
    return Ring(score=value, tone=tone, reasons=reasons)


def _basket(person: CustomerView) -> int:
    """Return the average purchase, in rial of whole toman."""
    whole = person.net_rial // person.purchases if person.purchases else 0
    return whole - whole % RIAL_PER_TOMAN


def _pace(since: int, gap: int, *, late: bool) -> Reason:
    values = {"since": words.number(since), "gap": words.number(gap)}
    if late:
        text = _("%(since)s days without a purchase; usually %(gap)s") % values
    else:
        text = _("On their usual pace: every %(gap)s days") % values
    return Reason(text=text, good=not late)


def _marks(score: ScoreView) -> list[Reason]:
    said = {
        "f": (_("Comes more often than most"), _("Comes more rarely than most")),
        "m": (_("Buys more than most"), _("Buys less than most")),
    }
    marks = {"f": score.f, "m": score.m}
    high = [Reason(text=said[k][0], good=True) for k, mark in marks.items() if mark >= _HIGH]
    low = [Reason(text=said[k][1], good=False) for k, mark in marks.items() if mark <= _LOW]
    return high + low


def _wallet_note(wallet: WalletView) -> str:
    parts = [_("%(amount)s toman") % {"amount": words.toman(wallet.value_rial)}]
    if wallet.next_expiry_at and wallet.next_expiry_points:
        values = {
            "n": words.number(wallet.next_expiry_points),
            "day": words.day(wallet.next_expiry_at, "day"),
        }
        parts.append(_("%(n)s until %(day)s") % values)
    if wallet.pending_points:
        parts.append(_("%(n)s on the way") % {"n": words.number(wallet.pending_points)})
    return " · ".join(parts)


def _rhythm_note(person: CustomerView, today: date) -> str:
    own = _rhythm(person, today)
    if own is None:
        return ""
    return _("usually every %(gap)s days") % {"gap": words.number(own.usual_gap_days)}


def _rhythm(person: CustomerView, today: date) -> Rhythm | None:
    if person.first_on is None or person.last_on is None:
        return None
    return rhythm(person.first_on, person.last_on, person.purchase_days, today)

"""A customer's four numbers."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from core.money import RIAL_PER_TOMAN
from customers.queries.people import CustomerView
from dashboard.web import words
from dashboard.web.customer.staying import rhythm_of
from dashboard.web.parts import Kpi
from loyalty.queries.wallets import WalletView


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


def _basket(person: CustomerView) -> int:
    """Return the average purchase, in rial of whole toman."""
    whole = person.net_rial // person.purchases if person.purchases else 0
    return whole - whole % RIAL_PER_TOMAN


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
    own = rhythm_of(person, today)
    if own is None:
        return ""
    return _("usually every %(gap)s days") % {"gap": words.number(own.usual_gap_days)}

"""How the people who sell are known, and one who rang up her own coffee."""

from datetime import datetime, timedelta

from businesses.operations import Actor, tie_employee
from businesses.queries import employees
from customers.operations import CustomerHint, NewPurchase, NewTender, record_purchases
from dashboard.management.demo.trades import Trade

_OWN_MOBILE = "09120004501"
_OWN_RIAL = 1_200_000


def play_staff(trade: Trade, cashier: Actor, now: datetime) -> None:
    """Tie the first employee to the till's login and a mobile; she bought from herself twice."""
    first = next(one for one in employees() if one.code == trade.employees[0][0])
    tie_employee(employee_id=first.id, mobile=_OWN_MOBILE, login_id=cashier.pk, actor=None, now=now)
    own = [
        NewPurchase(
            external_id=f"own-{n}",
            channel="till",
            occurred_at=now - timedelta(days=1, hours=n),
            customer=CustomerHint(mobile=_OWN_MOBILE, name=first.name),
            employee_code=first.code,
            tenders=(NewTender(method="cash", amount_rial=_OWN_RIAL),),
        )
        for n in range(2, 0, -1)
    ]
    record_purchases(purchases=own, source="till", now=now)

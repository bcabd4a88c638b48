"""The nightly look at the ledger: what contradicts itself is told to a person."""

from datetime import datetime

from core.tenancy import active_business_id, operation
from loyalty.queries.invariants import broken
from payments.enums import AlertKind
from payments.operations import raise_alert, settle_alerts


@operation
def check_ledger(*, now: datetime) -> list[str]:
    """Return what of the active business's ledger does not hold (R8), having raised an alert."""
    found = broken(now)
    about = active_business_id()
    if found:
        detail = {"said": "; ".join(found)}
        raise_alert(kind=AlertKind.LEDGER_BROKEN, source_id=about, detail=detail, now=now)
    else:
        settle_alerts(kind=AlertKind.LEDGER_BROKEN, source_id=about, now=now)
    return found

"""What somebody should look at."""

from uuid import UUID

from django.db.models import QuerySet

from payments.models import Alert


def alert_rows(*, kind: str = "", is_open: bool | None = True) -> QuerySet[Alert]:
    """Return alerts, those waiting for somebody unless told otherwise; the caller orders."""
    rows = Alert.objects.all()
    if kind:
        rows = rows.filter(kind=kind)
    return rows if is_open is None else rows.filter(resolved_at__isnull=is_open)


def alert_by_id(alert_id: UUID) -> Alert | None:
    """Return one alert of the active business, or None."""
    return Alert.objects.filter(id=alert_id).first()


def open_alerts() -> int:
    """Return how many alerts wait for somebody."""
    return alert_rows().count()

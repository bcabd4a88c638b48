"""A person is called where something could not be told, and no more once it was."""

from datetime import datetime
from urllib.parse import urlsplit

from core.tenancy import part_of_operation
from payments.enums import AlertKind
from payments.operations import raise_alert, settle_alerts
from webhooks.enums import MessageState
from webhooks.models import WebhookEndpoint, WebhookMessage


@part_of_operation
def call_for(endpoint: WebhookEndpoint, now: datetime) -> None:
    """Raise an alert for a receiver, or count one message more in the one that is open."""
    detail = {"account": urlsplit(endpoint.url).hostname or ""}
    raise_alert(kind=AlertKind.WEBHOOK_LOST, source_id=endpoint.id, detail=detail, now=now)


@part_of_operation
def settle_call(endpoint: WebhookEndpoint, now: datetime) -> None:
    """Close the alert of a receiver that answers and has nothing given up any more."""
    dead = WebhookMessage.objects.filter(endpoint=endpoint, state=MessageState.DEAD)
    if not dead.exists():
        settle_alerts(kind=AlertKind.WEBHOOK_LOST, source_id=endpoint.id, now=now)

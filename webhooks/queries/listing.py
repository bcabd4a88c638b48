"""Receivers and messages as pages and the API list them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from webhooks.enums import MessageState
from webhooks.models import WebhookEndpoint, WebhookMessage

# What pages call the rows: models are this app's own.
Receiver: TypeAlias = WebhookEndpoint
Message: TypeAlias = WebhookMessage

_LATELY: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Standing:
    """How it goes with one receiver: of the last week, and what waits."""

    delivered: int = 0
    waiting: int = 0
    dead: int = 0
    last_delivered_at: datetime | None = None


def endpoints() -> QuerySet[WebhookEndpoint]:
    """Return the receivers not removed, the newest first."""
    return WebhookEndpoint.objects.filter(closed_at=None).order_by("-made_at", "-id")


def endpoint_by_id(endpoint_id: UUID) -> WebhookEndpoint:
    """Return one receiver. Raises NotFound."""
    found = endpoints().filter(id=endpoint_id).first()
    if found is None:
        raise NotFound(_("There is no such receiver."))
    return found


def standings(now: datetime) -> Mapping[UUID, Standing]:
    """Return how it goes with each receiver that was told something. One query."""
    since = now - _LATELY
    lately = Q(made_at__gt=since)
    rows = WebhookMessage.objects.filter(lately | Q(state=MessageState.PENDING)).values(
        "endpoint_id"
    )
    counted = rows.annotate(
        delivered=Count("id", filter=lately & Q(state=MessageState.DELIVERED)),
        waiting=Count("id", filter=Q(state=MessageState.PENDING)),
        dead=Count("id", filter=lately & Q(state=MessageState.DEAD)),
        last=Max("done_at", filter=Q(state=MessageState.DELIVERED)),
    )
    return {
        row["endpoint_id"]: Standing(row["delivered"], row["waiting"], row["dead"], row["last"])
        for row in counted
    }


def messages_to(endpoint_id: UUID | None, state: str = "") -> QuerySet[WebhookMessage]:
    """Return messages, of one receiver or all, of one state or all; order them by `made_at`."""
    rows = WebhookMessage.objects.all()
    if endpoint_id is not None:
        rows = rows.filter(endpoint=endpoint_id)
    return rows.filter(state=state) if state in MessageState.values else rows

"""What is on its way to receivers: written down, sent again, forgotten."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from pydantic_core import to_json

from businesses.queries import business_by_id
from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import active_business_id, operation
from outbox.events import Recorded
from webhooks.enums import MessageState
from webhooks.models import WebhookEndpoint, WebhookMessage
from webhooks.operations.alerts import call_for
from webhooks.queries.kinds import TEST, Told, told_by
from webhooks.queries.listing import endpoint_by_id

# What could not be delivered for so long never will be by itself.
GIVE_UP: Final = timedelta(days=5)
# As much as the standard has receivers take; a larger message is told without its long texts.
MOST_BYTES: Final = 20_000
_LONG_BYTES: Final = 500
_KEPT: Final = {MessageState.DELIVERED: timedelta(days=30), MessageState.DEAD: timedelta(days=90)}


@operation
def write_messages(*, event: Recorded[Any], now: datetime) -> int:
    """Put what happened on its way to every receiver that wants to hear it, once each.

    The receivers' rows are locked: whoever ends a turn of one meanwhile sees what is new for it.
    """
    hearing = list(_open().select_for_update(no_key=True).order_by("id"))
    told = told_by(event, frozenset(kind for one in hearing for kind in one.kinds))
    rows = [
        _message(one, what, event.at, now)
        for one in hearing
        for what in told
        if what.kind in one.kinds
    ]
    WebhookMessage.objects.bulk_create(rows, ignore_conflicts=True)
    told_to = {row.endpoint_id for row in rows}
    _wake([one for one in hearing if one.id in told_to], now)
    return len(rows)


@operation
def send_test(*, endpoint_id: UUID, now: datetime) -> WebhookMessage:
    """Put a test on its way. Raises NotFound, Problem `closed` or `test_waiting` (both 409)."""
    endpoint_by_id(endpoint_id)
    row = WebhookEndpoint.objects.select_for_update().get(id=endpoint_id)
    if not row.is_open:
        detail = _("Nothing is sent to this receiver; switch it on first.")
        raise Problem("closed", detail, status=HTTPStatus.CONFLICT)
    waiting = WebhookMessage.objects.filter(endpoint=row, kind=TEST, state=MessageState.PENDING)
    if waiting.exists():
        detail = _("A test is on its way already.")
        raise Problem("test_waiting", detail, status=HTTPStatus.CONFLICT)
    with translation.override("fa"):
        what = Told(new_id(), TEST, {"message": str(_("This is a test."))})
    message = _message(row, what, now, now)
    message.save(force_insert=True)
    WebhookEndpoint.objects.filter(id=row.id).update(next_at=now)
    return message


@operation
def replay_message(*, message_id: UUID, now: datetime) -> WebhookMessage:
    """Send again what was given up or delivered. Raises NotFound; what is on its way stays so."""
    row = WebhookMessage.objects.select_for_update().filter(id=message_id).first()
    if row is None or not _open().filter(id=row.endpoint_id).exists():
        raise NotFound(_("There is no such message."))
    if row.state != MessageState.PENDING:
        _again(WebhookMessage.objects.filter(id=row.id), {row.endpoint_id}, now)
        row.refresh_from_db()
    return row


@operation
def replay_dead(*, endpoint_id: UUID, now: datetime) -> int:
    """Send again all that was given up for one receiver; return how many. Raises NotFound."""
    row = endpoint_by_id(endpoint_id)
    dead = WebhookMessage.objects.filter(endpoint=row, state=MessageState.DEAD)
    return _again(dead, {row.id}, now)


@operation
def forget_messages(*, now: datetime) -> int:
    """Give up what is too old to arrive, delete what ended long ago; return how many rows."""
    old = WebhookMessage.objects.filter(state=MessageState.PENDING, made_at__lt=now - GIVE_UP)
    lost = list(WebhookEndpoint.objects.filter(id__in=old.values("endpoint"), closed_at=None))
    done = old.update(state=MessageState.DEAD, next_at=None, done_at=now)
    for endpoint in lost:
        call_for(endpoint, now)
    for state, kept in _KEPT.items():
        ended = WebhookMessage.objects.filter(state=state, done_at__lt=now - kept)
        done += ended.delete()[0]
    return done


def _open() -> QuerySet[WebhookEndpoint]:
    return WebhookEndpoint.objects.filter(is_open=True, closed_at=None)


def _message(to: WebhookEndpoint, what: Told, at: datetime, now: datetime) -> WebhookMessage:
    business = business_by_id(active_business_id())
    body = {
        "id": what.key,
        "type": what.kind,
        "timestamp": at,
        "test": business.is_test,
        "data": what.data,
    }
    raw = to_json(body)
    if len(raw) > MOST_BYTES:
        raw = to_json(body | {"data": _shortened(what.data), "shortened": True})
    return WebhookMessage(
        endpoint_id=to.id,
        key=what.key,
        kind=what.kind,
        body=raw.decode(),
        made_at=now,
        next_at=now,
    )


def _shortened(data: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out long texts: whoever wants to know them asks the API by the ids."""
    return {
        name: value
        for name, value in data.items()
        if not isinstance(value, (str, list, dict)) or len(to_json(value)) <= _LONG_BYTES
    }


def _again(rows: QuerySet[WebhookMessage], endpoints: Collection[UUID], now: datetime) -> int:
    done = rows.update(
        state=MessageState.PENDING, attempts=0, next_at=now, made_at=now, done_at=None
    )
    WebhookEndpoint.objects.filter(id__in=endpoints, is_open=True).update(next_at=now)
    return done


def _wake(endpoints: Collection[WebhookEndpoint], now: datetime) -> None:
    """Let healthy receivers be served now; one that fails keeps its pause."""
    for one in endpoints:
        if one.next_at is None or (not one.failures and one.next_at > now):
            WebhookEndpoint.objects.filter(id=one.id).update(next_at=now)

"""Messages over HTTP: what was told, what came of it, again."""

import json
from typing import Any, ClassVar
from uuid import UUID

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from webhooks.api.bodies import MessageOut, MessagesOut, Nothing
from webhooks.models import WebhookMessage
from webhooks.operations import replay_message
from webhooks.queries.listing import messages_to

Document = dict[str, Any]


class WebhookMessages(Endpoint):
    """GET what was told to receivers, newest first."""

    scopes: ClassVar = {"GET": Scope.WEBHOOKS}
    answer: ClassVar = {"GET": MessagesOut}
    filters: ClassVar = FILTERS | {"status": "pending, delivered or dead"}

    def get(self, call: Call) -> Reply:
        """Return a page of them."""
        found = page(
            messages_to(None, call.query.get("status", "")),
            by="made_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [message_document(row) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})


class WebhookMessageReplay(Endpoint):
    """POST sends a message again, with the same id."""

    scopes: ClassVar = {"POST": Scope.WEBHOOKS}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": MessageOut}

    def post(self, call: Call, body: Nothing, webhook_message_id: UUID) -> Reply:
        """Put it on its way again; what is on its way stays so."""
        del body
        row = replay_message(message_id=webhook_message_id, now=call.now)
        return Reply(message_document(row))


def message_document(row: WebhookMessage) -> Document:
    """Return a message as answers show it."""
    return {
        "id": row.id,
        "endpoint_id": row.endpoint_id,
        "webhook_id": row.key,
        "type": row.kind,
        "status": row.state,
        "attempts": row.attempts,
        "created_at": row.made_at,
        "next_attempt_at": row.next_at,
        "ended_at": row.done_at,
        "http_status": row.status,
        "answer": row.answer,
        "took_ms": row.took_ms,
        "body": json.loads(row.body),
    }

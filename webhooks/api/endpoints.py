"""Receivers over HTTP: opened, changed, tested, their secrets changed."""

from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from webhooks.api.bodies import (
    EndpointIn,
    EndpointOut,
    EndpointPatch,
    EndpointsOut,
    MessageOut,
    Nothing,
    OpenedOut,
    ReplayedOut,
)
from webhooks.api.messages import message_document
from webhooks.models import WebhookEndpoint
from webhooks.operations import (
    OpenedEndpoint,
    change_endpoint,
    open_endpoint,
    remove_endpoint,
    replay_dead,
    rotate_secret,
    send_test,
)
from webhooks.queries.listing import Standing, endpoint_by_id, endpoints, standings

Document = dict[str, Any]


class WebhookEndpoints(Endpoint):
    """GET lists receivers, POST opens one."""

    scopes: ClassVar = {"GET": Scope.WEBHOOKS, "POST": Scope.WEBHOOKS}
    body: ClassVar = {"POST": EndpointIn}
    answer: ClassVar = {"GET": EndpointsOut, "POST": OpenedOut}
    answer_status: ClassVar = {"POST": 201}

    def get(self, call: Call) -> Reply:
        """List them, with how it went lately."""
        known = standings(call.now)
        return Reply({"data": [_document(row, known.get(row.id)) for row in endpoints()]})

    def post(self, call: Call, body: EndpointIn) -> Reply:
        """Open one; its secret is in this answer and nowhere else."""
        made = open_endpoint(
            url=body.url, kinds=body.kinds, note=body.note, actor=None, now=call.now
        )
        return _told_once(made, HTTPStatus.CREATED)


class WebhookEndpointItem(Endpoint):
    """GET one receiver, PATCH changes it, DELETE ends it."""

    scopes: ClassVar = {
        "GET": Scope.WEBHOOKS,
        "PATCH": Scope.WEBHOOKS,
        "DELETE": Scope.WEBHOOKS,
    }
    body: ClassVar = {"PATCH": EndpointPatch}
    answer: ClassVar = {"GET": EndpointOut, "PATCH": EndpointOut, "DELETE": Nothing}

    def get(self, call: Call, webhook_endpoint_id: UUID) -> Reply:
        """Return it."""
        row = endpoint_by_id(webhook_endpoint_id)
        return Reply(_document(row, standings(call.now).get(row.id)))

    def patch(self, call: Call, body: EndpointPatch, webhook_endpoint_id: UUID) -> Reply:
        """Change what is named."""
        held = endpoint_by_id(webhook_endpoint_id)
        wanted: Document = {
            "url": held.url,
            "kinds": held.kinds,
            "note": held.note,
            "is_open": held.is_open,
        }
        wanted |= body.model_dump(exclude_none=True)
        row = change_endpoint(endpoint_id=held.id, actor=None, now=call.now, **wanted)
        return Reply(_document(row, standings(call.now).get(row.id)))

    def delete(self, call: Call, webhook_endpoint_id: UUID) -> Reply:
        """Tell it nothing more; what waits is given up."""
        remove_endpoint(endpoint_id=webhook_endpoint_id, actor=None, now=call.now)
        return Reply({})


class WebhookEndpointSecret(Endpoint):
    """POST makes a new secret; both sign for a day."""

    scopes: ClassVar = {"POST": Scope.WEBHOOKS}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": OpenedOut}

    def post(self, call: Call, body: Nothing, webhook_endpoint_id: UUID) -> Reply:
        """Return the new secret, in this answer and nowhere else."""
        del body
        made = rotate_secret(endpoint_id=webhook_endpoint_id, actor=None, now=call.now)
        return _told_once(made, HTTPStatus.OK)


class WebhookEndpointTest(Endpoint):
    """POST sends a test."""

    scopes: ClassVar = {"POST": Scope.WEBHOOKS}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": MessageOut}
    answer_status: ClassVar = {"POST": 202}

    def post(self, call: Call, body: Nothing, webhook_endpoint_id: UUID) -> Reply:
        """Put a test on its way."""
        del body
        message = send_test(endpoint_id=webhook_endpoint_id, now=call.now)
        return Reply(message_document(message), HTTPStatus.ACCEPTED)


class WebhookEndpointReplay(Endpoint):
    """POST sends again what was given up."""

    scopes: ClassVar = {"POST": Scope.WEBHOOKS}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": ReplayedOut}

    def post(self, call: Call, body: Nothing, webhook_endpoint_id: UUID) -> Reply:
        """Put all of it on its way again."""
        del body
        return Reply({"replayed": replay_dead(endpoint_id=webhook_endpoint_id, now=call.now)})


def _told_once(made: OpenedEndpoint, status: HTTPStatus) -> Reply:
    shown = _document(made.endpoint, None)
    return Reply(shown | {"secret": made.secret}, status, kept=shown | {"secret": None})


def _document(row: WebhookEndpoint, standing: Standing | None) -> Document:
    how = standing or Standing()
    return {
        "id": row.id,
        "url": row.url,
        "kinds": row.kinds,
        "note": row.note,
        "is_open": row.is_open,
        "created_at": row.made_at,
        "previous_secret_until": row.previous_until,
        "failures_in_a_row": row.failures,
        "delivered": how.delivered,
        "waiting": how.waiting,
        "given_up": how.dead,
        "last_delivered_at": how.last_delivered_at,
    }

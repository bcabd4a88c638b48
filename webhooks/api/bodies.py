"""Shapes of webhooks' requests and answers."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Address = Annotated[str, Field(min_length=1, max_length=500)]
KindNames = Annotated[list[str], Field(min_length=1, max_length=50)]


class Body(BaseModel):
    """A request body: unknown members are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EndpointIn(Body):
    """A receiver: an https address on the public network, and the kinds it hears."""

    url: Address
    kinds: KindNames
    note: str = Field(default="", max_length=100)


class EndpointPatch(Body):
    """What is to be otherwise; `is_open` false: nothing is sent, what waits waits."""

    url: Address | None = None
    kinds: KindNames | None = None
    note: str | None = Field(default=None, max_length=100)
    is_open: bool | None = None


class Nothing(Body):
    """An empty body."""


class EndpointOut(BaseModel):
    """A receiver, and how it went in the last seven days."""

    id: UUID
    url: str
    kinds: list[str]
    note: str
    is_open: bool
    created_at: datetime
    previous_secret_until: datetime | None
    failures_in_a_row: int
    delivered: int
    waiting: int
    given_up: int
    last_delivered_at: datetime | None


class OpenedOut(EndpointOut):
    """A receiver with its secret: in this answer and nowhere else (null when repeated)."""

    secret: str | None


class EndpointsOut(BaseModel):
    """All receivers, the newest first."""

    data: list[EndpointOut]


class MessageOut(BaseModel):
    """A message to a receiver; `webhook_id` is its id for the receiver, at every try the same."""

    id: UUID
    endpoint_id: UUID
    webhook_id: UUID
    type: str
    status: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    ended_at: datetime | None
    http_status: int | None
    answer: str
    took_ms: int | None
    body: Any


class MessagesOut(BaseModel):
    """A page of messages, the newest first."""

    data: list[MessageOut]
    next_cursor: str | None


class ReplayedOut(BaseModel):
    """How many messages were put on their way again."""

    replayed: int

"""Receivers and messages as their pages show them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.web import words
from dashboard.web.parts import Kpi
from webhooks.enums import MessageState
from webhooks.queries.kinds import KINDS, TEST
from webhooks.queries.listing import Message, Receiver, Standing

_LABELS: Final = {one.name: one.label for one in KINDS} | {TEST: gettext_lazy("Test")}
_TONES: Final = {MessageState.DELIVERED: "chip-good", MessageState.DEAD: "chip-bad"}
_SHOWN: Final = 80


@dataclass(frozen=True, kw_only=True)
class EndpointRow:
    """A receiver as listed."""

    id: UUID
    name: str
    url: str
    kinds: str
    how: Standing
    state: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class MessageRow:
    """A message as listed."""

    id: UUID
    kind: str
    made_at: datetime
    state: str
    tone: str
    answer: str
    next_at: datetime | None
    body: str
    again: bool


@dataclass(frozen=True, kw_only=True)
class MessagePage:
    """A page of messages."""

    rows: list[MessageRow]
    next_cursor: str | None


def endpoint_row(row: Receiver, how: Standing) -> EndpointRow:
    """Return a receiver as listed."""
    state, tone = _state(row)
    return EndpointRow(
        id=row.id,
        name=row.note or row.url,
        url=row.url,
        kinds=_listed(row.kinds),
        how=how,
        state=state,
        tone=tone,
    )


def _state(row: Receiver) -> tuple[str, str]:
    if not row.is_open:
        return _("off"), ""
    if row.failures:
        return _("does not answer"), "chip-bad"
    return _("listens"), "chip-good"


def _listed(kinds: Sequence[str]) -> str:
    return _("، ").join(str(_LABELS.get(kind, kind)) for kind in kinds)


def message_row(row: Message) -> MessageRow:
    """Return a message as listed."""
    state = MessageState(row.state)
    answered = words.digits(row.status) if row.status else ""
    return MessageRow(
        id=row.id,
        kind=str(_LABELS.get(row.kind, row.kind)),
        made_at=row.made_at,
        state=str(state.label),
        tone=_TONES.get(state, "chip-amber"),
        answer=" ".join(filter(None, (answered, row.answer[:_SHOWN]))),
        next_at=row.next_at if row.attempts else None,
        body=json.dumps(json.loads(row.body), ensure_ascii=False, indent=1),
        again=state != MessageState.PENDING,
    )


def kpis_of(how: Standing) -> list[Kpi]:
    """Return the three figures of a receiver."""
    return [
        Kpi(label=_("Delivered in seven days"), value=words.number(how.delivered)),
        Kpi(label=_("On their way"), value=words.number(how.waiting)),
        Kpi(label=_("Given up in seven days"), value=words.number(how.dead)),
    ]

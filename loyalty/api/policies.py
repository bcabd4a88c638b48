"""The public rules over HTTP: what holds, and what held at a moment (C063)."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound, Problem
from loyalty.queries.policies import chapters_of, policy_at
from loyalty.queries.rules.known import rules_of


class ChapterOut(BaseModel):
    """One subject of the rules in plain sentences, by the call's Accept-Language."""

    key: str
    title: str
    sentences: list[str]


class PolicyOut(BaseModel):
    """The public rules of points and returns, from the records the engine decides by.

    `number` is 0 where the rules are older than the versions kept. `rules` are the names of those
    beside the rate; `document` holds the numbers of the sentences, amounts in rial.
    """

    number: int
    since: datetime | None
    until: datetime | None
    chapters: list[ChapterOut]
    rules: list[str]
    document: dict[str, Any]


class CurrentPolicy(Endpoint):
    """GET the rules customers are told."""

    scopes: ClassVar = {"GET": "loyalty:read"}
    filters: ClassVar = {"at": "the rules that held at this moment (ISO 8601) instead of now's"}
    answer: ClassVar = {"GET": PolicyOut}

    def get(self, call: Call) -> Reply:
        """Return what holds now, or held at a moment; 404 before the first version kept."""
        found = policy_at(_moment(call.query.get("at"), call.now))
        if found is None:
            raise NotFound(_("Nothing is kept of the rules of that time."))
        points = found.document["points"]
        told = PolicyOut(
            number=found.number,
            since=found.since,
            until=found.until,
            chapters=[
                ChapterOut(key=one.key, title=one.title, sentences=list(one.sentences))
                for one in chapters_of(found.document)
            ],
            rules=[one.name for one in rules_of(UUID(points["rule_id"])).bonuses] if points else [],
            document=found.document,
        )
        return Reply(told.model_dump())


def _moment(text: str | None, now: datetime) -> datetime:
    if not text:
        return now
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Problem("invalid_date", _("Write the moment as ISO 8601, with its zone."))
    return found

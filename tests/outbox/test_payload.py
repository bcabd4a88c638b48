"""An event comes out of the outbox as it went in."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import ClassVar
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from core.tenancy import acting_for
from outbox.events import DomainEvent
from outbox.models import Event
from outbox.operations import publish

moments = st.datetimes(timezones=st.just(UTC))
# PostgreSQL's JSON cannot hold NUL or lone surrogates; our texts are cleaned at the door.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@dataclass(frozen=True, kw_only=True)
class Everything(DomainEvent):
    name: ClassVar[str] = "test.everything"

    id: UUID
    maybe_id: UUID | None
    number: int
    maybe_number: int | None
    words: str
    flag: bool
    at: datetime
    maybe_at: datetime | None
    on: date
    ids: list[UUID]
    pairs: tuple[str, ...]
    by_name: dict[str, UUID]
    moments: dict[str, list[datetime]]


everything = st.builds(
    Everything,
    id=st.uuids(),
    maybe_id=st.none() | st.uuids(),
    number=st.integers(),
    maybe_number=st.none() | st.integers(),
    words=texts,
    flag=st.booleans(),
    at=moments,
    maybe_at=st.none() | moments,
    on=st.dates(),
    ids=st.lists(st.uuids(), max_size=3),
    pairs=st.lists(texts, max_size=3).map(tuple),
    by_name=st.dictionaries(texts, st.uuids(), max_size=3),
    moments=st.dictionaries(texts, st.lists(moments, max_size=2), max_size=2),
)


@given(event=everything)
def test_a_payload_survives_json(event):
    stored = json.loads(json.dumps(event.payload()))
    assert Everything.from_payload(stored) == event


@given(event=everything, noise=texts)
def test_fields_unknown_to_this_version_are_ignored(event, noise):
    stored = {**event.payload(), "field_of_another_version": noise}
    assert Everything.from_payload(stored) == event


def test_a_payload_survives_the_database(business, now):
    event = Everything(
        id=business.id,
        maybe_id=None,
        number=2**62,
        maybe_number=None,
        words="قهوه\u200cخانه «نارنج»",
        flag=True,
        at=now,
        maybe_at=now,
        on=now.date(),
        ids=[business.id],
        pairs=("یک", "دو"),
        by_name={"کافه": business.id},
        moments={"باز": [now]},
    )
    with acting_for(business.id):
        [recorded] = publish([event], now=now)
        stored = Event.objects.get(id=recorded.id)
    assert Everything.from_payload(stored.payload) == event
    assert stored.at == now

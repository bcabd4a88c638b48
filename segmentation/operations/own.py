"""Making segments of one's own, and keeping who is in them."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem
from core.tenancy import active_business_id, operation
from core.text import normalise
from outbox.operations import publish
from segmentation.events import OwnSegmentEntered, OwnSegmentLeft
from segmentation.models import OwnSegment
from segmentation.models.own import MOST_OWN_SEGMENTS
from segmentation.queries.own.document import Document
from segmentation.queries.own.names import Names, names, strangers
from segmentation.queries.own.reading import as_json, read_rule
from segmentation.queries.own.sample import are_many
from segmentation.queries.own.statement import asked_now, statement

_LONGEST_NAME: Final = 80
_REFRESH: Final = """
WITH fitting AS ({fitting}),
gone AS (
    UPDATE segmentation_segmentstay s SET left_at = greatest(%(now)s, entered_at)
    WHERE s.business_id = %(business)s AND s.own_segment_id = %(segment)s AND s.left_at IS NULL
      {only} AND NOT EXISTS (SELECT FROM fitting f WHERE f.id = s.customer_id)
    RETURNING s.customer_id
), come AS (
    INSERT INTO segmentation_segmentstay
        (id, business_id, own_segment_id, customer_id, entered_at)
    SELECT app_new_id(), %(business)s, %(segment)s, f.id, %(now)s FROM fitting f
    WHERE NOT EXISTS (
        SELECT FROM segmentation_segmentstay s
        WHERE s.business_id = %(business)s AND s.own_segment_id = %(segment)s
          AND s.customer_id = f.id AND s.left_at IS NULL)
    RETURNING customer_id
)
SELECT true, customer_id FROM come UNION ALL SELECT false, customer_id FROM gone
"""
# Who comes and goes depends on who was there, so a business is looked through by one at a time.
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(business)s::text || ':own', 0))"
_END: Final = """
UPDATE segmentation_segmentstay SET left_at = greatest(%(now)s, entered_at)
WHERE business_id = %(business)s AND own_segment_id = %(segment)s AND left_at IS NULL
"""


@operation
def create_own_segment(
    *, name: str, rule: object, actor: Actor | None, now: datetime
) -> OwnSegment:
    """Make a segment and put everybody it is about into it; that is no event yet.

    Raises Problem `invalid_rule`, `invalid_segment_name`, `segment_name_taken`,
    `too_many_segments`.
    """
    _run(_LOCK)
    if OwnSegment.objects.filter(is_open=True).count() >= MOST_OWN_SEGMENTS:
        sentence = _("There can be at most 30 segments of your own; close one first.")
        raise Problem("too_many_segments", sentence, status=HTTPStatus.CONFLICT)
    known = names()
    kept = as_json(read_rule(rule, known))
    row = OwnSegment.objects.create(
        name=_free_name(name), rule=kept, created_at=now, changed_at=now
    )
    _count(row, known, now)
    _note("segment.made", row, actor, now)
    return row


@operation
def change_own_segment(
    *, own_segment_id: UUID, name: str, rule: object, actor: Actor | None, now: datetime
) -> OwnSegment:
    """Change a segment; who comes or goes by it is no event. Raises like creating, and NotFound."""
    _run(_LOCK)
    row = _open_one(own_segment_id)
    known = names()
    row.rule = as_json(read_rule(rule, known))
    row.name, row.changed_at, row.counted_at = _free_name(name, row.id), now, None
    row.save()
    _count(row, known, now)
    _note("segment.changed", row, actor, now)
    return row


@operation
def close_own_segment(*, own_segment_id: UUID, actor: Actor | None, now: datetime) -> None:
    """Count a segment no more; who was in it when stays written. Raises NotFound."""
    _run(_LOCK)
    row = _open_one(own_segment_id)
    row.is_open, row.changed_at = False, now
    row.save()
    _run(_END, segment=row.id, now=now)
    _note("segment.closed", row, actor, now)


@operation
def count_own_segments(*, now: datetime) -> int:
    """Put everybody into the segments that wait to be counted first; no event. Return how many."""
    _run(_LOCK)
    rows = list(OwnSegment.objects.filter(is_open=True, counted_at=None).order_by("id"))
    known = names()
    for row in rows:
        _refresh(row, known, now)
    OwnSegment.objects.filter(id__in=[row.id for row in rows]).update(counted_at=now)
    return len(rows)


@operation
def refresh_own_segments(*, customer_ids: Sequence[UUID] | None = None, now: datetime) -> int:
    """Hold everybody, or some, against every own segment; announce who came and who left.

    A rule that asks for something closed since is left as it was, and one that was never counted
    waits for that. Returns how many moved.
    """
    counted = OwnSegment.objects.filter(is_open=True, counted_at__isnull=False)
    rows = list(counted.order_by("id"))
    if not rows:
        return 0
    _run(_LOCK)
    known = names()
    moved = 0
    for row in rows:
        changes = _refresh(row, known, now, customer_ids)
        publish([_event(row.id, came=came, who=who) for came, who in changes], now=now)
        moved += len(changes)
    return moved


def _count(row: OwnSegment, known: Names, now: datetime) -> None:
    """Hold everybody against a new rule; among very many it waits for a worker."""
    if not are_many():
        _refresh(row, known, now)


def _refresh(
    row: OwnSegment, known: Names, now: datetime, customer_ids: Sequence[UUID] | None = None
) -> list[tuple[bool, UUID]]:
    rule = Document.model_validate({"rule": row.rule}).rule
    if strangers(rule, known):
        return []
    asked = asked_now(now, customer_ids)
    sql = _REFRESH.format(fitting=statement(rule, asked, known), only=asked.only("s.customer_id"))
    found = _run(sql, **{**asked.values, "segment": row.id, "now": now})
    if customer_ids is None:
        OwnSegment.objects.filter(id=row.id).update(counted_at=now)
    return [(came, who) for came, who in found]


def _event(segment_id: UUID, *, came: bool, who: UUID) -> OwnSegmentEntered | OwnSegmentLeft:
    kind = OwnSegmentEntered if came else OwnSegmentLeft
    return kind(own_segment_id=segment_id, customer_id=who)


def _open_one(own_segment_id: UUID) -> OwnSegment:
    row = OwnSegment.objects.select_for_update().filter(id=own_segment_id, is_open=True).first()
    if row is None:
        raise NotFound(_("There is no such segment."))
    return row


def _free_name(typed: str, own_id: UUID | None = None) -> str:
    name = normalise(typed)
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise _bad_name("invalid_segment_name", _("Give a name of at most 80 letters."))
    taken = OwnSegment.objects.filter(is_open=True, name=name).first()
    if taken is not None and taken.id != own_id:
        raise _bad_name("segment_name_taken", _("Another segment has this name."))
    return name


def _bad_name(code: str, detail: Any) -> Problem:
    return Problem(code, detail, status=HTTPStatus.UNPROCESSABLE_ENTITY, about="name")


def _note(action: str, row: OwnSegment, actor: Actor | None, now: datetime) -> None:
    data = {"name": row.name, "rule": row.rule}
    record_audit(action=action, subject=str(row.id), data=data, actor=actor, now=now)


def _run(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"business": active_business_id(), **values})
        return list(cursor.fetchall()) if cursor.description else []

"""Own segments: which there are, who is in them, and who would be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from core.errors import NotFound, Problem
from segmentation.models import OwnSegment, SegmentStay
from segmentation.queries.own.document import Document
from segmentation.queries.own.names import Names, names, strangers
from segmentation.queries.own.sample import sample
from segmentation.queries.own.statement import asked_now, statement
from segmentation.queries.own.told import told
from segmentation.queries.own.why import Reason, why

PREFIX: Final = "own:"
_SHOWN: Final = 8
_PEOPLE: Final = """
WITH fitting AS ({fitting})
SELECT (SELECT count(*) FROM fitting), p.id, p.name, p.mobile, p.member_code
FROM (SELECT true) AS one LEFT JOIN (
    SELECT c.id, c.name, c.mobile, c.member_code FROM customers_customer c
    WHERE c.business_id = %(business)s AND c.id IN (SELECT id FROM fitting)
    ORDER BY c.id DESC LIMIT %(shown)s
) AS p ON true
"""
_MEMBERS: Final = """
SELECT c.id, c.name, c.mobile FROM customers_customer c
WHERE c.business_id = %(business)s AND c.status = 'active' AND c.id IN ({fitting}) ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer a rule is about."""

    customer_id: UUID
    name: str
    mobile: str | None
    member_code: str


@dataclass(frozen=True, slots=True)
class Preview:
    """How many a rule is about now, the newest few of them, and the rule in words.

    Among very many customers some answer for all: then `between` holds 95 % of the time, and the
    few are of those who were asked.
    """

    customers: int
    people: list[Person]
    sentence: str
    between: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class OwnRow:
    """An own segment with its size."""

    segment: OwnSegment
    customers: int


def read_rule(document: object, known: Names | None = None) -> Any:
    """Return a rule of JSON. Raises Problem `invalid_rule`."""
    try:
        rule = Document.model_validate({"rule": document}).rule
    except (ValidationError, RecursionError) as error:
        raise _invalid(error) from error
    strange = strangers(rule, known or names())
    if strange:
        sentence = _("The rule asks for something this business does not have: %(what)s.")
        raise Problem(
            "invalid_rule",
            sentence % {"what": ", ".join(strange[:5])},
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            about="rule",
        )
    return rule


def _invalid(error: Exception) -> Problem:
    places = error.errors(include_url=False) if isinstance(error, ValidationError) else []
    where = ".".join(str(part) for part in places[0]["loc"]) if places else "rule"
    return Problem(
        "invalid_rule",
        _("A condition of the rule does not make sense: %(where)s.") % {"where": where},
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        about="rule",
    )


def preview(rule: Any, now: datetime, known: Names | None = None) -> Preview:
    """Return who a rule is about now: the count and a few.

    Three queries beside the names, however many customers.
    """
    known = known or names()
    drawn = sample()
    asked = asked_now(now, drawn.ids if drawn else None)
    sql = _PEOPLE.format(fitting=statement(rule, asked, known))
    with connection.cursor() as cursor:
        cursor.execute(sql, {**asked.values, "shown": _SHOWN})
        rows = cursor.fetchall()
    people = [Person(*row[1:]) for row in rows if row[1] is not None]
    if drawn is None:
        return Preview(rows[0][0], people, told(rule, known))
    about, least, most = drawn.estimate(rows[0][0])
    return Preview(about, people, told(rule, known), (least, most))


def own_segments(*, closed: bool = False) -> list[OwnRow]:
    """Return the open own segments by name with their sizes, or the closed ones. Two queries."""
    rows = list(OwnSegment.objects.filter(is_open=not closed).order_by("name"))
    now_in = SegmentStay.objects.filter(left_at=None).values("own_segment_id")
    sizes = dict(now_in.annotate(n=Count("id")).values_list("own_segment_id", "n"))
    return [OwnRow(row, sizes.get(row.id, 0)) for row in rows]


def own_segment(own_segment_id: UUID) -> OwnRow:
    """Return one with its size. Raises NotFound."""
    row = OwnSegment.objects.filter(id=own_segment_id).first()
    if row is None:
        raise NotFound(_("There is no such segment."))
    return OwnRow(row, stay_rows(row.id).count())


def stay_rows(own_segment_id: UUID) -> QuerySet[SegmentStay]:
    """Return who is in a segment now, with their customers; the caller pages."""
    rows = SegmentStay.objects.filter(own_segment_id=own_segment_id, left_at=None)
    return rows.select_related("customer")


def entered_at(own_segment_id: UUID, customer_id: UUID) -> datetime | None:
    """Return since when a customer is in a segment, None when they are not."""
    rows = SegmentStay.objects.filter(own_segment_id=own_segment_id, left_at=None)
    return rows.filter(customer_id=customer_id).values_list("entered_at", flat=True).first()


def sentence_of(row: OwnSegment, known: Names | None = None) -> str:
    """Return a segment's rule in words; of things closed since, what is left of their names."""
    return told(Document.model_validate({"rule": row.rule}).rule, known or names())


def reasons_of(
    rule: Any, customer_id: UUID, now: datetime, known: Names | None = None
) -> list[Reason]:
    """Return every condition of a rule as it stands for one customer now. Raises NotFound."""
    found = why(rule, customer_id, now, known or names())
    if not found:
        raise NotFound(_("There is no such customer."))
    return found


def reasons_in(own_segment_id: UUID, customer_id: UUID, now: datetime) -> list[Reason]:
    """Return them for a segment that is kept. Raises NotFound, Problem `invalid_rule`."""
    known = names()
    rule = read_rule(own_segment(own_segment_id).segment.rule, known)
    return reasons_of(rule, customer_id, now, known)


def own_choices() -> list[tuple[str, str]]:
    """Return (key, name) of the open own segments, as campaigns name them. One query."""
    rows = OwnSegment.objects.filter(is_open=True).order_by("name")
    return [(f"{PREFIX}{row.id}", row.name) for row in rows]


def businesses_to_count() -> list[UUID]:
    """Return the businesses with a segment nobody was held against yet. One query, of all."""
    waiting = OwnSegment.objects.filter(is_open=True, counted_at=None)
    return list(waiting.order_by("business_id").values_list("business_id", flat=True).distinct())


def own_by_key(key: str) -> OwnSegment | None:
    """Return the own segment a key names, or None."""
    if not key.startswith(PREFIX):
        return None
    try:
        wanted = UUID(key.removeprefix(PREFIX))
    except ValueError:
        return None
    return OwnSegment.objects.filter(id=wanted).first()


def own_members(row: OwnSegment, now: datetime) -> list[tuple[UUID, str, str | None]]:
    """Return the active customers a segment's rule is about this moment: id, name, mobile."""
    known = names()
    asked = asked_now(now)
    rule = read_rule(row.rule, known)
    with connection.cursor() as cursor:
        sql = _MEMBERS.format(fitting=statement(rule, asked, known))
        cursor.execute(sql, asked.values)
        return list(cursor.fetchall())


def as_json(rule: Any) -> Mapping[str, Any]:
    """Return a rule in its one kept form."""
    kept: dict[str, Any] = rule.model_dump(mode="json", exclude_none=True)
    return kept

"""Things worth doing today: each is a few rows somebody can act on.

Where the night listed actions with what they bring (C110), they are these, as on their own page.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.enums import CaseState
from customers.queries.cases import case_rows, open_case_count
from customers.queries.leads import due_count
from dashboard.web import words
from dashboard.web.actions import open_todos
from dashboard.web.parts import Todo
from payments.queries import PaymentTotals
from segmentation.enums import Segment
from segmentation.queries import SegmentRow

_MOST: Final = 4
_LEAVING: Final = (Segment.CANT_LOSE, Segment.AT_RISK)


def todos(
    slug: str, rows: Sequence[SegmentRow], totals: PaymentTotals, at: tuple[datetime, date]
) -> list[Todo]:
    """Return what waits at a moment of a day, most valuable first. At most five queries."""
    now, today = at
    unclear, listed = _unclear(slug, totals), open_todos(today, slug, most=_MOST)
    if listed:
        return [*unclear, *listed][:_MOST]
    found = [
        *_leaving(slug, rows),
        *_unhappy(slug),
        *unclear,
        *_called(slug, now),
        *_new(slug, rows),
    ]
    return found[:_MOST]


def _leaving(slug: str, rows: Sequence[SegmentRow]) -> list[Todo]:
    by_segment = {row.segment: row for row in rows}
    return [
        _segment_todo(slug, by_segment[segment])
        for segment in _LEAVING
        if segment in by_segment and by_segment[segment].customers
    ]


def _segment_todo(slug: str, row: SegmentRow) -> Todo:
    text = ngettext(
        "%(n)s valuable customer is about to leave",
        "%(n)s valuable customers are about to leave",
        row.customers,
    )
    return Todo(
        icon="user-heart",
        tone="bad" if row.segment == Segment.CANT_LOSE else "amber",
        title=text % {"n": words.number(row.customers)},
        why=_("Segment “%(segment)s”; a personal message costs little")
        % {"segment": row.segment.label},
        href=reverse("dashboard:segment", args=[slug, row.segment.value]),
        worth=words.toman_short(row.net_rial),
        worth_note=_("toman bought so far"),
    )


def _unhappy(slug: str) -> list[Todo]:
    count = open_case_count()
    if not count:
        return []
    newest = case_rows(state=CaseState.OPEN).first()
    text = ngettext("%(n)s open case", "%(n)s open cases", count) % {"n": words.number(count)}
    why = " · ".join(filter(None, (newest.title, newest.detail))) if newest else ""
    href = reverse("dashboard:cases", args=[slug])
    return [Todo(icon="mood-sad", tone="amber", title=text, why=why, href=href)]


def _unclear(slug: str, totals: PaymentTotals) -> list[Todo]:
    if not totals.needs_review:
        return []
    text = ngettext(
        "%(n)s payment needs a person", "%(n)s payments need a person", totals.needs_review
    )
    href = reverse("dashboard:payments", args=[slug]) + "?state=needs_review"
    return [
        Todo(
            icon="zoom-question",
            tone="bad",
            title=text % {"n": words.number(totals.needs_review)},
            why=_("What the bank said does not fit the order"),
            href=href,
        )
    ]


def _called(slug: str, now: datetime) -> list[Todo]:
    waiting = due_count(now)
    if not waiting:
        return []
    text = ngettext(
        "%(n)s person waits to be contacted", "%(n)s people wait to be contacted", waiting
    )
    return [
        Todo(
            icon="phone",
            tone="brand",
            title=text % {"n": words.number(waiting)},
            why=_("They left their number and have not bought yet"),
            href=reverse("dashboard:leads", args=[slug]) + "?state=due",
        )
    ]


def _new(slug: str, rows: Sequence[SegmentRow]) -> list[Todo]:
    new = next((row for row in rows if row.segment == Segment.NEW and row.customers), None)
    if new is None:
        return []
    text = ngettext(
        "%(n)s new customer without a second visit",
        "%(n)s new customers without a second visit",
        new.customers,
    )
    return [
        Todo(
            icon="user-plus",
            tone="brand",
            title=text % {"n": words.number(new.customers)},
            why=_("The second visit decides who stays; tell them their points"),
            href=reverse("dashboard:segment", args=[slug, Segment.NEW.value]),
        )
    ]

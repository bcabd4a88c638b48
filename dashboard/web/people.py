"""Rows of customers, as lists show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from core.api.paging import Page
from dashboard.web.segment_words import chip
from segmentation.enums import Segment


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """One customer in a list."""

    id: UUID
    name: str
    title: str
    mobile: str
    segment: str
    segment_tone: str
    purchases: int
    net_rial: int
    points: int
    last_on: date | None


@dataclass(frozen=True, kw_only=True)
class PersonPage:
    """A page of customers and the cursor of the next one."""

    rows: Sequence[PersonRow]
    next_cursor: str | None


def title_of(name: str, mobile: str | None, member_code: str) -> str:
    """Return what to call a customer: name, else mobile, else member code."""
    return name or local_mobile(mobile) or _("Member %(code)s") % {"code": member_code}


def local_mobile(mobile: str | None) -> str:
    """Return a mobile as people in Iran write it: 0912 123 4567."""
    if not mobile:
        return ""
    if mobile.startswith("+98"):
        return f"0{mobile[3:6]} {mobile[6:9]} {mobile[9:]}"
    return mobile


def segment_label(segment: str | None) -> tuple[str, str]:
    """Return a segment's name and its chip's colour, empty for none."""
    return (str(Segment(segment).label), chip(Segment(segment))) if segment else ("", "")


def scored_page(found: Page[Any], balances: Mapping[UUID, int]) -> PersonPage:
    """Return a page of scores with their customers as list rows."""
    rows = [_of_score(score, balances.get(score.customer_id, 0)) for score in found.rows]
    return PersonPage(rows=rows, next_cursor=found.next_cursor)


def _of_score(score: Any, points: int) -> PersonRow:  # noqa: ANN401 - a row of segmentation
    customer = score.customer
    label, tone = segment_label(score.segment)
    return PersonRow(
        id=customer.id,
        name=customer.name,
        title=title_of(customer.name, customer.mobile, customer.member_code),
        mobile=local_mobile(customer.mobile),
        segment=label,
        segment_tone=tone,
        purchases=score.frequency,
        net_rial=score.monetary_rial,
        points=points,
        last_on=score.last_on,
    )

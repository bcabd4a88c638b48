"""Rows of customers, as lists show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from core.api.paging import Page
from customers.queries.people import CustomerView, view_of
from dashboard.web import words
from dashboard.web.segment_words import chip
from loyalty.queries.wallets import balances
from segmentation.enums import Segment
from segmentation.queries import ScoreView
from segmentation.queries.worth import Worth


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
    worth: str = ""
    worth_real: str = ""
    earned: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonPage:
    """A page of customers and the cursor of the next one."""

    rows: Sequence[PersonRow]
    next_cursor: str | None


def title_of(name: str, mobile: str | None, member_code: str) -> str:
    """Return what to call a customer: name, else mobile, else member code."""
    return name or words.code(local_mobile(mobile)) or _member(member_code)


def _member(code: str) -> str:
    return _("Member %(code)s") % {"code": words.code(code)}


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


def spendable(customer_ids: Sequence[UUID], now: datetime) -> dict[UUID, int]:
    """Return the points each customer may spend now."""
    held = balances(customer_ids, now)
    return {customer_id: balance.spendable_points for customer_id, balance in held.items()}


def scored_page(found: Page[Any], points: Mapping[UUID, int]) -> PersonPage:
    """Return a page of scores with their customers as list rows."""
    rows = [_of_score(score, points.get(score.customer_id, 0)) for score in found.rows]
    return PersonPage(rows=rows, next_cursor=found.next_cursor)


def _of_score(score: Any, points: int) -> PersonRow:
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


def customer_page(
    found: Page[Any], scores: Mapping[UUID, ScoreView], points: Mapping[UUID, int]
) -> PersonPage:
    """Return a page of customers' totals as list rows."""
    views = [view_of(row) for row in found.rows]
    rows = [_of_view(view, scores.get(view.id), points.get(view.id, 0)) for view in views]
    return PersonPage(rows=rows, next_cursor=found.next_cursor)


def worth_row(view: CustomerView, score: ScoreView | None, points: int, worth: Worth) -> PersonRow:
    """Return a customer of the list by worth, with what the past year earned where it is known."""
    earned = "" if worth.earned_rial is None else words.toman(worth.earned_rial)
    row = _of_view(view, score, points)
    real = "" if worth.real_rial is None else words.toman_about(worth.real_rial)
    return replace(row, worth=words.toman_about(worth.clv_rial), worth_real=real, earned=earned)


def _of_view(view: CustomerView, score: ScoreView | None, points: int) -> PersonRow:
    label, tone = segment_label(score.segment if score else None)
    return PersonRow(
        id=view.id,
        name=view.name,
        title=title_of(view.name, view.mobile, view.member_code),
        mobile=local_mobile(view.mobile),
        segment=label,
        segment_tone=tone,
        purchases=view.purchases,
        net_rial=view.net_rial,
        points=points,
        last_on=view.last_on,
    )

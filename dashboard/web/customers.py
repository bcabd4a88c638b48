"""The list of customers: search, segment, order."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy, ngettext

from businesses.queries import role_may
from core.api.paging import Page, page
from customers.queries.disputes import open_disputes
from customers.queries.merging import suggestion_count
from customers.queries.people import customer_count, customer_rows, customer_views
from dashboard.web import words
from dashboard.web.access import EVERYONE, MANAGERS, OWNERS, BusinessRequest, business_page
from dashboard.web.parts import Choice
from dashboard.web.people import PersonPage, customer_page, scored_page, spendable, worth_row
from segmentation.enums import Segment
from segmentation.queries import member_rows, scores_of
from segmentation.queries.worth import (
    BY,
    BY_EARNED,
    earner_rows,
    worth_of,
    worth_of_earners,
    worth_rows,
)

_SORTS: Final = {
    "last": gettext_lazy("last purchase"),
    "new": gettext_lazy("newest first"),
    "worth": gettext_lazy("worth in the coming year"),
    "earned": gettext_lazy("earned in the past year"),
}


@business_page(*EVERYONE)
def customers(request: BusinessRequest) -> HttpResponse:
    """List customers, searched and filtered, a page at a time."""
    q, segment = request.GET.get("q", ""), request.GET.get("segment", "")
    sort = request.GET.get("sort", "last")
    asked = segment if segment in Segment.values else ""
    found = _asked(request, q, asked, sort)
    may_manage = role_may(request.role, MANAGERS)
    context: dict[str, Any] = {
        "page": found,
        "by_worth": any(row.worth for row in found.rows),
        "earned_known": any(row.earned for row in found.rows),
        "by_earned": sort == "earned" and any(row.earned for row in found.rows),
        "q": q,
        "filtered": bool(q or asked),
        "segments": _choices(dict(Segment.choices), asked),
        "sorts": _choices(_SORTS, sort),
        "count_text": _count_text(),
        "can_import": may_manage,
        "may_see_looks": role_may(request.role, OWNERS),
        "doubts": suggestion_count() if may_manage else 0,
        "disputes": open_disputes() if may_manage else 0,
    }
    return render(request, "dashboard/customers.html", context)


def _asked(request: BusinessRequest, q: str, segment: str, sort: str) -> PersonPage:
    if sort in {"worth", "earned"} and not q:
        return _by_worth(request, segment, sort)
    return _members(request, q, segment) if segment else _everybody(request, q, sort)


def _by_worth(request: BusinessRequest, segment: str, sort: str) -> PersonPage:
    """Return the best: by what the coming year brings, or by what the past one earned (C062)."""
    people = (member_rows(segment) if segment else customer_rows()).values("id")
    cursor = request.GET.get("cursor")
    found: Page[Any] = (
        page(worth_rows(people), by=BY, cursor=cursor)
        if sort == "worth"
        else page(earner_rows(people), by=BY_EARNED, cursor=cursor)
    )
    ids = [row.customer_id for row in found.rows]
    views, scores = customer_views(ids), scores_of(ids)
    told = worth_of(found.rows) if sort == "worth" else worth_of_earners(found.rows)
    points = spendable(ids, request.now)
    rows = [
        worth_row(views[one], scores.get(one), points.get(one, 0), told[one])
        for one in ids
        if one in views and one in told
    ]
    return PersonPage(rows=rows, next_cursor=found.next_cursor)


def _everybody(request: BusinessRequest, q: str, sort: str) -> PersonPage:
    rows = customer_rows(search=q)
    # A search must also find people who have bought nothing yet.
    by_purchase = sort != "new" and not q
    if by_purchase:
        rows = rows.filter(last_at__isnull=False)
    by = "last_at" if by_purchase else "id"
    found = page(rows, by=by, cursor=request.GET.get("cursor"))
    ids = _ids(found)
    return customer_page(found, scores_of(ids), spendable(ids, request.now))


def _members(request: BusinessRequest, q: str, segment: str) -> PersonPage:
    rows = member_rows(segment)
    if q:
        rows = rows.filter(id__in=customer_rows(search=q).values("id"))
    found = page(rows, by="monetary_rial", cursor=request.GET.get("cursor"))
    return scored_page(found, spendable(_ids(found), request.now))


def _ids(found: Page[Any]) -> list[UUID]:
    return [row.customer_id for row in found.rows]


def _choices(labels: dict[str, Any], chosen: str) -> list[Choice]:
    return [
        Choice(value=value, label=str(label), chosen=value == chosen)
        for value, label in labels.items()
    ]


def _count_text() -> str:
    count = customer_count()
    return ngettext("%(n)s customer", "%(n)s customers", count) % {"n": words.number(count)}

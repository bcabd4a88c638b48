"""Profiles that may be one person: a manager's word, and taking it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from core.api.paging import page
from core.errors import NotFound, Problem
from customers.enums import CustomerStatus, IdentityKind, MergeState, SuggestionState
from customers.operations import accept_suggestion, refuse_suggestion, undo_merge
from customers.queries.merging import can_be_undone, merge_rows, suggestion_count, suggestion_rows
from customers.queries.people import CustomerView, customer_views
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page
from dashboard.web.parts import Choice
from dashboard.web.people import local_mobile, spendable, title_of

_MERGED: Final = "merged"
_TABS: Final = {"open": gettext_lazy("To be looked at"), _MERGED: gettext_lazy("Merged")}


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One of two profiles, with what helps to tell them apart."""

    id: UUID
    name: str
    title: str
    known_by: str
    facts: str
    href: str
    stays: bool


@dataclass(frozen=True, kw_only=True)
class PairRow:
    """Two profiles side by side and why they may be one."""

    id: UUID
    reason: str
    seen: str
    profiles: tuple[Profile, Profile]


@dataclass(frozen=True, kw_only=True)
class MergeRow:
    """A merge and whether it can still be taken back."""

    id: UUID
    title: str
    merged: str
    told: str
    until: str
    href: str
    undoable: bool
    undone: bool


@dataclass(frozen=True, kw_only=True)
class SamePage:
    """A page of pairs or of merges."""

    rows: list[PairRow] | list[MergeRow]
    next_cursor: str | None


@business_page(*MANAGERS)
def same_people(request: BusinessRequest) -> HttpResponse:
    """List the pairs to be looked at, or the merges."""
    merged = request.GET.get("state") == _MERGED
    chosen = _MERGED if merged else "open"
    tabs = [
        Choice(value=key, label=str(label), chosen=key == chosen, href=f"?state={key}")
        for key, label in _TABS.items()
    ]
    context = {
        "page": _merges(request) if merged else _pairs(request),
        "tabs": tabs,
        "merged": merged,
        "count_text": _count_text(),
    }
    return render(request, "dashboard/same_people.html", context)


@require_POST
@business_page(*MANAGERS)
def same_decide(request: BusinessRequest, merge_suggestion_id: UUID) -> HttpResponse:
    """Say that two profiles are one person, or that they are not."""
    stays = request.POST.get("stays", "")
    try:
        if stays:
            done = _accept(request, merge_suggestion_id, stays)
        else:
            refuse_suggestion(
                suggestion_id=merge_suggestion_id, actor=request.user, now=request.now
            )
            done = _("Remembered: they are two people.")
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, done)
    return redirect("dashboard:same-people", request.business.slug)


@require_POST
@business_page(*MANAGERS)
def merge_undo(request: BusinessRequest, customer_merge_id: UUID) -> HttpResponse:
    """Take a merge back."""
    try:
        undo_merge(merge_id=customer_merge_id, actor=request.user, now=request.now)
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("Taken apart again; points are with whom they belong to."))
    there = reverse("dashboard:same-people", args=[request.business.slug])
    return redirect(f"{there}?state={_MERGED}")


def _accept(request: BusinessRequest, suggestion_id: UUID, stays: str) -> str:
    try:
        survivor = UUID(stays)
    except ValueError as error:
        raise Http404 from error
    accept_suggestion(
        suggestion_id=suggestion_id, survivor_id=survivor, actor=request.user, now=request.now
    )
    return _("They are one profile now. You can take this back for thirty days.")


def _count_text() -> str:
    count = suggestion_count()
    if not count:
        return _("No pair waits for you.")
    text = ngettext("%(n)s pair to be looked at", "%(n)s pairs to be looked at", count)
    return text % {"n": words.number(count)}


def _pairs(request: BusinessRequest) -> SamePage:
    rows = suggestion_rows(SuggestionState.OPEN)
    found = page(rows, by="last_at", cursor=request.GET.get("cursor"))
    ids = [one for row in found.rows for one in (row.first_id, row.second_id)]
    people, points = customer_views(ids), spendable(ids, request.now)
    pairs = [_pair(row, people, points, request) for row in found.rows]
    return SamePage(rows=pairs, next_cursor=found.next_cursor)


def _pair(
    row: Any,
    people: Mapping[UUID, CustomerView],
    points: Mapping[UUID, int],
    request: BusinessRequest,
) -> PairRow:
    both = (people[row.first_id], people[row.second_id])
    better = max(both, key=_known)
    slug = request.business.slug
    first, second = (
        _profile(one, points.get(one.id, 0), slug, request.now, stays=one is better) for one in both
    )
    return PairRow(
        id=row.id, reason=_reason(row), seen=_seen(row, request.now), profiles=(first, second)
    )


def _known(person: CustomerView) -> tuple[bool, int, float]:
    """Return how well a profile is known: the better one is proposed to stay."""
    active = person.status == CustomerStatus.ACTIVE
    return active, person.purchases, -person.created_at.timestamp()


def _reason(row: Any) -> str:
    shared = _(" and ").join(str(IdentityKind(kind).label) for kind in row.because)
    return _("Shared: %(what)s") % {"what": shared}


def _seen(row: Any, now: datetime) -> str:
    text = ngettext("seen %(n)s time, last %(ago)s", "seen %(n)s times, last %(ago)s", row.times)
    return text % {"n": words.number(row.times), "ago": words.ago(row.last_at, now)}


def _profile(
    person: CustomerView, points: int, slug: str, now: datetime, *, stays: bool
) -> Profile:
    facts = _("%(n)s purchases, %(amount)s toman, %(points)s points") % {
        "n": words.number(person.purchases),
        "amount": words.toman(person.net_rial),
        "points": words.number(points),
    }
    last = _("last %(ago)s") % {"ago": words.ago(person.last_at, now)} if person.last_at else ""
    return Profile(
        id=person.id,
        name=person.name,
        title=title_of(person.name, person.mobile, person.member_code),
        known_by=words.code(local_mobile(person.mobile)) or _("known by a card only"),
        facts=" · ".join(part for part in (facts, last) if part),
        href=reverse("dashboard:customer", args=[slug, person.id]),
        stays=stays,
    )


def _merges(request: BusinessRequest) -> SamePage:
    found = page(merge_rows(), by="merged_at", cursor=request.GET.get("cursor"))
    rows = [merge_row(row, request) for row in found.rows]
    return SamePage(rows=rows, next_cursor=found.next_cursor)


def merge_row(row: Any, request: BusinessRequest) -> MergeRow:
    """Return a merge as lists show it."""
    told = _("%(who)s, %(ago)s") % {
        "who": row.merged_by or "API",
        "ago": words.ago(row.merged_at, request.now),
    }
    return MergeRow(
        id=row.id,
        title=_title(row.survivor),
        merged=_title(row.merged),
        told=told,
        until=words.day(row.undo_until, "day"),
        href=reverse("dashboard:customer", args=[request.business.slug, row.survivor_id]),
        undoable=can_be_undone(row, request.now),
        undone=row.state == MergeState.UNDONE,
    )


def _title(person: Any) -> str:
    return title_of(person.name, person.mobile, person.member_code)

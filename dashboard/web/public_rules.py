"""What a shop promises its customers of points and returns, for everybody to read (C063)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from businesses.queries import BusinessInfo, business_by_slug
from core.tenancy import acting_for
from dashboard.web import words
from dashboard.web.rules.words_of_rules import Names, promise
from loyalty.queries.policies import (
    Policy,
    Span,
    chapters_of,
    policy_at,
    policy_spans,
    policy_version,
)
from loyalty.queries.rules.known import rules_of

# No version has a number of more digits.
_MOST_DIGITS: Final = 9


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionLine:
    """A version to choose: its number and when it held, in words."""

    number: int
    held: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DayOfVersions:
    """A day on which the rules changed: the version it ended with, and those it saw before."""

    newest: VersionLine
    before: Sequence[VersionLine]


@require_safe
def public_rules(request: HttpRequest, token: str) -> HttpResponse:
    """Show the rules that hold now, or those of an earlier version."""
    shop = business_by_slug(token) if token.isprintable() else None
    if shop is None:
        raise Http404
    with acting_for(shop.id), timezone.override(shop.timezone):
        return render(request, "public/rules.html", _context(shop, request.GET.get("version", "")))


def _context(shop: BusinessInfo, asked: str) -> dict[str, Any]:
    shown = _asked_for(asked) if asked else policy_at(timezone.now())
    if shown is None:
        raise Http404
    points = shown.document["points"]
    return {
        "shop": shop,
        "shown": shown,
        "held": _held(shown),
        "chapters": chapters_of(shown.document),
        "promises": _promises(points) if points else [],
        "earlier": _days(shown),
        "in_club": points is not None,
    }


def _asked_for(number: str) -> Policy | None:
    is_number = number.isdecimal() and len(number) <= _MOST_DIGITS
    return policy_version(int(number)) if is_number else None


def _held(shown: Policy) -> str:
    """Say of an earlier version when it held; nothing of the one that holds now."""
    if shown.since is None or shown.until is None:
        return ""
    if not shown.ever_held:
        return _("These rules were replaced in the moment they were written: they never held.")
    if _is_one_day(shown.since, shown.until):
        facts = _hours(shown.since, shown.until)
        return _("These rules held on %(day)s, from %(since)s until %(until)s.") % facts
    return _("These rules held from %(since)s until %(until)s.") % {
        "since": words.day(shown.since),
        "until": words.day(shown.until),
    }


def _promises(points: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the rules beside the rate; which of them are for whom the shop chose stays with it."""
    names = Names.here()
    bonuses = rules_of(UUID(points["rule_id"])).bonuses
    return [
        {"name": one.name, "text": promise(one, names)}
        for one in bonuses
        if not one.when.segments and not one.when.employees
    ]


def _days(shown: Policy) -> list[DayOfVersions]:
    """Return the other versions that ever held, a line for each day on which the rules changed."""
    others = [one for one in policy_spans() if one.number != shown.number]
    days = [
        [_line(one) for one in found]
        for _day, found in groupby(others, key=lambda one: timezone.localdate(one.since))
    ]
    return [DayOfVersions(newest=lines[0], before=lines[1:]) for lines in days]


def _line(span: Span) -> VersionLine:
    return VersionLine(number=span.number, held=_when(span.since, span.until))


def _when(since: datetime, until: datetime | None) -> str:
    facts = {"since": words.day(since), "until": words.day(until)}
    if until is None:
        return _("since %(since)s, today's rules") % facts
    if not _is_one_day(since, until):
        return _("from %(since)s until %(until)s") % facts
    return _("%(day)s, from %(since)s until %(until)s") % _hours(since, until)


def _hours(since: datetime, until: datetime) -> dict[str, str]:
    """Return a day and its hours, with their seconds where both are of one minute."""
    start, end = timezone.localtime(since), timezone.localtime(until)
    is_one_minute = start.replace(second=0, microsecond=0) == end.replace(second=0, microsecond=0)
    style = "%H:%M:%S" if is_one_minute else "%H:%M"
    told = {"since": words.digits(f"{start:{style}}"), "until": words.digits(f"{end:{style}}")}
    return {"day": words.day(since), **told}


def _is_one_day(since: datetime, until: datetime) -> bool:
    return timezone.localdate(since) == timezone.localdate(until)

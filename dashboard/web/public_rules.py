"""What a shop promises its customers of points and returns, for everybody to read (C063)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from businesses.queries import BusinessInfo, business_by_slug
from core.tenancy import acting_for
from dashboard.web.rules.words_of_rules import Names, promise
from loyalty.queries.policies import Policy, chapters_of, policy_at, policy_versions
from loyalty.queries.rules.known import rules_of


@require_safe
def public_rules(request: HttpRequest, token: str) -> HttpResponse:
    """Show the rules that hold now, or those of an earlier version."""
    shop = business_by_slug(token) if token.isprintable() else None
    if shop is None:
        raise Http404
    with acting_for(shop.id), timezone.override(shop.timezone):
        return render(request, "public/rules.html", _context(shop, request.GET.get("version", "")))


def _context(shop: BusinessInfo, asked: str) -> dict[str, Any]:
    versions = policy_versions()
    current = policy_at(timezone.now())
    shown = next((one for one in versions if str(one.number) == asked), None) if asked else current
    if shown is None:
        raise Http404
    points = shown.document["points"]
    return {
        "shop": shop,
        "shown": shown,
        "is_current": shown.until is None,
        "chapters": chapters_of(shown.document),
        "promises": _promises(points) if points else [],
        "earlier": _others(versions, shown),
        "in_club": points is not None,
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


def _others(versions: list[Policy], shown: Policy) -> list[Policy]:
    return [one for one in versions if one.number != shown.number]

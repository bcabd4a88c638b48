"""Where whoever has a gift card's code sees what is left on it."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from businesses.queries import business_by_slug
from core.errors import Problem
from core.tenancy import acting_for
from loyalty.queries.gift_cards import card_by_code


@never_cache
@require_http_methods(["GET", "POST"])
def gift_card(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a code; tell the balance. The token is the business's address."""
    shop = business_by_slug(token) if token.isprintable() else None
    if shop is None:
        raise Http404
    context: dict[str, Any] = {"shop": shop}
    status = HTTPStatus.OK
    if request.method == "POST":
        try:
            with acting_for(shop.id):
                context["card"] = card_by_code(request.POST.get("code", ""), timezone.now())
        except Problem as problem:
            context["wrong"] = problem.detail
            status = HTTPStatus.UNPROCESSABLE_ENTITY
    with timezone.override(shop.timezone):
        return render(request, "loyalty/gift_card.html", context, status=status)

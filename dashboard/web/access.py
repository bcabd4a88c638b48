"""Doors of the business pages: who may enter, in which business's scope, in which zone."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, Final, ParamSpec, cast
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from businesses.enums import Role
from businesses.queries import BusinessInfo, membership, role_may
from businesses.queries.modules import module_of
from core.errors import Problem
from core.tenancy import acting_for
from feedback.web.browsers import mark_workplace

P = ParamSpec("P")

EVERYONE: Final = (Role.CASHIER, Role.ANALYST)
READERS: Final = (Role.ANALYST,)
SELLERS: Final = (Role.CASHIER,)
MANAGERS: Final = (Role.MANAGER,)
OWNERS: Final = (Role.OWNER,)


class BusinessRequest(HttpRequest):
    """A request that has come through the door of one business."""

    business: BusinessInfo
    role: Role
    now: datetime
    user: Any  # always a signed-in businesses.User behind the door


View = Callable[Concatenate[BusinessRequest, P], HttpResponseBase]


def business_page(
    *roles: Role, scoped: bool = True
) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Open a page of `/b/<slug>/…` to members with one of `roles`; others get 404.

    The view runs in the business's scope and zone. `scoped=False` leaves opening scopes to the
    view, for those that call the wire.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def enter(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            entered = _let_in(request, request.user.id, slug, roles)
            scope = acting_for(entered.business.id) if scoped else nullcontext()
            try:
                with timezone.override(entered.business.timezone), scope:
                    answer = view(entered, **kwargs)  # type: ignore[call-arg]
            except Problem as problem:
                raise _missing(problem) from problem
            mark_workplace(request, answer, entered.business.id)
            return answer

        enter.business_roles = roles  # type: ignore[attr-defined]
        return enter

    return decorate


def _let_in(
    request: HttpRequest, user_id: UUID, slug: str, roles: tuple[Role, ...]
) -> BusinessRequest:
    place = membership(user_id, slug)
    if place is None:
        raise Http404
    if not role_may(place.role, roles):
        raise PermissionDenied
    match = request.resolver_match
    module = module_of(match.route) if match is not None else None
    if module is not None and not place.business.has(module):
        raise Http404
    entered = cast("BusinessRequest", request)
    entered.business, entered.role = place.business, place.role
    entered.now = timezone.now()
    return entered


def _missing(problem: Problem) -> Exception:
    """Return 404 for rows that are not there and cursors that are not ours, else the problem."""
    gone = problem.status == HTTPStatus.NOT_FOUND or problem.code == "invalid_cursor"
    return Http404(problem.code) if gone else problem


def refused(response: HttpResponse) -> HttpResponse:
    """Mark a page that shows a form again because its input was wrong."""
    response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return response

"""The survey page behind a link: one question, a comment, thanks. Works without JavaScript."""

import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, ParamSpec
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from businesses.queries import BusinessInfo, business_by_id
from core.errors import NotFound, Problem
from core.tenancy import acting_for
from core.text import latin_digits
from feedback.enums import SurveyKind
from feedback.operations import agree_to_news, answer_survey
from feedback.queries import SurveyPage, business_of, survey_page
from feedback.web.browsers import BROWSER, name_browser, works_at

P = ParamSpec("P")

_MARK: Final = re.compile("[0-9]{1,2}")
# From discontent to delight: icon names for the five marks.
_FACES: Final = ("mood-cry", "mood-sad", "mood-empty", "mood-smile", "mood-happy")


def _private(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Keep the link, which is a key, out of referrers, caches and search engines."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


# The link itself is the permission, and no cookie adds to it, so a forged request gains nothing;
# in-app browsers that drop cookies can still answer.
@csrf_exempt
@never_cache
@_private
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """Show the question, take the answer."""
    business_id = _business(token)
    if request.method == "POST":
        return _answer(request, token, business_id)
    return _show(request, token, business_id)


@csrf_exempt
@never_cache
@_private
@require_POST
def agree(request: HttpRequest, token: str) -> HttpResponse:
    """Note that the customer would like to hear of offers."""
    del request
    with acting_for(_business(token)):
        try:
            agree_to_news(token=token, now=timezone.now())
        except NotFound as error:
            raise Http404 from error
    return redirect("survey", token)


def _business(token: str) -> UUID:
    business_id = business_of(token)
    if business_id is None:
        raise Http404
    return business_id


def _answer(request: HttpRequest, token: str, business_id: UUID) -> HttpResponse:
    mark = latin_digits(request.POST.get("score", ""))
    try:
        with acting_for(business_id):
            answer_survey(
                from_staff=works_at(request, business_id),
                browser=request.COOKIES.get(BROWSER, ""),
                token=token,
                score=int(mark) if _MARK.fullmatch(mark) else -1,
                comment=request.POST.get("comment", ""),
                now=timezone.now(),
            )
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        if problem.code == "invalid_score":
            return _show(request, token, business_id, problem)
    # Also after a second click: the page then says what became of the first.
    return redirect("survey", token)


def _show(
    request: HttpRequest, token: str, business_id: UUID, problem: Problem | None = None
) -> HttpResponse:
    with acting_for(business_id):
        page = survey_page(token, timezone.now())
        if page is None:
            raise Http404
        shop = business_by_id(business_id)
    context = _context(page, shop, token) | {
        "problem": problem,
        "comment": request.POST.get("comment", ""),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    answer = render(request, _template(page), context, status=status)
    name_browser(request, answer)
    return answer


def _template(page: SurveyPage) -> str:
    if page.score is not None:
        return "feedback/thanks.html"
    return "feedback/over.html" if page.is_over else "feedback/survey.html"


def _context(page: SurveyPage, shop: BusinessInfo, token: str) -> dict[str, Any]:
    faces = dict(zip(page.scale, _FACES, strict=True)) if page.kind == SurveyKind.CSAT else {}
    return {
        "shop": shop,
        "page": page,
        "token": token,
        "marks": [(mark, faces.get(mark, "")) for mark in page.scale],
        "worst": page.scale[0],
        "best": page.scale[-1],
    }

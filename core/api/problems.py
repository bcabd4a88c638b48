"""Every refusal leaves the API as application/problem+json with a stable code."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views import defaults
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rest_framework import exceptions

from core.api.policy import OF_ANSWERS
from core.errors import NotFound, Problem, Sentence

CONTENT_TYPE: Final = "application/problem+json"
_API: Final = "/api/"
_MOST_ERRORS: Final = 500

_SENTENCES: Final[dict[str, Sentence]] = {
    "missing": _("This field is required."),
    "extra_forbidden": _("This field is not known."),
    "int_type": _("Give a whole number."),
    "int_parsing": _("Give a whole number."),
    "int_from_float": _("Give a whole number: amounts are in rial, without decimals."),
    "string_type": _("Give a text."),
    "string_too_long": _("This text is too long."),
    "string_too_short": _("This text is too short."),
    "greater_than": _("The value is too small."),
    "greater_than_equal": _("The value is too small."),
    "less_than": _("The value is too large."),
    "less_than_equal": _("The value is too large."),
    "too_long": _("The list is too long."),
    "too_short": _("The list is too short."),
    "datetime_from_date_parsing": _("Give a date and time like 2026-11-22T10:00:00+03:30."),
    "datetime_parsing": _("Give a date and time like 2026-11-22T10:00:00+03:30."),
    "datetime_type": _("Give a date and time like 2026-11-22T10:00:00+03:30."),
    "timezone_aware": _("The time must carry its offset, like +03:30 or Z."),
    "uuid_parsing": _("Give a UUID."),
    "uuid_type": _("Give a UUID."),
    "enum": _("This value is not one of the choices."),
    "literal_error": _("This value is not one of the choices."),
    "union_tag_invalid": _(
        "This kind is not known; see the documentation for the kinds there are."
    ),
    "union_tag_not_found": _("Say the kind."),
    "list_type": _("Give a list."),
    "model_type": _("Give an object."),
    "model_attributes_type": _("Give an object."),
    "dict_type": _("Give an object."),
    "bool_parsing": _("Give true or false."),
    "bool_type": _("Give true or false."),
    "decimal_parsing": _("Give a number."),
    "decimal_type": _("Give a number."),
    "decimal_max_places": _("Too many digits after the decimal point."),
    "url_parsing": _("Give a web address."),
    "url_scheme": _("Give a web address that begins with https."),
    "finite_number": _("Give a finite number."),
}


def response(problem: Problem) -> HttpResponse:
    """Return the problem as an HTTP answer in the language of the request."""
    document: dict[str, Any] = {
        "type": f"urn:vafa:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": str(problem.detail),
        **problem.extra,
    }
    if problem.fields:
        document["errors"] = {
            path: [str(sentence) for sentence in sentences]
            for path, sentences in problem.fields.items()
        }
    return JsonResponse(
        document,
        status=problem.status,
        content_type=CONTENT_TYPE,
        headers=problem.headers,
        json_dumps_params={"ensure_ascii": False},
    )


def of_validation(error: ValidationError) -> Problem:
    """Return what is wrong with a body, field by field; of very many fields only that."""
    if error.error_count() > _MOST_ERRORS:
        # Telling millions of them apart would cost gigabytes.
        return Problem(
            "invalid_body",
            _("Very many fields are not right; compare the body with the documentation."),
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    details = error.errors(include_url=False, include_context=True, include_input=False)
    if any(detail["type"] == "json_invalid" for detail in details):
        return Problem("invalid_json", _("The body is not valid JSON."))
    return Problem(
        "invalid_body",
        _("Some fields are not right; see errors."),
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields=_by_field(details),
    )


def _by_field(details: Iterable[ErrorDetails]) -> dict[str, list[Sentence]]:
    fields: dict[str, list[Sentence]] = {}
    for detail in details:
        path = ".".join(str(part) for part in detail["loc"]) or "body"
        fields.setdefault(path, []).append(_SENTENCES.get(detail["type"], detail["msg"]))
    return fields


def of_exception(error: Exception) -> Problem | None:
    """Return the problem an exception stands for, or None for a fault of ours."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        return of_validation(error)
    if isinstance(error, Http404):
        return NotFound(_("There is no such thing here."))
    if isinstance(error, PermissionDenied):
        return Problem("forbidden", _("You may not do this."), status=HTTPStatus.FORBIDDEN)
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    return None


def _of_framework(error: exceptions.APIException) -> Problem:
    code = error.default_code
    return Problem(
        str(code), _FRAMEWORK.get(str(code), str(error.detail)), status=error.status_code
    )


_FRAMEWORK: Final[dict[str, Sentence]] = {
    "method_not_allowed": _("This method is not allowed here."),
    "parse_error": _("The body is not valid JSON."),
    "unsupported_media_type": _("Send the body as application/json."),
    "not_acceptable": _("Answers are application/json."),
}


def handle(error: Exception, _context: dict[str, Any]) -> HttpResponse | None:
    """Turn known errors into problem documents (DRF's exception hook)."""
    problem = of_exception(error)
    return response(problem) if problem else None


def no_such_address(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer where urls.py has nothing: software gets a problem document, people a page."""
    if not request.path_info.startswith(_API):
        return defaults.page_not_found(request, exception)
    return _to_software(NotFound(_("There is no such thing here.")))


def fault_of_ours(request: HttpRequest) -> HttpResponseBase:
    """Answer where we failed, in the same way."""
    if not request.path_info.startswith(_API):
        return defaults.server_error(request)
    detail = _("Something went wrong on our side. Send the same again with its Idempotency-Key.")
    return _to_software(Problem("server_error", detail, status=HTTPStatus.INTERNAL_SERVER_ERROR))


def _to_software(problem: Problem) -> HttpResponse:
    problem.headers.update(OF_ANSWERS)
    return response(problem)

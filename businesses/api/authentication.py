"""API keys at the door."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from businesses.operations import touch_api_key
from businesses.queries import (
    Caller,
    business_by_id,
    caller_by_key,
    remember_caller,
    remembered_caller,
)
from businesses.queries.modules import module_of
from core.errors import Problem, Sentence

if TYPE_CHECKING:  # the framework imports this module while it loads its own views
    from rest_framework.views import APIView

_TOUCH_EVERY: Final = timedelta(minutes=1)


def _refused(code: str, detail: Sentence) -> Problem:
    return Problem(
        code,
        detail,
        status=HTTPStatus.UNAUTHORIZED,
        headers={"WWW-Authenticate": 'Bearer realm="vafa"'},
    )


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer vk_live_…` or `vk_test_…`."""

    def authenticate(self, request: Request) -> tuple[None, Caller]:
        """Return the caller. Raises Problem missing_key, invalid_key, revoked_key, expired_key."""
        kind, _space, key = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not key:
            raise _refused("missing_key", _("Send your API key as Authorization: Bearer …"))
        now = timezone.now()
        known = remembered_caller(key.strip()) if _is_asked_again(request) else None
        if known is None or _is_worn(known, now):
            known = _caller(key.strip(), now)
        return None, known

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge."""
        del request
        return 'Bearer realm="vafa"'


def _caller(key: str, now: datetime) -> Caller:
    """Return whose key it is, as the database says, and remember it."""
    caller = caller_by_key(key)
    if caller is None:
        raise _refused("invalid_key", _("This API key is not known."))
    if caller.revoked_at is not None:
        raise _refused("revoked_key", _("This API key has been revoked."))
    if caller.expires_at is not None and caller.expires_at <= now:
        raise _refused("expired_key", _("This API key has expired."))
    used_at = caller.last_used_at
    if used_at is None or now - used_at > _TOUCH_EVERY:
        touch_api_key(key_id=caller.key_id, now=now)
        used_at = now
    remember_caller(caller, used_at)
    return caller


def _is_worn(known: Caller, now: datetime) -> bool:
    """Tell whether what is remembered is over, or its use is to be noted again."""
    expired = known.expires_at is not None and known.expires_at <= now
    return expired or known.last_used_at is None or now - known.last_used_at > _TOUCH_EVERY


def _is_asked_again(request: Request) -> bool:
    """Tell whether the view lets its first statement check what is remembered of the key."""
    checks = getattr((request.parser_context or {}).get("view"), "checks_key", None)
    return checks is not None and checks(request.method)


class HasScope(BasePermission):
    """The key carries the scope the endpoint names for the method."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Return True or raise Problem `missing_scope`; unnamed methods fall to 405."""
        if request.method not in view.allowed_methods:
            return True
        needed = getattr(view, "scopes", {}).get(request.method)
        caller = cast("Caller", request.auth)
        if needed is not None and needed in caller.scopes:
            _check_module(request, caller)
            return True
        raise Problem(
            "missing_scope",
            _("This API key may not do this."),
            status=HTTPStatus.FORBIDDEN,
            extra={"needed": needed},
        )


def _check_module(request: Request, caller: Caller) -> None:
    """Refuse what belongs to a part of the product this business switched off."""
    match = request.resolver_match
    module = module_of(match.route) if match is not None else None
    if module is None or business_by_id(caller.business_id).has(module):
        return
    raise Problem(
        "module_off",
        _("This part is switched off; the owner switches it on in the settings."),
        status=HTTPStatus.FORBIDDEN,
        extra={"module": module.value},
    )


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes API keys in the OpenAPI document."""

    target_class = "businesses.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the bearer scheme."""
        del auto_schema
        return {"type": "http", "scheme": "bearer", "bearerFormat": "vk_live_… | vk_test_…"}

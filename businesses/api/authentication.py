"""API keys at the door."""

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from businesses.operations import touch_api_key
from businesses.queries import Caller, caller_by_key
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
        caller = caller_by_key(key.strip())
        if caller is None:
            raise _refused("invalid_key", _("This API key is not known."))
        now = timezone.now()
        if caller.revoked_at is not None:
            raise _refused("revoked_key", _("This API key has been revoked."))
        if caller.expires_at is not None and caller.expires_at <= now:
            raise _refused("expired_key", _("This API key has expired."))
        if caller.last_used_at is None or now - caller.last_used_at > _TOUCH_EVERY:
            touch_api_key(key_id=caller.key_id, now=now)
        return None, caller

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge."""
        del request
        return 'Bearer realm="vafa"'


class HasScope(BasePermission):
    """The key carries the scope the endpoint names for the method."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Return True or raise Problem `missing_scope`; unnamed methods fall to 405."""
        if request.method not in view.allowed_methods:
            return True
        needed = getattr(view, "scopes", {}).get(request.method)
        caller = cast("Caller", request.auth)
        if needed is not None and needed in caller.scopes:
            return True
        raise Problem(
            "missing_scope",
            _("This API key may not do this."),
            status=HTTPStatus.FORBIDDEN,
            extra={"needed": needed},
        )


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes API keys in the OpenAPI document."""

    target_class = "businesses.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the bearer scheme."""
        del auto_schema
        return {"type": "http", "scheme": "bearer", "bearerFormat": "vk_live_… | vk_test_…"}

"""Middlewares that belong to pages: the API has no session and no cookie."""

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

if TYPE_CHECKING:
    from django.utils.deprecation import MiddlewareMixin as _Middleware
else:
    _Middleware = object

_API: Final = "/api/v1/"


class _PagesOnly(_Middleware):
    """Let calls of the API pass by."""

    def __call__(self, request: HttpRequest) -> Any:
        """Answer, with the library's part for pages alone."""
        if request.path_info.startswith(_API):
            return self.get_response(request)
        return super().__call__(request)


class Sessions(_PagesOnly, SessionMiddleware):
    """Sessions of pages."""


class Users(_PagesOnly, AuthenticationMiddleware):
    """Who is logged in."""


class Language(LocaleMiddleware):
    """The reader's language. A shop's page for its customers is in the shop's until they choose."""

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, named: dict[str, Any]
    ) -> None:
        """Let what the browser prefers pass by where a token leads to somebody's shop."""
        if "token" in named and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = translation.get_language()


class Messages(_PagesOnly, MessageMiddleware):
    """What a page says after a redirect."""

"""The content policy: pages have the settings' one, the API's answers a fixed one."""

from typing import Final

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# A browser may run nothing of an answer, load nothing for it and frame it nowhere.
OF_ANSWERS: Final = {HEADER: "default-src 'none'; frame-ancestors 'none'"}


class PolicyMiddleware(CSPMiddleware):
    """The library's, which would build a policy twice even for an answer that brings its own."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Leave a response alone that has its policy."""
        return response if HEADER in response else super().process_response(request, response)

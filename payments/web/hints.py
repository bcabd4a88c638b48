"""What strangers send to our addresses: read only if it is as small as a message of its kind is."""

from django.http import HttpRequest


def small_body(request: HttpRequest, most: int) -> bytes:
    """Return a body of at most so many bytes; of a larger one nothing is read at all."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > most:
        return b""
    return request.body

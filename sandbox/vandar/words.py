"""How Vandar words an answer: the HTTP status decides, `status` 0 or 1 only repeats it."""

from typing import Final

from sandbox import magic
from sandbox.wire import Answer, Json

WRONG: Final = 0
WAITING: Final = 1
VERIFIED: Final = 2
EXPIRED: Final = 3
FAILED: Final = 4
_UNKNOWN_CODE: Final = 99
_FORBIDDEN: Final = 403
_HTTP_FROM: Final = 400


class Refusal(Exception):
    """The provider's no: an HTTP status, and a code or a sentence."""

    def __init__(self, status: int, message: str, *, code: int | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


def granted(**body: object) -> Answer:
    """Return a yes."""
    return Answer(200, {"status": 1, **body})


def refused(refusal: Refusal) -> Answer:
    """Return a no."""
    body: Json = {"status": 0, "errors": [refusal.message], "message": refusal.message}
    if refusal.code is not None:
        body["code"] = refusal.code
    return Answer(refusal.status, body)


def scripted(code: int | None) -> Answer:
    """Return a scripted error: an HTTP status, or a number of Vandar's own with 200."""
    if code == magic.BUSY:
        return refused(Refusal(_FORBIDDEN, "access denied"))
    if code is not None and code >= _HTTP_FROM:
        return refused(Refusal(code, "refused"))
    known = code is not None and code != magic.OOPS
    return refused(Refusal(200, "error", code=code if known else _UNKNOWN_CODE))

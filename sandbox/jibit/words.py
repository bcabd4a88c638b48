"""How Jibit words a refusal: a fingerprint, and errors with dotted codes."""

from typing import Final

from sandbox.wire import Answer

_MAGIC: Final = {-12: ("too_many_requests", 429)}


class Refusal(Exception):
    """The provider's no: a dotted code and the HTTP status beside it."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


def refused(refusal: Refusal) -> Answer:
    """Return the answer of an error."""
    error = {"code": refusal.code, "message": refusal.code.replace("_", " ")}
    return Answer(refusal.status, {"fingerprint": "5AND-80X", "errors": [error]})


def scripted(code: int | None) -> Answer:
    """Return the answer of an error a test ordered by number; others are a server's fault."""
    known = _MAGIC.get(code or 0, ("server.error", 500))
    return refused(Refusal(*known))

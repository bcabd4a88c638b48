"""The dialect's codes. Sources disagree, so there are two tables, one for each kind of terminal."""

from dataclasses import dataclass
from typing import Final

from sandbox.wire import Answer, Json

CANCELLED: Final = 1
PAID: Final = 2
FAILED: Final = 3
PARAMETERS: Final = 5

OTHER_TABLE: Final = "9"


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """What a terminal hears. `verified` None: a repeated verify says success again."""

    not_found: int
    late: int
    reversed: int
    verified: int | None
    original: str


_USUAL: Final = Table(not_found=-2, late=-6, reversed=5, verified=None, original="OrginalAmount")
_OTHER: Final = Table(not_found=-6, late=-2, reversed=-4, verified=-5, original="OriginalAmount")


class Refusal(Exception):
    """The provider's no to a call, by its code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def table_of(terminal: str) -> Table:
    """Return the table of a terminal: those whose number ends in 9 hear the other one."""
    return _OTHER if terminal.endswith(OTHER_TABLE) else _USUAL


def no_token(code: int | None) -> Answer:
    """Return a refused token request; None: nothing that is documented."""
    body: Json = {"status": -1, "errorCode": str(-1 if code is None else code), "errorDesc": "خطا"}
    return Answer(200, body)


def result(code: int | None, detail: Json | None = None, *, success: bool = False) -> Answer:
    """Return the answer to a verify or a reverse."""
    body: Json = {
        "TransactionDetail": detail,
        "ResultCode": -1 if code is None else code,
        "ResultDescription": "عملیات با موفقیت انجام شد" if success else "عملیات انجام نشد",
        "Success": success,
    }
    return Answer(200, body)

"""Containing a subscriber's failure: the one place where any error is caught, and kept."""

import logging
import traceback
from types import TracebackType
from typing import Self

from celery.exceptions import SoftTimeLimitExceeded

logger = logging.getLogger(__name__)


class Fence:
    """Context manager that swallows an ordinary error and remembers it.

    `error` is "" after success. KeyboardInterrupt, SystemExit and the like pass through, and so
    does the workers' time limit: it ends the whole task, not one subscriber.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self.error = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if kind is None or not issubclass(kind, Exception):
            return False
        if issubclass(kind, SoftTimeLimitExceeded):
            return False
        self.error = "".join(traceback.format_exception(kind, error, trace))[-4000:]
        logger.error("subscriber failed: %s", self.what, exc_info=(kind, error, trace))  # type: ignore[arg-type]
        return True

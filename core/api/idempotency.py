"""The same key and body get the same answer, once done; never twice the effect.

Within one transaction (scoped endpoints): an advisory lock says who runs, the answer is written
beside the effect. Whether the key is new is asked together with the first statement of the run and
refused by the database, so that asking costs no trip; why is looked up only then. For endpoints
that call the wire the claim is committed first, with a lease.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from core.api.render import to_bytes
from core.errors import Problem
from core.ids import new_id
from core.models import ApiRequest
from core.tenancy import acting_for, active_business_id
from core.tenancy.prepared import Prepared

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
MAX_KEY: Final = 200
_LEASE: Final = timedelta(seconds=60)

_LOCK_AND_LOOK: Final = Prepared(
    """
SELECT pg_try_advisory_xact_lock(hashtextextended(%(business)s::text || %(key)s, 0)),
       r.fingerprint, r.status, r.answer, r.lease_until
FROM (SELECT 1) one
LEFT JOIN core_apirequest r ON r.business_id = %(business)s AND r.key = %(key)s
""",
    business="uuid",
    key="text",
)
_ONLY_ONCE: Final = Prepared(
    "SELECT app_only_once(%(business)s, %(key)s)", business="uuid", key="text"
)
# An answer travels with its COMMIT; where another one came first, the unique key undoes ours.
_WRITE: Final = Prepared(
    """
INSERT INTO core_apirequest
    (id, business_id, at, api_key_id, method, path, key, fingerprint, lease_until, status, answer,
     problem, took_ms)
VALUES (%(id)s, %(business)s, %(at)s, %(api_key)s, %(method)s, %(path)s, %(key)s, %(fingerprint)s,
        %(lease)s, %(status)s, %(answer)s, %(problem)s, %(took_ms)s)
""",
    id="uuid",
    business="uuid",
    at="timestamptz",
    api_key="uuid",
    method="text",
    path="text",
    key="text",
    fingerprint="bytea",
    lease="timestamptz",
    status="int",
    answer="bytea",
    problem="text",
    took_ms="int",
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a JSON document (or ready bytes) and its HTTP status.

    `kept` is what a repetition is answered instead, where `data` holds a secret shown once.
    """

    data: Any
    status: int = HTTPStatus.OK
    replayed: bool = False
    kept: Any = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What identifies one request for the log and for replay."""

    business_id: UUID
    api_key_id: UUID
    method: str
    path: str
    key: str | None
    fingerprint: bytes
    at: datetime


def fingerprint(method: str, path: str, body: bytes) -> bytes:
    """Return what must be equal for a repeated key to be a repetition."""
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).digest()


def once(ask: Ask, run: Callable[[], Reply], took_ms: Callable[[], int]) -> Reply:
    """Run inside the caller's scope and write the answer in the same transaction."""
    if ask.key is None:
        reply = run()
        _write(ask, reply, took_ms())
        return reply
    _demand_first(ask)
    reply = run()
    body = to_bytes(reply.data)
    kept = body if reply.kept is None else to_bytes(reply.kept)
    _write(ask, Reply(kept, reply.status), took_ms())
    return Reply(body, reply.status)


def answered(ask: Ask, failure: Exception) -> Reply | None:
    """Return the answer of another run of a request that failed here, None if there was none.

    A repetition is refused by the database, or fails because it meets the other run's effect.
    Raises Problem `idempotency_key_reused` (422) or `request_in_progress` (409); the latter also
    where the run that stood in the way has ended since and left nothing.
    """
    if ask.key is None:
        return None
    with acting_for(ask.business_id):
        # A run may end between a look's snapshot and its lock; a second look holds the lock.
        earlier = _look(ask) or _look(ask)
    if earlier is None and _came_first(failure):
        raise _still_running() from failure
    return earlier


def once_unscoped(ask: Ask, run: Callable[[], Reply], took_ms: Callable[[], int]) -> Reply:
    """Commit a claim, run with no transaction open, then keep the answer."""
    earlier = _claim(ask)
    if earlier:
        return earlier
    try:
        reply = run()
    except Problem:
        _drop_claim(ask)
        raise
    body = to_bytes(reply.data)
    with acting_for(ask.business_id):
        _finish(ask, Reply(body, reply.status), took_ms())
    return Reply(body, reply.status)


def log_problem(ask: Ask, problem: Problem, took_ms: int) -> None:
    """Keep a refused request for the developer's page."""
    with acting_for(ask.business_id):
        _write(ask, Reply(None, problem.status), took_ms, problem=problem.code, keyless=True)


def purge(*, before: datetime) -> int:
    """Delete the active business's requests older than `before`; return how many."""
    deleted, _per_model = ApiRequest.objects.filter(at__lt=before).delete()
    return deleted


def _demand_first(ask: Ask) -> None:
    """Let the run's first statement fail when the key was used or another run holds it."""
    _ONLY_ONCE.later({"business": ask.business_id, "key": ask.key})


def _look(ask: Ask) -> Reply | None:
    """Return the earlier answer, or None when we hold the lock and may run."""
    ((mine, seen, status, answer, lease_until),) = _LOCK_AND_LOOK.rows(
        {"business": ask.business_id, "key": ask.key}
    )
    if seen is not None and bytes(seen) != ask.fingerprint:
        raise Problem(
            "idempotency_key_reused",
            _("This Idempotency-Key was used with another body."),
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    if status is not None:
        return Reply(bytes(answer), status, replayed=True)
    if not mine or (lease_until is not None and lease_until > ask.at):
        raise _still_running()
    return None


def _claim(ask: Ask) -> Reply | None:
    if ask.key is None:
        return None
    with acting_for(ask.business_id):
        earlier = _look(ask)
        if earlier is None:
            # A dead run's expired claim; a live one made since we looked stays and refuses ours.
            ApiRequest.objects.filter(key=ask.key, status=None, lease_until__lte=ask.at).delete()
            _write_claim(ask)
        return earlier


def _drop_claim(ask: Ask) -> None:
    if ask.key is not None:
        with acting_for(ask.business_id):
            # Whoever took over after our lease goes on.
            ApiRequest.objects.filter(
                key=ask.key, status=None, lease_until=ask.at + _LEASE
            ).delete()


def _finish(ask: Ask, reply: Reply, took_ms: int) -> None:
    if ask.key is None:
        _write(ask, Reply(None, reply.status), took_ms)
        return
    ApiRequest.objects.filter(key=ask.key).update(
        status=reply.status, answer=reply.data, took_ms=took_ms, lease_until=None
    )


def _write(
    ask: Ask, reply: Reply, took_ms: int, *, problem: str = "", keyless: bool = False
) -> None:
    kept = ask.key if not keyless else None
    said = {"status": reply.status, "problem": problem, "took_ms": took_ms, "lease": None}
    answer = {"answer": reply.data if kept else None}
    _WRITE.later(_row(ask, kept) | said | answer, owed=True)


def _write_claim(ask: Ask) -> None:
    nothing_yet = {"status": None, "answer": None, "problem": "", "took_ms": None}
    try:
        _WRITE.rows(_row(ask, ask.key) | nothing_yet | {"lease": ask.at + _LEASE})
    except IntegrityError as error:
        if _came_first(error):
            raise _still_running() from error
        raise


def _row(ask: Ask, key: str | None) -> dict[str, Any]:
    return {
        "id": new_id(),
        "business": active_business_id(),
        "at": ask.at,
        "api_key": ask.api_key_id,
        "method": ask.method,
        "path": ask.path,
        "key": key,
        "fingerprint": ask.fingerprint if key else None,
    }


def _came_first(error: Exception) -> bool:
    """Tell whether another run of the request wrote its answer, or its claim, before ours."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) == "core_apirequest_key"


def _still_running() -> Problem:
    """Return what a repetition meets while the first request runs."""
    return Problem(
        "request_in_progress",
        _("A request with this Idempotency-Key is still running; ask again in a moment."),
        status=HTTPStatus.CONFLICT,
        headers={"Retry-After": "1"},
    )

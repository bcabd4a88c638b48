"""What a device did without a network, over HTTP."""

from http import HTTPStatus
from typing import Any, ClassVar, cast

from django.utils.translation import gettext_lazy as _

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from core.errors import Problem
from core.tenancy import acting_for
from customers.api.bodies import Refused
from loyalty.api.pos.bodies import BatchIn, BatchOut, LateRowIn
from loyalty.api.pos.device import device_speaking, row_of
from loyalty.api.pos.verbs import document
from loyalty.enums import TillState
from loyalty.operations.till import LateAct, LateResult, take_in_late


class PosBatch(Endpoint):
    """POST what a device did without a network."""

    scopes: ClassVar = {"POST": Scope.TILL_USE}
    body: ClassVar = {"POST": BatchIn}
    answer: ClassVar = {"POST": BatchOut}
    # Each row is committed by itself: what was done before a failure stays done.
    unscoped_methods: ClassVar = frozenset({"POST"})

    def post(self, call: Call, body: BatchIn) -> Reply:
        """Carry out each row in the device's order; one result per row, in the order sent."""
        with acting_for(call.business_id):
            device = device_speaking(call, body.device)
        judged = [_judged(row) for row in cast("list[LateRowIn | Refused]", body.rows)]
        results = iter(
            take_in_late(
                business_id=call.business_id,
                device_id=device.id,
                acts=[one for one in judged if isinstance(one, LateAct)],
                sent_at=body.sent_at,
                now=call.now,
            )
        )
        told = [
            _told(index, next(results)) if isinstance(one, LateAct) else _refused(index, one)
            for index, one in enumerate(judged)
        ]
        with acting_for(call.business_id):
            return Reply(_counted(told) | row_of(device) | {"results": told})


def _judged(row: LateRowIn | Refused) -> LateAct | Problem:
    if isinstance(row, Refused):
        return row.problem
    act = row.act()
    if act is None:
        return Problem("one_of", _("Give one of accrue, redeem and reverse."))
    return row.late(act)


def _told(index: int, result: LateResult) -> dict[str, Any]:
    if result.row is None:
        return _refused(index, result.problem)
    row = result.row
    if row.state == TillState.REFUSED:
        problem = {"code": row.problem, "detail": row.why}
        status = HTTPStatus.CONFLICT
        return {
            "index": index,
            "status": int(status),
            "transaction": document(row),
            "problem": problem,
        }
    status = HTTPStatus.OK if result.replayed else HTTPStatus.CREATED
    return {"index": index, "status": int(status), "transaction": document(row)}


def _refused(index: int, problem: Problem | None) -> dict[str, Any]:
    if problem is None:
        return {"index": index, "status": int(HTTPStatus.INTERNAL_SERVER_ERROR)}
    errors = {path: [str(one) for one in many] for path, many in problem.fields.items()}
    said = {"code": problem.code, "detail": str(problem.detail), "errors": errors}
    return {"index": index, "status": problem.status, "problem": said}


def _counted(told: list[dict[str, Any]]) -> dict[str, int]:
    statuses = [one["status"] for one in told]
    done = statuses.count(HTTPStatus.CREATED)
    replayed = statuses.count(HTTPStatus.OK)
    return {"done": done, "replayed": replayed, "refused": len(told) - done - replayed}

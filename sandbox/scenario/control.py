"""The HTTP control of scenarios."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify, request

from sandbox.office import office
from sandbox.scenario import plan
from sandbox.scenario.plan import BadPlanError

control = Blueprint("scenario", __name__, url_prefix="/control/scenario")


@control.errorhandler(BadPlanError)
def _explain(error: Exception) -> tuple[Response, int]:
    return jsonify(error=str(error)), HTTPStatus.BAD_REQUEST


@control.get("")
def left() -> Response:
    """Tell the scripts and chances still to come."""
    with office().desk() as desk:
        return jsonify(plan.told(desk.db))


@control.post("")
def add() -> tuple[Response, int]:
    """Add scripts, chances and settings of merchants to those there are."""
    wanted = plan.read(request.get_json(silent=True))
    with office().desk() as desk:
        plan.keep(desk.db, wanted)
        return jsonify(plan.told(desk.db)), HTTPStatus.CREATED


@control.delete("")
def drop() -> Response:
    """Drop every script and chance."""
    with office().desk() as desk:
        plan.forget(desk.db)
        return jsonify(plan.told(desk.db))

"""What customers answered, over HTTP: the rows behind satisfaction at a glance (C013)."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import Problem
from feedback.enums import SCALES, SurveyKind
from feedback.models import Response
from feedback.queries.responses import answers

_LONGEST: Final = 366
_HIGHEST: Final = max(SCALES[SurveyKind.NPS])


class ResponseOut(BaseModel):
    """One answer; nps scores are 0 to 10, csat's 1 to 5. `goods_came_back` after it was given."""

    id: UUID
    survey_id: UUID
    kind: Literal["nps", "csat"]
    customer_id: UUID
    purchase_id: UUID
    score: int
    comment: str
    goods_came_back: bool
    asked_at: AwareDatetime
    answered_at: AwareDatetime


class ResponsesOut(BaseModel):
    """A page of answers, newest first."""

    data: list[ResponseOut]
    next_cursor: str | None


class Responses(Endpoint):
    """GET what customers answered."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": ResponsesOut}
    filters: ClassVar = {
        "kind": "nps or csat",
        "survey": "the id of a survey",
        "customer": "the id of a customer",
        "days": f"asked in so many last days, 1 to {_LONGEST}, as reports/overview counts them",
        "most": f"scores up to this, 0 to {_HIGHEST}",
        **FILTERS,
    }

    def get(self, call: Call) -> Reply:
        """List them, newest first."""
        found = page(
            answers(
                kind=_kind(call),
                survey_id=_id(call, "survey"),
                customer_id=_id(call, "customer"),
                asked_since=_since(call),
                most=_number(call, "most", 0, _HIGHEST),
            ),
            by="answered_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [_response(row) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})


def _kind(call: Call) -> str:
    kind = call.query.get("kind", "")
    if kind and kind not in SurveyKind.values:
        raise Problem("invalid_kind", _("Ask for nps or csat."), about="kind")
    return kind


def _id(call: Call, name: str) -> UUID | None:
    text = call.query.get(name, "")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Problem(f"invalid_{name}", _("Give a UUID."), about=name) from error


def _since(call: Call) -> datetime | None:
    days = _number(call, "days", 1, _LONGEST)
    return None if days is None else call.now - timedelta(days=days)


def _number(call: Call, name: str, least: int, most: int) -> int | None:
    text = call.query.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and least <= int(text[:4]) <= most):
        sentence = _("Give a whole number from %(least)s to %(most)s.") % {
            "least": least,
            "most": most,
        }
        raise Problem(f"invalid_{name}", sentence, about=name)
    return int(text[:4])


def _response(row: Response) -> dict[str, Any]:
    return {
        "id": row.id,
        "survey_id": row.survey_id,
        "kind": row.survey.kind,
        "customer_id": row.customer_id,
        "purchase_id": row.purchase_id,
        "score": row.score,
        "comment": row.comment,
        "goods_came_back": row.flagged,
        "asked_at": row.invitation.created_at,
        "answered_at": row.answered_at,
    }

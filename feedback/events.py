"""What this app announces."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from outbox.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(DomainEvent):
    """A customer answered; `is_low` tells that a case was opened for it."""

    name: ClassVar[str] = "survey.responded"

    response_id: UUID
    survey_id: UUID
    customer_id: UUID
    purchase_id: UUID
    kind: str
    score: int
    is_low: bool

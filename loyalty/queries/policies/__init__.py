"""The public rules: what holds now and held when, in sentences anybody understands (C063)."""

from loyalty.queries.policies.document import policy_document
from loyalty.queries.policies.told import Chapter, chapters_of
from loyalty.queries.policies.versions import (
    Policy,
    Span,
    policy_at,
    policy_spans,
    policy_version,
)

__all__ = [
    "Chapter",
    "Policy",
    "Span",
    "chapters_of",
    "policy_at",
    "policy_document",
    "policy_spans",
    "policy_version",
]

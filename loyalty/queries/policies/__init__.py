"""The public rules: what holds now and held when, in sentences anybody understands (C063)."""

from loyalty.queries.policies.document import policy_document
from loyalty.queries.policies.told import Chapter, chapters_of
from loyalty.queries.policies.versions import Policy, policy_at, policy_versions

__all__ = [
    "Chapter",
    "Policy",
    "chapters_of",
    "policy_at",
    "policy_document",
    "policy_versions",
]

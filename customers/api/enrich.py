"""What apps above add to the answer about a purchase: points, tier, rewards, survey.

They register at start-up; this app knows only the names of the members.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from core.tenancy import active_business_id
from core.tenancy.prepared import Joined, Prepared
from outbox.operations.fence import Fence

Extra = Mapping[str, Any]
Enricher = Callable[[Sequence[UUID], datetime], Mapping[UUID, Extra]]

# Rows as `Joined` gives them → members of purchases.
Members = Callable[[Sequence[tuple[Any, ...]]], Mapping[UUID, Extra]]

MEMBERS: Final = ("points", "tier", "rewards", "presents", "survey")

_enrichers: dict[str, Enricher] = {}
_questions: dict[str, tuple[Prepared, Members]] = {}


def register_enricher(name: str, enricher: Enricher) -> None:
    """Let `enricher(purchase_ids, now)` add members to the answers about these purchases.

    It returns {purchase id: {"points": …}} and may leave purchases out. It runs after the purchase
    is written, inside its transaction, and must only read.
    """
    _enrichers[name] = enricher


def register_question(name: str, asks: Prepared, members: Members) -> None:
    """Add members as an enricher does, by one statement over business, purchases and now.

    All questions are asked together, in one round trip.
    """
    _questions[name] = asks, members


def unregister_enricher(name: str) -> None:
    """Forget an enricher; lets tests register their own."""
    _enrichers.pop(name, None)


def enriched(purchase_ids: Sequence[UUID], now: datetime) -> dict[UUID, dict[str, Any]]:
    """Return every member for every purchase, None where nobody answered.

    A failing enricher leaves its members None: the sale stands whatever happens above.
    """
    found: dict[UUID, dict[str, Any]] = {one: dict.fromkeys(MEMBERS) for one in purchase_ids}
    if not found or not (_enrichers or _questions):
        return found
    with Fence("enrichers") as fence, transaction.atomic():
        answers = [enrich(purchase_ids, now) for enrich in _enrichers.values()]
        answers += _asked(tuple(_questions), purchase_ids, now)
    if fence.error:
        answers = _one_by_one(purchase_ids, now)
    for answer in answers:
        for purchase_id, extra in answer.items():
            found[purchase_id].update(extra)
    return found


def _one_by_one(purchase_ids: Sequence[UUID], now: datetime) -> list[Mapping[UUID, Extra]]:
    """Ask each in a savepoint of its own, so that a bad one silences only itself."""
    answers: list[Mapping[UUID, Extra]] = []
    for name, enrich in _enrichers.items():
        with Fence(name), transaction.atomic():
            answers.append(enrich(purchase_ids, now))
    for name in _questions:
        with Fence(name), transaction.atomic():
            answers += _asked((name,), purchase_ids, now)
    return answers


def _asked(
    names: tuple[str, ...], purchase_ids: Sequence[UUID], now: datetime
) -> list[Mapping[UUID, Extra]]:
    if not names:
        return []
    asked = [_questions[name] for name in names]
    wanted = {"business": active_business_id(), "purchases": list(purchase_ids), "now": now}
    rows = _joined(*(asks for asks, _members in asked)).rows(wanted)
    return [members(part) for (_asks, members), part in zip(asked, rows, strict=True)]


@lru_cache(maxsize=32)
def _joined(*parts: Prepared) -> Joined:
    return Joined(*parts)

"""The delivery log and its sums."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from messaging.enums import MessageState, Purpose
from messaging.models import Message

_UNDECIDED = (MessageState.QUEUED, MessageState.SENDING)
_ON_THE_AIR = (
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.UNDELIVERED,
    MessageState.BLOCKED,
)
# What may have reached a phone counts against the caps; so does what is on its way there.
_COUNTED = (*_ON_THE_AIR, MessageState.SENDING, MessageState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the messages about one thing; `cost_rial` is what the sent ones cost."""

    total: int
    waiting: int
    sent: int
    delivered: int
    not_delivered: int
    suppressed: int
    unknown: int
    cost_rial: int


def messages() -> QuerySet[Message]:
    """Return the active business's messages, newest first."""
    return Message.objects.order_by("-created_at", "-id")


def messages_about(ref_kind: str, ref_id: UUID) -> QuerySet[Message]:
    """Return the messages about one thing, newest first."""
    return messages().filter(ref_kind=ref_kind, ref_id=ref_id)


def keys_about(ref_kind: str, ref_id: UUID) -> set[str]:
    """Return the dedupe keys of the messages about one thing."""
    rows = Message.objects.filter(ref_kind=ref_kind, ref_id=ref_id)
    return set(rows.values_list("dedupe_key", flat=True))


def tally(ref_kind: str, ref_id: UUID) -> Tally:
    """Return what became of the messages about one thing, in one query."""
    about = Message.objects.filter(ref_kind=ref_kind, ref_id=ref_id)
    sums = about.aggregate(
        total=Count("id"),
        waiting=Count("id", filter=Q(state__in=_UNDECIDED)),
        sent=Count("id", filter=Q(state__in=_ON_THE_AIR)),
        delivered=Count("id", filter=Q(state=MessageState.DELIVERED)),
        not_delivered=Count(
            "id",
            filter=Q(
                state__in=(MessageState.UNDELIVERED, MessageState.BLOCKED, MessageState.FAILED)
            ),
        ),
        suppressed=Count("id", filter=Q(state__in=(MessageState.SUPPRESSED, MessageState.EXPIRED))),
        unknown=Count("id", filter=Q(state=MessageState.UNKNOWN)),
        cost=Sum("cost_rial", filter=Q(state__in=(*_ON_THE_AIR, MessageState.UNKNOWN))),
    )
    cost = sums.pop("cost") or 0
    return Tally(**sums, cost_rial=cost)


def costs_of(ref_kind: str, ref_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return what the messages about each thing cost, in rial; nothing is left out. One query."""
    rows = Message.objects.filter(
        ref_kind=ref_kind, ref_id__in=ref_ids, state__in=(*_ON_THE_AIR, MessageState.UNKNOWN)
    )
    found = dict(rows.values_list("ref_id").annotate(cost=Sum("cost_rial")))
    return {ref_id: int(found.get(ref_id) or 0) for ref_id in ref_ids}


def offers_since(address: str, week: datetime, day: datetime, *, but: UUID) -> tuple[int, int]:
    """Return how many offers an address got, or may have got, since each instant (week first)."""
    rows = Message.objects.filter(
        address=address, purpose=Purpose.MARKETING, state__in=_COUNTED, sent_at__gte=week
    )
    sums = rows.exclude(id=but).aggregate(
        week=Count("id"), day=Count("id", filter=Q(sent_at__gte=day))
    )
    return sums["week"], sums["day"]


def queued_among(ref_kind: str, ref_ids: Collection[UUID]) -> set[UUID]:
    """Return which things still have a message waiting to be sent."""
    rows = Message.objects.filter(ref_kind=ref_kind, ref_id__in=ref_ids, state=MessageState.QUEUED)
    return {ref_id for ref_id in rows.values_list("ref_id", flat=True) if ref_id}

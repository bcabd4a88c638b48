"""Two profiles that turn out to be one person: joining them, and taking that back (rule R62).

What moves is rows, each remembered: identities, purchases, cases and remarks here; lots, holds and
the rest in the apps above, which hear of it in the same transaction. Locks are taken in the order a
sale and a return take them: purchases, totals by id, customers by id.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem, Sentence
from core.tenancy import operation
from core.text import normalise
from customers.enums import CustomerStatus, MergeState, SuggestionState, TimelineKind
from customers.events import CustomerActivated, CustomersMerged, CustomersUnmerged
from customers.models import (
    AttributeValue,
    Case,
    Customer,
    CustomerIdentity,
    CustomerMerge,
    CustomerTotals,
    Lead,
    Measure,
    MergeSuggestion,
    Purchase,
    PurchaseDispute,
    TimelineEntry,
)
from customers.operations.people.register import search_keys
from customers.operations.people.sums import recount
from customers.operations.people.together import held_merge, send_back, take_along
from customers.operations.purchases.record import until_settled
from customers.operations.stories import note_timeline
from customers.queries.merging import PURCHASES, Pair, moved_rows
from outbox.operations import publish

UNDO_DAYS: Final = 30
_MAX_REASON: Final = 200
_LIVE: Final = (CustomerStatus.ACTIVE, CustomerStatus.PROVISIONAL)
_TABLES: Final[tuple[type[Model], ...]] = (
    CustomerIdentity,
    Purchase,
    Case,
    TimelineEntry,
    AttributeValue,
    Lead,
    Measure,
    PurchaseDispute,
)
_PARTICULARS: Final = ("name", "mobile", "email")

# What apps above have against a merge: raises a Problem, given who stays and who is joined.
Objection = Callable[[UUID, UUID], None]
_objections: list[Objection] = []


def register_objection(objection: Objection) -> Objection:
    """Let an app above refuse merges it could not follow; call it from the app's `ready`."""
    if objection not in _objections:
        _objections.append(objection)
    return objection


def merge_customers(
    *,
    survivor_id: UUID,
    merged_id: UUID,
    now: datetime,
    actor: Actor | None = None,
    reason: str = "",
) -> CustomerMerge:
    """Join one profile to another for good reason; everything it owned is the survivor's.

    Raises NotFound, Problem `same_customer`, `customer_closed` (409) when one was merged or erased
    already, and what apps above have against it.
    """
    if survivor_id == merged_id:
        raise Problem("same_customer", _("These are one profile already."))
    return until_settled(
        lambda: _merge(
            survivor_id=survivor_id, merged_id=merged_id, reason=reason, actor=actor, now=now
        )
    )


def undo_merge(*, merge_id: UUID, now: datetime, actor: Actor | None = None) -> CustomerMerge:
    """Take a merge back within its thirty days: what came goes back, what happened since stays.

    Raises NotFound, Problem `merge_undone`, `too_late_to_undo` or `undo_later_first` (409).
    """
    return until_settled(lambda: _undo(merge_id=merge_id, actor=actor, now=now))


@operation
def _merge(
    *, survivor_id: UUID, merged_id: UUID, reason: str, actor: Actor | None, now: datetime
) -> CustomerMerge:
    _lock_purchases(Q(customer_id=merged_id))
    survivor, merged = _held(survivor_id, merged_id)
    for person in (survivor, merged):
        if person.status not in _LIVE:
            raise _conflict("customer_closed", _("One of these profiles was merged or erased."))
    for objection in _objections:
        objection(survivor_id, merged_id)
    merge = _written(survivor, merged, reason, actor, now)
    pair = Pair(merge.id, survivor_id, merged_id)
    for table in _TABLES:
        take_along(merge=pair, model=table, but=_known_remarks(survivor_id, table))
    activated = _join(survivor, merged)
    CustomerTotals.objects.filter(id=merged_id).delete()
    recount([survivor_id])
    decide_pair(survivor_id, merged_id, SuggestionState.ACCEPTED, actor, now)
    _tell(TimelineKind.MERGED, merge, actor, now)
    event = CustomersMerged(merge_id=merge.id, survivor_id=survivor_id, merged_id=merged_id)
    claims = [CustomerActivated(customer_id=survivor_id)] if activated else []
    publish([event, *claims], now=now)
    return merge


@operation
def _undo(*, merge_id: UUID, actor: Actor | None, now: datetime) -> CustomerMerge:
    merge = _undoable(merge_id, now)
    _lock_purchases(Q(id__in=moved_rows(merge.id, PURCHASES)))
    survivor, merged = _held(merge.survivor_id, merge.merged_id)
    if survivor.status == CustomerStatus.ERASED:
        raise _conflict("customer_closed", _("One of these profiles was merged or erased."))
    if survivor.status not in _LIVE:
        raise _conflict("undo_later_first", _("Take the later merge of this profile back first."))
    pair = Pair(merge.id, survivor.id, merged.id)
    for table in _TABLES:
        send_back(merge=pair, model=table)
    _part(survivor, merged, merge)
    CustomerTotals.objects.create(id=merged.id, customer_id=merged.id)
    recount([survivor.id, merged.id])
    merge.state, merge.undone_at, merge.undone_by = MergeState.UNDONE, now, _name(actor)
    merge.save(update_fields=["state", "undone_at", "undone_by"])
    decide_pair(survivor.id, merged.id, SuggestionState.REFUSED, actor, now)
    _tell(TimelineKind.UNMERGED, merge, actor, now)
    event = CustomersUnmerged(merge_id=merge.id, survivor_id=survivor.id, merged_id=merged.id)
    publish([event], now=now)
    return merge


def decide_pair(
    one: UUID, other: UUID, state: SuggestionState, actor: Actor | None, now: datetime
) -> None:
    """Remember what was decided about a pair of profiles, whether or not it was suggested."""
    first, second = sorted((one, other))
    decided = {"state": state, "decided_at": now, "decided_by": _name(actor)}
    MergeSuggestion.objects.update_or_create(
        first_id=first,
        second_id=second,
        defaults=decided,
        create_defaults={**decided, "because": [], "raised_at": now, "last_at": now},
    )


def _undoable(merge_id: UUID, now: datetime) -> CustomerMerge:
    found = CustomerMerge.objects.filter(id=merge_id).first()
    if found is None:
        raise NotFound(_("There is no such merge."))
    if held_merge(merge_id, MergeState.STANDING) is None:
        raise _conflict("merge_undone", _("This merge was taken back already."))
    if now > found.undo_until:
        raise _conflict("too_late_to_undo", _("A merge can be taken back within thirty days."))
    return found


def _lock_purchases(which: Q) -> None:
    """Lock purchases before totals, as a return does.

    Not their keys, here and below: whoever writes a row that names one has no need to wait.
    """
    list(
        Purchase.objects.select_for_update(no_key=True)
        .filter(which)
        .order_by("id")
        .values_list("id")
    )


def _held(survivor_id: UUID, merged_id: UUID) -> tuple[Customer, Customer]:
    """Lock totals, then customers, of both in order of id: no sale of either goes on meanwhile."""
    both = [survivor_id, merged_id]
    list(CustomerTotals.objects.select_for_update().filter(id__in=both).order_by("id"))
    rows = Customer.objects.select_for_update(no_key=True).filter(id__in=both).order_by("id")
    people = {row.id: row for row in rows}
    if len(people) < len(both):
        raise NotFound(_("There is no such customer."))
    return people[survivor_id], people[merged_id]


def _written(
    survivor: Customer, merged: Customer, reason: str, actor: Actor | None, now: datetime
) -> CustomerMerge:
    return CustomerMerge.objects.create(
        survivor=survivor,
        merged=merged,
        reason=normalise(reason)[:_MAX_REASON],
        before={
            "statuses": [survivor.status, merged.status],
            "filled": [
                name
                for name in _PARTICULARS
                if getattr(merged, name) and not getattr(survivor, name)
            ],
        },
        merged_at=now,
        merged_by=_name(actor),
        undo_until=now + timedelta(days=UNDO_DAYS),
    )


def _known_remarks(survivor_id: UUID, table: type[Model]) -> Q | None:
    """Return the remarks that the survivor's story tells already: they stay where they are."""
    if table is not TimelineEntry:
        return None
    told = TimelineEntry.objects.filter(customer_id=survivor_id).exclude(source_ref="")
    return Q(source_ref__in=list(told.values_list("source_ref", flat=True)))


def _join(survivor: Customer, merged: Customer) -> bool:
    """Fill the survivor's gaps and close the other profile; return whether the survivor woke."""
    for name in _PARTICULARS:
        setattr(survivor, name, getattr(survivor, name) or getattr(merged, name))
    woke = survivor.status != merged.status and survivor.status == CustomerStatus.PROVISIONAL
    if woke:
        survivor.status = CustomerStatus.ACTIVE
    _save(survivor)
    merged.status, merged.merged_into_id = CustomerStatus.MERGED, survivor.id
    merged.save(update_fields=["status", "merged_into"])
    return woke


def _part(survivor: Customer, merged: Customer, merge: CustomerMerge) -> None:
    """Give both profiles back what the merge changed, unless it was changed again since."""
    for name in merge.before["filled"]:
        if getattr(survivor, name) == getattr(merged, name):
            setattr(survivor, name, "" if name == "name" else None)
    was, merged.status = merge.before["statuses"]
    if was == CustomerStatus.PROVISIONAL and not (survivor.mobile or survivor.email):
        survivor.status = was
    _save(survivor)
    merged.merged_into_id = None
    merged.save(update_fields=["status", "merged_into"])


def _save(customer: Customer) -> None:
    customer.search_key, customer.family_key = search_keys(customer.name)
    customer.save(update_fields=[*_PARTICULARS, "search_key", "family_key", "status"])


def _tell(kind: TimelineKind, merge: CustomerMerge, actor: Actor | None, now: datetime) -> None:
    action = f"customer.{kind}"
    data = {"merge": str(merge.id), "merged": str(merge.merged_id), "reason": merge.reason}
    record_audit(action=action, subject=str(merge.survivor_id), data=data, actor=actor, now=now)
    note_timeline(
        customer_id=merge.survivor_id,
        kind=kind,
        data={"code": merge.merged.member_code, "reason": merge.reason},
        occurred_at=now,
        now=now,
    )


def _name(actor: Actor | None) -> str:
    return str(actor) if actor else ""


def _conflict(code: str, detail: Sentence) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT)

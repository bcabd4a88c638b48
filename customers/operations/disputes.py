"""A purchase that is not theirs: said by the customer, decided by a person (N1).

Locks are taken in the order a merge and a return take them: the purchase, then the dispute, totals,
the customer. What becomes of points is for the app above, in the same transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem, Sentence
from core.tenancy import operation
from core.text import normalise
from customers.enums import DisputeState, TimelineKind
from customers.events import PurchaseDisowned, PurchaseDisputed
from customers.models import CustomerTotals, Purchase, PurchaseDispute, Return
from customers.operations.days import mark_days_of
from customers.operations.dispute_words import tell_decision
from customers.operations.people.sums import recount
from customers.operations.people.unlinking import unlink_identity
from customers.operations.stories import note_timeline
from customers.queries.disputes import card_that_told, was_by_name
from customers.queries.merging import survivor_of
from outbox.operations import publish

_LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Disowned:
    """A purchase decided not to be theirs; whether it was theirs until now."""

    purchase_id: UUID
    total_rial: int
    taken: bool


@operation
def open_dispute(
    *, customer_id: UUID, purchase_id: UUID, words: str, now: datetime
) -> PurchaseDispute:
    """Note that a customer says a purchase of theirs is not theirs; nothing else changes.

    Raises NotFound, Problem `invalid_reason`, `already_disputed`, `purchase_returned` (409).
    """
    said, whose = _clean(words), survivor_of(customer_id)
    purchase = _held_purchase(purchase_id)
    if purchase is None or purchase.customer_id != whose:
        raise NotFound(_("There is no such purchase."))
    if PurchaseDispute.objects.filter(purchase_id=purchase_id, customer_id=whose).exists():
        raise _conflict("already_disputed", _("You have said this of the purchase already."))
    if _came_back(purchase):
        raise _conflict("purchase_returned", _("All of this purchase came back already."))
    row = PurchaseDispute.objects.create(
        customer_id=whose,
        purchase=purchase,
        matched_by=purchase.matched_by,
        words=said,
        opened_at=now,
    )
    _note("purchase.disputed", row, None, now)
    event = PurchaseDisputed(dispute_id=row.id, purchase_id=purchase.id, customer_id=whose)
    publish([event], now=now)
    return row


@operation
def keep_disputed(
    *, dispute_id: UUID, answer: str, actor: Actor | None, now: datetime
) -> PurchaseDispute:
    """Decide that a purchase is theirs, with a reason they read; it stays as it is.

    Raises NotFound, Problem `dispute_decided` (409), `invalid_reason`.
    """
    row, purchase = _held(dispute_id)
    reason = _clean(answer)
    if not reason:
        raise _wrong(_("Say to the customer why it is theirs, in at most a thousand letters."))
    _decide(row, DisputeState.THEIRS, reason, actor, now)
    tell_decision(row=row, purchase=purchase, now=now)
    return row


@operation
def disown_purchase(
    *, dispute_id: UUID, answer: str, actor: Actor | None, now: datetime
) -> Disowned:
    """Decide that a purchase is not theirs: it stands for nobody, and the card no more for them.

    One that was taken over by somebody else since is nobody's to take: then only the dispute ends.
    Raises NotFound, Problem `dispute_decided` (409), `invalid_reason`, `purchase_by_name` (409)
    where it was paid with what only they could spend.
    """
    row, purchase = _held(dispute_id)
    reason, taken = _clean(answer), purchase.customer_id == row.customer_id
    if taken:
        if was_by_name(purchase.id):
            raise _conflict(
                "purchase_by_name",
                _("This was paid with store credit or on a contract in their name; take a return."),
            )
        _let_go(purchase, row.customer_id, now)
        _unlink(row, actor, now)
    _decide(row, DisputeState.NOT_THEIRS, reason, actor, now)
    tell_decision(row=row, purchase=purchase, now=now)
    return Disowned(purchase.id, purchase.total_rial, taken)


def _held(dispute_id: UUID) -> tuple[PurchaseDispute, Purchase]:
    found = PurchaseDispute.objects.filter(id=dispute_id).values_list("purchase_id", flat=True)
    purchase_id = found.first()
    purchase = None if purchase_id is None else _held_purchase(purchase_id)
    row = PurchaseDispute.objects.select_for_update().filter(id=dispute_id).first()
    if row is None or purchase is None:
        raise NotFound(_("There is no such dispute."))
    if row.state != DisputeState.OPEN:
        raise _conflict("dispute_decided", _("This is decided already."))
    return row, purchase


def _held_purchase(purchase_id: UUID) -> Purchase | None:
    return Purchase.objects.select_for_update(no_key=True).filter(id=purchase_id).first()


def _came_back(purchase: Purchase) -> bool:
    """Tell whether nothing is left of a purchase; one of nothing comes back by a return."""
    if purchase.total_rial:
        return purchase.returned_rial >= purchase.total_rial
    return Return.objects.filter(purchase=purchase).exists()


def _let_go(purchase: Purchase, customer_id: UUID, now: datetime) -> None:
    """Let a locked purchase stand for nobody, as one whose payer said nothing of themselves."""
    list(CustomerTotals.objects.select_for_update().filter(id=customer_id))
    mark_days_of(customer_ids=[customer_id], now=now)
    purchase.customer_id, purchase.matched_by = None, ""
    purchase.save(update_fields=["customer_id", "matched_by"])
    recount([customer_id])
    event = PurchaseDisowned(purchase_id=purchase.id, customer_id=customer_id)
    publish([event], now=now)


def _unlink(row: PurchaseDispute, actor: Actor | None, now: datetime) -> None:
    card = card_that_told(row)
    if card is not None:
        unlink_identity(customer_id=row.customer_id, identity_id=card, actor=actor, now=now)


def _decide(
    row: PurchaseDispute, state: DisputeState, answer: str, actor: Actor | None, now: datetime
) -> None:
    row.state, row.answer, row.decided_at = state, answer, now
    row.decided_by = str(actor) if actor else ""
    row.save()
    _note("purchase.dispute_decided", row, actor, now)


def _clean(words: str) -> str:
    clean = normalise(words)
    if len(clean) > _LONGEST:
        raise _wrong(_("Say it in at most a thousand letters."))
    return clean


def _wrong(detail: Sentence) -> Problem:
    return Problem("invalid_reason", detail, status=HTTPStatus.UNPROCESSABLE_ENTITY, about="answer")


def _conflict(code: str, detail: Sentence) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT)


def _note(action: str, row: PurchaseDispute, actor: Actor | None, now: datetime) -> None:
    data: dict[str, Any] = {"purchase": str(row.purchase_id), "state": str(row.state)}
    record_audit(action=action, subject=str(row.customer_id), data=data, actor=actor, now=now)
    note_timeline(
        customer_id=row.customer_id,
        kind=TimelineKind.DISPUTE,
        data=data,
        occurred_at=now,
        source_ref=f"dispute:{row.id}:{row.state}",
        now=now,
    )

"""A person's word on two profiles that may be one."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem
from core.tenancy import operation
from customers.enums import CustomerStatus, SuggestionState
from customers.models import Customer, CustomerMerge, CustomerTotals, MergeSuggestion
from customers.operations.people.merging import merge_customers


@operation
def accept_suggestion(
    *,
    suggestion_id: UUID,
    now: datetime,
    survivor_id: UUID | None = None,
    actor: Actor | None = None,
) -> CustomerMerge:
    """Say that they are one person: the profiles are merged, into `survivor_id` when it is given.

    Else the profile stays that told who it is, bought more often, or is older. Raises NotFound,
    Problem `suggestion_decided` (409), `not_of_the_pair`, and those of `merge_customers`.
    """
    found = _open(suggestion_id)
    pair = (found.first_id, found.second_id)
    stays = survivor_id or _stronger(*pair)
    if stays not in pair:
        raise Problem("not_of_the_pair", _("The profile that stays must be one of the two."))
    goes = pair[0] if stays == pair[1] else pair[1]
    return merge_customers(survivor_id=stays, merged_id=goes, actor=actor, now=now)


@operation
def refuse_suggestion(*, suggestion_id: UUID, now: datetime, actor: Actor | None = None) -> None:
    """Say that they are two people; the pair is not suggested again.

    Raises NotFound, Problem `suggestion_decided` (409).
    """
    found = _open(suggestion_id)
    decided = {"decided_at": now, "decided_by": str(actor) if actor else ""}
    rows = MergeSuggestion.objects.filter(id=found.id, state=SuggestionState.OPEN)
    if not rows.update(state=SuggestionState.REFUSED, **decided):
        raise _decided()
    data = {"first": str(found.first_id), "second": str(found.second_id)}
    record_audit(
        action="customer.not_the_same", subject=str(found.id), data=data, actor=actor, now=now
    )


def _open(suggestion_id: UUID) -> MergeSuggestion:
    found = MergeSuggestion.objects.filter(id=suggestion_id).first()
    if found is None:
        raise NotFound(_("There is no such suggestion."))
    if found.state != SuggestionState.OPEN:
        raise _decided()
    return found


def _decided() -> Problem:
    return Problem(
        "suggestion_decided", _("Somebody decided this already."), status=HTTPStatus.CONFLICT
    )


def _stronger(one: UUID, other: UUID) -> UUID:
    both = {row.id: row for row in Customer.objects.filter(id__in=(one, other))}
    bought = dict(CustomerTotals.objects.filter(id__in=both).values_list("id", "purchases"))
    return max(
        both,
        key=lambda one: (
            both[one].status == CustomerStatus.ACTIVE,
            bought.get(one, 0),
            -both[one].created_at.timestamp(),
        ),
    )

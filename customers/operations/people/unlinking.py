"""Taking away from a customer what does not stand for them: a card, a number of the shop's own."""

from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem
from core.tenancy import operation
from customers.enums import CustomerStatus, IdentityKind, TimelineKind
from customers.models import CustomerIdentity
from customers.operations.people.profiles import held_profile
from customers.operations.stories import note_timeline

# A mobile and an e-mail are corrected in the profile, and the member code is ours.
UNLINKED: Final = frozenset({IdentityKind.CARD, IdentityKind.EXTERNAL_ID})


@operation
def unlink_identity(
    *, customer_id: UUID, identity_id: UUID, actor: Actor | None, now: datetime
) -> None:
    """Let a card or a number stand for nobody any more (N1). What was bought stays as it is.

    Whoever shows it next is looked at as if it had never been seen: it is bound to whom two
    payments agree on. Raises NotFound, Problem `identity_kept` (409), `customer_closed` (409).
    """
    person = held_profile(customer_id)
    row = CustomerIdentity.objects.filter(id=identity_id, customer_id=person.id).first()
    if row is None:
        raise NotFound(_("This customer is not recognised by that."))
    if row.kind not in UNLINKED:
        raise _kept(_("A mobile or e-mail is changed in the profile; the member code stays."))
    if person.status == CustomerStatus.PROVISIONAL:
        raise _kept(_("Nothing else is known of this customer; let them say who they are."))
    told = {"unlinked": row.kind, "hint": row.hint}
    row.delete()
    note_timeline(
        customer_id=person.id,
        kind=TimelineKind.PROFILE_CHANGED,
        data=told,
        occurred_at=now,
        now=now,
    )
    record_audit(
        action="customer.identity_unlinked",
        subject=str(person.id),
        data={"kind": row.kind},
        actor=actor,
        now=now,
    )


def _kept(detail: object) -> Problem:
    return Problem("identity_kept", str(detail), status=HTTPStatus.CONFLICT)

"""Making sums due, moving them and taking them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.ids import new_id
from core.spelling import number
from core.tenancy import operation
from core.text import normalise, normalise_code
from payments.enums import check_move
from payments.enums.debits import (
    DEBIT_MOVES,
    MANDATE_IN_FORCE,
    TRY_OPEN,
    Collects,
    DebitState,
)
from payments.models import Debit, DebitAttempt, DebitPolicy, Mandate
from payments.providers import debits_of
from payments.queries.mandates import debit_policy

_MAX_EXTERNAL_ID: Final = 200
_MAX_DESCRIPTION: Final = 500
_SAME: Final = ("mandate_id", "amount_rial", "due_at", "collects", "source_kind", "source_id")
_MOVABLE: Final = (DebitState.SCHEDULED, DebitState.RETRY_WAIT)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDebit:
    """A sum to collect at a time. `source_kind` and `source_id` name whoever owns it.

    One that `collects` a receivable names the earlier purchase it pays for, if there is one: no
    second sale is recorded. `give_up_at` None: the business's days of grace after `due_at`. One
    that is `announced` by its owner is not announced here as well.
    """

    mandate_id: UUID
    amount_rial: int
    due_at: datetime
    external_id: str = ""
    description: str = ""
    collects: str = Collects.SALE
    purchase_id: UUID | None = None
    source_kind: str = ""
    source_id: UUID | None = None
    schedule_id: UUID | None = None
    period: int | None = None
    give_up_at: datetime | None = None
    max_tries: int | None = None
    announced: bool = False


@operation
def schedule_debits(*, debits: Sequence[NewDebit], now: datetime) -> list[UUID]:
    """Make sums due once per external_id; return their ids in order.

    Raises NotFound, Problem `mandate_not_active`, `debit_over_cap`, `debit_after_mandate`,
    `external_id_conflict`; then none is made.
    """
    mandates = Mandate.objects.select_related("account").in_bulk({d.mandate_id for d in debits})
    manners = debit_policy()
    rows = [_row(new, mandates.get(new.mandate_id), manners, now) for new in debits]
    # Somebody who asked for the same before, or this moment, keeps theirs.
    Debit.objects.bulk_create(rows, ignore_conflicts=True)
    stored = {
        row.external_id: row
        for row in Debit.objects.filter(external_id__in=[row.external_id for row in rows])
    }
    return [_same(row, stored.get(row.external_id)).id for row in rows]


@operation
def postpone_debit(*, debit_id: UUID, due_at: datetime, now: datetime) -> None:
    """Move a sum that is not at the bank to another day; grace moves with it.

    Raises NotFound, Problem `debit_not_movable`.
    """
    debit = locked_debit(debit_id)
    if debit.state not in _MOVABLE or _open_try(debit) is not None:
        raise _not_movable(debit)
    debit.give_up_at += max(due_at - debit.due_at, timedelta())
    debit.due_at = debit.next_try_at = due_at
    debit.notice_at = _notice_at(due_at, debit_policy(), now)
    debit.save()


@operation
def cancel_debit(*, debit_id: UUID, now: datetime) -> DebitState:
    """Take a sum back while no money can be on its way; again it changes nothing.

    Raises NotFound, Problem `debit_not_movable` once a try is at the bank or the debit is over.
    """
    debit = locked_debit(debit_id)
    if debit.state == DebitState.CANCELLED:
        return DebitState.CANCELLED
    if debit.state not in _MOVABLE or _open_try(debit) is not None:
        raise _not_movable(debit)
    end_debit(debit, DebitState.CANCELLED, now)
    debit.save()
    return DebitState.CANCELLED


def locked_debit(debit_id: UUID) -> Debit:
    """Return a debit, its row locked. Raises NotFound."""
    debit = Debit.objects.select_for_update().filter(id=debit_id).first()
    if debit is None:
        raise NotFound(_("There is no such debit."))
    return debit


def move_debit(debit: Debit, state: DebitState, next_try_at: datetime | None) -> None:
    """Set a debit's next state and when it is looked at next, and free its lease."""
    check_move(DEBIT_MOVES, debit.state, state)
    debit.state = state
    debit.next_try_at = next_try_at
    debit.leased_until = None


def end_debit(debit: Debit, state: DebitState, now: datetime) -> None:
    """Close a debit: it is neither tried nor announced any more."""
    move_debit(debit, state, None)
    debit.ended_at = now
    debit.notice_at = None


def check_new_debit(new: NewDebit, mandate: Mandate) -> None:
    """Raise Problem when a permission does not allow a debit, as far as its own limits tell."""
    if mandate.state not in MANDATE_IN_FORCE:
        raise Problem(
            "mandate_not_active",
            _("This permission is not in force."),
            status=HTTPStatus.CONFLICT,
            extra={"mandate_state": mandate.state},
        )
    least = debits_of(mandate.account.provider).debits.min_rial
    if not least <= new.amount_rial <= mandate.max_debit_rial:
        words = _("One debit under this permission takes from %(least)s to %(most)s rial.") % {
            "least": number(least),
            "most": number(mandate.max_debit_rial),
        }
        raise _refused("debit_over_cap", "amount", words)
    if new.due_at >= mandate.expires_at:
        raise _refused("debit_after_mandate", "due_at", _("The permission ends before that day."))


def _row(new: NewDebit, mandate: Mandate | None, manners: DebitPolicy, now: datetime) -> Debit:
    if mandate is None:
        raise NotFound(_("There is no such mandate."))
    check_new_debit(new, mandate)
    row_id = new_id()
    return Debit(
        id=row_id,
        mandate=mandate,
        customer_id=mandate.customer_id,
        external_id=normalise_code(new.external_id)[:_MAX_EXTERNAL_ID] or f"debit-{row_id}",
        amount_rial=new.amount_rial,
        description=normalise(new.description)[:_MAX_DESCRIPTION],
        collects=Collects(new.collects),
        purchase_id=new.purchase_id,
        source_kind=new.source_kind,
        source_id=new.source_id,
        schedule_id=new.schedule_id,
        period=new.period,
        due_at=new.due_at,
        next_try_at=new.due_at,
        give_up_at=new.give_up_at or new.due_at + timedelta(days=manners.grace_days),
        max_tries=new.max_tries or manners.max_tries,
        notice_at=None if new.announced else _notice_at(new.due_at, manners, now),
        created_at=now,
    )


def _notice_at(due_at: datetime, manners: DebitPolicy, now: datetime) -> datetime | None:
    """A notice that would come together with the debit is none."""
    if not manners.notice_hours:
        return None
    return max(due_at - timedelta(hours=manners.notice_hours), now) if due_at > now else None


def _same(row: Debit, stored: Debit | None) -> Debit:
    if stored is None or any(getattr(row, name) != getattr(stored, name) for name in _SAME):
        raise Problem(
            "external_id_conflict",
            _("Another debit with this number and other content exists."),
            status=HTTPStatus.CONFLICT,
            extra={"debit_id": str(stored.id)} if stored else {},
        )
    return stored


def _open_try(debit: Debit) -> DebitAttempt | None:
    return DebitAttempt.objects.filter(debit=debit, state__in=TRY_OPEN).first()


def _not_movable(debit: Debit) -> Problem:
    return Problem(
        "debit_not_movable",
        _("This debit is at the bank or over; it cannot be changed now."),
        status=HTTPStatus.CONFLICT,
        extra={"debit_state": debit.state},
    )


def _refused(code: str, field_name: str, words: object) -> Problem:
    return Problem(
        code,
        str(words),
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field_name: [str(words)]},
    )

"""One verb of one device: once by its number; the same number again is told the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import locked_device
from core.errors import Problem
from core.tenancy import operation
from loyalty.enums import TillNote, TillState, TillVerb
from loyalty.models import TillTransaction
from loyalty.operations.till.accrue import accrue
from loyalty.operations.till.spend import spend
from loyalty.operations.till.undo import undo
from loyalty.operations.till.values import Act, Lateness, Reversal, digest_of

_DO: Final[Mapping[TillVerb, Callable[..., None]]] = MappingProxyType(
    {TillVerb.ACCRUE: accrue, TillVerb.REDEEM: spend, TillVerb.REVERSE: undo}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a device is told; `replayed`: it had been done before."""

    row: TillTransaction
    replayed: bool


@operation
def carry_out(*, device_id: UUID, act: Act, now: datetime, late: Lateness | None = None) -> Told:
    """Do what a device asks, once by its number.

    What was undone before it came is not done. Raises NotFound, Problem `device_off` (403),
    `transaction_conflict` (409: the number stands for something else), and those of what is
    asked. A refusal leaves nothing behind.
    """
    device = locked_device(device_id)
    said = digest_of(act)
    known = TillTransaction.objects.filter(device=device.id, number=act.number).first()
    if known is not None:
        return Told(row=_same(known, said), replayed=True)
    row = begun(device_id, act, late, now)
    row.said = said
    if _is_undone(row):
        row.state, row.answer = TillState.REVERSED, {"undone_before": True}
    else:
        _DO[act.verb](row, act, device, now)
    row.save(force_insert=True)
    return Told(row=row, replayed=False)


def begun(device_id: UUID, act: Act, late: Lateness | None, now: datetime) -> TillTransaction:
    """Return the row of something not done yet."""
    row = TillTransaction(
        device_id=device_id,
        number=act.number,
        verb=act.verb,
        state=TillState.DONE,
        reverses=act.reverses if isinstance(act, Reversal) else "",
        happened_at=now,
        arrived_at=now,
    )
    if late is not None:
        _date(row, late)
    return row


def _date(row: TillTransaction, late: Lateness) -> None:
    row.is_late, row.device_at, row.skew_s = True, late.device_at, late.skew_s
    row.happened_at = late.happened_at
    row.notes = [TillNote.CLOCK.value] if late.clock_was_wrong else []
    taken = TillTransaction.objects.filter(device=row.device_id, sequence=late.sequence).exists()
    if taken:
        row.notes = [*row.notes, TillNote.SEQUENCE.value]
    else:
        row.sequence = late.sequence


def _same(known: TillTransaction, said: bytes) -> TillTransaction:
    if bytes(known.said) != said:
        raise Problem(
            "transaction_conflict",
            _("This device used this number for something else."),
            status=HTTPStatus.CONFLICT,
            fields={"transaction_id": [_("This number is already in use.")]},
        )
    return known


def _is_undone(row: TillTransaction) -> bool:
    if row.verb == TillVerb.REVERSE:
        return False
    return TillTransaction.objects.filter(
        device=row.device_id, reverses=row.number, state=TillState.DONE
    ).exists()

"""What an owner decides of tills, and what a person did about what did not fit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem
from core.money import MAX_RIAL
from core.tenancy import operation
from core.text import normalise
from loyalty.enums import TillState
from loyalty.models import TillRules, TillTransaction

_MOST: Final = {"offline_points": 1_000_000, "code_from_rial": MAX_RIAL}
_MAX_NOTE: Final = 200


@operation
def change_till_rules(
    *, changes: Mapping[str, int | None], actor: Actor | None, now: datetime
) -> TillRules:
    """Change what is allowed at tills. Raises Problem `invalid_till_rules` naming the field."""
    rules, _created = TillRules.objects.select_for_update().get_or_create()
    for field, value in changes.items():
        setattr(rules, field, _checked(field, value))
    rules.save()
    _audit("till.rules", "till", dict(changes), actor, now)
    return rules


@operation
def deal_with(*, transaction_id: UUID, note: str, actor: Actor, now: datetime) -> None:
    """Say what was done about something that did not fit. Raises NotFound, `note_missing`."""
    rows = TillTransaction.objects.select_for_update()
    row = rows.filter(id=transaction_id, state=TillState.REFUSED).first()
    if row is None:
        raise NotFound(_("There is no such sale."))
    said = normalise(note)[:_MAX_NOTE]
    if not said:
        detail = _("Say in a few words what was done.")
        raise Problem("note_missing", detail, fields={"note": [detail]})
    if row.dealt_at is None:
        row.dealt_at, row.dealt_by, row.dealt_note = now, str(actor), said
        row.save(update_fields=["dealt_at", "dealt_by", "dealt_note"])
        _audit("till.dealt_with", row.number, {"note": said}, actor, now)


def _checked(field: str, value: int | None) -> int | None:
    most = _MOST.get(field)
    empty = value is None and field == "code_from_rial"
    if most is None or not (empty or (value is not None and 0 <= value <= most)):
        detail = _("This value makes no sense here.")
        raise Problem("invalid_till_rules", detail, fields={field: [detail]})
    return value


def _audit(
    action: str, subject: str, data: dict[str, Any], actor: Actor | None, now: datetime
) -> None:
    record_audit(action=action, subject=subject, data=data, actor=actor, now=now)

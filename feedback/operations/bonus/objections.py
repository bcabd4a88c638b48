"""Saying that a bonus is not right, while there is time, and an owner's answer."""

from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem, Sentence
from core.tenancy import operation
from core.text import normalise
from feedback.enums import BonusState
from feedback.models import BonusLine, BonusObjection, BonusRun, BonusSale
from feedback.queries.bonus.recount import recounted

_LONGEST: Final = 500


@operation
def object_to_bonus(
    *, line_id: UUID, purchase_id: UUID | None = None, reason: str, by: str, now: datetime
) -> BonusObjection:
    """Note an objection to a line, or to one sale of it.

    Raises NotFound, Problem `invalid_objection`, `objections_over` (409).
    """
    line = _line(line_id)
    text = normalise(reason)
    if not 1 <= len(text) <= _LONGEST:
        raise _wrong("reason", _("Say in at most 500 letters what is not right."))
    if line.run.state != BonusState.FROZEN or now >= line.run.objections_until:
        raise _late()
    sale = BonusSale.objects.filter(line=line, purchase=purchase_id).first()
    if purchase_id is not None and sale is None:
        raise _wrong("purchase_id", _("This bonus does not stand on that sale."))
    return BonusObjection.objects.create(
        line=line, sale=sale, reason=text, raised_at=now, raised_by=by
    )


@operation
def decide_objection(
    *, objection_id: UUID, upheld: bool, note: str, actor: Actor | None, now: datetime
) -> BonusObjection:
    """Answer it once; an upheld one sets its sale aside, and the line is worked out again.

    Raises NotFound, Problem `invalid_objection`, `objection_decided`, `objections_over` (409).
    """
    found = BonusObjection.objects.filter(id=objection_id).values_list("line_id", flat=True).first()
    line = _line(found) if found else None
    if line is None:
        raise NotFound(_("There is no such objection."))
    row = BonusObjection.objects.select_for_update().get(id=objection_id)
    if row.upheld is not None:
        raise Problem(
            "objection_decided", _("This was answered already."), status=HTTPStatus.CONFLICT
        )
    if line.run.state != BonusState.FROZEN:
        raise _late()
    text = normalise(note)
    if not 1 <= len(text) <= _LONGEST:
        raise _wrong("note", _("Say in at most 500 letters why."))
    row.upheld, row.note, row.decided_at = upheld, text, now
    row.decided_by = str(actor) if actor else ""
    row.save()
    if upheld and row.sale_id:
        BonusSale.objects.filter(id=row.sale_id).update(set_aside=True)
        line.difference_bp, line.amount_rial = recounted(line)
        line.save(update_fields=["difference_bp", "amount_rial"])
    data = {"upheld": upheld, "line": str(line.id)}
    record_audit(action="bonus.objection", subject=str(row.id), data=data, actor=actor, now=now)
    return row


def _line(line_id: UUID) -> BonusLine:
    """Return a line with its period locked. Raises NotFound."""
    run_id = BonusLine.objects.filter(id=line_id).values_list("run_id", flat=True).first()
    if run_id is None:
        raise NotFound(_("There is no such bonus."))
    BonusRun.objects.select_for_update().get(id=run_id)
    return BonusLine.objects.select_related("run__plan").get(id=line_id)


def _late() -> Problem:
    detail = _("The time to object is over.")
    return Problem("objections_over", detail, status=HTTPStatus.CONFLICT)


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_objection",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )

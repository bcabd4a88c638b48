"""A person's word about a sign of misuse: kept with its reason, and nothing follows by itself."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem
from core.tenancy import operation
from core.text import normalise
from loyalty.enums import SuspicionVerdict
from loyalty.models import Suspicion, SuspicionJudgement
from payments.enums import AlertKind
from payments.operations import settle_alerts

_LONGEST: Final = 500


@operation
def judge_suspicion(
    *, suspicion_id: UUID, verdict: str, reason: str, actor: Actor, now: datetime
) -> Suspicion:
    """Note what somebody thinks of a sign; judged again, the earlier words stay.

    Raises NotFound, Problem `reason_missing`, `invalid_verdict`.
    """
    said = normalise(reason)
    if not said or len(said) > _LONGEST:
        raise Problem("reason_missing", _("Say why, in at most 500 letters."))
    if verdict not in SuspicionVerdict.values:
        raise Problem("invalid_verdict", _("Say whether it is looked after or nothing wrong."))
    row = Suspicion.objects.select_for_update().filter(id=suspicion_id).first()
    if row is None:
        raise NotFound(_("There is no such sign."))
    SuspicionJudgement.objects.create(
        suspicion=row,
        verdict=verdict,
        reason=said,
        by=str(actor),
        by_id=actor.id,
        count=row.count,
        at=now,
    )
    row.state, row.judged_count = verdict, row.count
    row.save(update_fields=["state", "judged_count"])
    settle_alerts(kind=AlertKind.MISUSE, source_id=row.id, now=now)
    data = {"rule": row.rule, "verdict": verdict}
    record_audit(action="suspicion.judged", subject=str(row.id), data=data, actor=actor, now=now)
    return row

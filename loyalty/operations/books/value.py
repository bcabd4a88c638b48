"""How points are valued from now on; what was granted keeps its own value (rule R13)."""

from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem
from core.tenancy import operation
from core.text import normalise
from loyalty.models import Program, Valuation
from loyalty.queries.books import latest_valuation

WHOLE: Final = 1_000_000
# Before any programme of ours: what is valued from here was always valued so.
_ALWAYS: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MOST_STEPS: Final = 1_000_000
_MAX_REASON: Final = 200


@operation
def expect_spent(
    *,
    spent_ppm: int,
    share_steps: int | None = None,
    reason: str,
    actor: Actor | None,
    now: datetime,
) -> Valuation:
    """Say how many of a million points granted from now on are expected to be spent.

    `share_steps` rounds a sale's own share down to so many parts, as 1000 does to tenths of a
    percent; None is exact. Raises NotFound without a programme, Problem `invalid_valuation`,
    `reason_missing`.
    """
    program = Program.objects.select_for_update(no_key=True).first()
    if program is None:
        raise NotFound(_("This business has no loyalty programme."))
    why = normalise(reason)[:_MAX_REASON]
    if not why:
        raise Problem("reason_missing", _("Say why the estimate changes."))
    if not 1 <= spent_ppm <= WHOLE or not (share_steps is None or 1 <= share_steps <= _MOST_STEPS):
        raise Problem("invalid_valuation", _("This estimate makes no sense."))
    data: dict[str, Any] = {"spent_ppm": spent_ppm, "share_steps": share_steps}
    record_audit(
        action="points.valuation",
        subject="loyalty",
        data=data | {"reason": why},
        actor=actor,
        now=now,
    )
    return Valuation.objects.create(
        since=now,
        unit_value_rial=program.unit_value_rial,
        by=str(actor) if actor else "",
        reason=why,
        **data,
    )


def value_changed(was_rial: int, is_rial: int, *, by: str, now: datetime) -> None:
    """Keep what a point was worth until now; the programme's row is locked by whoever calls."""
    if was_rial == is_rial:
        return
    held = latest_valuation()
    if held is None:
        held = Valuation.objects.create(
            since=_ALWAYS, unit_value_rial=was_rial, spent_ppm=WHOLE, reason=_BEFORE
        )
    Valuation.objects.create(
        since=now,
        unit_value_rial=is_rial,
        spent_ppm=held.spent_ppm,
        share_steps=held.share_steps,
        reason=_CHANGED,
        by=by,
    )


# Written into the history in the business's language, as the programme's first names are.
_BEFORE: Final = "ارزش امتیاز تا پیش از نخستین تغییر"
_CHANGED: Final = "ارزش امتیاز در برنامه عوض شد"

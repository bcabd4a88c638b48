"""Measures about a customer: proposed, decided by a second person, appealed, answered (C058)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from businesses.queries import business_by_id
from core.calendar import business_day
from core.errors import NotFound, Problem, Sentence
from core.tenancy import active_business_id, operation
from core.text import normalise
from customers.enums import MeasureState, MeasureStep
from customers.events import MeasureApplied, MeasureLifted
from customers.models import Customer, Measure
from customers.operations.measure_words import tell_customer
from customers.queries.measures import HARD, is_over, longest_end, was_tried
from customers.queries.merging import survivor_of
from customers.queries.people import customer_view
from outbox.operations import publish

# An appeal that nobody answers so long lifts the measure.
ANSWER_DAYS: Final = 14
_LONGEST: Final = 1_000


@operation
def open_measure(
    *,
    customer_id: UUID,
    step: str,
    reason: str,
    evidence: Sequence[dict[str, Any]],
    by: str,
    actor: Actor | None,
    now: datetime,
) -> Measure:
    """Propose a measure with what speaks for it; nothing holds yet.

    Raises NotFound, Problem `unknown_measure`, `no_evidence`, `invalid_reason`,
    `measure_proposed` (409) while another proposal waits, `milder_first` (409) where nothing milder
    was tried for a month before leaving the programme or the end.
    """
    person = customer_view(survivor_of(customer_id))
    if person is None:
        raise NotFound(_("There is no such customer."))
    if step not in MeasureStep.values:
        raise _wrong("unknown_measure", "step", _("There is no such measure."))
    if not evidence:
        sentence = _("Nothing stands against this customer that is more than chance.")
        raise Problem("no_evidence", sentence, status=HTTPStatus.CONFLICT)
    Customer.objects.select_for_update().get(id=person.id)
    if Measure.objects.filter(customer_id=person.id, state=MeasureState.PROPOSED).exists():
        sentence = _("A measure is proposed already; decide about it first.")
        raise Problem("measure_proposed", sentence, status=HTTPStatus.CONFLICT)
    _milder_first(person.id, MeasureStep(step), now)
    row = Measure.objects.create(
        customer_id=person.id,
        step=step,
        evidence=list(evidence),
        reason=_words(reason, "reason"),
        proposed_by=by,
        proposed_at=now,
    )
    _note("measure.proposed", row, actor, now)
    return row


@operation
def decide_measure(
    *,
    measure_id: UUID,
    accept: bool,
    note: str,
    ends_on: date | None,
    by: str,
    actor: Actor | None,
    now: datetime,
) -> Measure:
    """Let a proposed measure hold until a day, or refuse it; by another than who proposed it.

    The customer is told by message what holds and that they may object.

    Raises NotFound, Problem `second_person_needed` (409), `measure_decided` (409),
    `invalid_reason`, `invalid_date`.
    """
    row = _held(measure_id)
    if row.state != MeasureState.PROPOSED:
        raise _decided()
    if row.proposed_by == by:
        sentence = _("Who proposed a measure does not decide about it: a second person does.")
        raise Problem("second_person_needed", sentence, status=HTTPStatus.CONFLICT)
    row.decision = _words(note, "note")
    row.decided_by, row.decided_at = by, now
    row.state = MeasureState.IN_FORCE if accept else MeasureState.REFUSED
    if accept:
        row.ends_on = end = _sound_end(ends_on, _today(now))
        event = MeasureApplied(
            measure_id=row.id, customer_id=row.customer_id, step=row.step, ends_on=end
        )
        publish([event], now=now)
        tell_customer(row=row, now=now)
    row.save()
    _note("measure.decided", row, actor, now)
    return row


@operation
def appeal_measure(*, measure_id: UUID, words: str, actor: Actor | None, now: datetime) -> Measure:
    """Note what the customer says against a measure that holds; once for each.

    Raises NotFound, Problem `measure_not_in_force` (409), `already_appealed` (409),
    `invalid_reason`.
    """
    row = _held(measure_id)
    if row.state != MeasureState.IN_FORCE or is_over(row, _today(now)):
        sentence = _("This measure does not hold, so there is nothing to appeal.")
        raise Problem("measure_not_in_force", sentence, status=HTTPStatus.CONFLICT)
    if row.appealed_at is not None:
        sentence = _("There was an appeal already.")
        raise Problem("already_appealed", sentence, status=HTTPStatus.CONFLICT)
    row.appeal, row.appealed_at = _words(words, "words"), now
    row.lapses_on = _today(now) + timedelta(days=ANSWER_DAYS)
    row.save()
    _note("measure.appealed", row, actor, now)
    return row


@operation
def answer_appeal(
    *, measure_id: UUID, lift: bool, words: str, by: str, actor: Actor | None, now: datetime
) -> Measure:
    """Lift a measure or let it stand, by another than who decided it.

    Raises NotFound, Problem `no_appeal` (409), `second_person_needed` (409), `invalid_reason`.
    """
    row = _held(measure_id)
    if row.state != MeasureState.IN_FORCE or row.appealed_at is None or row.answered_at is not None:
        raise Problem("no_appeal", _("No appeal waits here."), status=HTTPStatus.CONFLICT)
    if row.decided_by == by:
        sentence = _("Who decided does not answer the appeal: another person does.")
        raise Problem("second_person_needed", sentence, status=HTTPStatus.CONFLICT)
    row.answer = _words(words, "words")
    row.answered_by, row.answered_at = by, now
    row.lapses_on = None
    if lift:
        _lift(row, now)
    row.save()
    _note("measure.answered", row, actor, now)
    return row


@operation
def lift_measure(*, measure_id: UUID, actor: Actor | None, now: datetime) -> Measure:
    """End a measure before its day; anybody who may see it may be mild.

    Raises NotFound, Problem `measure_not_in_force` (409).
    """
    row = _held(measure_id)
    if row.state != MeasureState.IN_FORCE:
        sentence = _("This measure does not hold.")
        raise Problem("measure_not_in_force", sentence, status=HTTPStatus.CONFLICT)
    _lift(row, now)
    row.save()
    _note("measure.lifted", row, actor, now)
    return row


def _milder_first(customer_id: UUID, step: MeasureStep, now: datetime) -> None:
    """Refuse to be hard on somebody with whom nothing milder was tried."""
    if step in HARD and not was_tried(customer_id, step, now):
        sentence = _("Something milder is tried first, for thirty days at least.")
        raise Problem("milder_first", sentence, status=HTTPStatus.CONFLICT)


def _held(measure_id: UUID) -> Measure:
    row = Measure.objects.select_for_update().filter(id=measure_id).first()
    if row is None:
        raise NotFound(_("There is no such measure."))
    return row


def _lift(row: Measure, now: datetime) -> None:
    row.state, row.lapses_on = MeasureState.LIFTED, None
    event = MeasureLifted(measure_id=row.id, customer_id=row.customer_id, step=row.step)
    publish([event], now=now)


def _sound_end(ends_on: date | None, today: date) -> date:
    if ends_on is None or not today < ends_on <= longest_end(today):
        raise _wrong(
            "invalid_date", "ends_on", _("A measure ends on a day within a year from tomorrow.")
        )
    return ends_on


def _words(text: str, field: str) -> str:
    clean = normalise(text)
    if not 1 <= len(clean) <= _LONGEST:
        raise _wrong("invalid_reason", field, _("Say why, in at most a thousand letters."))
    return clean


def _today(now: datetime) -> date:
    return business_day(now, business_by_id(active_business_id()).timezone)


def _decided() -> Problem:
    sentence = _("This measure is decided already.")
    return Problem("measure_decided", sentence, status=HTTPStatus.CONFLICT)


def _wrong(code: str, field: str, detail: Sentence) -> Problem:
    return Problem(code, detail, status=HTTPStatus.UNPROCESSABLE_ENTITY, about=field)


def _note(action: str, row: Measure, actor: Actor | None, now: datetime) -> None:
    data = {"measure": str(row.id), "step": row.step, "state": row.state}
    record_audit(action=action, subject=str(row.customer_id), data=data, actor=actor, now=now)

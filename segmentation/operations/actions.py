"""Reckoning what is worth doing today, and hearing whether it was done."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from businesses.queries import business_by_id
from core.calendar import business_day
from core.errors import NotFound, Problem
from core.tenancy import active_business_id, operation
from segmentation.enums import ActionKind, ActionState, Money
from segmentation.models import ActionItem, ScoringTerms
from segmentation.models.actions import MOST_A_DAY, THOUSAND
from segmentation.queries.actions.candidates import Candidate, candidates
from segmentation.queries.actions.effects import Effect, effects
from segmentation.queries.actions.listing import margin_percent

_MOST_CALLS: Final = 3
_MOST_OF_A_KIND: Final = 2
_AFTER_DONE: Final = timedelta(days=14)
_AFTER_NOT: Final = timedelta(days=30)
_ALL: Final = 100
_UNPROMISED: Final = Q(owner=None, due_on=None)
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(business)s::text || ':actions', 0))"


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Something to do with its gain, and what decides its place."""

    one: Candidate
    effect: Effect
    margin: int

    @property
    def rank(self) -> tuple[float, int, str]:
        """Return chance × value ÷ effort, for kinds people do; ties go to what waits longest."""
        worth = self.effect.chance * self.effect.willing * self.one.value_rial / self.one.minutes
        return (-worth, -self.one.age_days, f"{self.one.kind}{self.one.subject}")

    def gain(self, chance: float) -> int:
        """Return what is gained with a chance, in rial."""
        return round(chance * self.one.value_rial * self.margin / _ALL)


@operation
def plan_actions(*, now: datetime) -> list[ActionItem]:
    """Reckon today's at most seven actions; what was answered today stays. Returns the new ones."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"business": active_business_id()})
    business = business_by_id(active_business_id())
    today = business_day(now, business.timezone)
    ActionItem.objects.filter(_UNPROMISED, on=today, state=ActionState.OPEN).delete()
    kept = _carry_on(today, now)
    known, margin = effects(now, business.timezone), margin_percent() or _ALL
    settled = _settled(now, today)
    ranked = sorted(
        (
            _Ranked(one, known[one.kind], margin)
            for one in candidates(now, today)
            if (one.kind, one.subject) not in settled
        ),
        key=lambda one: one.rank,
    )
    chosen = _varied(ranked)[: max(MOST_A_DAY - kept, 0)]
    rows = [_row(one, place, today, now) for place, one in enumerate(chosen, kept + 1)]
    return ActionItem.objects.bulk_create(rows)


@operation
def answer_action(
    *, action_item_id: UUID, done: bool, actor: Actor | None, now: datetime, by: str = ""
) -> ActionItem:
    """Say that an action was done, or will not be; may be said anew. Raises NotFound."""
    row = ActionItem.objects.select_for_update(of=("self",)).filter(id=action_item_id).first()
    if row is None:
        raise NotFound(_("There is no such action."))
    row.state = ActionState.DONE if done else ActionState.NOT_DONE
    row.answered_at, row.answered_by = now, str(actor.id) if actor else by
    row.save()
    return row


@operation
def forget_actions(*, customer_ids: Sequence[UUID], now: datetime) -> None:
    """Take off the list what was to be done about people who are gone."""
    del now
    open_ones = ActionItem.objects.filter(state=ActionState.OPEN)
    open_ones.filter(customer_id__in=list(customer_ids)).delete()


@operation
def state_margin(*, percent: int | None, actor: Actor | None, now: datetime) -> None:
    """Say what is earned of a sale, so that gains are told as profit. Raises `invalid_margin`."""
    if percent is not None and not 1 <= percent <= _ALL:
        raise Problem(
            "invalid_margin",
            _("A margin is between 1 and 100 percent."),
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            about="margin",
        )
    row = ScoringTerms.objects.select_for_update().first() or ScoringTerms(money=Money.NOMINAL)
    row.margin_percent, row.changed_at = percent, now
    row.save()
    data = {"margin_percent": percent}
    record_audit(action="scoring.margin", subject="actions", data=data, actor=actor, now=now)


def _carry_on(today: date, now: datetime) -> int:
    """Take to today what somebody has promised; return how many places are taken."""
    there = set(ActionItem.objects.filter(on=today).values_list("kind", "subject"))
    promised = ActionItem.objects.filter(~_UNPROMISED, on__lt=today, state=ActionState.OPEN)
    for row in promised.order_by("on", "place"):
        if (row.kind, row.subject) in there:
            row.state, row.answered_at = ActionState.NOT_DONE, now
        else:
            row.on = today
            there.add((row.kind, row.subject))
        row.save()
    rows = list(ActionItem.objects.filter(on=today).order_by("due_on", "place", "id"))
    for place, row in enumerate(rows, 1):
        row.place = place
    ActionItem.objects.bulk_update(rows, ["place"])
    return len(rows)


def _settled(now: datetime, today: date) -> Collection[tuple[str, str]]:
    """Return what was answered so lately that it is not asked again."""
    lately = Q(state=ActionState.DONE, answered_at__gte=now - _AFTER_DONE) | Q(
        state=ActionState.NOT_DONE, answered_at__gte=now - _AFTER_NOT
    )
    # What was answered today, or somebody has promised to do.
    rows = ActionItem.objects.filter(lately | Q(on=today)).values_list("kind", "subject")
    return set(rows)


def _varied(ranked: list[_Ranked]) -> list[_Ranked]:
    """Return the best, not too many of one kind."""
    taken: Counter[ActionKind] = Counter()
    found = []
    for one in ranked:
        most = _MOST_CALLS if one.one.kind == ActionKind.CALL else _MOST_OF_A_KIND
        if taken[one.one.kind] < most:
            taken[one.one.kind] += 1
            found.append(one)
    return found


def _row(ranked: _Ranked, place: int, today: date, now: datetime) -> ActionItem:
    one, effect = ranked.one, ranked.effect
    return ActionItem(
        on=today,
        place=place,
        kind=one.kind,
        subject=one.subject,
        customer_id=one.customer_id,
        value_rial=one.value_rial,
        chance=round(THOUSAND * effect.chance),
        expected_rial=ranked.gain(effect.chance),
        low_rial=ranked.gain(effect.low),
        high_rial=ranked.gain(effect.high),
        effort_minutes=one.minutes,
        foreseen=one.foreseen,
        facts=one.facts | {"seen": effect.seen, "with_margin": margin_percent() is not None},
        made_at=now,
    )

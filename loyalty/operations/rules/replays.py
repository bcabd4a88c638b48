"""Replaying a year of purchases under a draft, by a worker, beside everything else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from time import monotonic
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor
from businesses.queries import business_by_id
from core.calendar import add_months, business_day, day_start
from core.errors import NotFound, Problem
from core.tenancy import acting_for, active_business_id, operation
from customers.queries.sold_stream import Place, beginning, bought_before, sold_between
from loyalty.enums import DraftState, ReplayState
from loyalty.models import RuleDraft, RuleReplay
from loyalty.queries.happenings import Happenings
from loyalty.queries.programme import active_rule, terms
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.forecast import forecast
from loyalty.queries.rules.history import History
from loyalty.queries.rules.known import rules_of
from loyalty.queries.rules.replay import Replay
from loyalty.queries.rules.replay_kept import packed, unpacked

LEASE: Final = timedelta(seconds=60)
MOST_ATTEMPTS: Final = 3
# After so many pages what was counted is written down beside the place.
PAGES_KEPT: Final = 10
_MONTHS: Final = 12

# The claim pushes due_at on by the lease: a killed worker's replay comes back by itself and goes on
# from what was written down last. Somebody whose worker dies thrice without coming on is told so.
_CLAIM: Final = """
WITH due AS MATERIALIZED (
    SELECT business_id, id FROM loyalty_rulereplay
    WHERE state IN ('queued', 'running') AND due_at <= %(now)s
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE loyalty_rulereplay r
SET attempts = r.attempts + 1, done = COALESCE((r.place ->> 'done')::int, 0),
    started_at = COALESCE(r.started_at, %(now)s),
    state = CASE WHEN may.go_on THEN 'running' ELSE 'failed' END,
    due_at = CASE WHEN may.go_on THEN %(until)s ELSE NULL END,
    finished_at = CASE WHEN may.go_on THEN NULL ELSE %(now)s END
FROM due, LATERAL (
    SELECT o.attempts < %(most)s + COALESCE((o.place ->> 'attempts')::int, 0) AS go_on
    FROM loyalty_rulereplay o WHERE o.business_id = due.business_id AND o.id = due.id
) may
WHERE r.business_id = due.business_id AND r.id = due.id
RETURNING r.business_id, r.id, r.state
"""


class _Lost(Exception):
    """Somebody else carries the replay on, or it was stopped."""


@operation
def queue_replay(*, draft_id: UUID, actor: Actor | None, now: datetime, by: str = "") -> RuleReplay:
    """Ask for the last twelve Jalali months under a draft; a worker takes it up.

    Raises NotFound, Problem `replay_running` (409) while another one is at work.
    """
    draft = RuleDraft.objects.filter(id=draft_id, state=DraftState.OPEN).first()
    version = active_rule()
    if draft is None or version is None:
        raise NotFound(_("There is no such draft."))
    at_work = RuleReplay.objects.select_for_update().filter(due_at__isnull=False)
    if at_work.exists():
        raise Problem("replay_running", _("Another replay is at work."), status=HTTPStatus.CONFLICT)
    today = business_day(now, business_by_id(active_business_id()).timezone)
    return RuleReplay.objects.create(
        version=version,
        document=draft.document,
        since=add_months(today, -_MONTHS),
        until=today,
        created_by=by or str(actor or ""),
        created_at=now,
        due_at=now,
    )


@operation
def cancel_replay(*, replay_id: UUID, now: datetime) -> RuleReplay:
    """Stop a replay after its current page. Raises NotFound."""
    replay = RuleReplay.objects.select_for_update().filter(id=replay_id).first()
    if replay is None:
        raise NotFound(_("There is no such replay."))
    if replay.due_at is not None:
        replay.state, replay.due_at, replay.finished_at = ReplayState.CANCELLED, None, now
        replay.save(update_fields=["state", "due_at", "finished_at"])
    return replay


def claim_due_replay(*, now: datetime) -> tuple[UUID, UUID] | None:
    """Take the oldest due replay of all businesses; None when nothing is due.

    Runs under the worker role, which may see queue tables across businesses.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "until": now + LEASE, "most": MOST_ATTEMPTS})
        row = cursor.fetchone()
    if row is None or row[2] != ReplayState.RUNNING:
        return None
    return UUID(str(row[0])), UUID(str(row[1]))


def run_replay(*, business_id: UUID, replay_id: UUID, clock: Callable[[], datetime]) -> int:
    """Carry a claimed replay through; return how many purchases and other things were judged.

    Every page is a short transaction of its own; it goes on where a worker before it was killed.
    Stops without a word when it was stopped.
    """
    began = monotonic()
    with acting_for(business_id):
        run = _Run.begin(RuleReplay.objects.get(id=replay_id))
    try:
        while run.place is not None:
            with acting_for(business_id):
                run.step(clock(), monotonic() - began)
        with acting_for(business_id):
            run.finish(clock(), seconds=run.seconds + monotonic() - began)
    except _Lost:
        return 0
    return run.replay.purchases + run.replay.happened


class _Run:
    """A replay at work: where it is, and what it has counted so far."""

    def __init__(self, row: RuleReplay, history: History, replay: Replay, zone: Any) -> None:
        self.row, self.history, self.replay = row, history, replay
        self.since = beginning(day_start(row.since, zone))
        self.place: Place | None = self.since
        self.until = day_start(row.until, zone)
        self.seconds = 0.0
        # Read after the purchases, where a rule is about anything else.
        self.later: Happenings | None = None
        self.reads_later = False
        self._pages = 0
        if row.place:
            unpacked(bytes(row.kept), replay, history)
            self.place = (datetime.fromisoformat(row.place["at"]), UUID(row.place["id"]))
            self.seconds = row.place["seconds"]

    @classmethod
    def begin(cls, row: RuleReplay) -> "_Run":
        current = terms()
        if current is None:
            raise _Lost
        rules = (rules_of(row.version_id), Rules.model_validate(row.document))
        before = dict[UUID, int] if row.place else lambda: dict(bought_before(row.since))
        history = History.of(current, [one.about(None) for one in rules], before)
        run = cls(row, history, Replay(*rules, current.unit_value_rial), current.zone)
        total = sold_between(row.since, row.until)
        if any(one.afters for one in rules):
            run.later = Happenings(current, rules)
            total += run.later.total(run.since[0], run.until)
        RuleReplay.objects.filter(id=row.id, attempts=row.attempts).update(total=total)
        run.reads_later = bool(row.place.get("later"))
        return run

    def step(self, now: datetime, seconds: float) -> None:
        if self.place is None:
            return
        reader = self.later if self.later is not None and self.reads_later else self.history
        page, self.place = reader.page(self.place, self.until)
        for came in page:
            self.replay.add(came)
        if self.place is None and self.later is not None and not self.reads_later:
            self.reads_later, self.place = True, self.since
        self._pages += 1
        kept = self._kept(seconds) if self._pages % PAGES_KEPT == 0 else {}
        self._write(done=self.replay.purchases + self.replay.happened, due_at=now + LEASE, **kept)

    def _kept(self, seconds: float) -> dict[str, Any]:
        """Return what a worker after this one goes on from."""
        if self.place is None:
            return {}
        at, last = self.place
        place = {
            "at": at.isoformat(),
            "id": str(last),
            "done": self.replay.purchases + self.replay.happened,
            "later": self.reads_later,
            "attempts": self.row.attempts,
            "seconds": round(self.seconds + seconds, 1),
        }
        return {"place": place, "kept": packed(self.replay, self.history)}

    def finish(self, now: datetime, *, seconds: float) -> None:
        report = self.replay.report()
        report["seconds"] = round(seconds, 1)
        report["forecast"] = forecast(
            report["old_points"], report["new_points"], since=self.row.since, now=now
        )
        self._write(
            state=ReplayState.DONE,
            due_at=None,
            finished_at=now,
            report=report,
            place={},
            kept=b"",
        )

    def _write(self, **values: Any) -> None:
        """Write down how far it is. Raises _Lost when it was stopped or taken by another."""
        ours = RuleReplay.objects.filter(
            id=self.row.id, state=ReplayState.RUNNING, attempts=self.row.attempts
        )
        if not ours.update(**values):
            raise _Lost

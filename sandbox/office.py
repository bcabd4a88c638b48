"""The running sandbox: its settings and its store, and units of work on them."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import current_app

from sandbox import clock
from sandbox.bank import notices, transfers
from sandbox.bank.dialects import Dialect, Dialects
from sandbox.bank.notices import Notice
from sandbox.bank.payments import Payment, find
from sandbox.bank.sweep import catch_up
from sandbox.bank.transfers import Transfer
from sandbox.config import Settings
from sandbox.journal import Happening, Subject, record
from sandbox.scenario import plan
from sandbox.sequence import plant_seed
from sandbox.store import Store, fact, forget_everything

_KEY = "sandbox"


@dataclass(frozen=True, slots=True)
class Desk:
    """One unit of work: an open transaction and the virtual moment it happens at."""

    db: sqlite3.Connection
    now: int
    settings: Settings
    dialects: Dialects

    def dialect_of(self, payment: Payment) -> Dialect:
        """Return the dialect that opened a payment."""
        return self.dialects[payment.psp]


class Office:
    """What the request handlers share."""

    def __init__(self, settings: Settings, dialects: Iterable[Dialect]) -> None:
        self.settings = settings
        self.dialects = {dialect.psp: dialect for dialect in dialects}
        self._store = Store(settings.state)
        self._plan = None if settings.scenario is None else plan.read_file(settings.scenario)
        with self._store.work() as db:
            if fact(db, "seed") is None:
                self._begin(db, None)
            elif self._plan is not None and not plan.is_kept(db, self._plan):
                plan.forget(db)
                plan.keep(db, self._plan)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Open a unit of work, after letting the bank do what was due by now."""
        with self._store.work() as db:
            moment = clock.now(db)
            catch_up(db, now=moment, window_of=self._window)
            self._move_transfers(db, moment)
            yield Desk(db, moment, self.settings, self.dialects)

    def deliver(self) -> None:
        """Send the messages to shops that are due; call it with no unit of work open."""
        with self.desk() as desk:
            waiting = notices.take_due(desk.db, now=desk.now)
        for one in waiting:
            status = notices.send(one.notice)
            with self.desk() as desk:
                notices.note_end(desk.db, one.id, status)
                record(desk.db, _sent(desk.db, one.notice, status), at=desk.now)

    def reset(self, seed: str | None, *, behind: int = 0) -> None:
        """Start again from nothing, as the sandbox started: the scenario file is taken in anew.

        Without a seed, from the file's, the configured or a random one; `behind` seconds ago.
        """
        with self._store.work() as db:
            forget_everything(db)
            self._begin(db, seed)
            clock.begin(db, behind)

    def advance(self, seconds: int) -> None:
        """Move the virtual clock forward."""
        with self._store.work() as db:
            clock.advance(db, seconds)

    def _begin(self, db: sqlite3.Connection, seed: str | None) -> None:
        planned = self._plan.seed if self._plan else None
        plant_seed(db, seed or planned or self.settings.seed)
        if self._plan is not None:
            plan.keep(db, self._plan)

    def _move_transfers(self, db: sqlite3.Connection, moment: int) -> None:
        for moved in transfers.moving(db, now=moment):
            record(db, _moved(moved), at=moved.ended_at or moved.leaves_at)
            dialect = self.dialects.get(moved.psp)
            notice = dialect.transfer_notice(moved) if dialect else None
            if notice is not None:
                notices.queue(db, notice, now=moment)

    def _window(self, payment: Payment) -> int:
        return self.dialects[payment.psp].verify_seconds or self.settings.verify_window


def _moved(transfer: Transfer) -> Happening:
    return Happening(
        operation="transfer",
        subject=Subject(
            merchant_id=transfer.merchant_id, authority=transfer.authority or transfer.key
        ),
        asked={"id": transfer.id, "kind": transfer.kind, "key": transfer.key},
        answered={"state": transfer.state, "amount_rial": transfer.amount_rial},
        door=transfer.psp,
    )


def _sent(db: sqlite3.Connection, notice: Notice, status: int | None) -> Happening:
    payment = find(db, notice.authority)
    return Happening(
        operation="notice",
        subject=Subject(
            merchant_id=payment.merchant_id if payment else None,
            authority=notice.authority or None,
        ),
        asked={"url": notice.url, **notice.fields},
        answered={},
        status=status,
        door=notice.psp,
    )


def office() -> Office:
    """Return the office of the application that serves this request."""
    found = current_app.extensions[_KEY]
    if not isinstance(found, Office):
        raise TypeError(_KEY)
    return found


def install(
    app_extensions: dict[str, object], settings: Settings, dialects: Iterable[Dialect]
) -> None:
    """Put an office into a Flask application's extensions."""
    app_extensions[_KEY] = Office(settings, dialects)

"""`manage.py load_demo`: three businesses with a year behind them, for looking around."""

import json
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from businesses.queries import business_by_slug
from dashboard.management.demo.fill import (
    Login,
    fill,
    look_again,
    new_key,
    password_of,
    post_points,
)
from dashboard.management.demo.rails import Bank, play_banks, play_rails
from dashboard.management.demo.trades import TRADES, Trade

STAFF = Login("staff@vafa.example", "vafa-staff-1405")
_WORKER: Final = "vafa_worker"


class Command(BaseCommand):
    """Load the demonstration once; a second call only tells its logins again."""

    help = "Load three imagined businesses with a year of purchases; the sandbox must be running"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say where to write the logins."""
        parser.add_argument("--json", type=Path, help="file for the logins and API keys")
        parser.add_argument("--only", metavar="SLUG", help="fill just this one and tell nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing."""
        if settings.PRODUCTION:
            raise CommandError("The demonstration has known passwords; not in production.")
        _demand_worker_role()
        if options["only"]:
            self._fill(next(trade for trade in TRADES if trade.slug == options["only"]))
            return
        self._fill_all([trade for trade in TRADES if business_by_slug(trade.slug) is None])
        self._staff()
        told = [_told(trade) for trade in TRADES]
        if options["json"]:
            document = {"businesses": told, "staff": asdict(STAFF)}
            options["json"].write_text(
                json.dumps(document, ensure_ascii=False, indent=2), encoding="utf-8"
            )

    def _fill_all(self, missing: Sequence[Trade]) -> None:
        """Fill the shops; one that plays its money takes longest and goes beside the others."""
        beside = [(trade, _start(trade)) for trade in missing if trade.shows_rails]
        for trade in missing:
            if not trade.shows_rails:
                self._fill(trade)
        for trade, process in beside:
            if process.wait():
                raise CommandError(f"{trade.name} was not filled; what stopped it stands above.")
        # A history that was interrupted ends now; workers do the rest.
        with Bank(settings.SANDBOX_URL) as bank:
            bank.catch_up()
            for trade in missing:
                _play_banks(trade, bank)
        _post(missing)

    def _fill(self, trade: Trade) -> None:
        with transaction.atomic():
            filled = fill(trade, timezone.now())
        self.stdout.write(f"   {filled.name}: {filled.purchases} purchases")
        if trade.shows_rails:
            with Bank(settings.SANDBOX_URL) as bank:
                play_rails(
                    business_id=filled.business_id, trade=trade, bank=bank, now=timezone.now()
                )
            self.stdout.write(f"   {filled.name}: every rail of payment")

    def _staff(self) -> None:
        people = get_user_model().objects
        if not people.filter(email=STAFF.login).exists():
            people.create_superuser(STAFF.login, STAFF.password, name="کارکنان وفا")


def _start(trade: Trade) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "manage.py", "load_demo", "--only", trade.slug])


def _play_banks(trade: Trade, bank: Bank) -> None:
    known = business_by_slug(trade.slug)
    if trade.shows_banks and known is not None:
        play_banks(
            business_id=known.id, trade=trade, bank=bank, owner=_owner(trade), now=timezone.now()
        )


def _owner(trade: Trade) -> Any:
    return get_user_model().objects.get(email=password_of(trade, "owner").login)


def _post(trades: Sequence[Trade]) -> None:
    for trade in trades:
        known = business_by_slug(trade.slug)
        if known is not None:
            post_points(business_id=known.id, now=timezone.now())
            # Of everybody: who plays one shop's rails delivers the events of all at its own times.
            look_again(business_id=known.id, trade=trade, owner=_owner(trade), now=timezone.now())


def _told(trade: Trade) -> dict[str, Any]:
    """Return a shop's logins, with a new key for programs."""
    known = business_by_slug(trade.slug)
    if known is None:
        raise LookupError(trade.slug)
    return {
        "name": known.name,
        "slug": known.slug,
        "api_key": new_key(known.id, timezone.now()),
        "owner": asdict(password_of(trade, "owner")),
        "cashier": asdict(password_of(trade, "cashier")),
    }


def _demand_worker_role() -> None:
    """Refuse under a role that would find every queue empty and say nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (role,) = cursor.fetchone()
    if role != _WORKER:
        raise CommandError(f"load_demo works as {_WORKER}: set VAFA_DB_ROLE={_WORKER}")

"""`manage.py load_demo`: three businesses with a year behind them, for looking around."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from businesses.queries import business_by_slug
from dashboard.management.demo.fill import Filled, Login, fill, new_key, password_of
from dashboard.management.demo.trades import TRADES, Trade

STAFF = Login("staff@vafa.example", "vafa-staff-1405")


class Command(BaseCommand):
    """Load the demonstration once; a second call only tells its logins again."""

    help = "Load three imagined businesses with a year of purchases"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say where to write the logins."""
        parser.add_argument("--json", type=Path, help="file for the logins and API keys")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing."""
        if settings.PRODUCTION:
            raise CommandError("The demonstration has known passwords; not in production.")
        told = [self._business(trade) for trade in TRADES]
        self._staff()
        if options["json"]:
            document = {"businesses": told, "staff": asdict(STAFF)}
            options["json"].write_text(
                json.dumps(document, ensure_ascii=False, indent=2), encoding="utf-8"
            )

    def _business(self, trade: Trade) -> dict[str, Any]:
        known = business_by_slug(trade.slug)
        if known is None:
            with transaction.atomic():
                filled = fill(trade, timezone.now())
            self.stdout.write(f"   {filled.name}: {filled.purchases} purchases")
        else:
            filled = Filled(
                name=known.name,
                slug=known.slug,
                api_key=new_key(known.id, timezone.now()),
                owner=password_of(trade, "owner"),
                cashier=password_of(trade, "cashier"),
                purchases=0,
            )
        document = asdict(filled)
        del document["purchases"]
        return document

    def _staff(self) -> None:
        people = get_user_model().objects
        if not people.filter(email=STAFF.login).exists():
            people.create_superuser(STAFF.login, STAFF.password, name="کارکنان وفا")

"""`manage.py check_invariants`: does everything we promise hold right now?"""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.tenancy.invariants import Broken, broken_promises


class Command(BaseCommand):
    help = "Check every app's invariants in every business; exit non-zero when one is broken."
    requires_system_checks = ()  # runs often; addresses do not matter

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = broken_promises(timezone.now())
        self.stdout.write(_as_json(found) if options["json"] else _as_text(found))
        if found:
            raise CommandError(f"{len(found)} invariants are broken")


def _as_json(found: list[Broken]) -> str:
    rows = [asdict(one) for one in found]
    return json.dumps({"ok": not found, "broken": rows}, default=str, ensure_ascii=False)


def _as_text(found: list[Broken]) -> str:
    lines = [f"{one.app} {one.business_id or 'everywhere'}: {one.what}" for one in found]
    return "\n".join(lines) or "everything holds"

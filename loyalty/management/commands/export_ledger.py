"""`manage.py export_ledger`: one business's ledger and its seals, for anybody to check."""

from argparse import FileType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from businesses.queries import business_by_slug
from core.tenancy import acting_for
from loyalty.operations import seal_ledger
from loyalty.queries.seals import exported, last_seal


class Command(BaseCommand):
    help = "Seal what is not sealed yet and write one business's ledger as lines of JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--business", required=True, help="address (slug) of the business")
        parser.add_argument("file", type=FileType("w", encoding="utf-8"))

    def handle(self, *_args: Any, **options: Any) -> None:
        business = business_by_slug(options["business"])
        if business is None:
            raise CommandError("there is no such business")
        with options["file"] as file, acting_for(business.id):
            while seal_ledger(now=timezone.now(), thorough=True):
                pass
            file.writelines(f"{line}\n" for line in exported())
            last = last_seal()
        note = f"{last.number}:{last.digest}" if last else "nothing sealed yet"
        self.stdout.write(f"note down: {note}")

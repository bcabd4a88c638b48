"""`manage.py verify_ledger`: is an exported ledger whole? Reads the file and nothing else."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loyalty.queries.chain import told, verify


class Command(BaseCommand):
    help = "Check an exported ledger offline; exit non-zero when anything in it was changed."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--known", default="", help="number:digest of a seal noted down before")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with options["file"].open(encoding="utf-8") as lines:
                report = verify(lines, options["known"])
        except OSError as error:
            raise CommandError(str(error)) from error
        if not report.is_whole:
            raise CommandError(told(report))
        self.stdout.write(told(report))

"""`manage.py tick`: what beat and the workers do, once, in this process."""

import json
from typing import Any, Final

from celery import current_app
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

_WORKER: Final = "vafa_worker"
_MOST_ROUNDS: Final = 1000


class Command(BaseCommand):
    help = "Run every periodic task once, or until nothing is due."
    requires_system_checks = ()  # runs often; addresses do not matter

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until-idle", action="store_true", help="repeat until nothing is due")
        parser.add_argument("--only", metavar="TASK", help="run just this task (any Celery task)")

    def handle(self, *_args: Any, **options: Any) -> None:
        _demand_worker_role()
        # The loader's own way of importing would run every system check on top.
        current_app.autodiscover_tasks(force=True)
        names = [options["only"]] if options["only"] else list(settings.TICK_TASKS)
        done = dict.fromkeys(names, 0)
        for _round in range(_MOST_ROUNDS if options["until_idle"] else 1):
            if not _run_round(done):
                break
        self.stdout.write(json.dumps(done))


def _run_round(done: dict[str, int]) -> int:
    """Run every task once; return how much they found to do."""
    total = 0
    for name in done:
        found = int(_task(name)() or 0)
        done[name] += found
        total += found
    return total


def _task(name: str) -> Any:
    task = current_app.tasks.get(name)
    if task is None:
        raise CommandError(f"there is no task {name}")
    return task


def _demand_worker_role() -> None:
    """Refuse under a role that would find every queue empty and say nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role = cursor.fetchone()[0]
    if role != _WORKER:
        raise CommandError(f"tick works as {_WORKER}, not as {role}: set VAFA_DB_ROLE={_WORKER}")

"""`manage.py rls_audit`: are the walls between businesses whole?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.tenancy.audit import faults, tenant_tables


class Command(BaseCommand):
    help = "List every gap in the walls between businesses; exit non-zero when there is one."
    requires_system_checks = ()  # runs often; addresses do not matter

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = faults()
        for fault in found:
            self.stdout.write(fault)
        if found:
            raise CommandError(f"{len(found)} gaps in the walls")
        self.stdout.write(f"{len(tenant_tables())} tenant tables, no gaps")

"""Staff's eyes: reading every business under the staff role, for the length of one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from core.tenancy.scope import across_businesses

STAFF_ROLE: Final = "vafa_staff"


@contextmanager
def staff_reads(*, why: str) -> Iterator[None]:
    """Take on the staff role inside a transaction and read across businesses.

    The staff role may read every tenant table and write only inside `acting_for`. Raises
    PermissionDenied where the process's login may not take the role on (production's web
    process: the admin runs as a process of its own there).
    """
    with transaction.atomic():
        before = _role_to_return_to()
        _become(STAFF_ROLE)
        with across_businesses(why=why):
            yield
        # An error rolls the role back by itself; a released savepoint would keep it.
        _become(before)


def _role_to_return_to() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('role'), pg_has_role(session_user, %s, 'MEMBER')", [STAFF_ROLE]
        )
        role, may_be_staff = cursor.fetchone()
    if not may_be_staff:
        raise PermissionDenied(f"this process cannot work as {STAFF_ROLE}")
    return str(role)


def _become(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true)", [role])

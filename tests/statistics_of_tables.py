"""Statistics a test's own rows would have, had they been committed."""

from django.db import connection


def analyse(*tables: str) -> None:
    """Let the planner see what this transaction wrote, as it would soon after a commit.

    Statistics taken between two tests, which all roll back, call a table empty. Then a key is
    looked up by an index of the whole business, for each row again: thousands of rows took longer
    than a statement may at the end of a test.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE NONE; ANALYZE {', '.join(tables)}; RESET ROLE")

"""Ids that statements make: version 7, in the order of time (ADR 8)."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from uuid import UUID

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db
OURS = import_module("core.migrations.0005_new_ids").OURS


@pytest.mark.parametrize("made", ["SELECT app_new_id()", OURS], ids=["the server's", "ours"])
def test_an_id_is_of_version_seven_and_tells_its_moment(made: str) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    with connection.cursor() as cursor:
        cursor.execute(made)
        one = UUID(str(cursor.fetchone()[0]))
    assert (one.version, one.variant) == (7, "specified in RFC 4122")
    moment = datetime.fromtimestamp((one.int >> 80) / 1000, UTC)
    assert before <= moment <= datetime.now(UTC) + timedelta(seconds=1)


def test_ids_of_one_statement_are_many_and_in_order() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_new_id() FROM generate_series(1, 1000)")
        made = [str(row[0]) for row in cursor.fetchall()]
    assert len(set(made)) == len(made)
    assert made == sorted(made)

"""Columns by binary COPY: in and out unchanged, and nothing that does not fit."""

from uuid import UUID, uuid4

import numpy as np
import pytest
from django.db import connection

from core.database.columns import NotColumns, read_columns, write_columns

KINDS = {"id": "uuid", "a": "int2", "b": "int4", "c": "int8", "d": "float8"}


@pytest.mark.django_db
def test_columns_come_back_as_they_went():
    ids = [uuid4() for _ in range(5)]
    columns = {
        "id": np.array([one.bytes for one in ids], dtype="V16"),
        "a": np.array([-1, 0, 1, 32767, -32768]),
        "b": np.array([0, 1, -1, 2**31 - 1, -(2**31)]),
        "c": np.array([0, 1, -1, 2**63 - 1, -(2**63)]),
        "d": np.array([0.0, 1e-300, -1.5, 1e300, np.pi]),
    }
    write_columns("there", columns, KINDS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, a, b, c, d FROM pg_temp.there")
        rows = cursor.fetchall()
    assert [row[0] for row in rows] == ids
    found = read_columns("SELECT * FROM pg_temp.there", {}, KINDS)
    assert [UUID(bytes=one.tobytes()) for one in found["id"]] == ids
    for name in "abcd":
        assert (
            found[name].tolist()
            == columns[name].tolist()
            == [row["_abcd".index(name)] for row in rows]
        )


@pytest.mark.django_db
def test_values_are_bound_and_no_rows_are_no_columns():
    found = read_columns("SELECT 1 AS b WHERE %(text)s = ''", {"text": "'; DROP"}, {"b": "int4"})
    assert found["b"].size == 0
    write_columns("nothing", {"b": np.array([], dtype=int)}, {"b": "int4"})
    assert read_columns("SELECT b FROM nothing", {}, {"b": "int4"})["b"].size == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["SELECT NULL::int", "SELECT 1::bigint", "SELECT 1, 2", "SELECT 'a text'"]
)
def test_what_is_no_column_is_refused(query):
    with pytest.raises(NotColumns):
        read_columns(query, {}, {"b": "int4"})


@pytest.mark.django_db
def test_columns_of_different_lengths_are_refused():
    with pytest.raises(NotColumns):
        write_columns(
            "odd", {"a": np.array([1]), "b": np.array([1, 2])}, {"a": "int2", "b": "int4"}
        )

"""Some columns of many locked rows written by one statement.

Django's `bulk_update` builds a CASE a column with a branch a row; for a batch of debits that took
longer than everything else about them.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db import connection, models

from core.tenancy import active_business_id
from core.tenancy.models import TenantModel
from core.tenancy.prepared import Prepared


class RowWriter:
    """Writes the named fields of rows of the active business; foreign keys by their ids."""

    def __init__(self, model: type[TenantModel], *names: str) -> None:
        self._model = model
        self._names = names

    def write(self, rows: Sequence[TenantModel]) -> None:
        """Write the rows' fields as they stand."""
        if not rows:
            return
        values: dict[str, Any] = {
            column: [getattr(row, attname) for row in rows]
            for column, attname, _field in self._fields
        }
        values |= {"ids": [row.pk for row in rows], "business": active_business_id()}
        with connection.cursor() as cursor:
            self._statement.execute(cursor, values)

    @cached_property
    def _fields(self) -> "list[tuple[str, str, models.Field[Any, Any]]]":
        known = {field.name: field for field in self._model._meta.concrete_fields}
        return [(str(known[name].column), known[name].attname, known[name]) for name in self._names]

    @cached_property
    def _statement(self) -> Prepared:
        types = {
            column: f"{field.db_type(connection)}[]" for column, _attname, field in self._fields
        }
        places = "".join(f", %({column})s::{kind}" for column, kind in types.items())
        return Prepared(
            f"UPDATE {self._model._meta.db_table} AS held"  # noqa: S608
            f" SET {', '.join(f'{column} = said.{column}' for column in types)}"
            f" FROM unnest(%(ids)s::uuid[]{places}) AS said (id, {', '.join(types)})"
            " WHERE held.business_id = %(business)s AND held.id = said.id",
            business="uuid",
            ids="uuid[]",
            **types,
        )

"""Many rows of one tenant table written or read by one prepared statement, for paths that are hot.

The rows travel as one JSON document: Django builds a value and a placeholder a column and row,
and its `bulk_update` a CASE a column, which took longer than everything else about them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.base import ModelState
from pydantic_core import to_json

from core.ids import new_id
from core.tenancy.models import TenantModel
from core.tenancy.prepared import Prepared
from core.tenancy.scope import active_business_id

# A row's version is the id of the transaction that wrote it last.
_VERSION: Final = "RETURNING xmin::text"

M = TypeVar("M", bound=TenantModel)


class _Rows:
    def __init__(self, model: type[TenantModel], *names: str) -> None:
        self._model = model
        self._names = names

    @cached_property
    def _fields(self) -> "list[models.Field[Any, Any]]":
        known = {field.name: field for field in self._model._meta.concrete_fields}
        names = self._names or tuple(name for name in known if name not in {"id", "business"})
        return [known[name] for name in names]

    @cached_property
    def _attributes(self) -> list[tuple[str, str]]:
        """Return the columns, and where objects hold their values."""
        return [("id", "id"), *((str(field.column), field.attname) for field in self._fields)]

    @property
    def _columns(self) -> list[str]:
        return [str(field.column) for field in self._fields]

    @property
    def _said(self) -> str:
        kinds = [f"{field.column} {field.db_type(connection)}" for field in self._fields]
        return f"json_to_recordset(%(rows)s::json) AS said (id uuid, {', '.join(kinds)})"

    def _run(self, statement: Prepared, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        if not rows:
            return []
        return statement.rows(self._values(rows))

    def _leave(self, statement: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            statement.later(self._values(rows), owed=True)

    def _values(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        document = to_json(rows, inf_nan_mode="null").decode()
        return {"rows": document, "business": active_business_id()}

    def _version(self, written: Sequence[tuple[str]], rows: int) -> str:
        """Return the version all rows of a statement have, "" unless it wrote each of them."""
        return written[0][0] if rows and len(written) == rows else ""


class RowReader(Generic[M]):
    """Reads rows of the active business as objects; `rest` says of `r` which, and in what order.

    For rows read by the hundred at a time, where building the query took longer than reading them.
    """

    def __init__(self, model: type[M], rest: str, **types: str) -> None:
        self._model = model
        self._rest = rest
        self._types = types

    def read(self, **values: Any) -> list[M]:
        """Return the rows these values choose."""
        statement, names = self._statement
        found = statement.rows({"business": active_business_id(), **values})
        return [_held(self._model, dict(zip(names, row, strict=True))) for row in found]

    @cached_property
    def _statement(self) -> tuple[Prepared, list[str]]:
        fields = self._model._meta.concrete_fields
        if any(field.get_db_converters(connection) for field in fields):
            raise TypeError(f"{self._model.__name__} has columns Django has to convert")
        columns = ", ".join(f"r.{field.column}" for field in fields)
        sql = (
            f"SELECT {columns} FROM {self._model._meta.db_table} r"  # noqa: S608
            f" WHERE r.business_id = (SELECT %(business)s::uuid) AND {self._rest}"
        )
        names = [field.attname for field in fields]
        return Prepared(sql, business="uuid", **self._types), names


class RowMaker(_Rows, Generic[M]):
    """Inserts rows of the active business, given by column; what is not said takes its default."""

    def __init__(self, model: type[M]) -> None:
        super().__init__(model)
        self._kind = model

    def new(self, **values: Any) -> M:
        """Return an object that is not in the database yet, given by column as the rows are."""
        usual, made = self._blank
        held = {**usual, **{name: make() for name, make in made.items()}, **values}
        if len(held) > len(usual) + len(made):
            unknown = sorted(values.keys() - usual.keys() - made.keys())
            raise TypeError(f"{self._kind.__name__} has no {', '.join(unknown)}")
        return _held(self._kind, held, adding=True)

    def make(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert the rows; each gets an id unless it brings one."""
        self._run(self._statement, self._whole(rows))

    def leave(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert the rows with the transaction's next statement, whoever's that is, or its end.

        A trip less, for rows that cannot conflict: what is wrong with one is heard only there.
        """
        self._leave(self._statement, self._whole(rows))

    def _whole(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        usual = self._usual
        return [{"id": new_id(), **usual, **row} for row in rows]

    def add(self, objects: Sequence[TenantModel]) -> str:
        """Insert objects that are not in the database yet, with all they hold.

        Returns the version the rows have now.
        """
        names = self._attributes
        for one in objects:
            one.claim_for_active_business()
        written = self._run(self._telling, [_row(one, names) for one in objects])
        for one in objects:
            one._state.adding = False
            one._state.db = DEFAULT_DB_ALIAS
        return self._version(written, len(objects))

    @cached_property
    def _blank(self) -> tuple[dict[str, Any], dict[str, Callable[[], Any]]]:
        """Return what every new object holds, and what each has of its own."""
        fields = self._kind._meta.concrete_fields
        made = {
            field.attname: field.get_default
            for field in fields
            if field.has_default() and callable(field.default)
        }
        usual = {field.attname: field.get_default() for field in fields}
        return {name: value for name, value in usual.items() if name not in made}, made

    @cached_property
    def _usual(self) -> dict[str, Any]:
        return {str(field.column): field.get_default() for field in self._fields}

    @cached_property
    def _insert(self) -> str:
        columns = ", ".join(self._columns)
        return (
            f"INSERT INTO {self._model._meta.db_table} (id, business_id, {columns})"  # noqa: S608
            f" SELECT id, %(business)s, {columns} FROM {self._said}"
        )

    @cached_property
    def _statement(self) -> Prepared:
        return Prepared(self._insert, business="uuid", rows="json")

    @cached_property
    def _telling(self) -> Prepared:
        return Prepared(f"{self._insert} {_VERSION}", business="uuid", rows="json")


class RowWriter(_Rows):
    """Writes the named fields of rows of the active business; foreign keys by their ids."""

    def write(self, rows: Iterable[TenantModel]) -> str:
        """Write the rows' fields as they stand; return the version the rows have now."""
        said = self._said_of(rows)
        return self._version(self._run(self._statement, said), len(said))

    def leave(self, rows: Iterable[TenantModel]) -> None:
        """Write them with the transaction's next statement or its end, as `RowMaker.leave` does."""
        self._leave(self._statement, self._said_of(rows))

    def _said_of(self, rows: Iterable[TenantModel]) -> list[dict[str, Any]]:
        names = self._attributes
        return [_row(one, names) for one in rows]

    @cached_property
    def _statement(self) -> Prepared:
        changes = ", ".join(f"{column} = said.{column}" for column in self._columns)
        return Prepared(
            f"UPDATE {self._model._meta.db_table} AS held SET {changes} FROM {self._said}"  # noqa: S608
            " WHERE held.business_id = (SELECT %(business)s::uuid) AND held.id = said.id"
            f" {_VERSION.replace('xmin', 'held.xmin')}",
            business="uuid",
            rows="json",
        )


def _row(one: TenantModel, names: Sequence[tuple[str, str]]) -> dict[str, Any]:
    held = one.__dict__
    return {
        column: held[attname] if attname in held else getattr(one, attname)
        for column, attname in names
    }


def _held(model: type[M], values: dict[str, Any], *, adding: bool = False) -> M:
    """Return an object that holds these values, as its class would make it of all its columns.

    Django's own way asks two descriptors a field; that was a fifth of a debit's work.
    """
    one = model.__new__(model)
    values["_state"] = state = ModelState()
    state.adding, state.db = adding, None if adding else DEFAULT_DB_ALIAS
    one.__dict__.update(values)
    return one

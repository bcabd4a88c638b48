"""Businesses for tests: founded by the product once a run, then laid out again row by row.

Signing up runs what every app does for a new business, some hundred statements; nearly every test
needs one. What came of the first is kept as rows and inserted with ids, slug and owner of its own.
"""

import json
import re
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from businesses.models import Business, Membership, User
from businesses.operations import Founded, sign_up
from core.ids import new_id, new_spoken_code
from core.sealing import seal, unseal
from core.tenancy import acting_for
from core.tenancy.audit import tenant_models
from core.tenancy.prepared import Prepared

_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class _Kept(NamedTuple):
    """Rows as JSON: of the platform, of the business, of its test twin; and what names them.

    `ids` are the rows' own.
    """

    founded: Founded
    email: str
    platform: dict[str, str]
    live: dict[str, str]
    twin: dict[str, str]
    # By table, column and row: what is sealed for the row it is in.
    secrets: dict[tuple[str, str, str], str]
    ids: set[str]


_kept: Final[dict[str, _Kept]] = {}


def found(name: str) -> Founded:
    """Return a new café and its owner; the first of a name is signed up, the next laid out."""
    if name in _kept:
        return _lay_out(_kept[name])
    email = f"owner-{new_spoken_code().lower()}@example.com"
    user = User.objects.create_user(email, "long-password-1", name="مریم")
    founded = sign_up(user=user, business_name=name, vertical="cafe", now=timezone.now())
    live, twin = (_tenant_rows(one) for one in (founded.business_id, founded.test_business_id))
    platform = _platform_rows(founded, user)
    secrets = _secrets(founded.business_id) | _secrets(founded.test_business_id)
    ids = _ids(platform, live, twin)
    _kept[name] = _Kept(founded, email, platform, live, twin, secrets, ids)
    return founded


def _ids(*sides: dict[str, str]) -> set[str]:
    rows = (row for side in sides for told in side.values() for row in json.loads(told))
    return {str(row["id"]) for row in rows if _UUID.fullmatch(str(row.get("id")))}


def _platform_rows(founded: Founded, user: User) -> dict[str, str]:
    both = (founded.business_id, founded.test_business_id)
    wanted: dict[Any, tuple[str, Any]] = {
        User: ("id = %s", user.id),
        Business: ("id IN %s", both),
        Membership: ("business_id IN %s", both),
    }
    tables = {model._meta.db_table: where for model, where in wanted.items()}
    return {table: _rows(table, where, [value]) for table, (where, value) in tables.items()}


def _tenant_rows(business_id: UUID) -> dict[str, str]:
    own = {model._meta.db_table for model in tenant_models()} & set(_columns())
    with acting_for(business_id):
        found = {table: _rows(table, "TRUE", []) for table in own}
    return {table: rows for table, rows in found.items() if rows != "[]"}


def _rows(table: str, where: str, values: list[Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(json_agg(t), '[]')::text FROM \"{table}\" t WHERE {where}", values
        )
        return str(cursor.fetchone()[0])


@cache
def _columns() -> dict[str, str]:
    """Return the columns to fill of each table a business has rows in."""
    models: list[type[Model]] = [User, Business, Membership, *tenant_models()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attrelid::regclass::text, string_agg(quote_ident(attname), ', ')"
            " FROM pg_attribute WHERE attrelid = ANY(%s::regclass[]) AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = ''"
            " AND has_table_privilege(attrelid, 'SELECT') GROUP BY attrelid",
            [[model._meta.db_table for model in models]],
        )
        return dict(cursor.fetchall())


def _lay_out(kept: _Kept) -> Founded:
    ids = {old: str(new_id()) for old in kept.ids}
    code = new_spoken_code().lower()
    slug = f"shop-{code}"
    renamed = {kept.email: f"owner-{code}@example.com", kept.founded.slug: slug}

    def anew(told: str) -> str:
        for old, new in renamed.items():
            told = told.replace(old, new)
        return _UUID.sub(lambda found: ids.get(found[0], found[0]), told)

    business, twin = (
        UUID(ids[str(old)]) for old in (kept.founded.business_id, kept.founded.test_business_id)
    )
    _insert({table: anew(told) for table, told in kept.platform.items()})
    secrets = {
        (table, column, ids[row]): text for (table, column, row), text in kept.secrets.items()
    }
    for whose, rows in ((business, kept.live), (twin, kept.twin)):
        with acting_for(whose):
            laid_out = {table: anew(told) for table, told in rows.items()}
            _insert(laid_out | _sealed_anew(laid_out, secrets))
    return Founded(business, twin, slug)


def _insert(rows: dict[str, str]) -> None:
    """Write rows of several tables in one message."""
    *first, last = rows
    for table in first:
        _insertion(table).later({"rows": rows[table]})
    _insertion(last).rows({"rows": rows[last]})


@cache
def _insertion(table: str) -> Prepared:
    columns = _columns()[table]
    return Prepared(
        f'INSERT INTO "{table}" ({columns}) OVERRIDING SYSTEM VALUE'
        f' SELECT {columns} FROM json_populate_recordset(NULL::"{table}", %(rows)s)',
        rows="json",
    )


def _secrets(business_id: UUID) -> dict[tuple[str, str, str], str]:
    with acting_for(business_id):
        return {
            (model._meta.db_table, column, str(row.id)): unseal(
                bytes(getattr(row, column)), about=about.format(**_named(row))
            )
            for model in tenant_models()
            for column, about in model.sealed.items()
            for row in model.objects.filter(**{f"{column}__isnull": False})
        }


def _sealed_anew(
    laid_out: dict[str, str], secrets: dict[tuple[str, str, str], str]
) -> dict[str, str]:
    """Return the tables with secrets in them, sealed for the rows they are in now."""
    found = {table: json.loads(laid_out[table]) for table, _, _ in secrets if table in laid_out}
    for (table, column, row_id), text in secrets.items():
        for row in found.get(table, ()):
            if row["id"] == row_id:
                sealed = seal(text, about=_abouts()[table, column].format(**row))
                row[column] = f"\\x{sealed.hex()}"
    return {table: json.dumps(rows) for table, rows in found.items()}


@cache
def _abouts() -> dict[tuple[str, str], str]:
    """Return what each sealed column of a table is bound to."""
    return {
        (model._meta.db_table, column): about
        for model in tenant_models()
        for column, about in model.sealed.items()
    }


def _named(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}

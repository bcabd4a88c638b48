"""A made-up row for any tenant table, so that the walls of all of them can be tried."""

from typing import Final
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import ForeignKey

from core.tenancy.audit import tenant_models

SAMPLES: Final = {
    "uuid": "gen_random_uuid()",
    "text": "gen_random_uuid()::text",
    "varchar": "left(gen_random_uuid()::text, 8)",
    "int2": "1",
    "int4": "1",
    "int8": "1",
    "float8": "1",
    "numeric": "1",
    "bool": "false",
    "timestamptz": "now()",
    "date": "current_date",
    "time": "'10:00'",
    "jsonb": "'{}'",
    "bytea": "'\\x00'",
}
_MADE_UP: Final = """
    SELECT a.attname, t.typname
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attnotnull AND a.attgenerated = '' AND NOT a.atthasdef AND a.attidentity = ''
      AND a.attname <> ALL(%s)
"""
_CHECKS: Final = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname)
    FROM pg_constraint WHERE contype = 'c' AND conrelid = ANY(%(tables)s::regclass[])
    UNION ALL
    SELECT format('DROP TRIGGER %%I ON %%s', tgname, tgrelid::regclass)
    FROM pg_trigger
    WHERE NOT tgisinternal AND (tgdeferrable OR tgname = 'fits')
      AND tgrelid = ANY(%(tables)s::regclass[])
"""
_UNIQUENESS: Final = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname)
    FROM pg_constraint WHERE contype = 'u' AND conrelid = ANY(%(tables)s::regclass[])
    UNION ALL
    SELECT format('DROP INDEX %%s', indexrelid::regclass)
    FROM pg_index i
    WHERE indisunique AND NOT indisprimary AND indrelid = ANY(%(tables)s::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
    UNION ALL
    SELECT format('DROP TRIGGER %%I ON %%s', tgname, tgrelid::regclass)
    FROM pg_trigger
    WHERE starts_with(tgname, 'used_once') AND tgrelid = ANY(%(tables)s::regclass[])
"""


class Rows:
    """Plants and counts rows of tenant tables in raw SQL."""

    models = {model._meta.db_table: model for model in tenant_models()}
    tables = sorted(models)

    def run(self, sql, params=None):
        """Run one statement; return its rows, or the number it touched."""
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else cursor.rowcount

    def act(self, business_id):
        """Set the business as a transaction would, or none with ""."""
        self.run("SELECT set_config('app.business_id', %s, true)", [str(business_id)])

    def insert(self, table, business_id, **given):
        """Insert a made-up row."""
        given = {"business_id": business_id, **given}
        made_up = dict(self.run(_MADE_UP, [table, list(given)]))
        samples = ["'{}'" if kind.startswith("_") else SAMPLES[kind] for kind in made_up.values()]
        columns = ", ".join(f'"{name}"' for name in [*given, *made_up])
        values = ", ".join(["%s"] * len(given) + [sample.replace("%", "%%") for sample in samples])
        return self.run(
            f'INSERT INTO "{table}" ({columns}) VALUES ({values}) RETURNING id',
            [str(value) for value in given.values()],
        )[0][0]

    def plant(self, business_id):
        """Give every table a row of the business, each pointing at the others' rows."""
        self.ids = {table: self._first(table) or uuid4() for table in self.tables}
        for table, row_id in self.ids.items():
            if not self._first(table):
                self.insert(table, business_id, id=row_id, **self._links(table))
        self.settle()

    def _first(self, table):
        found = self.run(f'SELECT id FROM "{table}" ORDER BY id LIMIT 1')
        return found[0][0] if found else None

    def settle(self):
        """Check the deferred keys now: tables with open checks cannot be altered."""
        self.run("SET CONSTRAINTS ALL IMMEDIATE")
        self.run("SET CONSTRAINTS ALL DEFERRED")

    def _links(self, table):
        return {
            field.column: self.ids[field.related_model._meta.db_table]
            for field in self.models[table]._meta.concrete_fields
            if isinstance(field, ForeignKey) and field.related_model._meta.db_table in self.ids
        }

    def count(self, table):
        """Count what the present role and setting show."""
        return self.run(f'SELECT count(*) FROM "{table}"')[0][0]

    def forget(self, rules):
        """Drop rules of all tables: made-up values would break them."""
        for (sql,) in self.run(rules, {"tables": self.tables}):
            self.run(sql)


@pytest.fixture
def rows(business, other_business, as_role):
    """Tenant tables with at least one row of `business` in each; all undone afterwards.

    `rows.ids[table]` is that row's id. The owner is subject to the walls too.
    """
    made = Rows()
    block = transaction.atomic()
    vars(block)["_from_testcase"] = True  # durable scopes and wire calls may stand on it
    with block:
        made.settle()
        with as_role("vafa_owner"):
            made.forget(_CHECKS)
            made.act(business.id)
            made.plant(business.id)
            made.act("")
        yield made
        transaction.set_rollback(True)
    made.run("SET ROLE vafa_web")


@pytest.fixture
def loose_rows(rows, as_role):
    """Return the rows of a database where any number of made-up rows may follow."""
    with as_role("vafa_owner"):
        rows.forget(_UNIQUENESS)
    return rows

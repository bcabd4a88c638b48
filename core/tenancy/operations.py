"""Migration operations that wall tables off: the only place where privileges are granted."""

from typing import Any, Final

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

POLICY: Final = "business_id = (SELECT app_business())"
APP_ROLES: Final = ("vafa_web", "vafa_worker", "vafa_staff")
READERS: Final = ("vafa_staff", "vafa_backup")
_USE_SEQUENCES: Final = """
DO $$ DECLARE s regclass; BEGIN
  FOR s IN SELECT d.objid::regclass FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
           WHERE d.refobjid = '"%(table)s"'::regclass AND c.relkind = 'S'
  LOOP EXECUTE 'GRANT USAGE ON SEQUENCE ' || s || ' TO vafa_web, vafa_worker, vafa_staff';
  END LOOP;
END $$
"""


def _wall(table: str) -> list[str]:
    return [
        f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{table}_pkey"',
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_pkey" PRIMARY KEY (business_id, id)',
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY tenant ON "{table}" USING ({POLICY}) WITH CHECK ({POLICY})',
        f'CREATE POLICY staff_reads ON "{table}" FOR SELECT TO vafa_staff USING (true)',
        f'GRANT SELECT ON "{table}" TO {", ".join(READERS)}',
    ]


def _open_queue(table: str) -> list[str]:
    return [
        f'CREATE POLICY worker_reads ON "{table}" FOR SELECT TO vafa_worker USING (true)',
        (
            f'CREATE POLICY worker_claims ON "{table}" FOR UPDATE TO vafa_worker '
            "USING (true) WITH CHECK (true)"
        ),
    ]


class WallOff(Operation):
    """Make a tenant model's table safe, then grant the application roles access to it.

    The primary key becomes (business_id, id), row-level security is enabled and forced with the
    one canonical policy. `append_only` grants no UPDATE or DELETE and refuses both by trigger.
    `queue` lets the worker role find and claim due rows before it knows their business.
    """

    category = OperationCategory.SQL
    reversible = True

    def __init__(self, model: str, *, append_only: bool = False, queue: bool = False) -> None:
        self.model = model
        self.append_only = append_only
        self.queue = queue

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return the operation as migrations write it."""
        return (
            "WallOff",
            (self.model,),
            {"append_only": self.append_only, "queue": self.queue},
        )

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing in Django's picture of the models."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Apply the wall, then the grants."""
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        for sql in [*_wall(table), *self._grants(table)]:
            schema_editor.execute(sql)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Nothing to do: the table itself goes with its model."""

    def describe(self) -> str:
        """Return a line for the migration's output."""
        return f"Wall off {self.model} between businesses"

    def _grants(self, table: str) -> list[str]:
        verbs = "SELECT, INSERT" if self.append_only else "SELECT, INSERT, UPDATE, DELETE"
        sql = [f'GRANT {verbs} ON "{table}" TO {", ".join(APP_ROLES)}']
        if self.append_only:
            sql.append(
                f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
                "FOR EACH ROW EXECUTE FUNCTION app_append_only()"
            )
        return sql + (_open_queue(table) if self.queue else [])


class Emptiable(Operation):
    """Let personal columns of an append-only table be emptied, and nothing else change (R59)."""

    category = OperationCategory.SQL
    reversible = True

    def __init__(self, model: str, *columns: str) -> None:
        self.model = model
        self.columns = columns

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return the operation as migrations write it."""
        return "Emptiable", (self.model, *self.columns), {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing in Django's picture of the models."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Tell the trigger the columns, then grant them."""
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        named = ", ".join(f"'{column}'" for column in self.columns)
        granted = ", ".join(f'"{column}"' for column in self.columns)
        schema_editor.execute(
            f'CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION app_append_only({named})"
        )
        schema_editor.execute(f'GRANT UPDATE ({granted}) ON "{table}" TO {", ".join(APP_ROLES)}')

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Take both back."""
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        granted = ", ".join(f'"{column}"' for column in self.columns)
        schema_editor.execute(f'REVOKE UPDATE ({granted}) ON "{table}" FROM {", ".join(APP_ROLES)}')
        schema_editor.execute(
            f'CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION app_append_only()"
        )

    def describe(self) -> str:
        """Return a line for the migration's output."""
        return f"Let {', '.join(self.columns)} of {self.model} be emptied"


class GrantGlobal(Operation):
    """Grant the application roles access to tables that belong to no single business."""

    category = OperationCategory.SQL
    reversible = True

    def __init__(self, *tables: str, verbs: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
        self.tables = tables
        self.verbs = verbs

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return the operation as migrations write it."""
        return "GrantGlobal", self.tables, {"verbs": self.verbs}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing in Django's picture of the models."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Grant the verbs, and use of each table's own sequence when it has one."""
        for table in self.tables:
            schema_editor.execute(f'GRANT {self.verbs} ON "{table}" TO {", ".join(APP_ROLES)}')
            schema_editor.execute(f'GRANT SELECT ON "{table}" TO vafa_backup')
            schema_editor.execute(_USE_SEQUENCES % {"table": table}, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Take the grants back."""
        for table in self.tables:
            schema_editor.execute(f'REVOKE ALL ON "{table}" FROM {", ".join(APP_ROLES)}')

    def describe(self) -> str:
        """Return a line for the migration's output."""
        return f"Grant {self.verbs} on {', '.join(self.tables)}"

"""Database foreign keys that carry the business, so a row cannot point into another one."""

from typing import Any, Final, cast

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table

_ADD: Final = (
    "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (%(business)s, %(column)s) "
    "REFERENCES %(to_table)s (business_id, id) DEFERRABLE INITIALLY DEFERRED"
)
_DROP: Final = "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s"


class SameBusiness(models.BaseConstraint):
    """FOREIGN KEY (business_id, <field>_id) → (business_id, id) of the field's table."""

    def __init__(self, field: str, *, name: str = "") -> None:
        super().__init__(name=name or f"%(app_label)s_%(class)s_{field}_same_business")
        self.field = field

    def _statement(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> Statement:
        field = cast("models.ForeignKey[Any, Any]", model._meta.get_field(self.field))
        return Statement(
            _ADD,
            table=Table(model._meta.db_table, editor.quote_name),
            name=editor.quote_name(self.name[:63]),
            business=editor.quote_name("business_id"),
            column=editor.quote_name(field.column),
            to_table=Table(field.related_model._meta.db_table, editor.quote_name),
        )

    def constraint_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        """Defer the key to the end of the migration, when the target's own key exists."""
        if model is not None and schema_editor is not None:
            schema_editor.deferred_sql.append(self._statement(model, schema_editor))
        return ""

    def create_sql(  # type: ignore[override]
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Statement | None:
        """Return the statement adding the key; deferred like the inline form."""
        self.constraint_sql(model, schema_editor)
        return None

    def remove_sql(  # type: ignore[override]
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Statement:
        """Return the statement dropping the key."""
        if model is None or schema_editor is None:
            raise ValueError("model and schema editor are needed")
        return Statement(
            _DROP,
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name[:63]),
        )

    def validate(self, *_args: Any, **_kwargs: Any) -> None:
        """Leave the check to the database."""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SameBusiness):
            return self.name == other.name and self.field == other.field
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.name, self.field))

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what migrations need to write this constraint down."""
        path, _args, kwargs = super().deconstruct()
        path = path.replace("core.tenancy.constraints", "core.tenancy")
        return path, (self.field,), kwargs

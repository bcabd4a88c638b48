"""Migrations that picture the models once for many operations.

Django pictures all related models anew after each operation, and here every table points at its
business: all of them are related. The pictures before and after a run of operations, none of which
asks for what another of them made, serve for them all.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations import operations as django
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from core.tenancy.operations import Emptiable, GrantGlobal, WallOff

# Of a model: with its new parts, it must stand before them.
_ADDED: Final = (django.AddField, django.AddConstraint, django.AddIndex)
# Of a part: it is looked up in the picture from before.
_CHANGED: Final = (django.AlterField, django.RemoveConstraint, django.RemoveIndex)
_WALLS: Final = (WallOff, Emptiable, GrantGlobal)
_SHARING: Final = (django.CreateModel, *_ADDED, *_CHANGED, *_WALLS)


class Together(Migration):
    """A migration whose runs of operations share two pictures of the models."""

    def apply(
        self,
        project_state: ProjectState,
        schema_editor: BaseDatabaseSchemaEditor,
        collect_sql: bool = False,  # noqa: FBT001, FBT002 as Django calls it
    ) -> ProjectState:
        """Apply it forwards; `sqlmigrate` tells it operation by operation."""
        if collect_sql or not schema_editor.atomic_migration:
            return super().apply(project_state, schema_editor, collect_sql)
        for run in runs(self.operations):
            before = project_state.clone()
            if len(run) > 1:
                # Pictured anew when the first of them asks.
                project_state.__dict__.pop("apps", None)
            for operation in run:
                operation.state_forwards(self.app_label, project_state)
            for operation in run:
                operation.database_forwards(self.app_label, schema_editor, before, project_state)
        return project_state


def runs(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """Cut operations, in their order, into runs that the same two pictures serve."""
    run: list[Operation] = []
    for operation in operations:
        if run and not _goes_on(run, operation):
            yield run
            run = []
        run.append(operation)
    if run:
        yield run


def _goes_on(run: list[Operation], operation: Operation) -> bool:
    if not (type(operation) in _SHARING and type(run[-1]) in _SHARING):
        return False
    if isinstance(operation, (django.CreateModel, *_WALLS)):
        return True
    return not any(_stands_on(operation, earlier) for earlier in run)


def _stands_on(part: Any, earlier: Any) -> bool:
    """Whether a part's model, or the very part, is what an earlier operation made or changed."""
    if isinstance(earlier, django.CreateModel):
        return bool(part.model_name_lower == earlier.name_lower)
    if isinstance(part, _CHANGED) and isinstance(earlier, (*_ADDED, *_CHANGED)):
        return _name(part) == _name(earlier)
    return False


def _name(part: Any) -> tuple[str, str]:
    name = part.index.name if isinstance(part, django.AddIndex) else getattr(part, "name", None)
    return part.model_name.lower(), name or part.constraint.name

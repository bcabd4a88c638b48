"""Emptying what the register of personal data says of one person, in every table (rule R59).

Rows stay where they are, so that money, points and counts still add up; histories let the declared
columns be emptied and nothing else (`Emptiable`).
"""

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import BinaryField, Field, Func, JSONField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from core.tenancy.models import TenantModel
from core.tenancy.personal import ERASED, Facts, Whom, declared

Rows = QuerySet[Any]


def erase(whom: Whom) -> dict[str, int]:
    """Empty everything that is a person's or names them; return {table: rows touched}."""
    touched = {
        model._meta.label_lower: _own(model, facts, whom) + _elsewhere(model, facts, whom)
        for model, facts in declared().items()
    }
    return {table: rows for table, rows in touched.items() if rows}


def without(value: Any, names: re.Pattern[str]) -> Any:
    """Return a document without the members and items that name somebody."""
    if isinstance(value, dict):
        return {
            key: without(one, names)
            for key, one in value.items()
            if not (names.search(key) or _says(one, names))
        }
    if isinstance(value, list):
        return [without(one, names) for one in value if not _says(one, names)]
    return value


def _says(value: Any, names: re.Pattern[str]) -> bool:
    return not isinstance(value, dict | list) and bool(names.search(str(value)))


def _own(model: type[TenantModel], facts: Facts, whom: Whom) -> int:
    if facts.of is None:
        return 0
    rows = model._default_manager.filter(facts.of(whom))
    if facts.goes:
        return _gone(rows)
    found = rows.update(**_emptied(model, facts, facts.theirs)) if facts.theirs else 0
    named = _empty_named(model, facts, facts.free, _naming(rows, facts.free, whom.at_home), whom)
    return max(found, named)


def _elsewhere(model: type[TenantModel], facts: Facts, whom: Whom) -> int:
    """Look through everybody's rows for the person. A namesake is somebody else."""
    rows = model._default_manager.all()
    theirs = (*facts.theirs, *facts.free)
    texts = (*_readable(model, facts.theirs), *facts.free)
    if facts.who is None:
        return _let_go(facts, theirs, _naming(rows, texts, whom.anywhere), whom)
    known, others = rows.filter(facts.who(whom)), rows.exclude(facts.who(whom))
    return (
        _let_go(facts, theirs, _naming(others, texts, whom.anywhere), whom)
        + _let_go(facts, theirs, _naming(known, texts, whom.by_address), whom)
        + _let_go(facts, facts.free, _naming(known, facts.free, whom.anywhere), whom)
    )


def _let_go(facts: Facts, fields: Sequence[str], rows: Rows, whom: Whom) -> int:
    if facts.goes and facts.of is None:
        return _gone(rows)
    return _empty_named(rows.model, facts, fields, rows, whom)


def _gone(rows: Rows) -> int:
    deleted, _per_model = rows.delete()
    return deleted


def _readable(model: type[TenantModel], names: Iterable[str]) -> list[str]:
    """Leave out sealed fields, in which nothing can be looked for."""
    return [name for name in names if not isinstance(_field(model, name), BinaryField)]


def _naming(rows: Rows, fields: Sequence[str], pattern: str) -> Rows:
    """Return the rows in which one of the fields names the person."""
    if not fields or not pattern:
        return rows.none()
    texts = {f"text_of_{name}": _text(_field(rows.model, name)) for name in fields}
    hits = (Q(**{f"text_of_{name}__iregex": pattern}) for name in fields)
    found: Rows = rows.alias(**texts).filter(reduce(or_, hits))
    return found


def _text(field: "Field[Any, Any]") -> Any:
    if isinstance(field, BinaryField):
        return Func(field.name, Value("UTF8"), function="convert_from", output_field=TextField())
    return Cast(field.name, TextField())


def _empty_named(
    model: type[TenantModel], facts: Facts, fields: Sequence[str], rows: Rows, whom: Whom
) -> int:
    ids: list[UUID] = list(rows.values_list("id", flat=True))
    if not ids:
        return 0
    documents = [name for name in fields if name in facts.free and _is_document(model, name)]
    plain = [name for name in fields if name not in documents]
    mine = model._default_manager.filter(id__in=ids)
    if plain:
        mine.update(**_emptied(model, facts, plain))
    if documents:
        names = re.compile(whom.at_home, re.IGNORECASE)
        for row in mine.values("id", *documents):
            cut = {name: without(row[name], names) for name in documents}
            model._default_manager.filter(id=row["id"]).update(**cut)
    return len(ids)


def _is_document(model: type[TenantModel], name: str) -> bool:
    return isinstance(_field(model, name), JSONField)


def _emptied(model: type[TenantModel], facts: Facts, names: Iterable[str]) -> dict[str, Any]:
    return {name: _nothing(_field(model, name), name in facts.filled) for name in names}


def _nothing(field: "Field[Any, Any]", filled: bool) -> Any:  # noqa: FBT001 - of one field
    if field.null:
        return None
    if isinstance(field, JSONField):
        return field.get_default()
    if isinstance(field, BinaryField):
        return b""
    return ERASED if filled else ""


def _field(model: type[TenantModel], name: str) -> "Field[Any, Any]":
    return next(field for field in model._meta.concrete_fields if field.name == name)

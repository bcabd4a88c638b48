"""Migrations that picture the models once say to the database what Django's own way says."""

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from core.tenancy.operations import WallOff
from core.tenancy.together import Together, runs

DEAR = models.CheckConstraint(condition=models.Q(price__gt=100), name="dear")
CHEAP = models.CheckConstraint(condition=models.Q(price__lt=9, old__gt=0), name="dear")


def shelf():
    return migrations.CreateModel("Shelf", [("id", models.AutoField(primary_key=True))])


def cup():
    fields: list[tuple[str, Any]] = [
        ("id", models.AutoField(primary_key=True)),
        ("price", models.IntegerField(default=1)),
    ]
    return migrations.CreateModel("Cup", fields, options={"constraints": [DEAR]})


def old(**changes):
    return migrations.AddField("cup", "old", models.IntegerField(default=3, **changes))


def on_shelf():
    return migrations.AddField(
        "cup", "shelf", models.ForeignKey("core.Shelf", models.CASCADE, null=True)
    )


def priced(sort: Any = models.BigIntegerField):
    return migrations.AlterField("cup", "price", sort(default=1))


def drop():
    return migrations.RemoveConstraint("cup", "dear")


def anew():
    return migrations.AddConstraint("cup", CHEAP)


def index(name="by_price"):
    return migrations.AddIndex("cup", models.Index(fields=["price"], name=name))


def cut(*operations):
    return [len(run) for run in runs(operations)]


def test_what_only_adds_goes_together():
    assert cut(shelf(), cup(), WallOff("cup")) == [3]
    assert cut(old(), on_shelf(), index(), priced(), drop(), anew()) == [6]


def test_what_is_added_to_a_new_model_comes_after_it():
    assert cut(cup(), index(), anew()) == [1, 2]
    assert cut(cup(), shelf(), priced()) == [2, 1]


def test_what_was_just_added_or_changed_is_looked_up_anew():
    assert cut(old(), migrations.AlterField("cup", "old", models.TextField())) == [1, 1]
    assert cut(priced(), priced(models.TextField)) == [1, 1]
    assert cut(anew(), drop()) == [1, 1]
    assert cut(index(), migrations.RemoveIndex("cup", "by_price")) == [1, 1]
    assert cut(priced(), drop(), anew()) == [3]


def test_anything_else_stands_alone():
    rename = migrations.RenameField("cup", "price", "cost")
    assert cut(old(), rename, index()) == [1, 1, 1]
    assert cut(index(), migrations.RunSQL("SELECT 1"), index("again")) == [1, 1, 1]


def said(kind: type[migrations.Migration], *operations) -> list[str]:
    """Return what a migration says to the database, and how Django pictures its models then."""
    made_up = type("Migration", (kind,), {"operations": list(operations)})
    migration = made_up("0001_made_up", "core")
    with connection.schema_editor(collect_sql=True) as editor:
        end = migration.apply(ProjectState(), editor)
    pictured = sorted(
        f"{model._meta.label} {[field.name for field in model._meta.get_fields()]}"
        f" {[one.name for one in model._meta.constraints]}"
        for model in end.apps.get_models()
    )
    return [*map(str, editor.collected_sql), *pictured]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "later",
    [
        [on_shelf, old, drop, anew, index, priced],
        [drop, old, priced, anew, on_shelf],
        [old, lambda: migrations.AlterField("cup", "old", models.BigIntegerField()), index],
        [index, drop, old, lambda: migrations.RemoveField("cup", "price"), on_shelf],
    ],
)
def test_together_says_what_one_by_one_says(later):
    def operations():
        return [shelf(), cup(), *(made() for made in later)]

    one_by_one = said(migrations.Migration, *operations())
    assert said(Together, *operations()) == one_by_one
    assert sum("ALTER TABLE" in line for line in one_by_one) >= 2

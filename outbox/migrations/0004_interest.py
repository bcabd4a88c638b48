"""Events a business asked for reach subscribers that hear on request only."""

import django.db.models.deletion
from django.db import migrations, models

import core.ids
from core.tenancy.operations import WallOff


class Migration(migrations.Migration):
    dependencies = [("businesses", "0001_initial"), ("outbox", "0003_emptiable")]

    operations = [
        migrations.CreateModel(
            name="Interest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("event", models.TextField(verbose_name="event")),
                ("subscriber", models.TextField(verbose_name="subscriber")),
                (
                    "business",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.business",
                    ),
                ),
            ],
            options={
                "verbose_name": "interest in events",
                "verbose_name_plural": "interests in events",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "event", "subscriber"), name="outbox_interest_once"
                    )
                ],
            },
        ),
        WallOff("interest"),
    ]

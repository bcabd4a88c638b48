import django.db.models.deletion
from django.db import migrations, models

import core.ids
from core.tenancy.operations import WallOff


class Migration(migrations.Migration):
    dependencies = [
        ("businesses", "0005_emptiable"),
        ("loyalty", "0020_suspicions"),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.IntegerField(verbose_name="number")),
                ("since", models.DateTimeField(verbose_name="since")),
                ("document", models.JSONField(verbose_name="rules")),
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
                "verbose_name": "version of the public rules",
                "verbose_name_plural": "versions of the public rules",
                "indexes": [
                    models.Index(fields=["business", "-since"], name="loyalty_policy_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "number"), name="loyalty_policy_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="loyalty_policy_first"
                    ),
                ],
            },
        ),
        WallOff("policyversion", append_only=True),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("businesses", "0008_modules"),
        ("payments", "0025_measures"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="returnwindow",
            options={
                "verbose_name": "days to return of a category or tier",
                "verbose_name_plural": "days to return by category and tier",
            },
        ),
        migrations.RemoveConstraint(
            model_name="returnwindow",
            name="payments_return_window_once",
        ),
        migrations.RemoveConstraint(
            model_name="returnwindow",
            name="payments_return_window_sound",
        ),
        migrations.AddField(
            model_name="returnwindow",
            name="tier_id",
            field=models.UUIDField(blank=True, null=True, verbose_name="tier"),
        ),
        migrations.AlterField(
            model_name="returnwindow",
            name="category",
            field=models.TextField(blank=True, default="", verbose_name="category"),
        ),
        migrations.AddConstraint(
            model_name="returnwindow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("tier_id", None)),
                fields=("business", "category"),
                name="payments_return_window_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnwindow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("tier_id__isnull", False)),
                fields=("business", "tier_id"),
                name="payments_return_window_tier",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnwindow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(models.Q(("category", ""), _negated=True), ("tier_id", None)),
                    models.Q(("category", ""), ("tier_id__isnull", False)),
                    _connector="OR",
                ),
                name="payments_return_window_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnwindow",
            constraint=models.CheckConstraint(
                condition=models.Q(("days", None), ("days__gte", 0), _connector="OR"),
                name="payments_return_window_sound",
            ),
        ),
    ]

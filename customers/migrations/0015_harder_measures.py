"""Three harder steps beside those that there were (C058)."""

from django.db import migrations, models

_STEPS = [
    ("no_offers", "No offers any more"),
    ("no_credit", "No credit any more either"),
    ("careful_returns", "Money back only by a second person, too"),
    ("short_returns", "Fourteen days to return at most, too"),
    ("out_of_club", "No points for purchases either"),
    ("ended", "End of the relationship"),
]


class Migration(migrations.Migration):
    dependencies = [("customers", "0014_context_fields")]

    operations = [
        migrations.AlterField(
            model_name="measure",
            name="step",
            field=models.TextField(choices=_STEPS, verbose_name="measure"),
        ),
    ]

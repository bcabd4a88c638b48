from django.db import migrations, models

from core.tenancy.together import Together


class Migration(Together):
    dependencies = [
        ("loyalty", "0038_funders"),
    ]

    operations = [
        migrations.AddField(
            model_name="engagementrule",
            name="is_activity",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="an activity that keeps points"
            ),
        ),
        migrations.AddConstraint(
            model_name="engagementrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_activity", False),
                    models.Q(
                        ("kind__in", ["birthday", "profile", "referral", "survey"]), _negated=True
                    ),
                    _connector="OR",
                ),
                name="loyalty_engagementrule_told",
            ),
        ),
    ]

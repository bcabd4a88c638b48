from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0014_tills")]

    operations = [
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(
                fields=["business", "customer", "activates_at"],
                name="loyalty_lot_waiting",
                condition=models.Q(("state", "pending")),
            ),
        ),
    ]

"""That a score is low stands with the outlook; a drop is only of who fell (C112)."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_KEPT = (
    """
    UPDATE segmentation_customeroutlook o SET low = true FROM segmentation_retentiondrop d
    WHERE o.business_id = app_business() AND d.business_id = o.business_id
      AND d.customer_id = o.id AND d.risen_at IS NULL
    """,
    "DELETE FROM segmentation_retentiondrop WHERE business_id = app_business() AND NOT told",
)


def keep_with_outlooks(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write who is low to the outlooks, business by business."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM businesses_business")
        for (business_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('app.business_id', %s, true)", [str(business_id)])
            for statement in _KEPT:
                cursor.execute(statement)
        cursor.execute("SELECT set_config('app.business_id', '', true)")


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0013_product_volumes")]

    operations = [
        migrations.AddField(
            model_name="customeroutlook",
            name="low",
            field=models.BooleanField(db_default=False, default=False, verbose_name="score is low"),
        ),
        migrations.RunPython(keep_with_outlooks, migrations.RunPython.noop),
        migrations.RemoveIndex("retentiondrop", "segmentation_drop_newest"),
        migrations.RemoveField("retentiondrop", "told"),
        migrations.AddIndex(
            model_name="retentiondrop",
            index=models.Index(
                condition=models.Q(("risen_at__isnull", True)),
                fields=["business", "-at"],
                name="segmentation_drop_newest",
            ),
        ),
    ]

"""Given on the spot: more than points, counted in rial (C078)."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import core.tenancy
from core.tenancy.together import Together

# What was written in points becomes what those were worth: the budget at today's value of a point,
# what was given at its day's.
_IN_RIAL = (
    """
    UPDATE loyalty_goodwillbudget b SET amount_rial = b.amount_rial * p.unit_value_rial,
        most_at_once_rial = b.most_at_once_rial * p.unit_value_rial
    FROM loyalty_program p WHERE b.business_id = app_business() AND p.business_id = b.business_id
    """,
    """
    UPDATE loyalty_goodwillmeter m SET used_rial = g.rial, most_rial = GREATEST(
        g.rial, m.most_rial * (g.rial / GREATEST(m.used_rial, 1)))
    FROM (SELECT meter_id, SUM(worth_rial)::bigint AS rial FROM loyalty_goodwill
          WHERE business_id = app_business() GROUP BY meter_id) g
    WHERE m.business_id = app_business() AND m.id = g.meter_id
    """,
)


def count_in_rial(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Turn budgets and what is counted in them into rial, business by business."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM businesses_business")
        for (business_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('app.business_id', %s, true)", [str(business_id)])
            for statement in _IN_RIAL:
                cursor.execute(statement)
        cursor.execute("SELECT set_config('app.business_id', '', true)")


class Migration(Together):
    dependencies = [
        ("businesses", "0008_modules"),
        ("customers", "0011_measures"),
        ("loyalty", "0036_returns_and_levels"),
    ]

    operations = [
        migrations.RemoveConstraint("goodwillbudget", "loyalty_goodwillbudget_numbers"),
        migrations.RemoveConstraint("goodwillmeter", "loyalty_goodwillmeter_within"),
        migrations.RemoveConstraint("goodwill", "loyalty_goodwill_said"),
        migrations.RenameField("goodwillbudget", "points", "amount_rial"),
        migrations.RenameField("goodwillbudget", "most_at_once", "most_at_once_rial"),
        migrations.RenameField("goodwillmeter", "used_points", "used_rial"),
        migrations.RenameField("goodwillmeter", "most_points", "most_rial"),
        migrations.RunPython(count_in_rial, migrations.RunPython.noop),
        migrations.AddField(
            model_name="goodwill",
            name="benefit_given",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="loyalty.benefitgiven",
                verbose_name="service given",
            ),
        ),
        migrations.AddField(
            model_name="goodwill",
            name="coupon",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="loyalty.coupon",
                verbose_name="coupon",
            ),
        ),
        migrations.AddField(
            model_name="goodwill",
            name="gift_card",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="loyalty.giftcard",
                verbose_name="gift card",
            ),
        ),
        migrations.AddField(
            model_name="goodwill",
            name="kind",
            field=models.TextField(
                choices=[
                    ("points", "Points"),
                    ("discount", "A discount in toman"),
                    ("coupon", "A coupon"),
                    ("gift_card", "A gift card"),
                    ("benefit", "A service or gift item"),
                ],
                default="points",
                verbose_name="what",
            ),
        ),
        migrations.AddField(
            model_name="goodwill",
            name="name",
            field=models.TextField(blank=True, default="", verbose_name="called"),
        ),
        migrations.AddField(
            model_name="goodwill",
            name="taken_back_at",
            field=models.DateTimeField(null=True, verbose_name="taken back"),
        ),
        migrations.AddField(
            model_name="goodwill",
            name="taken_back_by",
            field=models.TextField(blank=True, default="", verbose_name="taken back by"),
        ),
        migrations.AddField(
            model_name="goodwillbudget",
            name="good_days",
            field=models.IntegerField(
                default=30, verbose_name="coupons and cards are good for (days)"
            ),
        ),
        migrations.AlterField(
            model_name="goodwill",
            name="lot",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="loyalty.lot",
                verbose_name="lot of points",
            ),
        ),
        migrations.AlterField(
            model_name="goodwillbudget",
            name="amount_rial",
            field=models.BigIntegerField(verbose_name="for each person (rial)"),
        ),
        migrations.AlterField(
            model_name="goodwillbudget",
            name="is_open",
            field=models.BooleanField(default=False, verbose_name="may give"),
        ),
        migrations.AlterField(
            model_name="goodwillbudget",
            name="most_at_once_rial",
            field=models.BigIntegerField(null=True, verbose_name="most at once (rial)"),
        ),
        migrations.AlterField(
            model_name="goodwillmeter",
            name="most_rial",
            field=models.BigIntegerField(verbose_name="may give (rial)"),
        ),
        migrations.AlterField(
            model_name="goodwillmeter",
            name="used_rial",
            field=models.BigIntegerField(verbose_name="given (rial)"),
        ),
        migrations.AddConstraint(
            model_name="goodwill",
            constraint=core.tenancy.SameBusiness(
                "coupon", name="loyalty_goodwill_coupon_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="goodwill",
            constraint=core.tenancy.SameBusiness(
                "gift_card", name="loyalty_goodwill_gift_card_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="goodwill",
            constraint=core.tenancy.SameBusiness(
                "benefit_given", name="loyalty_goodwill_benefit_given_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="goodwill",
            constraint=models.UniqueConstraint(
                condition=models.Q(("coupon__isnull", False)),
                fields=("business", "coupon"),
                name="loyalty_goodwill_coupon",
            ),
        ),
        migrations.AddConstraint(
            model_name="goodwill",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("worth_rial__gte", 0),
                    models.Q(("reason", ""), _negated=True),
                    models.Q(
                        ("taken_back_at__isnull", False), ("taken_back_by", ""), _connector="OR"
                    ),
                ),
                name="loyalty_goodwill_said",
            ),
        ),
        migrations.AddConstraint(
            model_name="goodwill",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("benefit_given__isnull", True),
                        ("coupon__isnull", True),
                        ("gift_card__isnull", True),
                        ("kind", "points"),
                        ("lot__isnull", False),
                        ("points__gte", 1),
                    ),
                    models.Q(
                        ("benefit_given__isnull", True),
                        ("coupon__isnull", False),
                        ("gift_card__isnull", True),
                        ("kind", "discount"),
                        ("lot__isnull", True),
                        ("points", 0),
                    ),
                    models.Q(
                        ("benefit_given__isnull", True),
                        ("coupon__isnull", False),
                        ("gift_card__isnull", True),
                        ("kind", "coupon"),
                        ("lot__isnull", True),
                        ("points", 0),
                    ),
                    models.Q(
                        ("benefit_given__isnull", True),
                        ("coupon__isnull", True),
                        ("gift_card__isnull", False),
                        ("kind", "gift_card"),
                        ("lot__isnull", True),
                        ("points", 0),
                    ),
                    models.Q(
                        ("benefit_given__isnull", False),
                        ("coupon__isnull", True),
                        ("gift_card__isnull", True),
                        ("kind", "benefit"),
                        ("lot__isnull", True),
                        ("points", 0),
                    ),
                    _connector="OR",
                ),
                name="loyalty_goodwill_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="goodwillbudget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_rial__gte", 1),
                    ("good_days__gte", 1),
                    models.Q(
                        ("most_at_once_rial", None),
                        models.Q(
                            ("most_at_once_rial__gte", 1),
                            ("most_at_once_rial__lte", models.F("amount_rial")),
                        ),
                        _connector="OR",
                    ),
                ),
                name="loyalty_goodwillbudget_numbers",
            ),
        ),
        migrations.AddConstraint(
            model_name="goodwillmeter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("used_rial__gte", 0), ("used_rial__lte", models.F("most_rial"))
                ),
                name="loyalty_goodwillmeter_within",
            ),
        ),
    ]

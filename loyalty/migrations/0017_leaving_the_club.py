import django.db.models.deletion
from django.db import migrations, models

import core.ids
import core.tenancy
from core.tenancy.operations import WallOff


class Migration(migrations.Migration):
    dependencies = [
        ("businesses", "0005_emptiable"),
        ("customers", "0007_erasure"),
        ("loyalty", "0016_referrals"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClubExit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "way",
                    models.TextField(
                        choices=[
                            ("own_page", "On their own page"),
                            ("staff", "Told the shop"),
                            ("api", "Shop or app"),
                        ],
                        verbose_name="where they said so",
                    ),
                ),
                ("left_at", models.DateTimeField(verbose_name="left")),
                ("noted_by", models.TextField(blank=True, default="", verbose_name="noted by")),
                ("points", models.BigIntegerField(verbose_name="spendable points that ended")),
                (
                    "pending_points",
                    models.BigIntegerField(verbose_name="pending points that ended"),
                ),
                ("worth_rial", models.BigIntegerField(verbose_name="what they were worth (rial)")),
                ("back_at", models.DateTimeField(null=True, verbose_name="came back")),
                (
                    "restored_points",
                    models.BigIntegerField(default=0, verbose_name="points that came back"),
                ),
            ],
            options={
                "verbose_name": "leaving of the club",
                "verbose_name_plural": "leavings of the club",
            },
        ),
        migrations.AddField(
            model_name="program",
            name="has_leavers",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                verbose_name="somebody left the club",
            ),
        ),
        migrations.AddField(
            model_name="wallet",
            name="left_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="left the club"),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="kind",
            field=models.TextField(
                choices=[
                    ("earn", "Earned"),
                    ("claim", "Found its owner"),
                    ("activate", "Became spendable"),
                    ("redeem", "Spent"),
                    ("release", "Given back"),
                    ("clawback", "Taken back"),
                    ("expire", "Expired"),
                    ("repay", "Settled a negative balance"),
                    ("adjust", "Corrected by hand"),
                    ("merge", "Moved when profiles were joined"),
                    ("unmerge", "Moved when profiles were taken apart"),
                    ("writeoff", "Written off"),
                    ("gift", "Given by the business"),
                    ("left", "Ended by leaving the club"),
                    ("rejoin", "Came back with a return to the club"),
                ],
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="owedday",
            name="kind",
            field=models.TextField(
                choices=[
                    ("earn", "Earned"),
                    ("claim", "Found its owner"),
                    ("activate", "Became spendable"),
                    ("release", "Given back"),
                    ("adjust", "Corrected by hand"),
                    ("redeem", "Spent"),
                    ("expire", "Expired"),
                    ("clawback", "Taken back"),
                    ("repay", "Settled a negative balance"),
                    ("writeoff", "Written off"),
                    ("estimate", "Estimate renewed"),
                    ("merge", "Moved when profiles were joined"),
                    ("unmerge", "Moved when profiles were taken apart"),
                    ("gift", "Given by the business"),
                    ("left", "Ended by leaving the club"),
                    ("rejoin", "Came back with a return to the club"),
                ],
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="pointsposting",
            name="kind",
            field=models.TextField(
                choices=[
                    ("earn", "Earned"),
                    ("claim", "Found its owner"),
                    ("activate", "Became spendable"),
                    ("release", "Given back"),
                    ("adjust", "Corrected by hand"),
                    ("redeem", "Spent"),
                    ("expire", "Expired"),
                    ("clawback", "Taken back"),
                    ("repay", "Settled a negative balance"),
                    ("writeoff", "Written off"),
                    ("estimate", "Estimate renewed"),
                    ("merge", "Moved when profiles were joined"),
                    ("unmerge", "Moved when profiles were taken apart"),
                    ("gift", "Given by the business"),
                    ("left", "Ended by leaving the club"),
                    ("rejoin", "Came back with a return to the club"),
                ],
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="referral",
            name="refusal",
            field=models.TextField(
                blank=True,
                choices=[
                    ("closed", "The offer is not open"),
                    ("left", "Who recommends left the club"),
                    ("self", "One and the same customer"),
                    ("not_new", "The friend was a customer already"),
                    ("same_card", "Both use the same bank card"),
                    ("same_contact", "Both have the same mobile or e-mail"),
                    ("staff", "One of the two works here"),
                    ("ring", "They recommend each other in a circle"),
                    ("month_full", "The month's number is reached"),
                    ("budget", "The budget is used up"),
                    ("too_small", "The first purchase was too small"),
                    ("returned", "The first purchase was returned"),
                    ("no_purchase", "Nothing was bought in time"),
                    ("stranger", "The friend never told who they are"),
                    ("one_person", "Their profiles turned out to be one person's"),
                ],
                default="",
                verbose_name="why not",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("kind__in", ["left", "rejoin"])),
                fields=["business", "at"],
                name="loyalty_entry_leaving",
            ),
        ),
        migrations.AddField(
            model_name="clubexit",
            name="business",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="businesses.business",
            ),
        ),
        migrations.AddField(
            model_name="clubexit",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.customer",
                verbose_name="customer",
            ),
        ),
        migrations.AddIndex(
            model_name="clubexit",
            index=models.Index(fields=["business", "-left_at"], name="loyalty_exit_newest"),
        ),
        migrations.AddConstraint(
            model_name="clubexit",
            constraint=core.tenancy.SameBusiness(
                "customer", name="loyalty_clubexit_customer_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="clubexit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("back_at", None)),
                fields=("business", "customer"),
                name="loyalty_exit_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="clubexit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("pending_points__gte", 0),
                    ("points__gte", 0),
                    ("worth_rial__gte", 0),
                    ("restored_points__gte", 0),
                ),
                name="loyalty_exit_numbers",
            ),
        ),
        migrations.AddConstraint(
            model_name="clubexit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("back_at", None), ("restored_points", 0)),
                    ("back_at__gte", models.F("left_at")),
                    _connector="OR",
                ),
                name="loyalty_exit_order",
            ),
        ),
        WallOff("clubexit"),
    ]

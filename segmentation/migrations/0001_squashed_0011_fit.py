import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.math
from django.db import migrations, models

import core.ids
import core.tenancy
from core.tenancy.operations import WallOff
from core.tenancy.together import Together

_LARGE_BUSINESSES = """ALTER TABLE segmentation_customeroutlook SET (fillfactor = 45)"""

_NO_LARGE_BUSINESSES = """ALTER TABLE segmentation_customeroutlook RESET (fillfactor)"""


class Migration(Together):
    replaces = [
        ("segmentation", "0001_initial"),
        ("segmentation", "0002_counts"),
        ("segmentation", "0003_retention"),
        ("segmentation", "0004_terms_of_scoring"),
        ("segmentation", "0005_moves_by_day"),
        ("segmentation", "0006_own_segments"),
        ("segmentation", "0007_actions"),
        ("segmentation", "0008_named_segments"),
        ("segmentation", "0009_large_businesses"),
        ("segmentation", "0010_promised_actions_and_costs"),
        ("segmentation", "0011_fit"),
    ]

    initial = True

    dependencies = [
        ("businesses", "0008_modules"),
        ("customers", "0010_case_was_right"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnSegment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField(verbose_name="name")),
                ("rule", models.JSONField(verbose_name="rule")),
                ("is_open", models.BooleanField(default=True, verbose_name="in use")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                ("counted_at", models.DateTimeField(null=True, verbose_name="counted")),
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
                "verbose_name": "own segment",
                "verbose_name_plural": "own segments",
                "indexes": [
                    models.Index(
                        condition=models.Q(("counted_at", None), ("is_open", True)),
                        fields=["business"],
                        name="segmentation_own_to_count",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_open", True)),
                        fields=("business", "name"),
                        name="segmentation_own_segment_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="segmentation_own_segment_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceLevel",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month_on", models.DateField(verbose_name="first day of the month")),
                ("level", models.BigIntegerField(verbose_name="level (thousandths)")),
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
                "verbose_name": "level of prices",
                "verbose_name_plural": "levels of prices",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "month_on"), name="segmentation_price_level_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__gt", 0), ("level__lte", 1000000000000)),
                        name="segmentation_price_level_above_zero",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionModel",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("as_of", models.DateField(verbose_name="as of")),
                ("estimated_at", models.DateTimeField(verbose_name="estimated")),
                ("customers", models.IntegerField(verbose_name="customers")),
                ("r", models.FloatField()),
                ("alpha_days", models.FloatField()),
                ("a", models.FloatField()),
                ("b", models.FloatField()),
                ("p", models.FloatField()),
                ("q", models.FloatField()),
                ("gamma_rial", models.FloatField()),
                (
                    "errors",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), size=None
                    ),
                ),
                ("log_likelihood", models.FloatField(verbose_name="log-likelihood")),
                ("usual_rial", models.FloatField(verbose_name="usual day (rial)")),
                (
                    "prior",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), size=None
                    ),
                ),
                (
                    "evidence",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), size=None
                    ),
                ),
                ("horizon_days", models.IntegerField(verbose_name="horizon (days)")),
                (
                    "basis",
                    models.TextField(
                        choices=[
                            ("model", "Tested on your own past"),
                            ("rule", "Everybody's own rate"),
                            ("heuristic", "A first guess"),
                        ],
                        verbose_name="basis",
                    ),
                ),
                ("tested_from", models.DateField(null=True, verbose_name="tested from")),
                ("tested", models.IntegerField(default=0, verbose_name="customers tested")),
                ("brier", models.FloatField(null=True)),
                ("rule_brier", models.FloatField(null=True)),
                ("auc", models.FloatField(null=True)),
                ("rule_auc", models.FloatField(null=True)),
                (
                    "bin_customers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                (
                    "bin_foreseen",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), default=list, size=None
                    ),
                ),
                (
                    "bin_came",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), default=list, size=None
                    ),
                ),
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
                "verbose_name": "retention model",
                "verbose_name_plural": "retention models",
                "indexes": [
                    models.Index(
                        fields=["business", "-estimated_at"], name="segmentation_model_newest"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("a__gt", 0),
                            ("alpha_days__gt", 0),
                            ("b__gt", 0),
                            ("gamma_rial__gt", 0),
                            ("p__gt", 0),
                            ("q__gt", 0),
                            ("r__gt", 0),
                            ("usual_rial__gt", 0),
                        ),
                        name="segmentation_model_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("errors__len", 7), ("evidence__len", 32), ("prior__len", 14)
                        ),
                        name="segmentation_model_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("customers__gt", 0), ("horizon_days__gt", 0)),
                        name="segmentation_model_of_some",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("auc", None),
                                ("basis", "heuristic"),
                                ("brier", None),
                                ("rule_auc", None),
                                ("rule_brier", None),
                                ("tested", 0),
                                ("tested_from", None),
                            ),
                            models.Q(
                                ("auc__isnull", False),
                                ("basis__in", ("model", "rule")),
                                ("brier__isnull", False),
                                ("rule_auc__isnull", False),
                                ("rule_brier__isnull", False),
                                ("tested__gt", 0),
                                ("tested_from__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="segmentation_model_tested_or_not",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("basis", "model"), _negated=True),
                            ("brier__lt", models.F("rule_brier")),
                            _connector="OR",
                        ),
                        name="segmentation_model_beats_the_rule",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutlookRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("as_of", models.DateField(verbose_name="as of")),
                ("finished_at", models.DateTimeField(verbose_name="finished")),
                ("customers", models.IntegerField(verbose_name="customers")),
                ("expected_customers", models.FloatField(verbose_name="expected to come")),
                (
                    "expected_year_rial",
                    models.BigIntegerField(verbose_name="expected in a year (rial)"),
                ),
                ("risk_rial", models.BigIntegerField(verbose_name="at risk (rial)")),
                (
                    "tenths",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=None
                    ),
                ),
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
                (
                    "model",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="segmentation.retentionmodel",
                    ),
                ),
            ],
            options={
                "verbose_name": "outlook run",
                "verbose_name_plural": "outlook runs",
                "indexes": [
                    models.Index(
                        fields=["business", "-finished_at"], name="segmentation_outlook_newest"
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "model", name="segmentation_outlookrun_model_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tenths__len", 10)), name="segmentation_outlook_tenths"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScoringRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("as_of", models.DateField(verbose_name="as of")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                (
                    "scale",
                    models.TextField(
                        choices=[
                            ("quantile", "From your own customers"),
                            ("few_repeat", "Fixed scale for how often (few buy twice)"),
                            ("fixed", "Fixed scale (few customers yet)"),
                        ],
                        verbose_name="scale",
                    ),
                ),
                (
                    "r_cuts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(), size=None
                    ),
                ),
                (
                    "f_cuts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "m_cuts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                ("customers", models.IntegerField(default=0, verbose_name="customers")),
                ("moved", models.IntegerField(default=0, verbose_name="moved")),
                ("base_level", models.BigIntegerField(null=True, verbose_name="level of prices")),
                (
                    "money",
                    models.TextField(
                        choices=[("nominal", "As it was paid"), ("real", "In today's prices")],
                        default="nominal",
                        verbose_name="money",
                    ),
                ),
                ("since_on", models.DateField(null=True, verbose_name="counted from")),
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
                "verbose_name": "scoring run",
                "verbose_name_plural": "scoring runs",
                "indexes": [
                    models.Index(fields=["business", "-started_at"], name="segmentation_run_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("money", "real"), _negated=True),
                            ("base_level__gt", 0),
                            _connector="OR",
                        ),
                        name="segmentation_run_real_has_prices",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ScoringTerms",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "window_months",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="months counted"),
                ),
                (
                    "money",
                    models.TextField(
                        choices=[("nominal", "As it was paid"), ("real", "In today's prices")],
                        default="nominal",
                        verbose_name="money",
                    ),
                ),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                (
                    "margin_percent",
                    models.SmallIntegerField(
                        blank=True, null=True, verbose_name="margin on sales (percent)"
                    ),
                ),
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
                "verbose_name": "terms of scoring",
                "verbose_name_plural": "terms of scoring",
                "constraints": [
                    models.UniqueConstraint(fields=("business",), name="segmentation_terms_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("window_months__isnull", True),
                            ("window_months__range", (1, 120)),
                            _connector="OR",
                        ),
                        name="segmentation_terms_window",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("margin_percent__isnull", True),
                            ("margin_percent__range", (1, 100)),
                            _connector="OR",
                        ),
                        name="segmentation_terms_margin",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SegmentCount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("r", models.SmallIntegerField(verbose_name="recency")),
                ("f", models.SmallIntegerField(verbose_name="frequency")),
                (
                    "segment",
                    models.TextField(
                        choices=[
                            ("champions", "Champions"),
                            ("loyal", "Loyal customers"),
                            ("potential_loyalist", "Potential loyalists"),
                            ("new", "New customers"),
                            ("promising", "Promising"),
                            ("need_attention", "Need attention"),
                            ("about_to_sleep", "About to sleep"),
                            ("at_risk", "At risk"),
                            ("cant_lose", "Can't lose them"),
                            ("hibernating", "Hibernating"),
                            ("lost", "Lost"),
                        ],
                        verbose_name="segment",
                    ),
                ),
                ("customers", models.IntegerField(verbose_name="customers")),
                ("net_rial", models.BigIntegerField(verbose_name="net purchases (rial)")),
                (
                    "real_rial",
                    models.BigIntegerField(
                        null=True, verbose_name="net purchases in today's prices (rial)"
                    ),
                ),
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
                "verbose_name": "part of the segments' sums",
                "verbose_name_plural": "parts of the segments' sums",
            },
        ),
        migrations.CreateModel(
            name="SegmentStay",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("entered_at", models.DateTimeField(verbose_name="came in")),
                ("left_at", models.DateTimeField(null=True, verbose_name="left")),
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
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "own_segment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="segmentation.ownsegment",
                    ),
                ),
            ],
            options={
                "verbose_name": "stay in an own segment",
                "verbose_name_plural": "stays in own segments",
                "indexes": [
                    models.Index(
                        fields=["business", "own_segment", "-entered_at"],
                        name="segmentation_stay_newest",
                    ),
                    models.Index(fields=["business", "customer"], name="segmentation_stay_of"),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "own_segment", name="segmentation_segmentstay_own_segment_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "customer", name="segmentation_segmentstay_customer_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("left_at__isnull", True)),
                        fields=("business", "own_segment", "customer"),
                        name="segmentation_stay_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_at__isnull", True),
                            ("left_at__gte", models.F("entered_at")),
                            _connector="OR",
                        ),
                        name="segmentation_stay_ends_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SegmentTransition",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("on", models.DateField(verbose_name="day")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("before", models.TextField(blank=True, verbose_name="from")),
                ("after", models.TextField(blank=True, verbose_name="to")),
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
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "move between segments",
                "verbose_name_plural": "moves between segments",
                "indexes": [
                    models.Index(
                        fields=["business", "customer", "-at"], name="segmentation_move_path"
                    ),
                    models.Index(
                        condition=models.Q(("before", ""), _negated=True),
                        fields=["business", "-on", "before", "after"],
                        name="segmentation_move_from",
                    ),
                    models.Index(
                        condition=models.Q(("before", models.F("after")), _negated=True),
                        fields=["business", "-on"],
                        name="segmentation_move_newest",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="segmentation_segmenttransition_customer_same_business"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ActionItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("on", models.DateField(verbose_name="day")),
                ("place", models.SmallIntegerField(verbose_name="place")),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("call", "Call a customer"),
                            ("answer", "Answer somebody unhappy"),
                            ("win_back", "Win a segment back"),
                            ("second_visit", "Bring new customers back"),
                            ("product", "Look at a product"),
                            ("debit", "See to a debit"),
                            ("lead", "Call who asked"),
                            ("corner", "See to a ready-made segment"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("subject", models.TextField(verbose_name="about")),
                ("value_rial", models.BigIntegerField(verbose_name="what it is about (rial)")),
                (
                    "chance",
                    models.SmallIntegerField(verbose_name="chance of an effect (thousandths)"),
                ),
                ("expected_rial", models.BigIntegerField(verbose_name="expected (rial)")),
                ("low_rial", models.BigIntegerField(verbose_name="at least (rial)")),
                ("high_rial", models.BigIntegerField(verbose_name="at most (rial)")),
                ("effort_minutes", models.SmallIntegerField(verbose_name="minutes")),
                (
                    "foreseen",
                    models.SmallIntegerField(
                        null=True, verbose_name="would come anyway (thousandths)"
                    ),
                ),
                ("facts", models.JSONField(default=dict, verbose_name="reason")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "To do"),
                            ("done", "It was done"),
                            ("not_done", "It was not done"),
                        ],
                        default="open",
                        verbose_name="state",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="reckoned")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered")),
                (
                    "answered_by",
                    models.TextField(blank=True, default="", verbose_name="answered by"),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due on")),
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
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.employee",
                        verbose_name="looked after by",
                    ),
                ),
            ],
            options={
                "verbose_name": "action",
                "verbose_name_plural": "actions",
                "indexes": [
                    models.Index(
                        fields=["business", "-on", "place"], name="segmentation_action_day"
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="segmentation_actionitem_customer_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "on", "kind", "subject"),
                        name="segmentation_action_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("chance__range", (0, 1000)),
                            ("effort_minutes__gt", 0),
                            ("expected_rial__lte", models.F("high_rial")),
                            ("low_rial__lte", models.F("expected_rial")),
                        ),
                        name="segmentation_action_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                ("answered_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="segmentation_action_answered",
                    ),
                    core.tenancy.SameBusiness(
                        "owner", name="segmentation_actionitem_owner_same_business"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CategoryCost",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("category", models.TextField(verbose_name="category")),
                ("cost_percent", models.SmallIntegerField(verbose_name="cost (percent of sales)")),
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
                "verbose_name": "cost of a category",
                "verbose_name_plural": "costs of categories",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "category"), name="segmentation_category_cost_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cost_percent__range", (0, 100)),
                            models.Q(("category", ""), _negated=True),
                        ),
                        name="segmentation_category_cost_percent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerFit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("as_of", models.DateField(verbose_name="as of")),
                ("score", models.SmallIntegerField(verbose_name="fit")),
                ("tenth", models.SmallIntegerField(verbose_name="tenth")),
                ("parts", models.JSONField(verbose_name="parts")),
                ("year_rial", models.BigIntegerField(verbose_name="bought in a year (rial)")),
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
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer fit",
                "verbose_name_plural": "customer fits",
                "indexes": [
                    models.Index(fields=["business", "-score", "-id"], name="segmentation_fit_best")
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="segmentation_customerfit_customer_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("id", models.F("customer_id"))),
                        name="segmentation_fit_is_its_customers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score__range", (0, 100)), ("tenth__range", (1, 10))),
                        name="segmentation_fit_in_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerOutlook",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("as_of", models.DateField(verbose_name="as of")),
                ("score", models.SmallIntegerField(verbose_name="retention score")),
                ("staying", models.FloatField(verbose_name="probability of not having left")),
                (
                    "purchases_30",
                    models.FloatField(verbose_name="purchase days expected in 30 days"),
                ),
                (
                    "purchases_90",
                    models.FloatField(verbose_name="purchase days expected in 90 days"),
                ),
                (
                    "purchases_365",
                    models.FloatField(verbose_name="purchase days expected in a year"),
                ),
                (
                    "day_rial",
                    models.BigIntegerField(verbose_name="expected on a purchase day (rial)"),
                ),
                (
                    "worth_rial",
                    models.BigIntegerField(verbose_name="expected in a year, as of today (rial)"),
                ),
                (
                    "risk_rial",
                    models.BigIntegerField(verbose_name="of a year's purchases at risk (rial)"),
                ),
                ("wait_days", models.IntegerField(verbose_name="half come again within (days)")),
                (
                    "risk_level",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Cast(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.Value(4),
                                    "*",
                                    django.db.models.functions.math.Ln(
                                        django.db.models.functions.comparison.Cast(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("risk_rial"), "+", models.Value(1)
                                            ),
                                            models.FloatField(),
                                        )
                                    ),
                                ),
                                "/",
                                models.Value(0.6931471805599453),
                            ),
                            models.SmallIntegerField(),
                        ),
                        output_field=models.SmallIntegerField(),
                    ),
                ),
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
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer outlook",
                "verbose_name_plural": "customer outlooks",
                "indexes": [
                    models.Index(
                        fields=["business", "-risk_level"], name="segmentation_outlook_risk"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", models.F("customer_id"))),
                        name="segmentation_outlook_is_its_customers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score__range", (0, 100)), ("staying__range", (0, 1))),
                        name="segmentation_outlook_probable",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("day_rial__gte", 0),
                            ("purchases_30__gte", 0),
                            ("purchases_365__gte", 0),
                            ("purchases_90__gte", 0),
                            ("risk_rial__gte", 0),
                            ("wait_days__gte", 0),
                            ("worth_rial__gte", 0),
                        ),
                        name="segmentation_outlook_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerScore",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("r", models.SmallIntegerField(verbose_name="recency")),
                ("f", models.SmallIntegerField(verbose_name="frequency")),
                ("m", models.SmallIntegerField(verbose_name="monetary")),
                (
                    "segment",
                    models.TextField(
                        choices=[
                            ("champions", "Champions"),
                            ("loyal", "Loyal customers"),
                            ("potential_loyalist", "Potential loyalists"),
                            ("new", "New customers"),
                            ("promising", "Promising"),
                            ("need_attention", "Need attention"),
                            ("about_to_sleep", "About to sleep"),
                            ("at_risk", "At risk"),
                            ("cant_lose", "Can't lose them"),
                            ("hibernating", "Hibernating"),
                            ("lost", "Lost"),
                        ],
                        verbose_name="segment",
                    ),
                ),
                ("last_on", models.DateField(verbose_name="last purchase")),
                ("frequency", models.BigIntegerField(verbose_name="purchase days")),
                ("monetary_rial", models.BigIntegerField(verbose_name="net purchases (rial)")),
                ("scored_at", models.DateTimeField(verbose_name="scored")),
                (
                    "real_rial",
                    models.BigIntegerField(
                        null=True, verbose_name="net purchases in today's prices (rial)"
                    ),
                ),
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
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer score",
                "verbose_name_plural": "customer scores",
                "indexes": [
                    models.Index(fields=["business", "segment"], name="segmentation_score_segment"),
                    models.Index(fields=["business", "r", "f"], name="segmentation_score_grid"),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="segmentation_customerscore_customer_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("id", models.F("customer_id"))),
                        name="segmentation_score_is_its_customers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("f__range", (1, 5)), ("m__range", (1, 5)), ("r__range", (1, 5))
                        ),
                        name="segmentation_score_one_to_five",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NamedNight",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("as_of", models.DateField(verbose_name="as of")),
                ("finished_at", models.DateTimeField(verbose_name="finished")),
                ("customers", models.IntegerField(verbose_name="customers")),
                ("usual", models.JSONField(verbose_name="what was usual")),
                ("sizes", models.JSONField(verbose_name="sizes")),
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
                "verbose_name": "night of ready-made segments",
                "verbose_name_plural": "nights of ready-made segments",
                "indexes": [
                    models.Index(
                        fields=["business", "-finished_at"], name="segmentation_named_newest"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NamedStay",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "segment",
                    models.TextField(
                        choices=[
                            ("high_profit", "High profit"),
                            ("value_at_risk", "Much at risk"),
                            ("high_risk", "High risk"),
                            ("new_to_business", "New to the business"),
                            ("new_to_product", "New to a kind of goods"),
                            ("lead", "Known, has not bought yet"),
                            ("won_back", "Won back"),
                            ("good_payer", "Good payer"),
                            ("lapsed", "Stays away too long"),
                            ("dissatisfied", "Stays away, unhappy"),
                            ("neglected", "Stays away, neglected by us"),
                            ("lapsed_unknown", "Stays away, for a reason we do not know"),
                            ("happy_staying", "Content and staying"),
                            ("unhappy_staying", "Not content, yet staying"),
                            ("happy_leaving", "Content, yet leaving"),
                            ("unhappy_leaving", "Not content and leaving"),
                            ("serial_returner", "Gives back again and again"),
                            ("serial_complainer", "Complains again and again without ground"),
                            ("late_payer", "Pays late again and again"),
                            ("deal_seeker", "Buys only at a discount"),
                            ("abusive", "Confirmed misuse"),
                        ],
                        verbose_name="segment",
                    ),
                ),
                ("entered_at", models.DateTimeField(verbose_name="came in")),
                ("left_at", models.DateTimeField(null=True, verbose_name="left")),
                ("evidence", models.JSONField(verbose_name="evidence")),
                ("seen_on", models.DateField(verbose_name="as of")),
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
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "stay in a ready-made segment",
                "verbose_name_plural": "stays in ready-made segments",
                "indexes": [
                    models.Index(
                        fields=["business", "segment", "-entered_at"],
                        name="segmentation_named_stay_newest",
                    ),
                    models.Index(
                        fields=["business", "customer"], name="segmentation_named_stay_of"
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="segmentation_namedstay_customer_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("left_at__isnull", True)),
                        fields=("business", "segment", "customer"),
                        name="segmentation_named_stay_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_at__isnull", True),
                            ("left_at__gte", models.F("entered_at")),
                            _connector="OR",
                        ),
                        name="segmentation_named_stay_ends_after",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="customeroutlook",
            constraint=core.tenancy.SameBusiness(
                "customer", name="segmentation_customeroutlook_customer_same_business"
            ),
        ),
        WallOff("scoringrun"),
        WallOff("customerscore"),
        WallOff("segmenttransition", append_only=True),
        WallOff("segmentcount"),
        WallOff("retentionmodel"),
        WallOff("outlookrun"),
        WallOff("customeroutlook"),
        WallOff("pricelevel"),
        WallOff("scoringterms"),
        WallOff("ownsegment"),
        WallOff("segmentstay"),
        WallOff("actionitem"),
        WallOff("namednight"),
        WallOff("namedstay"),
        migrations.RunSQL(
            sql=_LARGE_BUSINESSES,
            reverse_sql=_NO_LARGE_BUSINESSES,
        ),
        WallOff("categorycost"),
        WallOff("customerfit"),
    ]

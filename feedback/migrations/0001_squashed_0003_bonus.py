import django.db.models.deletion
from django.db import migrations, models

import core.ids
import core.tenancy
from core.tenancy.operations import WallOff
from core.tenancy.together import Together

_INVITE = """
-- The four gates: not asked this before or anything lately; no open trouble and no "no" to surveys;
-- an active survey; in the sample. One survey per purchase, one purchase per customer. Runs with
-- the caller's rights, so row-level security holds. LIMIT 1 keeps the planner at one look-up per
-- buyer even when it knows nothing yet about the tables.
CREATE FUNCTION feedback_invite(
    of_business uuid, at_time timestamptz, ids uuid[], hashes bytea[], purchases uuid[],
    customers uuid[], branches uuid[], employees uuid[], buckets int[])
RETURNS integer LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE written integer;
BEGIN
    INSERT INTO feedback_surveyinvitation
        (id, business_id, survey_id, purchase_id, customer_id, branch_id, employee_id, token_hash,
         state, created_at, due_at, expires_at)
    SELECT DISTINCT ON (b.customer_id)
        b.id, of_business, s.id, b.purchase_id, b.customer_id, b.branch_id, b.employee_id,
        b.token_hash, 'waiting', at_time,
        at_time + make_interval(mins => s.delay_minutes),
        at_time + make_interval(mins => s.delay_minutes, days => s.expiry_days)
    FROM unnest(ids, hashes, purchases, customers, branches, employees, buckets) WITH ORDINALITY
         AS b (id, token_hash, purchase_id, customer_id, branch_id, employee_id, bucket, place)
    CROSS JOIN LATERAL (
        SELECT c.mobile FROM customers_customer c
        WHERE c.business_id = of_business AND c.id = b.customer_id LIMIT 1) person
    CROSS JOIN LATERAL (
        SELECT one.* FROM feedback_survey one
        WHERE one.business_id = of_business AND one.is_active AND b.bucket < one.sample_rate
          AND NOT EXISTS (
            SELECT 1 FROM feedback_surveyinvitation earlier
            WHERE earlier.business_id = of_business AND earlier.customer_id = b.customer_id
              AND earlier.state <> 'cancelled'
              AND (earlier.created_at > at_time - make_interval(days => one.cooldown_days)
                   OR (earlier.survey_id = one.id
                       AND earlier.created_at
                           > at_time - make_interval(days => one.recontact_days))))
        ORDER BY one.position, one.id LIMIT 1) s
    WHERE NOT EXISTS (
            SELECT 1 FROM customers_case trouble
            WHERE trouble.business_id = of_business AND trouble.customer_id = b.customer_id
              AND trouble.state = 'open' AND trouble.kind IN ('complaint', 'low_score'))
      AND NOT COALESCE((
            SELECT NOT said.granted FROM messaging_consent said
            WHERE said.business_id = of_business AND said.address = person.mobile
              AND said.purpose = 'survey'
            ORDER BY said.at DESC, said.id DESC LIMIT 1), false)
    ORDER BY b.customer_id, b.place
    ON CONFLICT (business_id, purchase_id) DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END $$
"""

_NO_INVITE = """
DROP FUNCTION feedback_invite(
    uuid, timestamptz, uuid[], bytea[], uuid[], uuid[], uuid[], uuid[], int[])
"""


class Migration(Together):
    replaces = [
        ("feedback", "0001_initial"),
        ("feedback", "0002_invite"),
        ("feedback", "0003_bonus"),
    ]

    initial = True

    dependencies = [
        ("businesses", "0008_modules"),
        ("customers", "0010_case_was_right"),
        ("messaging", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BonusPlan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.IntegerField(verbose_name="version")),
                ("months", models.SmallIntegerField(default=1, verbose_name="months at a time")),
                ("most_rial", models.BigIntegerField(verbose_name="most for one person (rial)")),
                (
                    "reach_percent",
                    models.SmallIntegerField(
                        default=10, verbose_name="above the team for all of it"
                    ),
                ),
                (
                    "min_answers",
                    models.SmallIntegerField(default=20, verbose_name="answers needed"),
                ),
                (
                    "floor_percent",
                    models.SmallIntegerField(default=10, verbose_name="of those asked, percent"),
                ),
                (
                    "dispute_days",
                    models.SmallIntegerField(default=7, verbose_name="days to object"),
                ),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("made_by", models.TextField(blank=True, default="", verbose_name="made by")),
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
                "verbose_name": "plan of staff bonuses",
                "verbose_name_plural": "plans of staff bonuses",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "version"), name="feedback_bonusplan_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("months__in", (1, 3)),
                            ("most_rial__gt", 0),
                            ("version__gte", 1),
                            ("min_answers__range", (20, 1000)),
                            ("reach_percent__range", (1, 50)),
                            ("dispute_days__range", (3, 60)),
                            ("floor_percent__range", (1, 90)),
                        ),
                        name="feedback_bonusplan_sane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BonusRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="ends before")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("frozen", "Open to objections"),
                            ("approved", "Approved"),
                            ("paid", "Paid"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="frozen",
                        verbose_name="state",
                    ),
                ),
                ("level_bp", models.IntegerField(verbose_name="team's level")),
                ("frozen_at", models.DateTimeField(verbose_name="worked out")),
                ("objections_until", models.DateTimeField(verbose_name="objections until")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="approved")),
                (
                    "approved_by",
                    models.TextField(blank=True, default="", verbose_name="approved by"),
                ),
                ("paid_at", models.DateTimeField(null=True, verbose_name="paid")),
                (
                    "paid_reference",
                    models.TextField(blank=True, default="", verbose_name="how it was paid"),
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
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="feedback.bonusplan",
                        verbose_name="plan of staff bonuses",
                    ),
                ),
            ],
            options={
                "verbose_name": "staff bonuses of a period",
                "verbose_name_plural": "staff bonuses of periods",
                "indexes": [
                    models.Index(
                        fields=["business", "-starts_on", "-id"], name="feedback_bonusrun_newest"
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness("plan", name="feedback_bonusrun_plan_same_business"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("business", "starts_on"),
                        name="feedback_bonusrun_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__gt", models.F("starts_on")),
                            ("objections_until__gt", models.F("frozen_at")),
                        ),
                        name="feedback_bonusrun_span",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "frozen"), ("approved_at", None), ("paid_at", None)),
                            models.Q(
                                ("state", "approved"),
                                ("approved_at__isnull", False),
                                ("paid_at", None),
                            ),
                            models.Q(
                                ("state", "paid"),
                                ("approved_at__isnull", False),
                                ("paid_at__isnull", False),
                            ),
                            models.Q(("state", "cancelled"), ("paid_at", None)),
                            _connector="OR",
                        ),
                        name="feedback_bonusrun_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_at", None),
                            ("approved_at__gte", models.F("objections_until")),
                            _connector="OR",
                        ),
                        name="feedback_bonusrun_window",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BonusLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("asked", models.IntegerField(verbose_name="asked")),
                ("answers", models.IntegerField(verbose_name="answers")),
                ("content", models.IntegerField(verbose_name="said content")),
                ("nameless", models.IntegerField(verbose_name="sales without a name")),
                ("not_counted", models.IntegerField(verbose_name="answers that do not count")),
                (
                    "trust_bp",
                    models.IntegerField(verbose_name="how much of the difference is believed"),
                ),
                ("difference_bp", models.IntegerField(verbose_name="above the team")),
                (
                    "reason",
                    models.TextField(
                        choices=[
                            ("counts", "Counts"),
                            ("few_answers", "Too few answers"),
                            ("low_rate", "Too few of those asked answered"),
                        ],
                        verbose_name="state",
                    ),
                ),
                ("amount_rial", models.BigIntegerField(verbose_name="bonus (rial)")),
                (
                    "taken_back_rial",
                    models.BigIntegerField(default=0, verbose_name="taken back (rial)"),
                ),
                (
                    "kept_back_rial",
                    models.BigIntegerField(
                        default=0, verbose_name="kept back for earlier ones (rial)"
                    ),
                ),
                ("paid_rial", models.BigIntegerField(null=True, verbose_name="paid (rial)")),
                (
                    "owed_rial",
                    models.BigIntegerField(default=0, verbose_name="paid too much (rial)"),
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
                    "employee",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.employee",
                        verbose_name="employee",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="feedback.bonusrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "staff bonus",
                "verbose_name_plural": "staff bonuses",
                "indexes": [
                    models.Index(
                        fields=["business", "employee", "-id"], name="feedback_bonusline_of"
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness("run", name="feedback_bonusline_run_same_business"),
                    core.tenancy.SameBusiness(
                        "employee", name="feedback_bonusline_employee_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "run", "employee"), name="feedback_bonusline_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_rial__gte", 0),
                            ("taken_back_rial__gte", 0),
                            ("kept_back_rial__gte", 0),
                            ("owed_rial__gte", 0),
                            models.Q(
                                models.Q(
                                    ("kept_back_rial", 0), ("owed_rial", 0), ("paid_rial", None)
                                ),
                                models.Q(
                                    ("owed_rial__lte", models.F("taken_back_rial")),
                                    ("paid_rial__gte", 0),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="feedback_bonusline_money",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answers__gte", models.F("content")),
                            ("asked__gte", models.F("answers")),
                            ("content__gte", 0),
                            ("nameless__gte", 0),
                            ("not_counted__gte", 0),
                            ("trust_bp__range", (0, 10000)),
                        ),
                        name="feedback_bonusline_counts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BonusSale",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("weight_bp", models.IntegerField(verbose_name="weight")),
                ("value_bp", models.IntegerField(verbose_name="said content")),
                ("expected_bp", models.IntegerField(verbose_name="expected")),
                ("came_back", models.BooleanField(default=False, verbose_name="goods came back")),
                ("set_aside", models.BooleanField(default=False, verbose_name="set aside")),
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
                    "line",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="feedback.bonusline",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                    ),
                ),
            ],
            options={
                "verbose_name": "sale of a staff bonus",
                "verbose_name_plural": "sales of staff bonuses",
                "indexes": [
                    models.Index(fields=["business", "purchase"], name="feedback_bonussale_of")
                ],
                "constraints": [
                    core.tenancy.SameBusiness("line", name="feedback_bonussale_line_same_business"),
                    core.tenancy.SameBusiness(
                        "purchase", name="feedback_bonussale_purchase_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "line", "purchase"), name="feedback_bonussale_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value_bp__range", (0, 10000)),
                            ("weight_bp__range", (0, 10000)),
                            models.Q(("came_back", False), ("value_bp", 0), _connector="OR"),
                        ),
                        name="feedback_bonussale_numbers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BonusObjection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                ("raised_at", models.DateTimeField(verbose_name="raised")),
                ("raised_by", models.TextField(blank=True, default="", verbose_name="raised by")),
                ("upheld", models.BooleanField(null=True, verbose_name="upheld")),
                ("note", models.TextField(blank=True, default="", verbose_name="note")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("decided_by", models.TextField(blank=True, default="", verbose_name="decided by")),
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
                    "line",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="feedback.bonusline",
                    ),
                ),
                (
                    "sale",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="feedback.bonussale",
                    ),
                ),
            ],
            options={
                "verbose_name": "objection to a bonus",
                "verbose_name_plural": "objections to bonuses",
                "indexes": [
                    models.Index(
                        fields=["business", "line", "raised_at"], name="feedback_objection_of"
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "line", name="feedback_bonusobjection_line_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "sale", name="feedback_bonusobjection_sale_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("upheld", None)),
                            models.Q(("decided_at__isnull", False), ("upheld__isnull", False)),
                            _connector="OR",
                        ),
                        name="feedback_bonusobjection_decided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Survey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("nps", "Would recommend (0 to 10)"),
                            ("csat", "Satisfaction (1 to 5)"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("title", models.TextField(verbose_name="title")),
                ("question", models.TextField(verbose_name="question")),
                (
                    "comment_question",
                    models.TextField(
                        blank=True, default="", verbose_name="question for the comment"
                    ),
                ),
                ("thanks", models.TextField(blank=True, default="", verbose_name="thanks")),
                ("invitation", models.TextField(verbose_name="text of the invitation")),
                (
                    "delay_minutes",
                    models.IntegerField(default=60, verbose_name="minutes after the purchase"),
                ),
                ("expiry_days", models.IntegerField(default=7, verbose_name="days the link works")),
                (
                    "cooldown_days",
                    models.IntegerField(default=30, verbose_name="days between any two surveys"),
                ),
                (
                    "recontact_days",
                    models.IntegerField(default=90, verbose_name="days between two of this survey"),
                ),
                (
                    "sample_rate",
                    models.SmallIntegerField(default=100, verbose_name="percentage asked"),
                ),
                ("position", models.SmallIntegerField(default=0, verbose_name="order")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField(verbose_name="created")),
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
                "verbose_name": "survey",
                "verbose_name_plural": "surveys",
                "indexes": [
                    models.Index(fields=["business", "position"], name="feedback_survey_order")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sample_rate__gte", 0),
                            ("sample_rate__lte", 100),
                            ("delay_minutes__gte", 0),
                            ("expiry_days__gt", 0),
                            ("cooldown_days__gte", 0),
                            ("recontact_days__gte", 0),
                        ),
                        name="feedback_survey_sane",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyInvitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("branch_id", models.UUIDField(null=True)),
                ("employee_id", models.UUIDField(null=True)),
                ("token_hash", models.BinaryField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("open", "Open"),
                            ("answered", "Answered"),
                            ("expired", "Expired"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="waiting",
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                ("refunded_at", models.DateTimeField(null=True, verbose_name="returned")),
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
                    "purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="feedback.survey",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "indexes": [
                    models.Index(
                        fields=["business", "customer", "-created_at"],
                        name="feedback_invitation_recent",
                    ),
                    models.Index(
                        fields=["business", "token_hash"], name="feedback_invitation_token"
                    ),
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["due_at"],
                        name="feedback_invitation_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["expires_at"],
                        name="feedback_invitation_end",
                    ),
                    models.Index(
                        fields=["business", "survey", "created_at"],
                        name="feedback_invitation_period",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "survey", name="feedback_surveyinvitation_survey_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "purchase", name="feedback_surveyinvitation_purchase_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "customer", name="feedback_surveyinvitation_customer_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "purchase"), name="feedback_invitation_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Response",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("score", models.SmallIntegerField(verbose_name="score")),
                ("comment", models.TextField(blank=True, default="", verbose_name="comment")),
                ("flagged", models.BooleanField(default=False, verbose_name="goods came back")),
                ("answered_at", models.DateTimeField(verbose_name="answered")),
                ("browser_hash", models.BinaryField(null=True)),
                (
                    "from_staff",
                    models.BooleanField(default=False, verbose_name="answered by staff"),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="feedback.survey",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="feedback.surveyinvitation",
                    ),
                ),
            ],
            options={
                "verbose_name": "response",
                "verbose_name_plural": "responses",
                "indexes": [
                    models.Index(
                        fields=["business", "survey", "-answered_at"],
                        name="feedback_response_newest",
                    ),
                    models.Index(
                        fields=["business", "-answered_at"], name="feedback_response_latest"
                    ),
                    models.Index(
                        fields=["business", "customer", "-answered_at"],
                        name="feedback_response_person",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "invitation", name="feedback_response_invitation_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "survey", name="feedback_response_survey_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "customer", name="feedback_response_customer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "purchase", name="feedback_response_purchase_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "invitation"), name="feedback_response_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score__gte", 0), ("score__lte", 10)),
                        name="feedback_response_score",
                    ),
                ],
            },
        ),
        WallOff("survey"),
        WallOff("surveyinvitation", queue=True),
        WallOff("response"),
        migrations.RunSQL(
            sql=_INVITE,
            reverse_sql=_NO_INVITE,
        ),
        WallOff("bonusplan"),
        WallOff("bonusrun"),
        WallOff("bonusline"),
        WallOff("bonussale"),
        WallOff("bonusobjection"),
    ]

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import core.ids
import core.tenancy
from core.tenancy.operations import Emptiable, WallOff
from core.tenancy.together import Together

_TYPED_ATTRIBUTES = """
CREATE FUNCTION customers_attribute_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE d customers_attributedefinition;
BEGIN
  SELECT * INTO d FROM customers_attributedefinition
  WHERE business_id = NEW.business_id AND id = NEW.definition_id;
  IF d.key IS DISTINCT FROM NEW.key OR NOT (NEW.value IS NULL OR CASE d.kind
    WHEN 'text' THEN length(NEW.value) <= 200
    WHEN 'number' THEN NEW.value ~ '^(0|-?[1-9][0-9]{0,11})$'
    WHEN 'yes_no' THEN NEW.value IN ('yes', 'no')
    WHEN 'day' THEN NEW.value ~ '^1[34][0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
    WHEN 'month' THEN NEW.value ~ '^1[34][0-9]{2}-(0[1-9]|1[0-2])$'
    WHEN 'choice' THEN EXISTS (
      SELECT FROM jsonb_array_elements(d.choices) c WHERE c->>'code' = NEW.value)
    ELSE NOT EXISTS (
      SELECT unnest(string_to_array(NEW.value, ','))
      EXCEPT SELECT c->>'code' FROM jsonb_array_elements(d.choices) c)
  END) THEN
    RAISE EXCEPTION 'this is no value of attribute %', NEW.key USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER fits AFTER INSERT ON customers_attributevalue
  FOR EACH ROW EXECUTE FUNCTION customers_attribute_fits();
CREATE FUNCTION customers_attribute_said_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.definition_id, OLD.key, OLD.source, OLD.said_by, OLD.observed_at, OLD.recorded_at)
      IS DISTINCT FROM
     (NEW.definition_id, NEW.key, NEW.source, NEW.said_by, NEW.observed_at, NEW.recorded_at)
     OR OLD.valid_to IS DISTINCT FROM NEW.valid_to
     OR (NEW.value IS NOT NULL AND NEW.value IS DISTINCT FROM OLD.value) THEN
    RAISE EXCEPTION 'what was said of attribute % stays', OLD.key
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER said_once AFTER UPDATE ON customers_attributevalue
  FOR EACH ROW EXECUTE FUNCTION customers_attribute_said_once();
CREATE FUNCTION customers_attribute_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.key, OLD.kind) IS DISTINCT FROM (NEW.key, NEW.kind) OR EXISTS (
      SELECT c->>'code' FROM jsonb_array_elements(OLD.choices) c
      EXCEPT SELECT c->>'code' FROM jsonb_array_elements(NEW.choices) c) THEN
    RAISE EXCEPTION 'attribute % stays what it is', OLD.key USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER stays AFTER UPDATE ON customers_attributedefinition
  FOR EACH ROW EXECUTE FUNCTION customers_attribute_stays();
"""

_NO_TYPED_ATTRIBUTES = """
DROP TRIGGER stays ON customers_attributedefinition;
DROP FUNCTION customers_attribute_stays();
DROP TRIGGER said_once ON customers_attributevalue;
DROP FUNCTION customers_attribute_said_once();
DROP TRIGGER fits ON customers_attributevalue;
DROP FUNCTION customers_attribute_fits();
"""


class Migration(Together):
    replaces = [
        ("customers", "0001_initial"),
        ("customers", "0002_salesday"),
        ("customers", "0003_tender_methods"),
        ("customers", "0004_gift_cards"),
        ("customers", "0005_merging"),
        ("customers", "0006_one_time_codes"),
        ("customers", "0007_erasure"),
        ("customers", "0008_typed_attributes"),
        ("customers", "0009_leads"),
        ("customers", "0010_case_was_right"),
        ("customers", "0011_measures"),
    ]

    initial = True

    dependencies = [
        ("businesses", "0008_modules"),
        ("core", "0004_emptiable"),
    ]

    operations = [
        migrations.CreateModel(
            name="AttributeDefinition",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.TextField(verbose_name="key")),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Whole number"),
                            ("yes_no", "Yes or no"),
                            ("choice", "One of a list"),
                            ("choices", "Several of a list"),
                            ("day", "Jalali day"),
                            ("month", "Jalali month"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("title_fa", models.TextField(verbose_name="Persian title")),
                (
                    "title_en",
                    models.TextField(blank=True, default="", verbose_name="English title"),
                ),
                (
                    "privacy",
                    models.TextField(
                        choices=[
                            ("plain", "About what they buy: also shown at the till"),
                            ("personal", "About the person: on the customer's page"),
                            ("sensitive", "Sensitive: for managers only"),
                        ],
                        default="personal",
                        verbose_name="who sees it",
                    ),
                ),
                ("choices", models.JSONField(blank=True, default=list, verbose_name="list")),
                (
                    "learned_from",
                    models.TextField(blank=True, default="", verbose_name="learned from"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("created_at", models.DateTimeField(verbose_name="since")),
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
                "verbose_name": "attribute",
                "verbose_name_plural": "attributes",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "key"), name="customers_attribute_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("key__regex", "^[a-z][a-z0-9_]{0,39}$"),
                            models.Q(("title_fa", ""), _negated=True),
                        ),
                        name="customers_attribute_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind__in", ["choice", "choices"]),
                                models.Q(("choices", []), _negated=True),
                            ),
                            models.Q(
                                models.Q(("kind__in", ["choice", "choices"]), _negated=True),
                                ("choices", []),
                            ),
                            _connector="OR",
                        ),
                        name="customers_attribute_list",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "learned_from__regex",
                                "^(|item|category|daypart|spend|child_goods|line\\..{1,60})$",
                            )
                        ),
                        name="customers_attribute_learned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CodeMeter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("whose", models.BinaryField()),
                (
                    "purpose",
                    models.TextField(
                        choices=[
                            ("page", "Opening one's own page"),
                            ("claim", "Taking waiting points"),
                            ("spend", "Spending points at the till"),
                            ("verify", "Showing an online shop who one is"),
                        ],
                        verbose_name="purpose",
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("sent", models.IntegerField(verbose_name="sent")),
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
                "verbose_name": "codes sent in a day",
                "verbose_name_plural": "codes sent in a day",
                "indexes": [
                    models.Index(fields=["business", "day"], name="customers_codemeter_by_day")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "whose", "purpose", "day"),
                        name="customers_codemeter_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sent__gte", 1)), name="customers_codemeter_sent"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "status",
                    models.TextField(
                        choices=[
                            ("provisional", "Provisional"),
                            ("active", "Active"),
                            ("merged", "Merged"),
                            ("erased", "Erased"),
                        ],
                        default="active",
                        verbose_name="status",
                    ),
                ),
                ("name", models.TextField(blank=True, default="", verbose_name="name")),
                (
                    "mobile",
                    models.TextField(
                        blank=True, db_collation="C", null=True, verbose_name="mobile"
                    ),
                ),
                ("email", models.TextField(blank=True, null=True, verbose_name="e-mail")),
                ("member_code", models.TextField(db_collation="C", verbose_name="member code")),
                ("search_key", models.TextField(db_collation="C", default="", editable=False)),
                ("family_key", models.TextField(db_collation="C", default="", editable=False)),
                ("created_at", models.DateTimeField(verbose_name="known since")),
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
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
                "indexes": [
                    models.Index(
                        fields=["business", "search_key"], name="customers_customer_by_name"
                    ),
                    models.Index(
                        condition=models.Q(("family_key", ""), _negated=True),
                        fields=["business", "family_key"],
                        name="customers_customer_by_family",
                    ),
                    models.Index(
                        condition=models.Q(("mobile__isnull", False)),
                        fields=["business", "mobile"],
                        name="customers_customer_by_mobile",
                    ),
                    models.Index(
                        condition=models.Q(("status", "erased")),
                        fields=["business", "id"],
                        name="customers_customer_erased",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "merged_into", name="customers_customer_merged_into_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "member_code"), name="customers_customer_member_code"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("merged_into__isnull", False), ("status", "merged")),
                            models.Q(
                                models.Q(("status", "merged"), _negated=True),
                                ("merged_into__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="customers_customer_merged_into",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
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
                            ("complaint", "Complaint"),
                            ("request", "Request"),
                            ("low_score", "Low score"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[("open", "Open"), ("resolved", "Resolved")],
                        default="open",
                        verbose_name="state",
                    ),
                ),
                ("title", models.TextField(verbose_name="title")),
                ("detail", models.TextField(blank=True, default="", verbose_name="detail")),
                ("source_ref", models.TextField(blank=True, default="", verbose_name="cause")),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                (
                    "resolved_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="resolved at"),
                ),
                ("resolution", models.TextField(blank=True, default="", verbose_name="resolution")),
                (
                    "was_right",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="the customer was right"
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
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "indexes": [
                    models.Index(
                        fields=["business", "state", "-opened_at"], name="customers_case_list"
                    ),
                    models.Index(
                        condition=models.Q(("customer__isnull", False)),
                        fields=["business", "customer"],
                        name="customers_case_of",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="customers_case_customer_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("source_ref", ""), _negated=True),
                        fields=("business", "source_ref"),
                        name="customers_case_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resolved_at__isnull", True), ("state", "open")),
                            models.Q(("resolved_at__isnull", False), ("state", "resolved")),
                            _connector="OR",
                        ),
                        name="customers_case_resolved_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("was_right__isnull", True),
                            models.Q(("kind", "complaint"), ("state", "resolved")),
                            _connector="OR",
                        ),
                        name="customers_case_was_right",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttributeValue",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.TextField(verbose_name="key")),
                ("value", models.TextField(blank=True, null=True, verbose_name="value")),
                (
                    "source",
                    models.TextField(
                        choices=[
                            ("staff", "Typed by staff"),
                            ("customer", "Told by the customer"),
                            ("import", "From an import"),
                            ("purchase", "From a purchase"),
                            ("inferred", "Inferred from what they buy"),
                        ],
                        verbose_name="where from",
                    ),
                ),
                ("said_by", models.TextField(blank=True, default="", verbose_name="typed by")),
                ("observed_at", models.DateTimeField(verbose_name="known since")),
                (
                    "valid_to",
                    models.DateTimeField(blank=True, null=True, verbose_name="true until"),
                ),
                ("recorded_at", models.DateTimeField(verbose_name="written down")),
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
                    "definition",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.attributedefinition",
                        verbose_name="attribute",
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
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "value of an attribute",
                "verbose_name_plural": "values of attributes",
                "indexes": [
                    models.Index(
                        fields=["business", "customer", "observed_at"],
                        name="customers_attributevalue_of",
                    ),
                    models.Index(
                        fields=["business", "definition", "customer"],
                        name="customers_attributevalue_by",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="customers_attributevalue_customer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "definition", name="customers_attributevalue_definition_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("observed_at__lte", models.F("recorded_at")),
                            models.Q(
                                ("valid_to__isnull", True),
                                ("valid_to__gt", models.F("observed_at")),
                                _connector="OR",
                            ),
                        ),
                        name="customers_attributevalue_times",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value", ""), _negated=True),
                        name="customers_attributevalue_said",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerIdentity",
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
                            ("external_id", "Your own customer number"),
                            ("member_code", "Member code"),
                            ("mobile", "Mobile"),
                            ("email", "E-mail"),
                            ("card", "Bank card"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("value_hmac", models.BinaryField()),
                ("hint", models.TextField(blank=True, default="", verbose_name="ends with")),
                ("source", models.TextField(verbose_name="source")),
                ("reason", models.TextField(verbose_name="reason")),
                (
                    "verified_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="verified"),
                ),
                ("created_at", models.DateTimeField(verbose_name="since")),
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
                "verbose_name": "identity",
                "verbose_name_plural": "identities",
                "indexes": [
                    models.Index(fields=["business", "customer"], name="customers_identity_of")
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="customers_customeridentity_customer_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "kind", "value_hmac"), name="customers_identity_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerMerge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[("standing", "Merged"), ("undone", "Taken apart again")],
                        default="standing",
                        verbose_name="state",
                    ),
                ),
                ("reason", models.TextField(blank=True, default="", verbose_name="reason")),
                ("before", models.JSONField(default=dict, editable=False)),
                ("merged_at", models.DateTimeField(verbose_name="merged")),
                ("merged_by", models.TextField(blank=True, default="", verbose_name="merged by")),
                ("undo_until", models.DateTimeField(verbose_name="can be undone until")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone")),
                ("undone_by", models.TextField(blank=True, default="", verbose_name="undone by")),
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
                    "merged",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="profile that was joined to it",
                    ),
                ),
                (
                    "survivor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="profile that stays",
                    ),
                ),
            ],
            options={
                "verbose_name": "merge of profiles",
                "verbose_name_plural": "merges of profiles",
                "indexes": [
                    models.Index(
                        fields=["business", "-merged_at", "-id"], name="customers_merge_newest"
                    ),
                    models.Index(
                        condition=models.Q(("state", "standing")),
                        fields=["business", "survivor"],
                        name="customers_merge_into",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "survivor", name="customers_customermerge_survivor_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "merged", name="customers_customermerge_merged_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "standing")),
                        fields=("business", "merged"),
                        name="customers_merge_one_standing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("survivor", models.F("merged")), _negated=True),
                        name="customers_merge_of_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "standing"), ("undone_at", None)),
                            models.Q(("state", "undone"), ("undone_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="customers_merge_undone",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerTotals",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("purchases", models.IntegerField(default=0, verbose_name="purchases")),
                (
                    "purchase_days",
                    models.IntegerField(default=0, verbose_name="days with a purchase"),
                ),
                ("gross_rial", models.BigIntegerField(default=0, verbose_name="bought (rial)")),
                (
                    "returned_rial",
                    models.BigIntegerField(default=0, verbose_name="returned (rial)"),
                ),
                ("first_on", models.DateField(null=True, verbose_name="first purchase")),
                ("last_on", models.DateField(null=True, verbose_name="last purchase")),
                ("last_at", models.DateTimeField(null=True, verbose_name="time of last purchase")),
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
                "verbose_name": "totals",
                "verbose_name_plural": "totals",
                "indexes": [
                    models.Index(fields=["business", "-last_at"], name="customers_totals_latest")
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="customers_customertotals_customer_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("id", models.F("customer_id"))),
                        name="customers_totals_id_is_customer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("returned_rial__gte", 0),
                            ("returned_rial__lte", models.F("gross_rial")),
                        ),
                        name="customers_totals_returned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        choices=[
                            ("asked", "The person asked for it"),
                            ("mistake", "They were entered by mistake"),
                            ("law", "An authority ordered it"),
                            ("unused", "They are no longer needed"),
                        ],
                        verbose_name="reason",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("asked", "Asked for"),
                            ("done", "Erased"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked for")),
                ("asked_by", models.TextField(blank=True, default="", verbose_name="asked for by")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                ("ended_by", models.TextField(blank=True, default="", verbose_name="ended by")),
                ("touched", models.JSONField(default=dict, verbose_name="rows")),
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
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "indexes": [
                    models.Index(
                        fields=["business", "-asked_at", "-id"], name="customers_erasure_newest"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "asked")),
                            models.Q(
                                models.Q(("state", "asked"), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="customers_erasure_ended",
                    ),
                    core.tenancy.SameBusiness(
                        "customer", name="customers_erasure_customer_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("business", "customer"),
                        name="customers_erasure_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportJob",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("checked", "Checked"),
                            ("queued", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="uploaded",
                        verbose_name="state",
                    ),
                ),
                ("file_name", models.TextField(verbose_name="file")),
                ("file_path", models.TextField(editable=False)),
                ("file_digest", models.TextField(editable=False)),
                ("size_bytes", models.BigIntegerField(verbose_name="size")),
                ("mapping", models.JSONField(default=dict, verbose_name="columns")),
                ("unit_rial", models.IntegerField(default=1, verbose_name="rial in one unit")),
                ("report", models.JSONField(default=dict, verbose_name="report")),
                ("rows_total", models.IntegerField(default=0, verbose_name="rows")),
                ("rows_done", models.IntegerField(default=0, verbose_name="done")),
                ("rows_recorded", models.IntegerField(default=0, verbose_name="recorded")),
                ("rows_replayed", models.IntegerField(default=0, verbose_name="already there")),
                ("rows_failed", models.IntegerField(default=0, verbose_name="refused")),
                ("created_by", models.TextField(blank=True, default="", verbose_name="by")),
                ("created_at", models.DateTimeField(verbose_name="uploaded at")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="finished"),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.TextField(blank=True, default="", verbose_name="error")),
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
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "indexes": [
                    models.Index(fields=["business", "-created_at"], name="customers_import_list"),
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=["due_at"],
                        name="customers_import_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRowError",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("row", models.IntegerField(verbose_name="row")),
                ("code", models.TextField(verbose_name="code")),
                ("message", models.TextField(verbose_name="message")),
                ("raw", models.JSONField(default=list)),
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
                    "job",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.importjob",
                    ),
                ),
            ],
            options={
                "verbose_name": "refused row",
                "verbose_name_plural": "refused rows",
                "constraints": [
                    core.tenancy.SameBusiness(
                        "job", name="customers_importrowerror_job_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "job", "row"), name="customers_import_error_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LeadSource",
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
                            ("link", "Link or QR code of ours"),
                            ("form", "Form of your own site"),
                            ("till", "At the till"),
                            ("staff", "Typed by staff"),
                            ("import", "From a list"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("title", models.TextField(blank=True, default="", verbose_name="title")),
                ("code", models.TextField(blank=True, default="", verbose_name="code of the link")),
                (
                    "invitation",
                    models.TextField(blank=True, default="", verbose_name="what the page says"),
                ),
                (
                    "cost_rial",
                    models.BigIntegerField(default=0, verbose_name="what it cost (rial)"),
                ),
                ("is_open", models.BooleanField(default=True, verbose_name="open")),
                ("created_at", models.DateTimeField(verbose_name="since")),
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
                "verbose_name": "source of leads",
                "verbose_name_plural": "sources of leads",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "kind", "title"), name="customers_leadsource_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("code", ""), _negated=True),
                        fields=("business", "code"),
                        name="customers_leadsource_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "link"),
                                models.Q(("code", ""), _negated=True),
                                models.Q(("title", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("kind", "link"), _negated=True),
                                ("code", ""),
                                ("invitation", ""),
                            ),
                            _connector="OR",
                        ),
                        name="customers_leadsource_link",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cost_rial__gte", 0)), name="customers_leadsource_cost"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lead",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "stage",
                    models.TextField(
                        choices=[
                            ("new", "New"),
                            ("contacted", "Spoken to"),
                            ("interested", "Interested"),
                            ("lost", "Lost"),
                        ],
                        default="new",
                        verbose_name="stage",
                    ),
                ),
                ("wants", models.TextField(blank=True, default="", verbose_name="what they want")),
                ("made_at", models.DateTimeField(verbose_name="known since")),
                (
                    "consented_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="agreed to be contacted"
                    ),
                ),
                (
                    "contacted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="first spoken to"),
                ),
                (
                    "interested_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="interested since"),
                ),
                ("lost_at", models.DateTimeField(blank=True, null=True, verbose_name="lost at")),
                (
                    "lost_because",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("price", "Too expensive"),
                            ("elsewhere", "Bought elsewhere"),
                            ("no_need", "Does not need it any more"),
                            ("not_offered", "We do not have it"),
                            ("unreachable", "Cannot be reached"),
                            ("other", "Another reason"),
                        ],
                        default="",
                        verbose_name="why lost",
                    ),
                ),
                ("tries", models.IntegerField(default=0, verbose_name="tries without an answer")),
                (
                    "next_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="to be contacted"),
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
                        verbose_name="customer",
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
                (
                    "source",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.leadsource",
                        verbose_name="where from",
                    ),
                ),
            ],
            options={
                "verbose_name": "lead",
                "verbose_name_plural": "leads",
                "indexes": [
                    models.Index(
                        fields=["business", "-made_at", "-id"], name="customers_lead_newest"
                    ),
                    models.Index(fields=["business", "customer"], name="customers_lead_of"),
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["business", "next_at"],
                        name="customers_lead_due",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="customers_lead_customer_same_business"
                    ),
                    core.tenancy.SameBusiness("source", name="customers_lead_source_same_business"),
                    core.tenancy.SameBusiness("owner", name="customers_lead_owner_same_business"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("contacted_at", None), ("interested_at", None), ("stage", "new")
                            ),
                            models.Q(
                                ("contacted_at__isnull", False),
                                ("interested_at", None),
                                ("stage", "contacted"),
                            ),
                            models.Q(
                                ("contacted_at__isnull", False),
                                ("interested_at__isnull", False),
                                ("stage", "interested"),
                            ),
                            ("stage", "lost"),
                            _connector="OR",
                        ),
                        name="customers_lead_stage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("lost_at__isnull", False),
                                ("next_at", None),
                                ("stage", "lost"),
                                models.Q(("lost_because", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("stage", "lost"), _negated=True),
                                ("lost_at", None),
                                ("lost_because", ""),
                            ),
                            _connector="OR",
                        ),
                        name="customers_lead_lost",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_at", None), ("consented_at__isnull", False), _connector="OR"
                        ),
                        name="customers_lead_agreed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tries__gte", 0)), name="customers_lead_tries"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "step",
                    models.TextField(
                        choices=[
                            ("no_offers", "No offers any more"),
                            ("no_credit", "No credit any more either"),
                            ("careful_returns", "Money back only by a second person, too"),
                        ],
                        verbose_name="measure",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("in_force", "Decided"),
                            ("refused", "Refused"),
                            ("lifted", "Lifted"),
                        ],
                        default="proposed",
                        verbose_name="state",
                    ),
                ),
                ("evidence", models.JSONField(verbose_name="evidence")),
                ("reason", models.TextField(verbose_name="reason")),
                ("proposed_by", models.TextField(verbose_name="proposed by")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("decision", models.TextField(blank=True, default="", verbose_name="decision")),
                ("decided_by", models.TextField(blank=True, default="", verbose_name="decided by")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("ends_on", models.DateField(null=True, verbose_name="holds until")),
                ("appeal", models.TextField(blank=True, default="", verbose_name="appeal")),
                ("appealed_at", models.DateTimeField(null=True, verbose_name="appealed at")),
                (
                    "lapses_on",
                    models.DateField(null=True, verbose_name="lapses unless answered by"),
                ),
                ("answer", models.TextField(blank=True, default="", verbose_name="answer")),
                (
                    "answered_by",
                    models.TextField(blank=True, default="", verbose_name="answered by"),
                ),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered at")),
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
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "measure",
                "verbose_name_plural": "measures",
                "indexes": [
                    models.Index(
                        fields=["business", "-proposed_at"], name="customers_measure_newest"
                    ),
                    models.Index(fields=["business", "customer"], name="customers_measure_of"),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="customers_measure_customer_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None), ("decided_by", ""), ("state", "proposed")
                            ),
                            models.Q(
                                models.Q(("state", "proposed"), _negated=True),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="customers_measure_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proposed_by", models.F("decided_by")), _negated=True),
                            models.Q(("proposed_by", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="customers_measure_two_persons",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["in_force", "lifted"]), _negated=True),
                            ("ends_on__isnull", False),
                            _connector="OR",
                        ),
                        name="customers_measure_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at", None),
                                ("appeal", ""),
                                ("appealed_at", None),
                                ("lapses_on", None),
                            ),
                            models.Q(
                                models.Q(("appeal", ""), _negated=True),
                                ("appealed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="customers_measure_appeal",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MergedRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("what", models.TextField(verbose_name="table")),
                ("row_id", models.UUIDField(verbose_name="row")),
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
                    "merge",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customermerge",
                    ),
                ),
            ],
            options={
                "verbose_name": "row moved by a merge",
                "verbose_name_plural": "rows moved by merges",
                "indexes": [
                    models.Index(
                        fields=["business", "row_id", "what"], name="customers_mergedrow_of"
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "merge", name="customers_mergedrow_merge_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "merge", "what", "row_id"),
                        name="customers_mergedrow_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MergeSuggestion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "To be looked at"),
                            ("accepted", "The same person"),
                            ("refused", "Not the same"),
                        ],
                        default="open",
                        verbose_name="state",
                    ),
                ),
                (
                    "because",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None, verbose_name="shared"
                    ),
                ),
                ("times", models.IntegerField(default=1, verbose_name="seen")),
                ("raised_at", models.DateTimeField(verbose_name="first seen")),
                ("last_at", models.DateTimeField(verbose_name="last seen")),
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
                    "first",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "second",
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
                "verbose_name": "merge suggestion",
                "verbose_name_plural": "merge suggestions",
                "indexes": [
                    models.Index(
                        fields=["business", "state", "-last_at"], name="customers_suggestion_list"
                    ),
                    models.Index(fields=["business", "second"], name="customers_suggestion_second"),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "first", name="customers_mergesuggestion_first_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "second", name="customers_mergesuggestion_second_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "first", "second"), name="customers_suggestion_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second")), ("times__gte", 1)),
                        name="customers_suggestion_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="customers_suggestion_decided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OneTimeCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("mobile_hmac", models.BinaryField()),
                (
                    "purpose",
                    models.TextField(
                        choices=[
                            ("page", "Opening one's own page"),
                            ("claim", "Taking waiting points"),
                            ("spend", "Spending points at the till"),
                            ("verify", "Showing an online shop who one is"),
                        ],
                        verbose_name="purpose",
                    ),
                ),
                ("code_hmac", models.BinaryField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("live", "Sent"),
                            ("used", "Used"),
                            ("tried_out", "Too many wrong tries"),
                            ("replaced", "Replaced by a newer one"),
                        ],
                        default="live",
                        verbose_name="state",
                    ),
                ),
                ("tries", models.SmallIntegerField(default=0, verbose_name="tries")),
                ("sent_at", models.DateTimeField(verbose_name="sent")),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
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
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "one-time code",
                "verbose_name_plural": "one-time codes",
                "indexes": [
                    models.Index(fields=["business", "sent_at"], name="customers_code_by_age")
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="customers_onetimecode_customer_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "live")),
                        fields=("business", "mobile_hmac", "purpose"),
                        name="customers_code_one_live",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("customer__isnull", False), ("state", "live")),
                        fields=("business", "customer", "purpose"),
                        name="customers_code_one_of_each",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tries__gte", 0), ("tries__lte", 5)),
                        name="customers_code_tries",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("sent_at"))),
                        name="customers_code_expires",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at", None), ("state", "live")),
                            models.Q(
                                models.Q(("state", "live"), _negated=True),
                                ("finished_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="customers_code_finished",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProfileView",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "place",
                    models.TextField(
                        choices=[
                            ("page", "Customer's page"),
                            ("kept", "What is kept of the person"),
                            ("file", "File of what is kept"),
                            ("api", "API"),
                            ("admin", "Platform staff"),
                        ],
                        verbose_name="where",
                    ),
                ),
                ("viewer_id", models.UUIDField(verbose_name="who")),
                ("viewer_name", models.TextField(blank=True, default="", verbose_name="name")),
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
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "look at a profile",
                "verbose_name_plural": "looks at profiles",
                "indexes": [
                    models.Index(fields=["business", "-at", "-id"], name="customers_view_newest"),
                    models.Index(fields=["business", "customer", "-at"], name="customers_view_of"),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="customers_profileview_customer_same_business"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Purchase",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.TextField(verbose_name="invoice number")),
                (
                    "channel",
                    models.TextField(
                        choices=[
                            ("pos", "Till"),
                            ("web", "Online shop"),
                            ("till", "Vafa's own till"),
                            ("import", "Imported history"),
                            ("other", "Other channel"),
                        ],
                        verbose_name="channel",
                    ),
                ),
                ("source", models.TextField(verbose_name="source")),
                ("occurred_at", models.DateTimeField(verbose_name="time")),
                ("local_date", models.DateField(verbose_name="day")),
                ("total_rial", models.BigIntegerField(verbose_name="total (rial)")),
                ("eligible_rial", models.BigIntegerField(verbose_name="without points (rial)")),
                (
                    "returned_rial",
                    models.BigIntegerField(default=0, verbose_name="returned (rial)"),
                ),
                ("payment_id", models.UUIDField(blank=True, null=True, verbose_name="payment")),
                (
                    "matched_by",
                    models.TextField(blank=True, default="", verbose_name="recognised by"),
                ),
                ("fingerprint", models.BinaryField()),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                (
                    "branch",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.branch",
                        verbose_name="branch",
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
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.employee",
                        verbose_name="employee",
                    ),
                ),
            ],
            options={
                "verbose_name": "purchase",
                "verbose_name_plural": "purchases",
                "indexes": [
                    models.Index(
                        condition=models.Q(("customer__isnull", False)),
                        fields=["business", "customer", "local_date"],
                        name="customers_purchase_of",
                    ),
                    models.Index(
                        fields=["business", "-occurred_at", "-id"], name="customers_purchase_newest"
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="customers_purchase_customer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "branch", name="customers_purchase_branch_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "employee", name="customers_purchase_employee_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "channel", "external_id"),
                        name="customers_purchase_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("payment_id__isnull", False)),
                        fields=("business", "payment_id"),
                        name="customers_purchase_of_payment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("total_rial__gte", 0),
                            ("eligible_rial__gte", 0),
                            ("eligible_rial__lte", models.F("total_rial")),
                        ),
                        name="customers_purchase_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("returned_rial__gte", 0),
                            ("returned_rial__lte", models.F("total_rial")),
                        ),
                        name="customers_purchase_returned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PurchaseLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.IntegerField(verbose_name="position")),
                ("sku", models.TextField(blank=True, default="", verbose_name="SKU")),
                ("name", models.TextField(blank=True, default="", verbose_name="name")),
                ("category", models.TextField(blank=True, default="", verbose_name="category")),
                (
                    "quantity",
                    models.DecimalField(decimal_places=3, max_digits=12, verbose_name="quantity"),
                ),
                ("unit_price_rial", models.BigIntegerField(verbose_name="unit price (rial)")),
                (
                    "discount_rial",
                    models.BigIntegerField(default=0, verbose_name="discount (rial)"),
                ),
                ("total_rial", models.BigIntegerField(verbose_name="total (rial)")),
                (
                    "returned_rial",
                    models.BigIntegerField(default=0, verbose_name="returned (rial)"),
                ),
                (
                    "attributes",
                    models.JSONField(blank=True, default=dict, verbose_name="attributes"),
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
                "verbose_name": "purchase line",
                "verbose_name_plural": "purchase lines",
                "constraints": [
                    core.tenancy.SameBusiness(
                        "purchase", name="customers_purchaseline_purchase_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "purchase", "position"), name="customers_line_position"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discount_rial__gte", 0), ("quantity__gt", 0), ("total_rial__gte", 0)
                        ),
                        name="customers_line_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("returned_rial__gte", 0),
                            ("returned_rial__lte", models.F("total_rial")),
                        ),
                        name="customers_line_returned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.TextField(verbose_name="return number")),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                (
                    "returned_so_far_rial",
                    models.BigIntegerField(verbose_name="returned so far (rial)"),
                ),
                ("occurred_at", models.DateTimeField(verbose_name="time")),
                ("local_date", models.DateField(verbose_name="day")),
                ("reason", models.TextField(blank=True, default="", verbose_name="reason")),
                ("source", models.TextField(verbose_name="source")),
                ("fingerprint", models.BinaryField()),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
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
                "verbose_name": "return",
                "verbose_name_plural": "returns",
                "indexes": [
                    models.Index(
                        fields=["business", "-occurred_at"], name="customers_return_newest"
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "purchase", name="customers_return_purchase_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "purchase", "external_id"), name="customers_return_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_rial__gt", 0)), name="customers_return_amount"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "quantity",
                    models.DecimalField(
                        decimal_places=3, max_digits=12, null=True, verbose_name="quantity"
                    ),
                ),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
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
                    "parent",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.return",
                    ),
                ),
                (
                    "purchase_line",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchaseline",
                    ),
                ),
            ],
            options={
                "verbose_name": "return line",
                "verbose_name_plural": "return lines",
                "constraints": [
                    core.tenancy.SameBusiness(
                        "parent", name="customers_returnline_parent_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "purchase_line", name="customers_returnline_purchase_line_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "parent", "purchase_line"),
                        name="customers_return_line_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_rial__gt", 0)),
                        name="customers_return_line_amount",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SalesDay",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("on", models.DateField(verbose_name="day")),
                ("purchases", models.IntegerField(verbose_name="purchases")),
                ("known_purchases", models.IntegerField(verbose_name="purchases with a customer")),
                (
                    "returning_purchases",
                    models.IntegerField(verbose_name="purchases of returning customers"),
                ),
                ("new_customers", models.IntegerField(verbose_name="new customers")),
                ("gross_rial", models.BigIntegerField(verbose_name="sales (rial)")),
                ("returned_rial", models.BigIntegerField(verbose_name="returned (rial)")),
                (
                    "returning_rial",
                    models.BigIntegerField(verbose_name="sales to returning customers (rial)"),
                ),
                ("counted_at", models.DateTimeField(verbose_name="counted")),
                ("stale", models.BooleanField(default=False, verbose_name="to be recounted")),
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
                "verbose_name": "day of sales",
                "verbose_name_plural": "days of sales",
                "indexes": [
                    models.Index(
                        condition=models.Q(("stale", True)),
                        fields=["business", "on"],
                        name="customers_salesday_stale",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "on"), name="customers_salesday_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tender",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.IntegerField(verbose_name="position")),
                (
                    "method",
                    models.TextField(
                        choices=[
                            ("gateway", "Online gateway"),
                            ("pos", "Card terminal"),
                            ("cash", "Cash"),
                            ("card_to_card", "Card to card"),
                            ("paya", "Paya transfer"),
                            ("satna", "Satna transfer"),
                            ("identified_deposit", "Identified deposit"),
                            ("direct_debit", "Direct debit"),
                            ("bnpl", "Pay later"),
                            ("credit", "Instalments of the shop"),
                            ("points", "Points"),
                            ("gift_card", "Gift card"),
                            ("other", "Other means"),
                        ],
                        verbose_name="method",
                    ),
                ),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                ("reference", models.TextField(blank=True, default="", verbose_name="reference")),
                ("masked_pan", models.TextField(blank=True, default="", verbose_name="card")),
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
                "verbose_name": "tender",
                "verbose_name_plural": "tenders",
                "constraints": [
                    core.tenancy.SameBusiness(
                        "purchase", name="customers_tender_purchase_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "purchase", "position"),
                        name="customers_tender_position",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_rial__gte", 0)), name="customers_tender_amount"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TimelineEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.TextField(verbose_name="kind")),
                ("occurred_at", models.DateTimeField(verbose_name="time")),
                ("data", models.JSONField(default=dict)),
                ("source_ref", models.TextField(blank=True, default="", verbose_name="cause")),
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
                "verbose_name": "timeline entry",
                "verbose_name_plural": "timeline entries",
                "indexes": [
                    models.Index(
                        fields=["business", "customer", "-occurred_at"],
                        name="customers_timeline_of",
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="customers_timelineentry_customer_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("source_ref", ""), _negated=True),
                        fields=("business", "customer", "source_ref"),
                        name="customers_timeline_once",
                    ),
                ],
            },
        ),
        WallOff("customer"),
        WallOff("customeridentity"),
        WallOff("customertotals"),
        WallOff("purchase"),
        WallOff("purchaseline"),
        WallOff("tender", append_only=True),
        WallOff("return", append_only=True),
        WallOff("returnline", append_only=True),
        WallOff("case"),
        WallOff("timelineentry"),
        WallOff("importjob", queue=True),
        WallOff("importrowerror"),
        WallOff("salesday", queue=True),
        WallOff("customermerge"),
        WallOff("mergedrow", append_only=True),
        WallOff("mergesuggestion"),
        WallOff("codemeter"),
        WallOff("onetimecode"),
        WallOff("profileview", append_only=True),
        WallOff("erasure"),
        Emptiable("tender", "masked_pan"),
        Emptiable("return", "reason"),
        WallOff("attributedefinition"),
        WallOff("attributevalue"),
        migrations.RunSQL(
            sql=_TYPED_ATTRIBUTES,
            reverse_sql=_NO_TYPED_ATTRIBUTES,
        ),
        WallOff("leadsource"),
        WallOff("lead"),
        WallOff("measure"),
    ]

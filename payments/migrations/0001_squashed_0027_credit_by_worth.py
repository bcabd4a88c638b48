import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import core.ids
import core.tenancy
import payments.models.attempt
from core.tenancy.operations import Emptiable, WallOff
from core.tenancy.together import Together

_BOOKS = """
CREATE FUNCTION payments_posting_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(amount_rial) FROM payments_moneyentry
      WHERE business_id = NEW.business_id AND source_id = NEW.source_id AND kind = NEW.kind) <> 0
  THEN RAISE EXCEPTION 'posting % of % does not sum to zero', NEW.kind, NEW.source_id
       USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON payments_moneyentry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_posting_balanced();
"""

_NO_BOOKS = """
DROP TRIGGER balanced ON payments_moneyentry;
DROP FUNCTION payments_posting_balanced();
"""

_INSTALMENTS = """
CREATE FUNCTION payments_plan_sums() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(amount_rial) FROM payments_instalment
      WHERE business_id = NEW.business_id AND plan_id = NEW.plan_id)
     <> (SELECT credit_rial FROM payments_instalmentplan
         WHERE business_id = NEW.business_id AND id = NEW.plan_id)
  THEN RAISE EXCEPTION 'instalments of plan % do not sum to its credit', NEW.plan_id
       USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER sums AFTER INSERT OR UPDATE OF amount_rial, plan_id
  ON payments_instalment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_plan_sums();
"""

_NO_INSTALMENTS = """
DROP TRIGGER sums ON payments_instalment;
DROP FUNCTION payments_plan_sums();
"""

_INQUIRIES = """
CREATE FUNCTION payments_inquiry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  may_change text[] := '{found}';
BEGIN
  IF OLD.state = 'asking' THEN
    may_change := may_change || '{state,account_id,outcome,reason,match,usable,tries,
                                  cost_rial,checked_at,valid_until,leased_until}'::text[];
  END IF;
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - may_change = to_jsonb(OLD) - may_change THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'an inquiry is history' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER kept AFTER UPDATE OR DELETE ON payments_inquiry
  FOR EACH ROW EXECUTE FUNCTION payments_inquiry_kept();
"""

_NO_INQUIRIES = """
DROP TRIGGER kept ON payments_inquiry;
DROP FUNCTION payments_inquiry_kept();
"""

_QUOTES_USED_ONCE = """
CREATE FUNCTION payments_quote_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  used uuid;
BEGIN
  IF TG_TABLE_NAME = 'payments_quote' THEN used := NEW.id; ELSE used := NEW.quote_id; END IF;
  PERFORM FROM payments_quote WHERE business_id = NEW.business_id AND id = used FOR UPDATE;
  IF EXISTS (
    SELECT FROM payments_quote q
    JOIN payments_payment p ON p.business_id = q.business_id AND p.quote_id = q.id
    WHERE q.business_id = NEW.business_id AND q.id = used AND q.plan_id IS NOT NULL
      AND p.state NOT IN ('expired', 'cancelled')
  ) THEN RAISE EXCEPTION 'the price of quote % is used already', used
         USING ERRCODE = 'unique_violation', CONSTRAINT = 'payments_quote_once';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER used_once AFTER INSERT ON payments_payment
  FOR EACH ROW WHEN (NEW.quote_id IS NOT NULL AND NEW.state NOT IN ('expired', 'cancelled'))
  EXECUTE FUNCTION payments_quote_once();
CREATE TRIGGER used_once_later AFTER UPDATE OF quote_id, state ON payments_payment
  FOR EACH ROW WHEN (
    NEW.quote_id IS NOT NULL AND NEW.state NOT IN ('expired', 'cancelled')
    AND (OLD.quote_id IS DISTINCT FROM NEW.quote_id OR OLD.state IN ('expired', 'cancelled')))
  EXECUTE FUNCTION payments_quote_once();
CREATE TRIGGER used_once AFTER UPDATE OF plan_id ON payments_quote
  FOR EACH ROW WHEN (NEW.plan_id IS NOT NULL)
  EXECUTE FUNCTION payments_quote_once();
"""

_NO_QUOTES_USED_ONCE = """
DROP TRIGGER used_once ON payments_payment;
DROP TRIGGER used_once_later ON payments_payment;
DROP TRIGGER used_once ON payments_quote;
DROP FUNCTION payments_quote_once();
"""

_EMPTIABLE = """
CREATE OR REPLACE FUNCTION payments_inquiry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  may_change text[] := '{found}';
BEGIN
  IF OLD.state = 'asking' THEN
    may_change := may_change || '{state,account_id,outcome,reason,match,usable,tries,
                                  cost_rial,checked_at,valid_until,leased_until}'::text[];
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.hint IN (OLD.hint, '') AND NEW.note IN (OLD.note, '') THEN
    may_change := may_change || '{hint,note}'::text[];
  END IF;
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - may_change = to_jsonb(OLD) - may_change THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'an inquiry is history' USING ERRCODE = 'check_violation';
END $$
"""

_NO_EMPTIABLE = """
CREATE OR REPLACE FUNCTION payments_inquiry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  may_change text[] := '{found}';
BEGIN
  IF OLD.state = 'asking' THEN
    may_change := may_change || '{state,account_id,outcome,reason,match,usable,tries,
                                  cost_rial,checked_at,valid_until,leased_until}'::text[];
  END IF;
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - may_change = to_jsonb(OLD) - may_change THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'an inquiry is history' USING ERRCODE = 'check_violation';
END $$
"""


class Migration(Together):
    replaces = [
        ("payments", "0001_initial"),
        ("payments", "0002_books"),
        ("payments", "0003_attempt_bank_address"),
        ("payments", "0004_reconciliation"),
        ("payments", "0005_links"),
        ("payments", "0006_refunds"),
        ("payments", "0007_deposits"),
        ("payments", "0008_debits"),
        ("payments", "0009_engine"),
        ("payments", "0010_instalments"),
        ("payments", "0011_no_late_fee"),
        ("payments", "0012_inquiries"),
        ("payments", "0013_fetched_reports_and_return_windows"),
        ("payments", "0014_quotes"),
        ("payments", "0015_quotes_used_once"),
        ("payments", "0016_ledger_alert"),
        ("payments", "0017_gift_cards"),
        ("payments", "0018_budget_alert"),
        ("payments", "0019_emptiable"),
        ("payments", "0020_misuse_alert"),
        ("payments", "0021_webhook_alert"),
        ("payments", "0022_late_fees"),
        ("payments", "0023_covers"),
        ("payments", "0024_carts"),
        ("payments", "0025_measures"),
        ("payments", "0026_tier_return_windows"),
        ("payments", "0027_credit_by_worth"),
    ]

    initial = True

    dependencies = [
        ("businesses", "0008_modules"),
        ("core", "0004_emptiable"),
        ("customers", "0009_leads"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("title", models.TextField(verbose_name="name")),
                ("iban", models.TextField(blank=True, default="", verbose_name="IBAN")),
                ("owner", models.TextField(blank=True, default="", verbose_name="owner")),
                ("bank", models.TextField(blank=True, default="", verbose_name="bank")),
                ("card", models.TextField(blank=True, default="", verbose_name="card")),
                (
                    "check_digits",
                    models.TextField(
                        choices=[
                            ("mod_97", "Two digits, modulo 97"),
                            ("verhoeff", "One digit, Verhoeff"),
                            ("mod_11", "One digit, modulo 11"),
                            ("none", "None"),
                        ],
                        default="mod_97",
                        verbose_name="check digits",
                    ),
                ),
                ("prefix", models.TextField(blank=True, default="", verbose_name="business part")),
                (
                    "customer_digits",
                    models.SmallIntegerField(default=8, verbose_name="digits of the customer part"),
                ),
                ("next_number", models.BigIntegerField(default=1, editable=False)),
                (
                    "any_source",
                    models.BooleanField(
                        default=True, verbose_name="a customer's identifier is enough"
                    ),
                ),
                (
                    "duplicate_seconds",
                    models.IntegerField(default=60, verbose_name="same again within (seconds)"),
                ),
                (
                    "signature_minutes",
                    models.IntegerField(
                        default=30, verbose_name="amount signature valid (minutes)"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("next_poll_at", models.DateTimeField(editable=False, null=True)),
                ("leased_until", models.DateTimeField(editable=False, null=True)),
                ("feed_cursor", models.TextField(default="", editable=False)),
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
                "verbose_name": "bank account",
                "verbose_name_plural": "bank accounts",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_poll_at__isnull", False)),
                        fields=["next_poll_at"],
                        name="payments_bank_account_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("iban", ""), _negated=True),
                        fields=("business", "iban"),
                        name="payments_bank_account_iban",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("customer_digits__gte", 4), ("customer_digits__lte", 20)
                        ),
                        name="payments_bank_account_digits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "source",
                    models.TextField(
                        choices=[
                            ("statement", "Statement file"),
                            ("feed", "Provider's feed"),
                            ("notice", "Bank's text message"),
                            ("typed", "Typed by a person"),
                        ],
                        verbose_name="heard by",
                    ),
                ),
                ("fingerprint", models.TextField(editable=False)),
                (
                    "bank_reference",
                    models.TextField(blank=True, default="", verbose_name="bank's reference"),
                ),
                (
                    "provider_reference",
                    models.TextField(blank=True, default="", verbose_name="provider's reference"),
                ),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("has_time", models.BooleanField(default=True)),
                ("identifier", models.TextField(blank=True, default="", verbose_name="identifier")),
                ("source_iban", models.TextField(blank=True, default="", verbose_name="from IBAN")),
                ("source_name", models.TextField(blank=True, default="", verbose_name="from")),
                (
                    "description",
                    models.TextField(blank=True, default="", verbose_name="description"),
                ),
                ("raw", models.JSONField(default=dict, verbose_name="as heard")),
                ("heard_at", models.DateTimeField(verbose_name="heard")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.bankaccount",
                        verbose_name="bank account",
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
                "verbose_name": "bank row",
                "verbose_name_plural": "bank rows",
                "indexes": [
                    models.Index(
                        fields=["business", "account", "-at"], name="payments_bank_row_newest"
                    ),
                    models.Index(
                        condition=models.Q(("bank_reference", ""), _negated=True),
                        fields=["business", "account", "bank_reference"],
                        name="payments_bank_row_reference",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "account", name="payments_bankrow_account_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "account", "fingerprint"), name="payments_bank_row_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("provider_reference", ""), _negated=True),
                        fields=("business", "account", "provider_reference"),
                        name="payments_bank_row_provider_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_rial", 0), _negated=True),
                        name="payments_bank_row_not_zero",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cart",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.TextField(verbose_name="number")),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                ("title", models.TextField(blank=True, default="", verbose_name="for what")),
                ("mobile", models.TextField(blank=True, default="", verbose_name="mobile")),
                ("customer_hint", models.JSONField(default=dict, editable=False)),
                ("lines", models.JSONField(default=list, editable=False)),
                (
                    "resume_url",
                    models.TextField(blank=True, default="", verbose_name="address to go on at"),
                ),
                (
                    "return_url",
                    models.TextField(blank=True, default="", verbose_name="return address"),
                ),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                ("expires_at", models.DateTimeField(verbose_name="good until")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                ("remind_at", models.DateTimeField(editable=False, null=True)),
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
                "verbose_name": "cart",
                "verbose_name_plural": "carts",
                "indexes": [
                    models.Index(
                        fields=["business", "-changed_at", "-id"], name="payments_cart_newest"
                    ),
                    models.Index(
                        condition=models.Q(("remind_at__isnull", False)),
                        fields=["remind_at"],
                        name="payments_cart_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "external_id"), name="payments_cart_external_id"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_rial__gt", 0),
                            models.Q(("closed_at", None), ("remind_at", None), _connector="OR"),
                        ),
                        name="payments_cart_sane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckoutPolicy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("is_on", models.BooleanField(default=False, verbose_name="remind")),
                ("after_minutes", models.IntegerField(default=30, verbose_name="after (minutes)")),
                (
                    "holdout_percent",
                    models.SmallIntegerField(default=10, verbose_name="left alone to compare (%)"),
                ),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
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
                "verbose_name": "reminding of unfinished checkouts",
                "verbose_name_plural": "reminding of unfinished checkouts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business",), name="payments_checkout_policy_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("after_minutes__gte", 5),
                            ("after_minutes__lte", 1440),
                            ("holdout_percent__gte", 0),
                            ("holdout_percent__lte", 50),
                        ),
                        name="payments_checkout_policy_bounds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditPolicy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("is_on", models.BooleanField(default=False, verbose_name="lend")),
                ("least_grade", models.SmallIntegerField(default=60, verbose_name="lowest grade")),
                (
                    "lends_without_history",
                    models.BooleanField(default=False, verbose_name="lend without history"),
                ),
                (
                    "newcomer_rial",
                    models.BigIntegerField(default=0, verbose_name="most without history (rial)"),
                ),
                (
                    "most_customer_rial",
                    models.BigIntegerField(default=0, verbose_name="most a customer (rial)"),
                ),
                (
                    "most_total_rial",
                    models.BigIntegerField(default=0, verbose_name="most altogether (rial)"),
                ),
                ("owed_rial", models.BigIntegerField(default=0, verbose_name="owed (rial)")),
                (
                    "most_count",
                    models.SmallIntegerField(default=6, verbose_name="most instalments"),
                ),
                (
                    "down_percent",
                    models.SmallIntegerField(default=25, verbose_name="paid at once (%)"),
                ),
                ("grace_days", models.SmallIntegerField(default=3, verbose_name="days of grace")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                (
                    "late_fee_after_days",
                    models.SmallIntegerField(default=7, verbose_name="days late before a fee"),
                ),
                (
                    "late_fee_rial",
                    models.BigIntegerField(default=0, verbose_name="fee for being late (rial)"),
                ),
                (
                    "worth_percent",
                    models.SmallIntegerField(default=0, verbose_name="of the foreseen worth (%)"),
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
                "verbose_name": "terms of credit",
                "verbose_name_plural": "terms of credit",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business",), name="payments_credit_policy_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("down_percent__range", (0, 100)),
                            ("grace_days__range", (0, 60)),
                            ("late_fee_after_days__range", (0, 60)),
                            ("late_fee_rial__gte", 0),
                            ("least_grade__range", (0, 100)),
                            ("most_count__range", (1, 60)),
                            ("most_customer_rial__gte", 0),
                            ("most_total_rial__gte", 0),
                            ("newcomer_rial__gte", 0),
                            ("owed_rial__gte", 0),
                            ("worth_percent__range", (0, 1000)),
                        ),
                        name="payments_credit_policy_sane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DebitPolicy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "notice_hours",
                    models.SmallIntegerField(default=24, verbose_name="hours of notice"),
                ),
                ("grace_days", models.SmallIntegerField(default=5, verbose_name="days of grace")),
                ("max_tries", models.SmallIntegerField(default=4, verbose_name="most tries")),
                (
                    "reminders",
                    models.JSONField(default=list, verbose_name="reminders after a failure (days)"),
                ),
                (
                    "pause_after",
                    models.SmallIntegerField(
                        default=3, verbose_name="pause after failures in a row"
                    ),
                ),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
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
                "verbose_name": "manners of collecting",
                "verbose_name_plural": "manners of collecting",
                "constraints": [
                    models.UniqueConstraint(fields=("business",), name="payments_debit_policy_one"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("grace_days__range", (0, 60)),
                            ("max_tries__range", (1, 16)),
                            ("notice_hours__range", (0, 168)),
                            ("pause_after__gte", 1),
                        ),
                        name="payments_debit_policy_sane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DepositIdentifier",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "digits",
                    models.TextField(
                        blank=True, db_collation="C", default="", verbose_name="identifier"
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("pending", "Being issued"),
                            ("active", "Active"),
                            ("closed", "Closed"),
                            ("failed", "Refused"),
                        ],
                        default="pending",
                        verbose_name="state",
                    ),
                ),
                (
                    "expected_rial",
                    models.BigIntegerField(blank=True, null=True, verbose_name="expected (rial)"),
                ),
                ("sources", models.JSONField(default=list, verbose_name="registered IBANs")),
                ("iban", models.TextField(blank=True, default="", verbose_name="IBAN")),
                ("owner", models.TextField(blank=True, default="", verbose_name="owner")),
                ("bank", models.TextField(blank=True, default="", verbose_name="bank")),
                ("reason", models.TextField(blank=True, default="", verbose_name="reason")),
                ("callback_token", models.TextField(default="", editable=False)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                ("next_try_at", models.DateTimeField(editable=False, null=True)),
                ("leased_until", models.DateTimeField(editable=False, null=True)),
                ("tries", models.SmallIntegerField(default=0, editable=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.bankaccount",
                        verbose_name="bank account",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "deposit identifier",
                "verbose_name_plural": "deposit identifiers",
                "indexes": [
                    models.Index(
                        fields=["business", "-created_at", "-id"], name="payments_ident_newest"
                    ),
                    models.Index(fields=["business", "customer"], name="payments_ident_customer"),
                    models.Index(
                        condition=models.Q(("next_try_at__isnull", False)),
                        fields=["next_try_at"],
                        name="payments_ident_due",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "account", name="payments_depositidentifier_account_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "customer", name="payments_depositidentifier_customer_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("digits", ""), _negated=True),
                        fields=("business", "account", "digits"),
                        name="payments_identifier_digits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "active"), _negated=True),
                            models.Q(("digits", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="payments_identifier_shown",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Deposit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                (
                    "allocated_rial",
                    models.BigIntegerField(default=0, verbose_name="allocated (rial)"),
                ),
                (
                    "returned_rial",
                    models.BigIntegerField(default=0, verbose_name="returned (rial)"),
                ),
                ("aside_rial", models.BigIntegerField(default=0, verbose_name="put aside (rial)")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("detected", "Seen"),
                            ("auto_matched", "Recognised"),
                            ("unmatched", "Needs a person"),
                            ("suspicious", "Suspicious"),
                            ("awaiting_confirm", "Being confirmed"),
                            ("confirmed", "Taken"),
                            ("rejected", "Refused"),
                            ("returning", "On its way back"),
                            ("returned", "Sent back"),
                            ("return_failed", "Could not be sent back"),
                            ("ignored", "Not a customer's"),
                        ],
                        default="detected",
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("no_identifier", "Came without an identifier"),
                            ("unknown_identifier", "Unknown identifier"),
                            ("mistyped", "Mistyped identifier"),
                            ("closed_identifier", "Closed identifier"),
                            ("unregistered_source", "Came from an account that is not registered"),
                            ("over", "Too much"),
                            ("under", "Too little"),
                            ("tenfold", "Ten times or a tenth: rial and toman?"),
                            ("duplicate", "Same again within a minute"),
                            ("late", "Came too late"),
                            ("paid_already", "Paid already"),
                            ("provider_doubt", "The provider finds it suspicious"),
                            ("confirm_refused", "The provider did not confirm it"),
                            ("return_refused", "It could not be sent back"),
                        ],
                        default="",
                        verbose_name="reason",
                    ),
                ),
                ("hints", models.JSONField(default=dict, verbose_name="suggestions")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("detected_at", models.DateTimeField(verbose_name="heard")),
                ("needs_confirm", models.BooleanField(default=False)),
                ("taken_at", models.DateTimeField(null=True, verbose_name="taken")),
                (
                    "resolved_by",
                    models.TextField(blank=True, default="", verbose_name="resolved by"),
                ),
                ("resolved_at", models.DateTimeField(null=True, verbose_name="resolved")),
                ("next_try_at", models.DateTimeField(editable=False, null=True)),
                ("leased_until", models.DateTimeField(editable=False, null=True)),
                ("tries", models.SmallIntegerField(default=0, editable=False)),
                (
                    "last_outcome",
                    models.TextField(blank=True, default="", verbose_name="last answer"),
                ),
                ("last_code", models.TextField(blank=True, default="", verbose_name="code")),
                ("last_message", models.TextField(blank=True, default="", verbose_name="message")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.bankaccount",
                        verbose_name="bank account",
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
                    "row",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.bankrow",
                        verbose_name="bank row",
                    ),
                ),
                (
                    "identifier",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.depositidentifier",
                        verbose_name="identifier",
                    ),
                ),
            ],
            options={
                "verbose_name": "deposit",
                "verbose_name_plural": "deposits",
                "indexes": [
                    models.Index(fields=["business", "-at", "-id"], name="payments_deposit_newest"),
                    models.Index(
                        fields=["business", "state", "-at"], name="payments_deposit_state"
                    ),
                    models.Index(
                        condition=models.Q(("next_try_at__isnull", False)),
                        fields=["next_try_at"],
                        name="payments_deposit_due",
                    ),
                    models.Index(
                        fields=["business", "identifier", "-at"], name="payments_deposit_identifier"
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness("row", name="payments_deposit_row_same_business"),
                    core.tenancy.SameBusiness(
                        "account", name="payments_deposit_account_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "row"), name="payments_deposit_row_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_rial__gt", 0)), name="payments_deposit_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allocated_rial__gte", 0),
                            ("aside_rial__gte", 0),
                            ("returned_rial__gte", 0),
                            (
                                "amount_rial__gte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("allocated_rial"), "+", models.F("returned_rial")
                                    ),
                                    "+",
                                    models.F("aside_rial"),
                                ),
                            ),
                        ),
                        name="payments_deposit_used_once",
                    ),
                    core.tenancy.SameBusiness(
                        "identifier", name="payments_deposit_identifier_same_business"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DepositReturn",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                (
                    "way",
                    models.TextField(
                        choices=[
                            ("provider", "The provider sends it back"),
                            ("by_hand", "By the business itself"),
                        ],
                        verbose_name="way",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("ordered", "Being returned"),
                            ("done", "Returned"),
                            ("failed", "Failed"),
                        ],
                        default="ordered",
                        verbose_name="state",
                    ),
                ),
                ("to_iban", models.TextField(blank=True, default="", verbose_name="to IBAN")),
                ("note", models.TextField(blank=True, default="", verbose_name="note")),
                ("ordered_by", models.TextField(blank=True, default="", verbose_name="ordered by")),
                ("ordered_at", models.DateTimeField(verbose_name="ordered")),
                ("done_by", models.TextField(blank=True, default="", verbose_name="finished by")),
                ("done_at", models.DateTimeField(null=True, verbose_name="finished")),
                (
                    "bank_reference",
                    models.TextField(blank=True, default="", verbose_name="bank's reference"),
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
                    "deposit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.deposit",
                        verbose_name="deposit",
                    ),
                ),
            ],
            options={
                "verbose_name": "deposit return",
                "verbose_name_plural": "deposit returns",
                "indexes": [
                    models.Index(fields=["business", "deposit"], name="payments_dreturn_deposit")
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "deposit", name="payments_depositreturn_deposit_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "ordered")),
                        fields=("business", "deposit"),
                        name="payments_deposit_return_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_rial__gt", 0)),
                        name="payments_deposit_return_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InquiryPolicy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "daily_limit",
                    models.IntegerField(default=100, verbose_name="billed questions a day"),
                ),
                (
                    "valid_days",
                    models.SmallIntegerField(default=30, verbose_name="days an answer holds"),
                ),
                ("changed_at", models.DateTimeField(null=True, verbose_name="changed")),
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
                "verbose_name": "rule for inquiries",
                "verbose_name_plural": "rules for inquiries",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business",), name="payments_inquiry_policy_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("daily_limit__range", (0, 100000)), ("valid_days__range", (0, 365))
                        ),
                        name="payments_inquiry_policy_sane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InstalmentPlan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.TextField(verbose_name="number")),
                ("fingerprint", models.TextField(editable=False)),
                ("title", models.TextField(blank=True, default="", verbose_name="for what")),
                ("total_rial", models.BigIntegerField(verbose_name="price (rial)")),
                ("down_rial", models.BigIntegerField(verbose_name="paid at once (rial)")),
                ("credit_rial", models.BigIntegerField(verbose_name="in instalments (rial)")),
                ("paid_rial", models.BigIntegerField(default=0, verbose_name="paid of it (rial)")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("active", "Being paid"),
                            ("completed", "Paid in full"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="active",
                        verbose_name="state",
                    ),
                ),
                ("token", models.TextField(editable=False)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("created_by", models.TextField(blank=True, default="", verbose_name="created by")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "late_fee_after_days",
                    models.SmallIntegerField(default=0, verbose_name="days late before a fee"),
                ),
                (
                    "late_fee_rial",
                    models.BigIntegerField(default=0, verbose_name="fee for being late (rial)"),
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
                    "purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                        verbose_name="purchase",
                    ),
                ),
            ],
            options={
                "verbose_name": "instalment plan",
                "verbose_name_plural": "instalment plans",
                "indexes": [
                    models.Index(
                        fields=["business", "-created_at", "-id"], name="payments_plan_newest"
                    ),
                    models.Index(fields=["business", "customer"], name="payments_plan_customer"),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="payments_instalmentplan_customer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "purchase", name="payments_instalmentplan_purchase_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "external_id"), name="payments_plan_external_id"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "token"), name="payments_plan_token"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("credit_rial__gt", 0),
                            ("down_rial__gte", 0),
                            ("late_fee_after_days__gte", 0),
                            ("late_fee_rial__gte", 0),
                            ("paid_rial__gte", 0),
                            ("paid_rial__lte", models.F("credit_rial")),
                            (
                                "total_rial",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("down_rial"), "+", models.F("credit_rial")
                                ),
                            ),
                        ),
                        name="payments_plan_sums",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Instalment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.SmallIntegerField(verbose_name="number")),
                ("due_on", models.DateField(verbose_name="due on")),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "To be paid"),
                            ("paid", "Paid"),
                            ("waived", "No longer owed"),
                        ],
                        default="open",
                        verbose_name="state",
                    ),
                ),
                ("steps", models.SmallIntegerField(default=0, verbose_name="steps taken")),
                ("next_step_at", models.DateTimeField(editable=False, null=True)),
                ("paid_on", models.DateField(null=True, verbose_name="paid on")),
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
                        to="payments.instalmentplan",
                        verbose_name="instalment plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "instalment",
                "verbose_name_plural": "instalments",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_step_at__isnull", False)),
                        fields=["next_step_at"],
                        name="payments_instalment_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["business", "due_on", "id"],
                        name="payments_instalment_open",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "plan", name="payments_instalment_plan_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "plan", "number"), name="payments_instalment_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_rial__gt", 0),
                            models.Q(
                                models.Q(("state", "paid"), _negated=True),
                                ("paid_on__isnull", False),
                                _connector="OR",
                            ),
                        ),
                        name="payments_instalment_sane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mandate",
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
                            ("draft", "Being prepared"),
                            ("awaiting_signature", "Waiting for the signature"),
                            ("signed_unconfirmed", "Signed, not yet confirmed"),
                            ("active", "Active"),
                            ("suspended", "Suspended"),
                            ("revoked_by_customer", "Ended by the customer"),
                            ("revoked_by_merchant", "Ended by the business"),
                            ("expired", "Expired"),
                            ("void", "Not confirmed in time"),
                            ("failed", "Failed"),
                            ("declined", "Refused at the bank"),
                        ],
                        default="draft",
                        verbose_name="state",
                    ),
                ),
                ("mobile", models.TextField(verbose_name="mobile")),
                ("name", models.TextField(blank=True, default="", verbose_name="name")),
                ("national_code", models.BinaryField(null=True)),
                ("bank", models.TextField(verbose_name="bank")),
                ("bank_code", models.TextField(verbose_name="provider's code")),
                ("bank_name", models.TextField(blank=True, default="", verbose_name="bank's name")),
                ("purpose", models.TextField(blank=True, default="", verbose_name="what for")),
                ("max_debit_rial", models.BigIntegerField(verbose_name="most a debit (rial)")),
                ("max_day_count", models.IntegerField(verbose_name="debits a day")),
                ("max_month_count", models.IntegerField(verbose_name="debits a month")),
                (
                    "max_day_rial",
                    models.BigIntegerField(null=True, verbose_name="most a day (rial)"),
                ),
                (
                    "max_month_rial",
                    models.BigIntegerField(null=True, verbose_name="most a month (rial)"),
                ),
                (
                    "max_total_rial",
                    models.BigIntegerField(null=True, verbose_name="most altogether (rial)"),
                ),
                (
                    "wage",
                    models.TextField(
                        choices=[("business", "The business"), ("customer", "The customer")],
                        default="business",
                        verbose_name="wage",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("expires_at", models.DateTimeField(verbose_name="until")),
                ("authority", models.TextField(null=True, verbose_name="provider's token")),
                ("mandate_ref", models.TextField(blank=True, default="", verbose_name="reference")),
                ("secret", models.BinaryField(null=True)),
                ("public_token", models.TextField(editable=False)),
                ("callback_token", models.TextField(editable=False)),
                (
                    "return_url",
                    models.TextField(blank=True, default="", verbose_name="return address"),
                ),
                ("confirm_by", models.DateTimeField(null=True, verbose_name="to be confirmed by")),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                ("signed_at", models.DateTimeField(null=True, verbose_name="signed")),
                ("activated_at", models.DateTimeField(null=True, verbose_name="in force since")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "end_reason",
                    models.TextField(blank=True, default="", verbose_name="why it ended"),
                ),
                ("next_check_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("checks", models.SmallIntegerField(default=0)),
                (
                    "last_outcome",
                    models.TextField(blank=True, default="", verbose_name="last answer"),
                ),
                ("last_code", models.TextField(blank=True, default="", verbose_name="code")),
                ("last_message", models.TextField(blank=True, default="", verbose_name="message")),
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
                "verbose_name": "mandate",
                "verbose_name_plural": "mandates",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["next_check_at"],
                        name="payments_mandate_due",
                    ),
                    models.Index(
                        fields=["business", "-requested_at"], name="payments_mandate_newest"
                    ),
                    models.Index(fields=["business", "customer"], name="payments_mandate_customer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("max_day_count__gt", 0),
                            ("max_debit_rial__gt", 0),
                            ("max_month_count__gt", 0),
                        ),
                        name="payments_mandate_caps_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("starts_at"))),
                        name="payments_mandate_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("active", "suspended")), _negated=True),
                            ("activated_at__isnull", False),
                            _connector="OR",
                        ),
                        name="payments_mandate_active_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "awaiting_signature",
                                    "signed_unconfirmed",
                                    "active",
                                    "suspended",
                                ],
                            ),
                            ("ended_at__isnull", False),
                            _connector="OR",
                        ),
                        name="payments_mandate_ended_when",
                    ),
                    core.tenancy.SameBusiness(
                        "customer", name="payments_mandate_customer_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "public_token"), name="payments_mandate_public_token"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "callback_token"), name="payments_mandate_callback"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="instalmentplan",
            name="mandate",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.mandate",
                verbose_name="mandate",
            ),
        ),
        migrations.CreateModel(
            name="DebitSchedule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                (
                    "description",
                    models.TextField(blank=True, default="", verbose_name="description"),
                ),
                (
                    "collects",
                    models.TextField(
                        choices=[
                            ("sale", "A sale"),
                            ("receivable", "Part of an earlier sale"),
                            ("prepaid", "Gift cards, spent later"),
                        ],
                        default="sale",
                        verbose_name="settles",
                    ),
                ),
                ("source_kind", models.TextField(blank=True, default="", verbose_name="for")),
                ("source_id", models.UUIDField(editable=False, null=True)),
                (
                    "every",
                    models.TextField(
                        choices=[("month", "Month"), ("week", "Week")],
                        default="month",
                        verbose_name="unit",
                    ),
                ),
                ("step", models.SmallIntegerField(default=1, verbose_name="every")),
                ("first_on", models.DateField(verbose_name="first day")),
                ("anchor_day", models.SmallIntegerField(verbose_name="day of the month")),
                ("times", models.SmallIntegerField(null=True, verbose_name="how many")),
                ("hour", models.SmallIntegerField(default=10, verbose_name="hour")),
                (
                    "shift",
                    models.TextField(
                        choices=[
                            ("none", "Stays where it is"),
                            ("later", "To the next working day"),
                            ("earlier", "To the working day before"),
                        ],
                        default="none",
                        verbose_name="on a holiday",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("ended", "Ended")],
                        default="active",
                        verbose_name="state",
                    ),
                ),
                ("made", models.SmallIntegerField(default=0, verbose_name="made")),
                ("next_make_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
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
                    "mandate",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.mandate",
                        verbose_name="mandate",
                    ),
                ),
            ],
            options={
                "verbose_name": "debit schedule",
                "verbose_name_plural": "debit schedules",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_make_at__isnull", False)),
                        fields=["next_make_at"],
                        name="payments_schedule_due",
                    ),
                    models.Index(fields=["business", "mandate"], name="payments_schedule_mandate"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_rial__gt", 0), ("anchor_day__range", (1, 31)), ("step__gt", 0)
                        ),
                        name="payments_schedule_sane",
                    ),
                    core.tenancy.SameBusiness(
                        "mandate", name="payments_debitschedule_mandate_same_business"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MoneyEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.TextField(verbose_name="what happened")),
                ("source_id", models.UUIDField(verbose_name="to what")),
                (
                    "account",
                    models.TextField(
                        choices=[
                            ("provider", "Money at a provider"),
                            ("bank", "Bank account"),
                            ("in_transit", "Money on its way out"),
                            ("receivable", "Owed by customers"),
                            ("unmatched", "Received, not yet matched"),
                            ("orphans", "To be given back"),
                            ("sales", "Sales"),
                            ("refunds", "Given back"),
                            ("payouts", "Paid out"),
                            ("owner", "The owner's own money"),
                            ("gift_cards", "Owed on gift cards"),
                            ("till", "Cash and card terminal, for gift cards"),
                            ("breakage", "Gift cards nobody used in time"),
                            ("late_fees", "Fees for being late"),
                            ("rounding", "Rounding"),
                            ("fees", "Fees"),
                            ("differences", "Differences under review"),
                        ],
                        verbose_name="account",
                    ),
                ),
                ("party", models.TextField(blank=True, default="", verbose_name="whose")),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                ("at", models.DateTimeField(verbose_name="when")),
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
                "verbose_name": "journal entry",
                "verbose_name_plural": "journal entries",
                "indexes": [
                    models.Index(
                        fields=["business", "account", "at"], name="payments_entry_account"
                    ),
                    models.Index(fields=["business", "-at"], name="payments_entry_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_rial", 0), _negated=True),
                        name="payments_entry_not_zero",
                    ),
                    models.UniqueConstraint(
                        fields=("business", "source_id", "kind", "account", "party"),
                        name="payments_entry_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.TextField(verbose_name="order number")),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("created", "Waiting for payment"),
                            ("processing", "At the bank"),
                            ("settled", "Paid"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Expired"),
                            ("reversed", "Money returned"),
                            ("needs_review", "Needs a person"),
                        ],
                        default="created",
                        verbose_name="state",
                    ),
                ),
                (
                    "description",
                    models.TextField(blank=True, default="", verbose_name="description"),
                ),
                (
                    "return_url",
                    models.TextField(blank=True, default="", verbose_name="return address"),
                ),
                ("customer_hint", models.JSONField(default=dict, editable=False)),
                ("lines", models.JSONField(default=list, editable=False)),
                ("branch_code", models.TextField(blank=True, default="", verbose_name="branch")),
                (
                    "employee_code",
                    models.TextField(blank=True, default="", verbose_name="employee"),
                ),
                ("fingerprint", models.TextField(editable=False)),
                ("pay_token", models.TextField(editable=False)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("expires_at", models.DateTimeField(verbose_name="payable until")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="paid")),
                (
                    "method",
                    models.TextField(
                        choices=[
                            ("gateway", "Online gateway"),
                            ("identified_deposit", "Identified deposit"),
                            ("card_to_card", "Card to card"),
                            ("direct_debit", "Direct debit"),
                            ("bnpl", "Pay later"),
                            ("gift_card", "Gift card"),
                        ],
                        default="gateway",
                        verbose_name="method",
                    ),
                ),
                ("remind_at", models.DateTimeField(editable=False, null=True)),
                (
                    "refunded_rial",
                    models.BigIntegerField(
                        default=0, verbose_name="given back or held for it (rial)"
                    ),
                ),
                (
                    "collects",
                    models.TextField(
                        choices=[
                            ("sale", "A sale"),
                            ("receivable", "Part of an earlier sale"),
                            ("prepaid", "Gift cards, spent later"),
                        ],
                        default="sale",
                        verbose_name="settles",
                    ),
                ),
                (
                    "offered",
                    models.JSONField(default=list, editable=False, verbose_name="methods offered"),
                ),
                (
                    "covered_rial",
                    models.BigIntegerField(
                        default=0, editable=False, verbose_name="by gift card (rial)"
                    ),
                ),
                (
                    "discount_rial",
                    models.BigIntegerField(
                        default=0, editable=False, verbose_name="off by coupon (rial)"
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
                    "debtor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                        verbose_name="purchase",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "indexes": [
                    models.Index(
                        fields=["business", "-created_at", "-id"], name="payments_payment_newest"
                    ),
                    models.Index(
                        fields=["business", "state", "-created_at"], name="payments_payment_state"
                    ),
                    models.Index(fields=["business", "purchase"], name="payments_payment_purchase"),
                    models.Index(
                        condition=models.Q(("state", "created")),
                        fields=["expires_at"],
                        name="payments_payment_expiry",
                    ),
                    models.Index(
                        condition=models.Q(("remind_at__isnull", False)),
                        fields=["remind_at"],
                        name="payments_payment_remind",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "purchase", name="payments_payment_purchase_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "external_id"), name="payments_payment_external_id"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "pay_token"), name="payments_payment_pay_token"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["settled"]), _negated=True),
                            ("settled_at__isnull", False),
                            _connector="OR",
                        ),
                        name="payments_payment_settled_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("refunded_rial__gte", 0),
                            ("refunded_rial__lte", models.F("amount_rial")),
                        ),
                        name="payments_payment_never_over_refunded",
                    ),
                    core.tenancy.SameBusiness(
                        "debtor", name="payments_payment_debtor_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("collects", "receivable"), _negated=True),
                            ("debtor__isnull", False),
                            _connector="OR",
                        ),
                        name="payments_payment_debtor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_rial__gte", 0),
                            ("covered_rial__gte", 0),
                            ("discount_rial__gte", 0),
                            models.Q(
                                ("amount_rial__gt", 0), ("covered_rial__gt", 0), _connector="OR"
                            ),
                        ),
                        name="payments_payment_amount_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LateFee",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                (
                    "state",
                    models.TextField(
                        choices=[("open", "Owed"), ("paid", "Paid"), ("waived", "Let go")],
                        default="open",
                        verbose_name="state",
                    ),
                ),
                ("charged_at", models.DateTimeField(verbose_name="charged")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                ("waived_by", models.TextField(blank=True, default="", verbose_name="let go by")),
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
                    "instalment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.instalment",
                        verbose_name="instalment",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payment",
                        verbose_name="payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "fee for being late",
                "verbose_name_plural": "fees for being late",
                "constraints": [
                    core.tenancy.SameBusiness(
                        "instalment", name="payments_latefee_instalment_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "payment", name="payments_latefee_payment_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "instalment"), name="payments_late_fee_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("payment__isnull", False)),
                        fields=("business", "payment"),
                        name="payments_late_fee_payment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_rial__gt", 0),
                            models.Q(
                                models.Q(("ended_at", None), ("state", "open")),
                                ("ended_at__isnull", False),
                                _connector="OR",
                            ),
                            models.Q(
                                models.Q(("state", "paid"), _negated=True),
                                ("payment__isnull", False),
                                _connector="OR",
                            ),
                        ),
                        name="payments_late_fee_sane",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="instalment",
            name="payment",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.payment",
                verbose_name="payment",
            ),
        ),
        migrations.AddField(
            model_name="depositidentifier",
            name="payment",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.payment",
                verbose_name="payment",
            ),
        ),
        migrations.CreateModel(
            name="DepositAllocation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("held", "Waiting for the rest"),
                            ("settled", "Credited"),
                            ("released", "Taken back"),
                        ],
                        default="held",
                        verbose_name="state",
                    ),
                ),
                ("by", models.TextField(blank=True, default="", verbose_name="by")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="credited")),
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
                    "deposit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.deposit",
                        verbose_name="deposit",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payment",
                        verbose_name="payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "deposit allocation",
                "verbose_name_plural": "deposit allocations",
                "indexes": [
                    models.Index(
                        fields=["business", "payment"], name="payments_allocation_payment"
                    ),
                    models.Index(
                        fields=["business", "deposit"], name="payments_allocation_deposit"
                    ),
                    models.Index(
                        condition=models.Q(("state", "held")),
                        fields=["business", "payment"],
                        name="payments_allocation_held",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "deposit", name="payments_depositallocation_deposit_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "payment", name="payments_depositallocation_payment_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "released"), _negated=True),
                        fields=("business", "deposit", "payment"),
                        name="payments_allocation_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_rial__gt", 0)),
                        name="payments_allocation_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Debit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.TextField(verbose_name="number")),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                (
                    "description",
                    models.TextField(blank=True, default="", verbose_name="description"),
                ),
                (
                    "collects",
                    models.TextField(
                        choices=[
                            ("sale", "A sale"),
                            ("receivable", "Part of an earlier sale"),
                            ("prepaid", "Gift cards, spent later"),
                        ],
                        default="sale",
                        verbose_name="settles",
                    ),
                ),
                ("period", models.SmallIntegerField(null=True, verbose_name="period")),
                ("source_kind", models.TextField(blank=True, default="", verbose_name="for")),
                ("source_id", models.UUIDField(editable=False, null=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("submitted", "At the bank"),
                            ("retry_wait", "Waiting to be tried again"),
                            ("unknown", "Being asked about"),
                            ("collected", "Collected"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                            ("refunded", "Given back"),
                            ("reversed_late", "Taken back by the bank"),
                        ],
                        default="scheduled",
                        verbose_name="state",
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("give_up_at", models.DateTimeField(verbose_name="tried until")),
                ("max_tries", models.SmallIntegerField(verbose_name="most tries")),
                ("tries", models.SmallIntegerField(default=0, verbose_name="tries")),
                ("failures", models.SmallIntegerField(default=0, verbose_name="failed tries")),
                ("next_try_at", models.DateTimeField(null=True, verbose_name="next")),
                ("leased_until", models.DateTimeField(null=True)),
                ("doubts", models.SmallIntegerField(default=0)),
                (
                    "notice_at",
                    models.DateTimeField(null=True, verbose_name="announced to the customer"),
                ),
                (
                    "failure",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("no_funds", "Not enough money in the account"),
                            ("cap", "A limit of the permission or the bank is reached"),
                            ("bank_down", "The bank does not answer"),
                            ("mandate", "The permission is not in force"),
                            ("account", "The account is closed or blocked"),
                            ("other", "Another reason"),
                        ],
                        default="",
                        verbose_name="why not",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("collected_at", models.DateTimeField(null=True, verbose_name="collected")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                ("last_code", models.TextField(blank=True, default="", verbose_name="code")),
                ("last_message", models.TextField(blank=True, default="", verbose_name="message")),
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
                    "purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                        verbose_name="purchase",
                    ),
                ),
                (
                    "schedule",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.debitschedule",
                        verbose_name="debit schedule",
                    ),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.mandate",
                        verbose_name="mandate",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payment",
                        verbose_name="payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "debit",
                "verbose_name_plural": "debits",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_try_at__isnull", False)),
                        fields=["next_try_at"],
                        name="payments_debit_due",
                    ),
                    models.Index(
                        condition=models.Q(("notice_at__isnull", False)),
                        fields=["notice_at"],
                        name="payments_debit_notice",
                    ),
                    models.Index(
                        fields=["business", "-due_at", "-id"], name="payments_debit_newest"
                    ),
                    models.Index(
                        fields=["business", "state", "-due_at"], name="payments_debit_state"
                    ),
                    models.Index(
                        fields=["business", "mandate", "due_at"], name="payments_debit_mandate"
                    ),
                    models.Index(
                        fields=["business", "source_kind", "source_id"],
                        name="payments_debit_source",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_rial__gt", 0)),
                        name="payments_debit_amount_positive",
                    ),
                    core.tenancy.SameBusiness(
                        "mandate", name="payments_debit_mandate_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "customer", name="payments_debit_customer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "purchase", name="payments_debit_purchase_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "payment", name="payments_debit_payment_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "schedule", name="payments_debit_schedule_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "schedule", "period"), name="payments_debit_period"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "external_id"), name="payments_debit_external_id"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "payment"), name="payments_debit_payment"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["collected", "refunded", "reversed_late"]),
                                _negated=True,
                            ),
                            models.Q(("collected_at__isnull", False), ("payment__isnull", False)),
                            _connector="OR",
                        ),
                        name="payments_debit_collected_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckoutRecovery",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "arm",
                    models.TextField(
                        choices=[
                            ("reminded", "Reminded"),
                            ("holdout", "Left alone to compare"),
                            ("skipped", "No reminder was due"),
                        ],
                        verbose_name="what was done",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                ("message_id", models.UUIDField(null=True, verbose_name="message")),
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
                    "cart",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.cart",
                        verbose_name="cart",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payment",
                        verbose_name="payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "unfinished checkout",
                "verbose_name_plural": "unfinished checkouts",
                "indexes": [
                    models.Index(fields=["business", "-at", "-id"], name="payments_recovery_newest")
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "payment", name="payments_checkoutrecovery_payment_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "payment"), name="payments_recovery_once"
                    ),
                    core.tenancy.SameBusiness(
                        "cart", name="payments_checkoutrecovery_cart_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "cart"), name="payments_recovery_cart"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cart__isnull", False), ("payment", None)),
                            models.Q(("cart", None), ("payment__isnull", False)),
                            _connector="OR",
                        ),
                        name="payments_recovery_of_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AmountSignature",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount_rial", models.BigIntegerField(verbose_name="amount to pay (rial)")),
                ("added_rial", models.BigIntegerField(verbose_name="added (rial)")),
                (
                    "state",
                    models.TextField(
                        choices=[("open", "Open"), ("used", "Used"), ("over", "Over")],
                        default="open",
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("expires_at", models.DateTimeField(verbose_name="valid until")),
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
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.bankaccount",
                        verbose_name="bank account",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payment",
                        verbose_name="payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "amount signature",
                "verbose_name_plural": "amount signatures",
                "indexes": [
                    models.Index(
                        fields=["business", "account", "amount_rial", "-created_at"],
                        name="payments_signature_amount",
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "account", name="payments_amountsignature_account_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "payment", name="payments_amountsignature_payment_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("business", "account", "amount_rial"),
                        name="payments_signature_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("business", "account", "payment"),
                        name="payments_signature_one_each",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("added_rial__gt", 0), ("added_rial__lt", 1000)),
                        name="payments_signature_disclosed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentAttempt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.SmallIntegerField(verbose_name="number")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("created", "Prepared"),
                            ("redirected", "Sent to the bank"),
                            ("returned", "Back from the bank"),
                            ("paid_unconfirmed", "Paid, not yet confirmed"),
                            ("unknown", "Being asked about"),
                            ("settling", "Confirmed, being settled"),
                            ("confirmed", "Confirmed"),
                            ("declined", "Declined"),
                            ("not_attempted", "Did not reach the provider"),
                            ("abandoned", "Abandoned before the bank"),
                            ("expired", "Never paid"),
                            ("auto_returned", "Returned by the bank"),
                            ("mismatch", "Amount differs"),
                            ("needs_review", "Needs a person"),
                            ("reversed", "Money returned"),
                        ],
                        default="created",
                        verbose_name="state",
                    ),
                ),
                ("callback_token", models.TextField(editable=False)),
                ("authority", models.TextField(null=True, verbose_name="provider's token")),
                ("provider_ref", models.TextField(null=True, verbose_name="reference")),
                ("masked_pan", models.TextField(blank=True, default="", verbose_name="card")),
                ("fee_rial", models.BigIntegerField(null=True, verbose_name="fee (rial)")),
                ("sent_amount", models.BigIntegerField(verbose_name="amount as sent")),
                ("wire_unit", models.TextField(verbose_name="unit as sent")),
                ("adapter_version", models.TextField(editable=False)),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("redirected_at", models.DateTimeField(null=True, verbose_name="sent to the bank")),
                ("returned_at", models.DateTimeField(null=True, verbose_name="back from the bank")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "next_check_at",
                    models.DateTimeField(null=True, verbose_name="asked about again"),
                ),
                ("leased_until", models.DateTimeField(null=True)),
                ("checks", models.SmallIntegerField(default=0)),
                ("doubts", models.SmallIntegerField(default=0)),
                (
                    "last_outcome",
                    models.TextField(blank=True, default="", verbose_name="last answer"),
                ),
                ("last_code", models.TextField(blank=True, default="", verbose_name="code")),
                ("last_message", models.TextField(blank=True, default="", verbose_name="message")),
                ("bank_address", models.TextField(default="", editable=False)),
                (
                    "callback_references",
                    models.JSONField(default=dict, verbose_name="references of the return"),
                ),
                (
                    "next_recheck_at",
                    models.DateTimeField(null=True, verbose_name="looked at again"),
                ),
                ("route", models.JSONField(default=dict, verbose_name="why this account")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="settled")),
                (
                    "wire_number",
                    models.BigIntegerField(
                        default=payments.models.attempt.new_wire_number,
                        verbose_name="number on the wire",
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
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payment",
                        verbose_name="payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment attempt",
                "verbose_name_plural": "payment attempts",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["next_check_at"],
                        name="payments_attempt_due",
                    ),
                    models.Index(
                        fields=["business", "-started_at"], name="payments_attempt_newest"
                    ),
                    models.Index(
                        condition=models.Q(("next_recheck_at__isnull", False)),
                        fields=["next_recheck_at"],
                        name="payments_attempt_recheck",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "payment", name="payments_paymentattempt_payment_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "payment", "number"), name="payments_attempt_number"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "callback_token"), name="payments_attempt_callback"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                (
                                    "created",
                                    "redirected",
                                    "returned",
                                    "paid_unconfirmed",
                                    "unknown",
                                    "settling",
                                    "confirmed",
                                    "mismatch",
                                    "needs_review",
                                ),
                            )
                        ),
                        fields=("business", "payment"),
                        name="payments_attempt_one_live",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrphanCapture",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                ("found_at", models.DateTimeField(verbose_name="found")),
                (
                    "found_by",
                    models.TextField(
                        choices=[
                            ("callback", "Return from the bank"),
                            ("poll", "Inquiry"),
                            ("sweep", "List of unconfirmed payments"),
                        ],
                        verbose_name="found by",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "Being returned"),
                            ("returned", "Money returned"),
                            ("needs_person", "Needs a person"),
                        ],
                        default="open",
                        verbose_name="state",
                    ),
                ),
                ("resolved_at", models.DateTimeField(null=True, verbose_name="resolved")),
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
                    "attempt",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.paymentattempt",
                        verbose_name="payment attempt",
                    ),
                ),
            ],
            options={
                "verbose_name": "orphan capture",
                "verbose_name_plural": "orphan captures",
                "indexes": [
                    models.Index(
                        fields=["business", "state", "-found_at"], name="payments_orphan_open"
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "attempt", name="payments_orphancapture_attempt_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "attempt"), name="payments_orphan_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentCover",
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
                        choices=[("gift_card", "Gift card"), ("coupon", "Coupon")],
                        verbose_name="kind",
                    ),
                ),
                ("hold_id", models.UUIDField(editable=False, verbose_name="hold")),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                ("label", models.TextField(verbose_name="name")),
                ("off_lines", models.JSONField(default=list, editable=False)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("held", "Held"),
                            ("used", "Used"),
                            ("freed", "Let go"),
                            ("lost", "Was not there any more"),
                        ],
                        default="held",
                        verbose_name="state",
                    ),
                ),
                ("held_at", models.DateTimeField(verbose_name="held at")),
                ("held_until", models.DateTimeField(verbose_name="held until")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
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
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covers",
                        to="payments.payment",
                        verbose_name="payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a payment by gift card or coupon",
                "verbose_name_plural": "parts of payments by gift card or coupon",
                "indexes": [
                    models.Index(fields=["business", "payment"], name="payments_cover_payment"),
                    models.Index(
                        condition=models.Q(("state", "held")),
                        fields=["held_until"],
                        name="payments_cover_due",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "payment", name="payments_paymentcover_payment_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "hold_id"), name="payments_cover_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "coupon"), ("state__in", ["held", "used"])),
                        fields=("business", "payment"),
                        name="payments_cover_one_coupon",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_rial__gt", 0)), name="payments_cover_amount"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "held")),
                            models.Q(
                                models.Q(("state", "held"), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="payments_cover_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("title", models.TextField(verbose_name="for what")),
                ("amount_rial", models.BigIntegerField(null=True, verbose_name="amount (rial)")),
                ("least_rial", models.BigIntegerField(null=True, verbose_name="at least (rial)")),
                ("most_rial", models.BigIntegerField(null=True, verbose_name="at most (rial)")),
                (
                    "asks_mobile",
                    models.BooleanField(default=True, verbose_name="mobile is required"),
                ),
                (
                    "max_payments",
                    models.IntegerField(null=True, verbose_name="at most so many payments"),
                ),
                ("payments", models.IntegerField(default=0, verbose_name="payments")),
                ("branch_code", models.TextField(blank=True, default="", verbose_name="branch")),
                (
                    "employee_code",
                    models.TextField(blank=True, default="", verbose_name="employee"),
                ),
                ("token", models.TextField(editable=False)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("created_by", models.TextField(blank=True, default="", verbose_name="created by")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="good until")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
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
                "verbose_name": "payment link",
                "verbose_name_plural": "payment links",
                "indexes": [
                    models.Index(
                        fields=["business", "-created_at", "-id"], name="payments_link_newest"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "token"), name="payments_link_token"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount_rial__gt", 0), ("least_rial", None), ("most_rial", None)
                            ),
                            models.Q(
                                ("amount_rial", None),
                                ("least_rial__gt", 0),
                                ("most_rial__gte", models.F("least_rial")),
                            ),
                            _connector="OR",
                        ),
                        name="payments_link_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("payments__gte", 0),
                            models.Q(
                                ("max_payments", None),
                                ("payments__lte", models.F("max_payments")),
                                _connector="OR",
                            ),
                        ),
                        name="payments_link_room",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="payment",
            name="link",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.paymentlink",
                verbose_name="payment link",
            ),
        ),
        migrations.CreateModel(
            name="ProviderAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "provider",
                    models.TextField(
                        choices=[
                            ("zarinpal", "Zarinpal"),
                            ("zibal", "Zibal"),
                            ("jibit_ppg", "Jibit gateway"),
                            ("vandar", "Vandar"),
                            ("sep", "Saman (SEP)"),
                            ("mellat", "Behpardakht Mellat"),
                            ("snapppay", "SnappPay"),
                            ("jibit_pip", "Jibit identified deposits"),
                            ("jibit_transferor", "Jibit transfers"),
                            ("jibit_ide", "Jibit inquiries"),
                            ("finnotech", "Finnotech"),
                            ("own_bank", "Own bank account"),
                        ],
                        verbose_name="provider",
                    ),
                ),
                ("credentials", models.BinaryField()),
                ("hint", models.TextField(default="", verbose_name="ends with")),
                ("is_sandbox", models.BooleanField(default=False, verbose_name="test gateway")),
                ("base_url", models.TextField(blank=True, default="", verbose_name="address")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("next_sweep_at", models.DateTimeField(editable=False, null=True)),
                ("families", models.JSONField(default=list, verbose_name="services")),
                ("priority", models.SmallIntegerField(default=100, verbose_name="order")),
                ("title", models.TextField(blank=True, default="", verbose_name="name")),
                (
                    "daily_cap_rial",
                    models.BigIntegerField(
                        blank=True, null=True, verbose_name="cap per day (rial)"
                    ),
                ),
                (
                    "failed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="last failure"),
                ),
                ("failure", models.TextField(blank=True, default="", verbose_name="last error")),
                ("failures", models.SmallIntegerField(default=0, verbose_name="failures in a row")),
                ("fee_bp", models.SmallIntegerField(default=0, verbose_name="fee (1/100 percent)")),
                (
                    "fee_fixed_rial",
                    models.BigIntegerField(default=0, verbose_name="fixed fee (rial)"),
                ),
                (
                    "fee_max_rial",
                    models.BigIntegerField(
                        blank=True, null=True, verbose_name="largest fee (rial)"
                    ),
                ),
                (
                    "max_rial",
                    models.BigIntegerField(
                        blank=True, null=True, verbose_name="largest payment (rial)"
                    ),
                ),
                (
                    "min_rial",
                    models.BigIntegerField(
                        blank=True, null=True, verbose_name="smallest payment (rial)"
                    ),
                ),
                (
                    "paused_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="paused until"),
                ),
                (
                    "test_outcome",
                    models.TextField(blank=True, default="", verbose_name="result of the test"),
                ),
                (
                    "tested_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="credentials tested"),
                ),
                (
                    "unverified",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("auto_return", "It goes back to the buyer by itself"),
                            ("kept", "The provider keeps it until it is confirmed or sent back"),
                            ("auto_final", "The provider confirms it by itself"),
                        ],
                        default="",
                        verbose_name="unconfirmed money",
                    ),
                ),
                (
                    "verify_minutes",
                    models.SmallIntegerField(
                        blank=True, null=True, verbose_name="minutes to confirm"
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
                "verbose_name": "provider account",
                "verbose_name_plural": "provider accounts",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_sweep_at__isnull", False)),
                        fields=["next_sweep_at"],
                        name="payments_account_sweep",
                    ),
                    models.Index(
                        condition=models.Q(("is_active", True)),
                        fields=["business", "priority", "created_at"],
                        name="payments_account_order",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fee_bp__gte", 0), ("fee_bp__lte", 10000), ("fee_fixed_rial__gte", 0)
                        ),
                        name="payments_account_fee",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("daily_cap_rial", None), ("daily_cap_rial__gt", 0), _connector="OR"
                            ),
                            models.Q(("min_rial", None), ("min_rial__gt", 0), _connector="OR"),
                            models.Q(("max_rial", None), ("max_rial__gt", 0), _connector="OR"),
                            models.Q(
                                ("verify_minutes", None), ("verify_minutes__gt", 0), _connector="OR"
                            ),
                        ),
                        name="payments_account_limits",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="paymentattempt",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.provideraccount",
                verbose_name="provider account",
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.provideraccount",
                verbose_name="provider account",
            ),
        ),
        migrations.CreateModel(
            name="Inquiry",
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
                            ("card_account", "Which account a card draws on"),
                            ("card_owner", "Whose card it is"),
                            ("iban_owner", "Whose account it is"),
                            ("iban_national_code", "Account and national code"),
                            ("card_national_code", "Card and national code"),
                            ("mobile_national_code", "Mobile and national code"),
                        ],
                        verbose_name="what",
                    ),
                ),
                (
                    "purpose",
                    models.TextField(
                        choices=[
                            ("refund_destination", "Where a refund goes"),
                            ("payout", "Where a payout goes"),
                            ("deposit_source", "Who made a deposit"),
                            ("mandate", "Who gives a permission to debit"),
                            ("staff", "Another reason, told in the note"),
                        ],
                        verbose_name="why",
                    ),
                ),
                (
                    "basis",
                    models.TextField(
                        choices=[
                            ("consent", "The person agreed"),
                            ("contract", "Needed to do what was agreed with the person"),
                            ("legal_duty", "The law asks for it"),
                        ],
                        verbose_name="ground",
                    ),
                ),
                ("note", models.TextField(blank=True, default="", verbose_name="note")),
                ("request_hash", models.BinaryField()),
                ("hint", models.TextField(verbose_name="about")),
                ("about_id", models.UUIDField(editable=False, null=True, verbose_name="for")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("asked_by", models.TextField(verbose_name="asked by")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("asking", "Being asked"),
                            ("answered", "Answered"),
                            ("unanswered", "No answer"),
                        ],
                        verbose_name="state",
                    ),
                ),
                ("outcome", models.TextField(blank=True, default="", verbose_name="outcome")),
                (
                    "reason",
                    models.TextField(blank=True, default="", verbose_name="provider's code"),
                ),
                ("match", models.TextField(blank=True, default="", verbose_name="match")),
                ("usable", models.BooleanField(null=True, verbose_name="usable")),
                ("found", models.BinaryField(null=True)),
                ("tries", models.SmallIntegerField(default=0, verbose_name="billed calls")),
                ("cost_rial", models.BigIntegerField(null=True, verbose_name="cost (rial)")),
                ("checked_at", models.DateTimeField(null=True, verbose_name="answered")),
                ("valid_until", models.DateTimeField(null=True, verbose_name="holds until")),
                ("leased_until", models.DateTimeField(editable=False, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.inquiry",
                        verbose_name="answer used again",
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
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.provideraccount",
                        verbose_name="provider account",
                    ),
                ),
            ],
            options={
                "verbose_name": "inquiry",
                "verbose_name_plural": "inquiries",
                "indexes": [
                    models.Index(
                        fields=["business", "-asked_at", "-id"], name="payments_inquiry_newest"
                    ),
                    models.Index(
                        condition=models.Q(("answered_by", None), ("valid_until__isnull", False)),
                        fields=["business", "kind", "request_hash", "-checked_at"],
                        name="payments_inquiry_known",
                    ),
                    models.Index(
                        condition=models.Q(("about_id__isnull", False)),
                        fields=["business", "about_id", "-asked_at"],
                        name="payments_inquiry_about",
                    ),
                    models.Index(
                        condition=models.Q(("leased_until__isnull", False)),
                        fields=["leased_until"],
                        name="payments_inquiry_lost",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "answered_by", name="payments_inquiry_answered_by_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "account", name="payments_inquiry_account_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asking")),
                        fields=("business", "kind", "request_hash"),
                        name="payments_inquiry_one_live",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("checked_at", None),
                                ("leased_until__isnull", False),
                                ("state", "asking"),
                            ),
                            models.Q(
                                ("checked_at__isnull", False),
                                ("leased_until", None),
                                ("state", "answered"),
                            ),
                            models.Q(
                                ("leased_until", None),
                                ("state", "unanswered"),
                                ("valid_until", None),
                            ),
                            _connector="OR",
                        ),
                        name="payments_inquiry_states",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("tries__gte", 0),
                            models.Q(("cost_rial", None), ("cost_rial__gte", 0), _connector="OR"),
                        ),
                        name="payments_inquiry_counts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_by", None),
                            models.Q(
                                ("cost_rial", None),
                                ("found", None),
                                ("state", "answered"),
                                ("tries", 0),
                            ),
                            _connector="OR",
                        ),
                        name="payments_inquiry_used_again",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DebitAttempt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.SmallIntegerField(verbose_name="number")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("intent", "Prepared"),
                            ("sent", "Sent"),
                            ("waiting", "At the bank"),
                            ("unknown", "Being asked about"),
                            ("collected", "Collected"),
                            ("failed", "Failed"),
                            ("not_attempted", "Did not reach the provider"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="intent",
                        verbose_name="state",
                    ),
                ),
                ("key", models.TextField(editable=False)),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                ("day", models.DateField(verbose_name="day")),
                ("collected_on", models.DateField(null=True, verbose_name="collected on")),
                (
                    "authority",
                    models.TextField(blank=True, default="", verbose_name="provider's token"),
                ),
                ("reference", models.TextField(null=True, verbose_name="reference")),
                (
                    "failure",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("no_funds", "Not enough money in the account"),
                            ("cap", "A limit of the permission or the bank is reached"),
                            ("bank_down", "The bank does not answer"),
                            ("mandate", "The permission is not in force"),
                            ("account", "The account is closed or blocked"),
                            ("other", "Another reason"),
                        ],
                        default="",
                        verbose_name="why not",
                    ),
                ),
                (
                    "provider_tries",
                    models.SmallIntegerField(default=0, verbose_name="tries by the provider"),
                ),
                ("adapter_version", models.TextField(editable=False)),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "last_outcome",
                    models.TextField(blank=True, default="", verbose_name="last answer"),
                ),
                ("last_code", models.TextField(blank=True, default="", verbose_name="code")),
                ("last_message", models.TextField(blank=True, default="", verbose_name="message")),
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
                    "debit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.debit",
                        verbose_name="debit",
                    ),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.mandate",
                        verbose_name="mandate",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.provideraccount",
                        verbose_name="provider account",
                    ),
                ),
            ],
            options={
                "verbose_name": "debit attempt",
                "verbose_name_plural": "debit attempts",
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("state__in", ("intent", "sent", "waiting", "unknown", "collected"))
                        ),
                        fields=["business", "mandate", "collected_on"],
                        name="payments_debit_try_caps",
                    ),
                    models.Index(
                        fields=["business", "-started_at"], name="payments_debit_try_newest"
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "debit", name="payments_debitattempt_debit_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "mandate", name="payments_debitattempt_mandate_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "account", name="payments_debitattempt_account_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "debit", "number"), name="payments_debit_try_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("intent", "sent", "waiting", "unknown", "collected"))
                        ),
                        fields=("business", "debit"),
                        name="payments_debit_try_one_live",
                    ),
                    models.UniqueConstraint(
                        fields=("business", "key"), name="payments_debit_try_key"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "account", "reference"),
                        name="payments_debit_try_reference",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankLimit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("bank", models.TextField(verbose_name="bank")),
                ("code", models.TextField(verbose_name="provider's code")),
                ("name", models.TextField(blank=True, default="", verbose_name="name")),
                (
                    "max_day_rial",
                    models.BigIntegerField(null=True, verbose_name="most a day (rial)"),
                ),
                ("max_day_count", models.IntegerField(null=True, verbose_name="debits a day")),
                ("is_healthy", models.BooleanField(default=True, verbose_name="working")),
                ("since", models.DateTimeField(verbose_name="from")),
                ("until", models.DateTimeField(null=True, verbose_name="until")),
                ("source", models.TextField(blank=True, default="", verbose_name="source")),
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
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.provideraccount",
                        verbose_name="provider account",
                    ),
                ),
            ],
            options={
                "verbose_name": "bank for direct debit",
                "verbose_name_plural": "banks for direct debit",
                "constraints": [
                    core.tenancy.SameBusiness(
                        "account", name="payments_banklimit_account_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)),
                        fields=("business", "account", "code"),
                        name="payments_bank_limit_current",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="provider_account",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.provideraccount",
                verbose_name="provider account",
            ),
        ),
        migrations.CreateModel(
            name="ProviderCall",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("operation", models.TextField(verbose_name="operation")),
                ("outcome", models.TextField(verbose_name="outcome")),
                ("code", models.TextField(blank=True, default="", verbose_name="code")),
                ("message", models.TextField(blank=True, default="", verbose_name="message")),
                ("http_status", models.SmallIntegerField(null=True, verbose_name="HTTP status")),
                ("asked", models.JSONField(default=dict, verbose_name="sent")),
                ("answered", models.JSONField(null=True, verbose_name="received")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("took_ms", models.IntegerField(default=0, verbose_name="took (ms)")),
                ("about_id", models.UUIDField(editable=False, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.provideraccount",
                        verbose_name="provider account",
                    ),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.paymentattempt",
                        verbose_name="payment attempt",
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
                "verbose_name": "provider call",
                "verbose_name_plural": "provider calls",
                "indexes": [
                    models.Index(
                        fields=["business", "attempt", "at"], name="payments_call_attempt"
                    ),
                    models.Index(fields=["business", "-at"], name="payments_call_newest"),
                    models.Index(
                        condition=models.Q(("about_id__isnull", False)),
                        fields=["business", "about_id", "at"],
                        name="payments_call_about",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "attempt", name="payments_providercall_attempt_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "account", name="payments_providercall_account_same_business"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("mobile", models.TextField(blank=True, default="", verbose_name="mobile")),
                (
                    "members_only",
                    models.BooleanField(default=False, verbose_name="for known customers only"),
                ),
                ("title", models.TextField(verbose_name="for what")),
                ("lines", models.JSONField(default=list, editable=False)),
                ("amount_rial", models.BigIntegerField(verbose_name="promised price (rial)")),
                ("valid_from", models.DateTimeField(verbose_name="valid from")),
                ("valid_to", models.DateTimeField(verbose_name="valid until")),
                ("branch_code", models.TextField(blank=True, default="", verbose_name="branch")),
                (
                    "employee_code",
                    models.TextField(blank=True, default="", verbose_name="employee"),
                ),
                ("token", models.TextField(editable=False)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("created_by", models.TextField(blank=True, default="", verbose_name="created by")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="withdrawn")),
                (
                    "withdrawn_by",
                    models.TextField(blank=True, default="", verbose_name="withdrawn by"),
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.instalmentplan",
                        verbose_name="instalment plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "quote",
                "verbose_name_plural": "quotes",
                "indexes": [
                    models.Index(
                        fields=["business", "-created_at", "-id"], name="payments_quote_newest"
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="payments_quote_customer_same_business"
                    ),
                    core.tenancy.SameBusiness("plan", name="payments_quote_plan_same_business"),
                    models.UniqueConstraint(
                        fields=("business", "token"), name="payments_quote_token"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("plan__isnull", False)),
                        fields=("business", "plan"),
                        name="payments_quote_plan_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_rial__gt", 0), ("valid_to__gt", models.F("valid_from"))
                        ),
                        name="payments_quote_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("customer", None), ("mobile", ""), _connector="OR"),
                        name="payments_quote_for_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("withdrawn_at", None), ("plan", None), _connector="OR"),
                        name="payments_quote_one_end",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="payment",
            name="quote",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.quote",
                verbose_name="quote",
            ),
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                (
                    "source",
                    models.TextField(
                        choices=[("file", "File"), ("feed", "The provider's own list")],
                        verbose_name="report from",
                    ),
                ),
                ("file_name", models.TextField(blank=True, default="", verbose_name="file")),
                ("ours_rial", models.BigIntegerField(verbose_name="our payments (rial)")),
                ("theirs_rial", models.BigIntegerField(verbose_name="their payments (rial)")),
                ("fee_rial", models.BigIntegerField(verbose_name="fees (rial)")),
                ("settled_rial", models.BigIntegerField(verbose_name="paid to the bank (rial)")),
                ("compared_at", models.DateTimeField(verbose_name="compared")),
                (
                    "compared_by",
                    models.TextField(blank=True, default="", verbose_name="compared by"),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.provideraccount",
                        verbose_name="provider account",
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
                "verbose_name": "reconciliation",
                "verbose_name_plural": "reconciliations",
                "indexes": [
                    models.Index(fields=["business", "-day"], name="payments_reconciliation_newest")
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "account", name="payments_reconciliation_account_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "account", "day"), name="payments_reconciliation_day"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReconciliationLine",
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
                            ("payment", "Payment"),
                            ("refund", "Refund"),
                            ("fee", "Fee"),
                            ("settlement", "Paid to the bank"),
                        ],
                        verbose_name="about",
                    ),
                ),
                (
                    "result",
                    models.TextField(
                        choices=[
                            ("matched", "Agree"),
                            ("missing", "Not in their report"),
                            ("extra", "Not in our books"),
                            ("amount_diff", "Another amount"),
                        ],
                        verbose_name="result",
                    ),
                ),
                ("reference", models.TextField(verbose_name="reference")),
                ("source_id", models.UUIDField(null=True, verbose_name="our row")),
                ("payment_id", models.UUIDField(null=True, verbose_name="payment")),
                ("ours_rial", models.BigIntegerField(null=True, verbose_name="ours (rial)")),
                ("theirs_rial", models.BigIntegerField(null=True, verbose_name="theirs (rial)")),
                ("fee_rial", models.BigIntegerField(default=0, verbose_name="fee (rial)")),
                ("settled_on", models.DateField(null=True, verbose_name="paid to the bank on")),
                ("resolved_at", models.DateTimeField(null=True, verbose_name="resolved")),
                (
                    "resolved_by",
                    models.TextField(blank=True, default="", verbose_name="resolved by"),
                ),
                ("note", models.TextField(blank=True, default="", verbose_name="note")),
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
                    "reconciliation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.reconciliation",
                        verbose_name="reconciliation",
                    ),
                ),
            ],
            options={
                "verbose_name": "reconciliation line",
                "verbose_name_plural": "reconciliation lines",
                "indexes": [
                    models.Index(
                        fields=["business", "reconciliation", "result"],
                        name="payments_recline_result",
                    ),
                    models.Index(fields=["business", "source_id"], name="payments_recline_source"),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "reconciliation",
                        name="payments_reconciliationline_reconciliation_same_business",
                    ),
                    models.UniqueConstraint(
                        fields=("business", "reconciliation", "kind", "reference"),
                        name="payments_reconciliation_line_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RefundPolicy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "approval_above_rial",
                    models.BigIntegerField(null=True, verbose_name="second person above (rial)"),
                ),
                ("return_days", models.SmallIntegerField(null=True, verbose_name="days to return")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
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
                "verbose_name": "refund policy",
                "verbose_name_plural": "refund policies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approval_above_rial", None),
                                ("approval_above_rial__gte", 0),
                                _connector="OR",
                            ),
                            models.Q(
                                ("return_days", None), ("return_days__gte", 0), _connector="OR"
                            ),
                        ),
                        name="payments_policy_sound",
                    ),
                    models.UniqueConstraint(fields=("business",), name="payments_policy_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportFetch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("due", "Due"),
                            ("done", "Fetched"),
                            ("not_needed", "A file was there first"),
                            ("given_up", "Could not be fetched"),
                        ],
                        default="due",
                        verbose_name="state",
                    ),
                ),
                ("tries", models.SmallIntegerField(default=0, verbose_name="tries")),
                ("next_try_at", models.DateTimeField(null=True, verbose_name="tried again")),
                ("leased_until", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                ("last_code", models.TextField(blank=True, default="", verbose_name="code")),
                ("last_message", models.TextField(blank=True, default="", verbose_name="message")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.provideraccount",
                        verbose_name="provider account",
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
                "verbose_name": "fetching of a report",
                "verbose_name_plural": "fetching of reports",
                "indexes": [
                    models.Index(fields=["business", "-day"], name="payments_fetch_newest"),
                    models.Index(
                        condition=models.Q(("next_try_at__isnull", False)),
                        fields=["next_try_at"],
                        name="payments_fetch_due",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "account", name="payments_reportfetch_account_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "account", "day"), name="payments_fetch_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "due")),
                            models.Q(
                                models.Q(("state", "due"), _negated=True),
                                ("ended_at__isnull", False),
                                ("next_try_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="payments_fetch_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnWindow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("category", models.TextField(blank=True, default="", verbose_name="category")),
                (
                    "days",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="days to return"),
                ),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                ("tier_id", models.UUIDField(blank=True, null=True, verbose_name="tier")),
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
                "verbose_name": "days to return of a category or tier",
                "verbose_name_plural": "days to return by category and tier",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("tier_id", None)),
                        fields=("business", "category"),
                        name="payments_return_window_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("tier_id__isnull", False)),
                        fields=("business", "tier_id"),
                        name="payments_return_window_tier",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(models.Q(("category", ""), _negated=True), ("tier_id", None)),
                            models.Q(("category", ""), ("tier_id__isnull", False)),
                            _connector="OR",
                        ),
                        name="payments_return_window_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days", None), ("days__gte", 0), _connector="OR"),
                        name="payments_return_window_sound",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reversal",
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
                            ("requested", "Asked for"),
                            ("orphan", "Paid too late"),
                            ("mismatch", "Amount differs"),
                            ("unsettled", "Could not be settled"),
                            ("contradiction", "Taken back by the provider"),
                        ],
                        verbose_name="reason",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("requested", "Under way"),
                            ("returned", "Money returned"),
                            ("failed", "Failed"),
                        ],
                        default="requested",
                        verbose_name="state",
                    ),
                ),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                (
                    "requested_by",
                    models.TextField(blank=True, default="", verbose_name="requested by"),
                ),
                ("done_at", models.DateTimeField(null=True, verbose_name="done")),
                ("next_try_at", models.DateTimeField(null=True, verbose_name="tried again")),
                ("leased_until", models.DateTimeField(null=True)),
                ("tries", models.SmallIntegerField(default=0, verbose_name="tries")),
                (
                    "last_outcome",
                    models.TextField(blank=True, default="", verbose_name="last answer"),
                ),
                ("last_code", models.TextField(blank=True, default="", verbose_name="code")),
                ("last_message", models.TextField(blank=True, default="", verbose_name="message")),
                (
                    "reserved_rial",
                    models.BigIntegerField(default=0, verbose_name="held of the payment (rial)"),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.paymentattempt",
                        verbose_name="payment attempt",
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
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payment",
                        verbose_name="payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "reversal",
                "verbose_name_plural": "reversals",
                "indexes": [
                    models.Index(fields=["business", "payment"], name="payments_reversal_payment"),
                    models.Index(
                        condition=models.Q(("next_try_at__isnull", False)),
                        fields=["next_try_at"],
                        name="payments_reversal_due",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "attempt", name="payments_reversal_attempt_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "payment", name="payments_reversal_payment_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "failed"), _negated=True),
                        fields=("business", "attempt"),
                        name="payments_reversal_one_live",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementFile",
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
                        ],
                        default="uploaded",
                        verbose_name="state",
                    ),
                ),
                ("file_name", models.TextField(verbose_name="file")),
                ("file_path", models.TextField(editable=False)),
                ("file_digest", models.TextField(editable=False)),
                ("mapping", models.JSONField(default=dict, verbose_name="columns")),
                ("unit_rial", models.SmallIntegerField(null=True, verbose_name="rial in one unit")),
                ("report", models.JSONField(default=dict, verbose_name="report")),
                ("rows_total", models.IntegerField(default=0, verbose_name="rows")),
                ("rows_done", models.IntegerField(default=0, verbose_name="done")),
                ("rows_new", models.IntegerField(default=0, verbose_name="new")),
                ("rows_known", models.IntegerField(default=0, verbose_name="already there")),
                ("rows_failed", models.IntegerField(default=0, verbose_name="refused")),
                ("created_by", models.TextField(blank=True, default="", verbose_name="by")),
                ("created_at", models.DateTimeField(verbose_name="uploaded at")),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="finished"),
                ),
                ("next_run_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("leased_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("last_error", models.TextField(blank=True, default="", verbose_name="error")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.bankaccount",
                        verbose_name="bank account",
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
                "verbose_name": "bank statement",
                "verbose_name_plural": "bank statements",
                "indexes": [
                    models.Index(
                        fields=["business", "-created_at"], name="payments_statement_newest"
                    ),
                    models.Index(
                        condition=models.Q(("next_run_at__isnull", False)),
                        fields=["next_run_at"],
                        name="payments_statement_due",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "account", name="payments_statementfile_account_same_business"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementError",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("line", models.IntegerField(verbose_name="row")),
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
                    "statement",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="payments.statementfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "refused row",
                "verbose_name_plural": "refused rows",
                "constraints": [
                    core.tenancy.SameBusiness(
                        "statement", name="payments_statementerror_statement_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "statement", "line"),
                        name="payments_statement_error_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
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
                        choices=[("refund", "Refund"), ("payout", "Payout")], verbose_name="kind"
                    ),
                ),
                ("external_id", models.TextField(verbose_name="number")),
                ("fingerprint", models.TextField(editable=False)),
                (
                    "route",
                    models.TextField(
                        choices=[
                            ("reverse", "The payment is undone"),
                            ("gateway", "Refund through the gateway"),
                            ("payout", "Transfer to an account"),
                        ],
                        verbose_name="way",
                    ),
                ),
                (
                    "destination",
                    models.TextField(
                        choices=[
                            ("same_card", "The card that paid"),
                            ("account", "A bank account"),
                            ("store_credit", "Store credit"),
                        ],
                        verbose_name="destination",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("awaiting_approval", "Waiting for approval"),
                            ("requested", "Requested"),
                            ("submitted", "Handed to the provider"),
                            ("unknown", "Being asked about"),
                            ("in_transit", "On its way"),
                            ("paid", "Paid"),
                            ("partly_paid", "Partly paid"),
                            ("rejected", "Refused"),
                            ("failed", "Did not arrive"),
                            ("returned_after_paid", "Came back"),
                            ("cancelled", "Cancelled"),
                        ],
                        verbose_name="state",
                    ),
                ),
                (
                    "waiting",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("destination", "The account's owner is being asked about"),
                            ("limit", "The amount needs a second person"),
                            ("late", "The days to return are over: a second person"),
                            (
                                "measure",
                                "Two people decided so about this customer: a second person",
                            ),
                            (
                                "owner_unsure",
                                "Whose account it is could not be proved: a second person",
                            ),
                            (
                                "other_owner",
                                "The account belongs to somebody else: two more people",
                            ),
                            ("balance", "Not enough money at the provider"),
                            ("provider", "The provider holds it"),
                            ("bank", "The bank's next cycle"),
                            ("answer", "The provider's answer is not known"),
                            ("person", "A person must look"),
                        ],
                        default="",
                        verbose_name="waits for",
                    ),
                ),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                (
                    "reserved_rial",
                    models.BigIntegerField(default=0, verbose_name="held of the payment (rial)"),
                ),
                ("paid_rial", models.BigIntegerField(default=0, verbose_name="arrived (rial)")),
                ("fee_rial", models.BigIntegerField(default=0, verbose_name="fee (rial)")),
                ("lines", models.JSONField(default=list, editable=False)),
                (
                    "records_return",
                    models.BooleanField(default=True, verbose_name="records a return"),
                ),
                (
                    "reason",
                    models.TextField(
                        choices=[
                            ("customer_request", "The customer asked"),
                            ("quality", "Quality was not as promised"),
                            ("damaged", "Damaged on the way"),
                            ("out_of_stock", "Out of stock"),
                            ("order_cancelled", "The order was cancelled"),
                            ("duplicate", "Paid twice"),
                            ("suspicious", "Suspicious payment"),
                            ("other", "Another reason"),
                        ],
                        verbose_name="reason",
                    ),
                ),
                ("note", models.TextField(blank=True, default="", verbose_name="note")),
                ("receiver", models.BinaryField(null=True)),
                (
                    "receiver_hint",
                    models.TextField(blank=True, default="", verbose_name="account ends with"),
                ),
                (
                    "match",
                    models.TextField(blank=True, default="", verbose_name="is it the payer's"),
                ),
                (
                    "approvals_needed",
                    models.SmallIntegerField(default=0, verbose_name="approvals needed"),
                ),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                (
                    "requested_by",
                    models.TextField(blank=True, default="", verbose_name="requested by"),
                ),
                ("approved_at", models.DateTimeField(null=True, verbose_name="approved")),
                ("submitted_at", models.DateTimeField(null=True, verbose_name="handed over")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="sale undone")),
                ("paid_at", models.DateTimeField(null=True, verbose_name="paid")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="stayed paid")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                ("expected_at", models.DateTimeField(null=True, verbose_name="expected")),
                (
                    "cancel_asked_at",
                    models.DateTimeField(null=True, verbose_name="cancellation asked"),
                ),
                ("sent_at", models.DateTimeField(editable=False, null=True)),
                ("next_try_at", models.DateTimeField(null=True, verbose_name="looked at again")),
                ("leased_until", models.DateTimeField(null=True)),
                ("doubts", models.SmallIntegerField(default=0)),
                (
                    "reference",
                    models.TextField(blank=True, default="", verbose_name="provider's reference"),
                ),
                (
                    "last_outcome",
                    models.TextField(blank=True, default="", verbose_name="last answer"),
                ),
                ("last_code", models.TextField(blank=True, default="", verbose_name="code")),
                ("last_message", models.TextField(blank=True, default="", verbose_name="message")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.provideraccount",
                        verbose_name="provider account",
                    ),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.paymentattempt",
                        verbose_name="payment attempt",
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
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payment",
                        verbose_name="payment",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.transfer",
                        verbose_name="pays what did not arrive",
                    ),
                ),
                (
                    "reversal",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.reversal",
                        verbose_name="reversal",
                    ),
                ),
            ],
            options={
                "verbose_name": "refund or payout",
                "verbose_name_plural": "refunds and payouts",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_try_at__isnull", False)),
                        fields=["next_try_at"],
                        name="payments_transfer_due",
                    ),
                    models.Index(fields=["business", "payment"], name="payments_transfer_payment"),
                    models.Index(
                        fields=["business", "kind", "-requested_at", "-id"],
                        name="payments_transfer_newest",
                    ),
                    models.Index(
                        fields=["business", "state", "-requested_at"],
                        name="payments_transfer_state",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_rial__gt", 0),
                            ("reserved_rial__gte", 0),
                            ("reserved_rial__lte", models.F("amount_rial")),
                            ("paid_rial__gte", 0),
                            ("paid_rial__lte", models.F("amount_rial")),
                        ),
                        name="payments_transfer_amounts",
                    ),
                    core.tenancy.SameBusiness(
                        "payment", name="payments_transfer_payment_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "attempt", name="payments_transfer_attempt_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "account", name="payments_transfer_account_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "reversal", name="payments_transfer_reversal_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "replaces", name="payments_transfer_replaces_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "kind", "external_id"),
                        name="payments_transfer_external_id",
                    ),
                    models.UniqueConstraint(
                        fields=("business", "replaces"), name="payments_transfer_replaced_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "payout"), ("payment", None)),
                            models.Q(("kind", "refund"), ("payment__isnull", False)),
                            _connector="OR",
                        ),
                        name="payments_transfer_refunds_a_payment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferDecision",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "decision",
                    models.TextField(
                        choices=[("approve", "Approved"), ("reject", "Refused")],
                        verbose_name="decision",
                    ),
                ),
                ("by", models.TextField(verbose_name="by")),
                ("note", models.TextField(blank=True, default="", verbose_name="note")),
                ("at", models.DateTimeField(verbose_name="when")),
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
                    "transfer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.transfer",
                        verbose_name="refund or payout",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision about a refund",
                "verbose_name_plural": "decisions about refunds",
                "constraints": [
                    core.tenancy.SameBusiness(
                        "transfer", name="payments_transferdecision_transfer_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "transfer", "by"), name="payments_decision_once_each"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferPart",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.SmallIntegerField(verbose_name="number")),
                ("reference", models.TextField(verbose_name="provider's reference")),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                ("state", models.TextField(verbose_name="state")),
                ("left_at", models.DateTimeField(null=True, verbose_name="left")),
                ("paid_at", models.DateTimeField(null=True, verbose_name="paid")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                ("expected_at", models.DateTimeField(null=True, verbose_name="expected")),
                ("note", models.TextField(blank=True, default="", verbose_name="note")),
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
                    "transfer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.transfer",
                        verbose_name="refund or payout",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a refund",
                "verbose_name_plural": "parts of refunds",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_rial__gt", 0)), name="payments_part_amount"
                    ),
                    core.tenancy.SameBusiness(
                        "transfer", name="payments_transferpart_transfer_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "transfer", "reference"), name="payments_part_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Alert",
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
                            ("forged_callback", "A return from the bank that fits no payment"),
                            ("amount_mismatch", "Another amount was paid"),
                            ("tenfold", "Ten times or a tenth: rial and toman mixed up"),
                            ("duplicate_reference", "A reference that was used before"),
                            ("contradiction", "The provider changed its word"),
                            ("provider_down", "A provider does not answer"),
                            ("settle_stuck", "Confirmed but not settled"),
                            ("orphan", "Money nobody was waiting for"),
                            ("refund_trouble", "A refund is in trouble"),
                            ("refund_returned", "A refund came back"),
                            ("deposit_trouble", "A deposit needs a person"),
                            ("mandate_lost", "A mandate ended"),
                            ("debit_trouble", "A debit is in trouble"),
                            ("reconciliation", "Books and provider differ"),
                            ("report_missing", "A provider's report could not be fetched"),
                            ("ledger_broken", "The points ledger contradicts itself"),
                            ("budget_spent", "A rule's budget is used up"),
                            ("webhook_lost", "Your software could not be told something"),
                            ("misuse", "A strong sign that points are misused"),
                            ("cover_lost", "The gift card of a payment was not there any more"),
                        ],
                        verbose_name="what",
                    ),
                ),
                ("source_id", models.UUIDField(verbose_name="about")),
                ("payment_id", models.UUIDField(null=True, verbose_name="payment")),
                ("detail", models.JSONField(default=dict, verbose_name="detail")),
                ("times", models.IntegerField(default=1, verbose_name="times")),
                ("first_at", models.DateTimeField(verbose_name="first")),
                ("last_at", models.DateTimeField(verbose_name="last")),
                ("resolved_at", models.DateTimeField(null=True, verbose_name="resolved")),
                (
                    "resolved_by",
                    models.TextField(blank=True, default="", verbose_name="resolved by"),
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
                "verbose_name": "alert",
                "verbose_name_plural": "alerts",
                "indexes": [
                    models.Index(fields=["business", "-last_at"], name="payments_alert_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("resolved_at", None)),
                        fields=("business", "kind", "source_id"),
                        name="payments_alert_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BankHoliday",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("name", models.TextField(blank=True, default="", verbose_name="name")),
                ("is_closed", models.BooleanField(default=True, verbose_name="banks are closed")),
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
                "verbose_name": "bank holiday",
                "verbose_name_plural": "bank holidays",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "day"), name="payments_holiday_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=core.tenancy.SameBusiness(
                "mandate", name="payments_instalmentplan_mandate_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=core.tenancy.SameBusiness(
                "payment", name="payments_instalment_payment_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("payment__isnull", False)),
                fields=("business", "payment"),
                name="payments_instalment_payment",
            ),
        ),
        migrations.AddIndex(
            model_name="depositidentifier",
            index=models.Index(fields=["business", "payment"], name="payments_ident_payment"),
        ),
        migrations.AddConstraint(
            model_name="depositidentifier",
            constraint=core.tenancy.SameBusiness(
                "payment", name="payments_depositidentifier_payment_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="depositidentifier",
            constraint=models.UniqueConstraint(
                condition=models.Q(("payment__isnull", True), ("state__in", ["pending", "active"])),
                fields=("business", "account", "customer"),
                name="payments_identifier_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositidentifier",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("payment__isnull", False), ("state__in", ["pending", "active"])
                ),
                fields=("business", "account", "payment"),
                name="payments_identifier_payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositidentifier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("customer__isnull", False), ("payment__isnull", False), _connector="OR"
                ),
                name="payments_identifier_of_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentattempt",
            index=models.Index(
                fields=["business", "account", "-started_at"], name="payments_attempt_account"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentattempt",
            constraint=core.tenancy.SameBusiness(
                "account", name="payments_paymentattempt_account_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentattempt",
            constraint=models.UniqueConstraint(
                fields=("business", "account", "provider_ref"), name="payments_attempt_reference"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentattempt",
            constraint=models.UniqueConstraint(
                fields=("business", "account", "authority"), name="payments_attempt_authority"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentattempt",
            constraint=models.UniqueConstraint(
                fields=("business", "account", "wire_number"), name="payments_attempt_wire_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=core.tenancy.SameBusiness(
                "account", name="payments_mandate_account_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.UniqueConstraint(
                fields=("business", "account", "authority"), name="payments_mandate_authority"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=core.tenancy.SameBusiness(
                "provider_account", name="payments_bankaccount_provider_account_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                fields=("business", "provider_account"), name="payments_bank_account_provider"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("link__isnull", False)),
                fields=["business", "link"],
                name="payments_payment_link",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=core.tenancy.SameBusiness(
                "link", name="payments_payment_link_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=core.tenancy.SameBusiness(
                "quote", name="payments_payment_quote_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("quote__isnull", False),
                    models.Q(("state__in", ["expired", "cancelled"]), _negated=True),
                ),
                fields=("business", "quote"),
                name="payments_payment_quote_once",
            ),
        ),
        WallOff("provideraccount", queue=True),
        WallOff("payment", queue=True),
        WallOff("paymentattempt", queue=True),
        WallOff("providercall", append_only=True),
        WallOff("orphancapture"),
        WallOff("reversal", queue=True),
        WallOff("moneyentry", append_only=True),
        WallOff("alert"),
        migrations.RunSQL(
            sql=_BOOKS,
            reverse_sql=_NO_BOOKS,
        ),
        WallOff("reconciliation"),
        WallOff("reconciliationline"),
        WallOff("paymentlink"),
        WallOff("checkoutpolicy"),
        WallOff("checkoutrecovery"),
        WallOff("transfer", queue=True),
        WallOff("transferpart"),
        WallOff("transferdecision", append_only=True),
        WallOff("refundpolicy"),
        WallOff("bankaccount", queue=True),
        WallOff("bankrow", append_only=True),
        WallOff("bankholiday"),
        WallOff("depositidentifier", queue=True),
        WallOff("deposit", queue=True),
        WallOff("depositallocation", queue=True),
        WallOff("depositreturn"),
        WallOff("amountsignature"),
        WallOff("statementfile", queue=True),
        WallOff("statementerror"),
        WallOff("banklimit"),
        WallOff("mandate", queue=True),
        WallOff("debitpolicy"),
        WallOff("debitschedule", queue=True),
        WallOff("debit", queue=True),
        WallOff("debitattempt"),
        WallOff("creditpolicy"),
        WallOff("instalmentplan"),
        WallOff("instalment", queue=True),
        migrations.RunSQL(
            sql=_INSTALMENTS,
            reverse_sql=_NO_INSTALMENTS,
        ),
        WallOff("inquirypolicy"),
        WallOff("inquiry", queue=True),
        migrations.RunSQL(
            sql=_INQUIRIES,
            reverse_sql=_NO_INQUIRIES,
        ),
        WallOff("reportfetch", queue=True),
        WallOff("returnwindow"),
        WallOff("quote"),
        migrations.RunSQL(
            sql=_QUOTES_USED_ONCE,
            reverse_sql=_NO_QUOTES_USED_ONCE,
        ),
        Emptiable("providercall", "message", "asked", "answered"),
        Emptiable("bankrow", "source_iban", "source_name", "description", "raw"),
        Emptiable("transferdecision", "note"),
        migrations.RunSQL(
            sql=_EMPTIABLE,
            reverse_sql=_NO_EMPTIABLE,
        ),
        WallOff("latefee"),
        WallOff("paymentcover", queue=True),
        WallOff("cart", queue=True),
    ]

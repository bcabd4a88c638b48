import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import core.ids
import core.tenancy
from core.tenancy.operations import Emptiable, WallOff
from core.tenancy.together import Together

_GIFT_CARDS = """
CREATE FUNCTION loyalty_gift_entry_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE loyalty_giftcard SET balance_rial = balance_rial + NEW.amount_rial
  WHERE business_id = NEW.business_id AND id = NEW.card_id;
  RETURN NULL;
END $$;
CREATE TRIGGER moves AFTER INSERT ON loyalty_giftcardentry
  FOR EACH ROW EXECUTE FUNCTION loyalty_gift_entry_moves();
CREATE FUNCTION loyalty_gift_balance_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the balance of gift card % follows its entries', NEW.id
    USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER balance_kept BEFORE UPDATE ON loyalty_giftcard
  FOR EACH ROW WHEN (OLD.balance_rial <> NEW.balance_rial AND pg_trigger_depth() = 0)
  EXECUTE FUNCTION loyalty_gift_balance_kept();
CREATE TRIGGER balance_born BEFORE INSERT ON loyalty_giftcard
  FOR EACH ROW WHEN (NEW.balance_rial <> 0) EXECUTE FUNCTION loyalty_gift_balance_kept();
"""

_NO_GIFT_CARDS = """
DROP TRIGGER balance_born ON loyalty_giftcard;
DROP TRIGGER balance_kept ON loyalty_giftcard;
DROP FUNCTION loyalty_gift_balance_kept();
DROP TRIGGER moves ON loyalty_giftcardentry;
DROP FUNCTION loyalty_gift_entry_moves();
"""


class Migration(Together):
    replaces = [
        ("loyalty", "0001_initial"),
        ("loyalty", "0002_days"),
        ("loyalty", "0003_instalments"),
        ("loyalty", "0004_memberships"),
        ("loyalty", "0005_seals_and_corrections"),
        ("loyalty", "0006_books_of_points"),
        ("loyalty", "0007_gift_cards"),
        ("loyalty", "0008_bonus_rules"),
        ("loyalty", "0009_points_never_spent"),
        ("loyalty", "0010_wallet_merging"),
        ("loyalty", "0011_coupons_and_stamps"),
        ("loyalty", "0012_rule_replays"),
        ("loyalty", "0013_debts_written_off"),
        ("loyalty", "0014_tills"),
        ("loyalty", "0015_lots_waiting"),
        ("loyalty", "0016_referrals"),
        ("loyalty", "0017_leaving_the_club"),
        ("loyalty", "0018_goodwill"),
        ("loyalty", "0019_occasions"),
        ("loyalty", "0020_suspicions"),
        ("loyalty", "0021_public_rules"),
        ("loyalty", "0022_inactivity"),
        ("loyalty", "0023_milestones"),
        ("loyalty", "0024_engagement"),
        ("loyalty", "0025_own_sales"),
        ("loyalty", "0026_badges"),
        ("loyalty", "0027_rule_presents"),
        ("loyalty", "0028_milestone_kinds"),
        ("loyalty", "0029_benefits"),
        ("loyalty", "0030_shared_days"),
        ("loyalty", "0031_waits_by_line"),
        ("loyalty", "0032_tier_windows"),
        ("loyalty", "0033_benefit_stock"),
        ("loyalty", "0034_gift_card_top_ups"),
    ]

    initial = True

    dependencies = [
        ("businesses", "0008_modules"),
        ("customers", "0011_measures"),
        ("payments", "0016_ledger_alert"),
    ]

    operations = [
        migrations.CreateModel(
            name="CouponPool",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField(verbose_name="name")),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("shared", "One code for everybody"),
                            ("unique", "A code for each"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("code", models.TextField(blank=True, default="", verbose_name="code")),
                ("percent", models.IntegerField(null=True, verbose_name="percent off")),
                ("off_rial", models.BigIntegerField(null=True, verbose_name="off (rial)")),
                ("most_rial", models.BigIntegerField(null=True, verbose_name="at most (rial)")),
                (
                    "least_basket_rial",
                    models.BigIntegerField(default=0, verbose_name="smallest basket (rial)"),
                ),
                (
                    "category",
                    models.TextField(
                        blank=True, default="", verbose_name="only items of the category"
                    ),
                ),
                (
                    "channel",
                    models.TextField(blank=True, default="", verbose_name="only in the channel"),
                ),
                ("most_uses", models.IntegerField(null=True, verbose_name="uses in all")),
                (
                    "most_each",
                    models.IntegerField(null=True, verbose_name="uses for each customer"),
                ),
                ("taken", models.IntegerField(default=0, editable=False, verbose_name="taken")),
                (
                    "gives_back",
                    models.BooleanField(
                        verbose_name="usable again when all of the sale is returned"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("made_by", models.TextField(verbose_name="made by")),
                (
                    "group",
                    models.TextField(blank=True, default="", verbose_name="only the best of"),
                ),
                (
                    "stacking",
                    models.TextField(
                        choices=[
                            ("alone", "Only by itself"),
                            ("beside", "Together with others that allow it"),
                        ],
                        default="alone",
                        verbose_name="with other coupons",
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
                "verbose_name": "kind of coupon",
                "verbose_name_plural": "kinds of coupons",
                "indexes": [
                    models.Index(fields=["business", "-made_at", "-id"], name="loyalty_pool_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("code", ""), _negated=True),
                        fields=("business", "code"),
                        name="loyalty_pool_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("off_rial__isnull", True),
                                ("percent__gte", 1),
                                ("percent__lte", 100),
                            ),
                            models.Q(("off_rial__gt", 0), ("percent__isnull", True)),
                            _connector="OR",
                        ),
                        name="loyalty_pool_discount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken__gte", 0),
                            models.Q(
                                ("most_uses__isnull", True),
                                ("taken__lte", models.F("most_uses")),
                                _connector="OR",
                            ),
                        ),
                        name="loyalty_pool_taken",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__gt", models.F("starts_at")), ("least_basket_rial__gte", 0)
                        ),
                        name="loyalty_pool_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "shared"), models.Q(("code", ""), _negated=True)),
                            models.Q(("code", ""), ("kind", "unique")),
                            _connector="OR",
                        ),
                        name="loyalty_pool_codes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stacking", "beside"), ("group", ""), _connector="OR"),
                        name="loyalty_pool_stacking",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Coupon",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code_hmac", models.BinaryField()),
                ("ends_with", models.TextField(verbose_name="ends with")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
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
                    "pool",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coupons",
                        to="loyalty.couponpool",
                        verbose_name="kind of coupon",
                    ),
                ),
            ],
            options={
                "verbose_name": "coupon",
                "verbose_name_plural": "coupons",
                "indexes": [models.Index(fields=["business", "pool"], name="loyalty_coupon_pool")],
                "constraints": [
                    core.tenancy.SameBusiness("pool", name="loyalty_coupon_pool_same_business"),
                    models.UniqueConstraint(
                        fields=("business", "code_hmac"), name="loyalty_coupon_code"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CouponUse",
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
                            ("reserved", "Held"),
                            ("committed", "Spent"),
                            ("released", "Given back"),
                            ("expired", "Hold ran out"),
                        ],
                        verbose_name="state",
                    ),
                ),
                ("basket_rial", models.BigIntegerField(verbose_name="basket (rial)")),
                ("discount_rial", models.BigIntegerField(verbose_name="discount (rial)")),
                ("reserved_at", models.DateTimeField(verbose_name="held at")),
                ("expires_at", models.DateTimeField(verbose_name="held until")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="settled at")),
                (
                    "again_until",
                    models.DateTimeField(null=True, verbose_name="given back, usable until"),
                ),
                ("position", models.IntegerField(default=1, verbose_name="in this order")),
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
                    "coupon",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.coupon",
                        verbose_name="coupon",
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
                    "pool",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="loyalty.couponpool",
                        verbose_name="kind of coupon",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                        verbose_name="purchase",
                    ),
                ),
            ],
            options={
                "verbose_name": "use of a coupon",
                "verbose_name_plural": "uses of coupons",
                "indexes": [
                    models.Index(
                        fields=["business", "pool", "customer"], name="loyalty_coupon_use_whose"
                    ),
                    models.Index(
                        condition=models.Q(("purchase__isnull", False)),
                        fields=["business", "purchase"],
                        name="loyalty_coupon_use_purchase",
                    ),
                    models.Index(
                        condition=models.Q(("state", "reserved")),
                        fields=["expires_at"],
                        name="loyalty_coupon_use_due",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness("pool", name="loyalty_couponuse_pool_same_business"),
                    core.tenancy.SameBusiness(
                        "coupon", name="loyalty_couponuse_coupon_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_couponuse_customer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "purchase", name="loyalty_couponuse_purchase_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("again_until__isnull", True),
                            ("coupon__isnull", False),
                            ("state__in", ["reserved", "committed"]),
                        ),
                        fields=("business", "coupon"),
                        name="loyalty_coupon_use_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "committed"), _negated=True),
                            ("purchase__isnull", False),
                            _connector="OR",
                        ),
                        name="loyalty_coupon_use_sale",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discount_rial__gt", 0),
                            ("discount_rial__lte", models.F("basket_rial")),
                            ("position__gte", 1),
                        ),
                        name="loyalty_coupon_use_numbers",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("purchase__isnull", False)),
                        fields=("business", "purchase", "position"),
                        name="loyalty_coupon_use_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerOccasion",
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
                            ("birthday", "Birthday"),
                            ("wedding", "Wedding anniversary"),
                            ("own", "Another day"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("title", models.TextField(blank=True, default="", verbose_name="title")),
                ("month", models.IntegerField(verbose_name="Jalali month")),
                ("day", models.IntegerField(verbose_name="day of the month")),
                (
                    "source",
                    models.TextField(
                        choices=[("staff", "Noted by staff"), ("api", "Shop or app")],
                        verbose_name="told by",
                    ),
                ),
                ("told_at", models.DateTimeField(verbose_name="told")),
                ("next_on", models.DateField(verbose_name="next on")),
                ("next_at", models.DateTimeField(verbose_name="to be celebrated")),
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
                "verbose_name": "occasion of a customer",
                "verbose_name_plural": "occasions of customers",
                "indexes": [
                    models.Index(fields=["next_at"], name="loyalty_occasion_due"),
                    models.Index(fields=["business", "next_on"], name="loyalty_occasion_calendar"),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_customeroccasion_customer_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "customer", "kind"), name="loyalty_occasion_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("day__gte", 1),
                                ("day__lte", 31),
                                ("month__gte", 1),
                                ("month__lte", 6),
                            ),
                            models.Q(
                                ("day__gte", 1),
                                ("day__lte", 30),
                                ("month__gte", 7),
                                ("month__lte", 12),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_occasion_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "own"), _negated=True),
                            models.Q(("title", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="loyalty_occasion_titled",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EarningRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.IntegerField(verbose_name="version")),
                ("points_num", models.BigIntegerField(verbose_name="points")),
                ("points_den", models.BigIntegerField(verbose_name="for this many rial")),
                (
                    "minimum_rial",
                    models.BigIntegerField(default=0, verbose_name="smallest order (rial)"),
                ),
                (
                    "cap_points",
                    models.BigIntegerField(
                        blank=True, null=True, verbose_name="most points for one order"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in force")),
                ("starts_at", models.DateTimeField(verbose_name="since")),
                (
                    "benefit_note",
                    models.TextField(
                        blank=True, default="", verbose_name="how it helps the customer"
                    ),
                ),
                (
                    "bonus_count",
                    models.IntegerField(default=0, verbose_name="rules beside the rate"),
                ),
                (
                    "helps_customer",
                    models.BooleanField(blank=True, null=True, verbose_name="helps the customer"),
                ),
                (
                    "published_by",
                    models.TextField(blank=True, default="", verbose_name="published by"),
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
                "verbose_name": "earning rule",
                "verbose_name_plural": "earning rules",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "version"), name="loyalty_rule_version"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("business",),
                        name="loyalty_rule_one_active",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minimum_rial__gte", 0),
                            ("points_den__gt", 0),
                            ("points_num__gte", 0),
                            models.Q(
                                ("cap_points__isnull", True),
                                ("cap_points__gte", 0),
                                _connector="OR",
                            ),
                        ),
                        name="loyalty_rule_numbers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BonusRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.UUIDField(verbose_name="rule")),
                ("position", models.IntegerField(verbose_name="position")),
                ("name", models.TextField(verbose_name="name")),
                ("conditions", models.JSONField(default=dict, verbose_name="when")),
                (
                    "effect",
                    models.TextField(
                        choices=[
                            ("times", "Points are multiplied"),
                            ("rate", "More points for an amount"),
                            ("fixed", "A number of points"),
                            ("stamp", "Stamps on a card"),
                            ("coupon", "A coupon"),
                            ("gift_card", "A gift card"),
                            ("item", "A free item"),
                            ("reward", "A reward of the list, without points"),
                        ],
                        verbose_name="gives",
                    ),
                ),
                ("num", models.BigIntegerField(verbose_name="points or factor")),
                (
                    "den",
                    models.BigIntegerField(
                        default=1, verbose_name="for this many rial, or divided by"
                    ),
                ),
                (
                    "group",
                    models.TextField(blank=True, default="", verbose_name="only the best of"),
                ),
                (
                    "cap_points",
                    models.BigIntegerField(
                        blank=True, null=True, verbose_name="most points for one order"
                    ),
                ),
                (
                    "customer_cap_points",
                    models.BigIntegerField(
                        blank=True, null=True, verbose_name="most points for one customer"
                    ),
                ),
                (
                    "customer_span",
                    models.TextField(
                        choices=[
                            ("day", "A day"),
                            ("week", "A week"),
                            ("month", "A month"),
                            ("year", "A year"),
                            ("ever", "Ever"),
                        ],
                        default="ever",
                        verbose_name="within",
                    ),
                ),
                (
                    "budget_rial",
                    models.BigIntegerField(blank=True, null=True, verbose_name="budget (rial)"),
                ),
                ("present", models.JSONField(blank=True, default=dict, verbose_name="present")),
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
                    "pool",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.couponpool",
                        verbose_name="kind of coupon",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.earningrule",
                        verbose_name="version",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule beside the rate",
                "verbose_name_plural": "rules beside the rate",
                "constraints": [
                    core.tenancy.SameBusiness(
                        "version", name="loyalty_bonusrule_version_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "version", "key"), name="loyalty_bonus_once_a_version"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "version", "position"), name="loyalty_bonus_position"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("den__gt", 0),
                            ("num__gt", 0),
                            models.Q(
                                models.Q(("effect", "times"), _negated=True),
                                ("num__gt", models.F("den")),
                                _connector="OR",
                            ),
                            models.Q(
                                models.Q(("effect", "fixed"), _negated=True),
                                ("den", 1),
                                _connector="OR",
                            ),
                        ),
                        name="loyalty_bonus_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("cap_points__isnull", True), ("cap_points__gt", 0), _connector="OR"
                            ),
                            models.Q(
                                ("customer_cap_points__isnull", True),
                                ("customer_cap_points__gt", 0),
                                _connector="OR",
                            ),
                            models.Q(
                                ("budget_rial__isnull", True),
                                ("budget_rial__gte", 0),
                                _connector="OR",
                            ),
                        ),
                        name="loyalty_bonus_limits",
                    ),
                    core.tenancy.SameBusiness("pool", name="loyalty_bonusrule_pool_same_business"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EngagementRule",
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
                            ("survey", "Answered a survey"),
                            ("profile", "Completed their profile"),
                            ("birthday", "Told their birthday"),
                            ("referral", "Brought a friend"),
                            ("review", "Wrote a review"),
                            ("follow", "Followed the shop"),
                            ("app_open", "Opened the app"),
                            ("check_in", "Checked in"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("points", models.BigIntegerField(default=0, verbose_name="points")),
                ("most_times", models.IntegerField(verbose_name="at most so often")),
                (
                    "span",
                    models.TextField(
                        choices=[
                            ("day", "A day"),
                            ("week", "A week"),
                            ("month", "A month"),
                            ("year", "A year"),
                            ("ever", "Ever"),
                        ],
                        verbose_name="within",
                    ),
                ),
                ("is_open", models.BooleanField(default=True, verbose_name="open")),
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
                "verbose_name": "rule of engagement",
                "verbose_name_plural": "rules of engagement",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "kind"), name="loyalty_engagementrule_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("most_times__gte", 1), ("points__gte", 0)),
                        name="loyalty_engagementrule_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["birthday", "profile"]), _negated=True),
                            models.Q(("most_times", 1), ("span", "ever")),
                            _connector="OR",
                        ),
                        name="loyalty_engagementrule_ever",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExpiryWarning",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("ends_at", models.DateTimeField(verbose_name="points end at")),
                ("points", models.BigIntegerField(verbose_name="points")),
                ("at", models.DateTimeField(verbose_name="warned")),
                ("sent", models.BooleanField(default=False, verbose_name="an SMS was queued")),
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
                "verbose_name": "warning of points that end",
                "verbose_name_plural": "warnings of points that end",
                "indexes": [
                    models.Index(
                        fields=["business", "-at", "-id"], name="loyalty_expirywarning_newest"
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_expirywarning_customer_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "customer", "ends_at"),
                        name="loyalty_expirywarning_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__gt", 0)), name="loyalty_expirywarning_points"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GiftCardIssue",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField(verbose_name="occasion")),
                (
                    "kind",
                    models.TextField(
                        choices=[("sold", "Sold"), ("promotional", "Given by the business")],
                        verbose_name="kind",
                    ),
                ),
                (
                    "paid_by",
                    models.TextField(
                        choices=[
                            ("nothing", "Not paid: a gift of the business"),
                            ("link", "By a payment link"),
                            ("cash", "Cash"),
                            ("pos", "Card terminal"),
                            ("card_to_card", "Card to card"),
                        ],
                        verbose_name="paid by",
                    ),
                ),
                ("amount_rial", models.BigIntegerField(verbose_name="on each card (rial)")),
                ("count", models.IntegerField(verbose_name="cards")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="good until")),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
                ("issued_by", models.TextField(verbose_name="issued by")),
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
            ],
            options={
                "verbose_name": "issue of gift cards",
                "verbose_name_plural": "issues of gift cards",
                "indexes": [
                    models.Index(
                        fields=["business", "-issued_at", "-id"], name="loyalty_gift_newest"
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "payment", name="loyalty_giftcardissue_payment_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("payment__isnull", False)),
                        fields=("business", "payment"),
                        name="loyalty_gift_issue_payment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_rial__gt", 0), ("count__gt", 0)),
                        name="loyalty_gift_issue_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "promotional"), ("paid_by", "nothing")),
                            models.Q(
                                ("kind", "sold"), models.Q(("paid_by", "nothing"), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_gift_issue_paid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "sold"), ("expires_at__isnull", False), _connector="OR"
                        ),
                        name="loyalty_gift_issue_ends",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GiftCard",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code_hmac", models.BinaryField()),
                ("ends_with", models.TextField(verbose_name="ends with")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("waiting", "Waiting for its payment"),
                            ("active", "Active"),
                            ("stopped", "Stopped"),
                            ("void", "Taken back"),
                        ],
                        verbose_name="state",
                    ),
                ),
                (
                    "balance_rial",
                    models.BigIntegerField(
                        db_default=0, editable=False, verbose_name="balance (rial)"
                    ),
                ),
                ("activated_at", models.DateTimeField(null=True, verbose_name="active since")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="good until")),
                ("reason", models.TextField(blank=True, default="", verbose_name="why stopped")),
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
                    "issue",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cards",
                        to="loyalty.giftcardissue",
                        verbose_name="issue",
                    ),
                ),
            ],
            options={
                "verbose_name": "gift card",
                "verbose_name_plural": "gift cards",
                "indexes": [
                    models.Index(fields=["business", "issue"], name="loyalty_gift_card_issue"),
                    models.Index(
                        condition=models.Q(("balance_rial__gt", 0), ("expires_at__isnull", False)),
                        fields=["expires_at"],
                        name="loyalty_gift_card_expiring",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "code_hmac"), name="loyalty_gift_card_code"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("balance_rial__gte", 0)),
                        name="loyalty_gift_card_balance",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["active", "stopped"]),
                            ("balance_rial", 0),
                            _connector="OR",
                        ),
                        name="loyalty_gift_card_dead",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GiftCardTopUp",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.TextField(verbose_name="number at whoever asked")),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                (
                    "paid_by",
                    models.TextField(
                        choices=[
                            ("nothing", "Not paid: a gift of the business"),
                            ("link", "By a payment link"),
                            ("cash", "Cash"),
                            ("pos", "Card terminal"),
                            ("card_to_card", "Card to card"),
                        ],
                        verbose_name="paid by",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("by", models.TextField(verbose_name="topped up by")),
                ("taken_back_at", models.DateTimeField(null=True, verbose_name="taken back at")),
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
                    "card",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="top_ups",
                        to="loyalty.giftcard",
                        verbose_name="gift card",
                    ),
                ),
            ],
            options={
                "verbose_name": "top-up of a gift card",
                "verbose_name_plural": "top-ups of gift cards",
                "indexes": [
                    models.Index(fields=["business", "card", "-at"], name="loyalty_gift_top_up_of")
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "card", name="loyalty_giftcardtopup_card_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "external_id"), name="loyalty_gift_top_up_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_rial__gt", 0),
                            ("paid_by__in", ("cash", "pos", "card_to_card")),
                            models.Q(
                                ("taken_back_at__isnull", True),
                                ("taken_back_at__gte", models.F("at")),
                                _connector="OR",
                            ),
                        ),
                        name="loyalty_gift_top_up_paid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GiftCardUse",
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
                            ("reserved", "Held"),
                            ("committed", "Spent"),
                            ("released", "Given back"),
                            ("expired", "Hold ran out"),
                        ],
                        verbose_name="state",
                    ),
                ),
                ("amount_rial", models.BigIntegerField(verbose_name="amount (rial)")),
                (
                    "returned_rial",
                    models.BigIntegerField(
                        default=0, verbose_name="given back after returns (rial)"
                    ),
                ),
                ("reserved_at", models.DateTimeField(verbose_name="held at")),
                ("expires_at", models.DateTimeField(verbose_name="held until")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="settled at")),
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
                    "card",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="loyalty.giftcard",
                        verbose_name="gift card",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                        verbose_name="purchase",
                    ),
                ),
            ],
            options={
                "verbose_name": "use of a gift card",
                "verbose_name_plural": "uses of gift cards",
                "indexes": [
                    models.Index(fields=["business", "card"], name="loyalty_gift_use_card"),
                    models.Index(
                        condition=models.Q(("purchase__isnull", False)),
                        fields=["business", "purchase"],
                        name="loyalty_gift_use_purchase",
                    ),
                    models.Index(
                        condition=models.Q(("state", "reserved")),
                        fields=["expires_at"],
                        name="loyalty_gift_use_due",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "card", name="loyalty_giftcarduse_card_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "purchase", name="loyalty_giftcarduse_purchase_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_rial__gt", 0),
                            ("returned_rial__gte", 0),
                            ("returned_rial__lte", models.F("amount_rial")),
                        ),
                        name="loyalty_gift_use_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("purchase__isnull", False), ("state", "committed")),
                            models.Q(
                                models.Q(("state", "committed"), _negated=True),
                                ("returned_rial", 0),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_gift_use_sale",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GiftCardEntry",
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
                            ("load", "Loaded"),
                            ("spend", "Paid with"),
                            ("release", "Given back at the till"),
                            ("refund", "Came back with a return"),
                            ("expire", "Expired"),
                            ("take_back", "Taken back"),
                            ("top_up", "Topped up"),
                        ],
                        verbose_name="kind",
                    ),
                ),
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
                (
                    "card",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="loyalty.giftcard",
                        verbose_name="gift card",
                    ),
                ),
                (
                    "top_up",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.giftcardtopup",
                        verbose_name="top-up",
                    ),
                ),
                (
                    "use",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.giftcarduse",
                        verbose_name="use",
                    ),
                ),
            ],
            options={
                "verbose_name": "movement of a gift card",
                "verbose_name_plural": "movements of gift cards",
                "indexes": [
                    models.Index(fields=["business", "card", "at"], name="loyalty_gift_entry_of")
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "card", name="loyalty_giftcardentry_card_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "use", name="loyalty_giftcardentry_use_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "load")),
                        fields=("business", "card"),
                        name="loyalty_gift_entry_loaded_once",
                    ),
                    core.tenancy.SameBusiness(
                        "top_up", name="loyalty_giftcardentry_top_up_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("top_up__isnull", False)),
                        fields=("business", "top_up", "kind"),
                        name="loyalty_gift_entry_top_up_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "top_up"), ("top_up__isnull", False)),
                            ("kind", "take_back"),
                            models.Q(
                                models.Q(("kind", "top_up"), _negated=True),
                                ("top_up__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_gift_entry_top_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount_rial__gt", 0),
                                ("kind__in", ["load", "release", "refund", "top_up"]),
                            ),
                            models.Q(
                                ("amount_rial__lt", 0),
                                ("kind__in", ["spend", "expire", "take_back"]),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_gift_entry_sign",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoodwillBudget",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("is_open", models.BooleanField(default=False, verbose_name="points may be given")),
                ("points", models.BigIntegerField(verbose_name="points of each person")),
                (
                    "span",
                    models.TextField(
                        choices=[("day", "A day"), ("week", "A week"), ("month", "A month")],
                        verbose_name="within",
                    ),
                ),
                (
                    "most_at_once",
                    models.BigIntegerField(null=True, verbose_name="most points at once"),
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
                "verbose_name": "goodwill budget",
                "verbose_name_plural": "goodwill budgets",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business",), name="loyalty_goodwillbudget_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("points__gte", 1),
                            models.Q(
                                ("most_at_once", None),
                                models.Q(
                                    ("most_at_once__gte", 1),
                                    ("most_at_once__lte", models.F("points")),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="loyalty_goodwillbudget_numbers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoodwillMeter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("giver_id", models.UUIDField(verbose_name="who gives")),
                (
                    "span",
                    models.TextField(
                        choices=[("day", "A day"), ("week", "A week"), ("month", "A month")],
                        verbose_name="within",
                    ),
                ),
                ("since", models.DateField(verbose_name="span since")),
                ("used_points", models.BigIntegerField(verbose_name="given")),
                ("most_points", models.BigIntegerField(verbose_name="may give")),
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
                "verbose_name": "goodwill given in a span",
                "verbose_name_plural": "goodwill given in spans",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "giver_id", "span", "since"),
                        name="loyalty_goodwillmeter_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_points__gte", 1), ("used_points__lte", models.F("most_points"))
                        ),
                        name="loyalty_goodwillmeter_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerSeal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.BigIntegerField(verbose_name="number")),
                (
                    "entries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None, verbose_name="entries"
                    ),
                ),
                ("previous", models.TextField(blank=True, verbose_name="digest before")),
                ("digest", models.TextField(verbose_name="digest")),
                ("until_at", models.DateTimeField(verbose_name="entries until")),
                ("sealed_at", models.DateTimeField(verbose_name="sealed")),
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
                "verbose_name": "seal of the ledger",
                "verbose_name_plural": "seals of the ledger",
                "indexes": [
                    models.Index(fields=["business", "until_at"], name="loyalty_seal_until")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", 1), ("previous", "")),
                            models.Q(("number__gt", 1), models.Q(("previous", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="loyalty_seal_first",
                    ),
                    models.UniqueConstraint(
                        fields=("business", "number"), name="loyalty_seal_number"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "previous"), name="loyalty_seal_previous"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "origin",
                    models.TextField(
                        choices=[
                            ("purchase", "Purchase"),
                            ("instalment", "Instalment paid"),
                            ("adjustment", "Correction"),
                            ("grace", "Returned after its date"),
                            ("apart", "Settled between two profiles"),
                            ("gift", "Gift of the business"),
                            ("part", "Part of a purchase, with days to return of its own"),
                        ],
                        verbose_name="granted for",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("contingent", "Waiting for an owner"),
                            ("pending", "Pending"),
                            ("active", "Spendable"),
                            ("consumed", "Used up"),
                            ("expired", "Expired"),
                            ("reversed", "Taken back"),
                        ],
                        verbose_name="state",
                    ),
                ),
                (
                    "base_rial",
                    models.BigIntegerField(default=0, verbose_name="amount that earned (rial)"),
                ),
                ("earned_points", models.BigIntegerField(verbose_name="granted")),
                ("remaining_points", models.BigIntegerField(verbose_name="remaining")),
                ("reversed_points", models.BigIntegerField(default=0, verbose_name="claimed back")),
                (
                    "returned_rial",
                    models.BigIntegerField(
                        default=0, verbose_name="returned of the purchase (rial)"
                    ),
                ),
                ("earned_at", models.DateTimeField(verbose_name="granted at")),
                ("activates_at", models.DateTimeField(verbose_name="spendable from")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="good until")),
                ("state_at", models.DateTimeField(verbose_name="in this state since")),
                (
                    "idle_ends",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("day", "Day"),
                            ("month", "Month"),
                            ("year", "Year"),
                            ("idle_day", "Day, counted from the last activity"),
                            ("idle_month", "Month, counted from the last activity"),
                            ("idle_year", "Year, counted from the last activity"),
                        ],
                        db_default="",
                        default="",
                        verbose_name="to the end of the Jalali",
                    ),
                ),
                (
                    "idle_months",
                    models.IntegerField(null=True, verbose_name="months after the last activity"),
                ),
                (
                    "part_lines",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(),
                        null=True,
                        size=None,
                        verbose_name="its lines",
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
                (
                    "part_of",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.lot",
                        verbose_name="part of",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                        verbose_name="purchase",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.earningrule",
                        verbose_name="earning rule",
                    ),
                ),
            ],
            options={
                "verbose_name": "lot of points",
                "verbose_name_plural": "lots of points",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("contingent", "pending", "active"))),
                        fields=["business", "customer", "expires_at"],
                        name="loyalty_lot_live",
                    ),
                    models.Index(
                        condition=models.Q(("expires_at__isnull", False), ("state", "active")),
                        fields=["expires_at"],
                        name="loyalty_lot_expiring",
                    ),
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["activates_at"],
                        name="loyalty_lot_activating",
                    ),
                    models.Index(
                        condition=models.Q(("expires_at__isnull", False), ("state", "active")),
                        fields=["business", "expires_at"],
                        include=("remaining_points",),
                        name="loyalty_lot_ending",
                    ),
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["business", "customer", "activates_at"],
                        name="loyalty_lot_waiting",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("idle_months__isnull", False),
                            ("state__in", ("contingent", "pending", "active")),
                        ),
                        fields=["business", "customer"],
                        name="loyalty_lot_by_activity",
                    ),
                    models.Index(
                        condition=models.Q(("part_of__isnull", False)),
                        fields=["business", "part_of"],
                        name="loyalty_lot_parts",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("purchase__isnull", True),
                            ("id", models.F("purchase")),
                            _connector="OR",
                        ),
                        name="loyalty_lot_id",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("remaining_points__gte", 0),
                            ("remaining_points__lte", models.F("earned_points")),
                        ),
                        name="loyalty_lot_remaining",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reversed_points__gte", 0),
                            ("reversed_points__lte", models.F("earned_points")),
                            ("base_rial__gte", 0),
                            ("returned_rial__gte", 0),
                        ),
                        name="loyalty_lot_reversed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("contingent", "pending", "active")),
                            ("remaining_points", 0),
                            _connector="OR",
                        ),
                        name="loyalty_lot_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "contingent"), ("customer__isnull", False), _connector="OR"
                        ),
                        name="loyalty_lot_owned",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("idle_ends", ""), ("idle_months__isnull", True)),
                            models.Q(
                                ("expires_at__isnull", False),
                                ("idle_ends__in", ("idle_day", "idle_month", "idle_year")),
                                ("idle_months__gte", 1),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_lot_idle",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("part_lines__isnull", True),
                                ("part_of__isnull", True),
                                models.Q(("origin", "part"), _negated=True),
                            ),
                            models.Q(
                                ("part_lines__isnull", False),
                                ("part_of__isnull", False),
                                ("origin", "part"),
                                ("purchase__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_lot_part",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Goodwill",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("giver_id", models.UUIDField(verbose_name="who gave")),
                ("giver_name", models.TextField(verbose_name="given by")),
                ("points", models.BigIntegerField(verbose_name="points")),
                ("worth_rial", models.BigIntegerField(verbose_name="worth that day (rial)")),
                ("reason", models.TextField(verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="given at")),
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
                    "meter",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.goodwillmeter",
                        verbose_name="counted in",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.lot",
                        verbose_name="lot of points",
                    ),
                ),
            ],
            options={
                "verbose_name": "goodwill",
                "verbose_name_plural": "goodwill",
                "indexes": [
                    models.Index(fields=["business", "-at", "-id"], name="loyalty_goodwill_newest"),
                    models.Index(
                        fields=["business", "customer", "-at"], name="loyalty_goodwill_of"
                    ),
                    models.Index(fields=["business", "meter"], name="loyalty_goodwill_counted"),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_goodwill_customer_same_business"
                    ),
                    core.tenancy.SameBusiness("lot", name="loyalty_goodwill_lot_same_business"),
                    core.tenancy.SameBusiness("meter", name="loyalty_goodwill_meter_same_business"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("points__gte", 1),
                            ("worth_rial__gte", 0),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="loyalty_goodwill_said",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Engagement",
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
                            ("survey", "Answered a survey"),
                            ("profile", "Completed their profile"),
                            ("birthday", "Told their birthday"),
                            ("referral", "Brought a friend"),
                            ("review", "Wrote a review"),
                            ("follow", "Followed the shop"),
                            ("app_open", "Opened the app"),
                            ("check_in", "Checked in"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("reference", models.TextField(verbose_name="its number elsewhere")),
                ("at", models.DateTimeField(verbose_name="noted")),
                ("points", models.BigIntegerField(default=0, verbose_name="points given")),
                ("since", models.DateField(verbose_name="counted since")),
                ("number", models.IntegerField(default=0, verbose_name="for the how-manieth time")),
                ("most_times", models.IntegerField(verbose_name="at most so often")),
                (
                    "why_none",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("none_offered", "It is counted, without points"),
                            ("capped", "They had points for it as often as they may"),
                            ("stranger", "Nobody knows yet who they are"),
                            ("left", "They left the club"),
                            ("staff", "They work here"),
                        ],
                        default="",
                        verbose_name="why no points",
                    ),
                ),
                ("taken_back_at", models.DateTimeField(null=True, verbose_name="taken back")),
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
                    "lot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.lot",
                        verbose_name="lot of points",
                    ),
                ),
            ],
            options={
                "verbose_name": "engagement",
                "verbose_name_plural": "engagements",
                "indexes": [
                    models.Index(
                        fields=["business", "-at", "-id"], name="loyalty_engagement_newest"
                    ),
                    models.Index(
                        fields=["business", "customer", "kind"], name="loyalty_engagement_of"
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_engagement_customer_same_business"
                    ),
                    core.tenancy.SameBusiness("lot", name="loyalty_engagement_lot_same_business"),
                    models.UniqueConstraint(
                        fields=("business", "kind", "reference"), name="loyalty_engagement_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lot__isnull", False), ("points__gt", 0), ("why_none", "")),
                            models.Q(
                                ("lot__isnull", True),
                                ("points", 0),
                                models.Q(("why_none", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_engagement_gives",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", 0), ("points", 0)),
                            models.Q(
                                ("number__gte", 1),
                                ("number__lte", models.F("most_times")),
                                ("points__gt", 0),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_engagement_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        name="loyalty_engagement_told",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Celebration",
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
                            ("birthday", "Birthday"),
                            ("wedding", "Wedding anniversary"),
                            ("own", "Another day"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("year", models.IntegerField(verbose_name="Jalali year")),
                ("on", models.DateField(verbose_name="on")),
                ("at", models.DateTimeField(verbose_name="celebrated")),
                ("greeted", models.BooleanField(default=False, verbose_name="an SMS was queued")),
                ("points", models.BigIntegerField(default=0, verbose_name="points given")),
                (
                    "no_gift",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("none_offered", "No points are given for it"),
                            ("too_new", "A customer for too short a time"),
                            ("stranger", "Nobody knows yet who they are"),
                            ("left", "They left the club"),
                            ("before", "Reached before it was celebrated"),
                        ],
                        default="",
                        verbose_name="why no points",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.lot",
                        verbose_name="lot of points",
                    ),
                ),
            ],
            options={
                "verbose_name": "celebration",
                "verbose_name_plural": "celebrations",
                "indexes": [
                    models.Index(fields=["business", "-at", "-id"], name="loyalty_celebration_new")
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_celebration_customer_same_business"
                    ),
                    core.tenancy.SameBusiness("lot", name="loyalty_celebration_lot_same_business"),
                    models.UniqueConstraint(
                        fields=("business", "customer", "kind", "year"),
                        name="loyalty_celebration_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lot__isnull", False), ("no_gift", ""), ("points__gt", 0)),
                            models.Q(
                                ("lot__isnull", True),
                                ("points", 0),
                                models.Q(("no_gift", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_celebration_gift",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LotWorth",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("unit_value_rial", models.BigIntegerField(verbose_name="value of a point (rial)")),
                (
                    "spent_ppm",
                    models.IntegerField(verbose_name="expected to be spent, of a million"),
                ),
                ("sale_rial", models.BigIntegerField(verbose_name="amount of the sale (rial)")),
                ("price_rial", models.BigIntegerField(verbose_name="allocated to points (rial)")),
                ("granted_points", models.BigIntegerField(verbose_name="granted")),
                ("remaining_points", models.BigIntegerField(verbose_name="remaining, as posted")),
                ("spent_points", models.BigIntegerField(verbose_name="spent, as posted")),
                ("ended_points", models.BigIntegerField(verbose_name="ended, as posted")),
                ("owed_rial", models.BigIntegerField(verbose_name="owed (rial)")),
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
                    "lot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.lot",
                        verbose_name="lot of points",
                    ),
                ),
            ],
            options={
                "verbose_name": "worth of a lot",
                "verbose_name_plural": "worths of lots",
                "constraints": [
                    core.tenancy.SameBusiness("lot", name="loyalty_lotworth_lot_same_business"),
                    models.CheckConstraint(
                        condition=models.Q(("id", models.F("lot"))), name="loyalty_worth_of_lot"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("spent_ppm__gte", 1),
                            ("spent_ppm__lte", 1000000),
                            ("unit_value_rial__gt", 0),
                            ("granted_points__gt", 0),
                            ("price_rial__gte", 0),
                            ("sale_rial__gte", 0),
                        ),
                        name="loyalty_worth_numbers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MembershipPlan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField(verbose_name="name")),
                ("price_rial", models.BigIntegerField(verbose_name="price of a period (rial)")),
                ("months", models.SmallIntegerField(default=1, verbose_name="months of a period")),
                (
                    "multiplier_num",
                    models.IntegerField(default=1, verbose_name="points are multiplied by"),
                ),
                ("multiplier_den", models.IntegerField(default=1, verbose_name="and divided by")),
                ("free_delivery", models.BooleanField(default=False, verbose_name="free delivery")),
                ("note", models.TextField(blank=True, default="", verbose_name="other perks")),
                (
                    "notice_days",
                    models.SmallIntegerField(
                        default=3, verbose_name="days of notice before a renewal"
                    ),
                ),
                ("grace_days", models.SmallIntegerField(default=7, verbose_name="days of grace")),
                ("is_offered", models.BooleanField(default=True, verbose_name="offered")),
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
                "verbose_name": "membership plan",
                "verbose_name_plural": "membership plans",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_offered", True)),
                        fields=("business", "name"),
                        name="loyalty_membershipplan_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("months__range", (1, 36)),
                            ("multiplier_den__gt", 0),
                            ("price_rial__gt", 0),
                            ("multiplier_num__gte", models.F("multiplier_den")),
                            ("grace_days__range", (1, 25)),
                            ("notice_days__range", (1, 20)),
                        ),
                        name="loyalty_membershipplan_numbers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
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
                            ("visits", "A visit by its number"),
                            ("years", "Years as a customer"),
                            ("spent", "An amount bought"),
                            ("purchases", "A number of purchases"),
                            ("friends", "A number of friends brought"),
                            ("stamp_cards", "A number of full stamp cards"),
                            ("taking_part", "Taking part so many times"),
                            ("own_days", "Own days spent with us"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("number", models.BigIntegerField(verbose_name="number")),
                ("points", models.BigIntegerField(default=0, verbose_name="points as a gift")),
                ("greets", models.BooleanField(default=True, verbose_name="an SMS greets")),
                ("text", models.TextField(blank=True, default="", verbose_name="text of the SMS")),
                (
                    "wait_days",
                    models.IntegerField(
                        default=0, verbose_name="days a purchase waits before it counts"
                    ),
                ),
                ("is_open", models.BooleanField(default=True, verbose_name="open")),
                ("since", models.DateField(verbose_name="counts from")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                ("next_at", models.DateTimeField(null=True, verbose_name="next look")),
                (
                    "badge",
                    models.TextField(blank=True, db_default="", default="", verbose_name="badge"),
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
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
                "indexes": [models.Index(fields=["next_at"], name="loyalty_milestone_due")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "kind", "number"), name="loyalty_milestone_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number__gte", 1), ("points__gte", 0), ("wait_days__gte", 0)
                        ),
                        name="loyalty_milestone_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_open", False), ("next_at__isnull", False), _connector="OR"
                        ),
                        name="loyalty_milestone_looked_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MilestoneReached",
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
                            ("visits", "A visit by its number"),
                            ("years", "Years as a customer"),
                            ("spent", "An amount bought"),
                            ("purchases", "A number of purchases"),
                            ("friends", "A number of friends brought"),
                            ("stamp_cards", "A number of full stamp cards"),
                            ("taking_part", "Taking part so many times"),
                            ("own_days", "Own days spent with us"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("number", models.BigIntegerField(verbose_name="number")),
                ("on", models.DateField(verbose_name="on")),
                ("at", models.DateTimeField(verbose_name="celebrated")),
                ("greeted", models.BooleanField(default=False, verbose_name="an SMS was queued")),
                ("points", models.BigIntegerField(default=0, verbose_name="points given")),
                (
                    "no_gift",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("none_offered", "No points are given for it"),
                            ("too_new", "A customer for too short a time"),
                            ("stranger", "Nobody knows yet who they are"),
                            ("left", "They left the club"),
                            ("before", "Reached before it was celebrated"),
                        ],
                        default="",
                        verbose_name="why no points",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.lot",
                        verbose_name="lot of points",
                    ),
                ),
                (
                    "milestone",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.milestone",
                        verbose_name="milestone",
                    ),
                ),
            ],
            options={
                "verbose_name": "milestone reached",
                "verbose_name_plural": "milestones reached",
                "indexes": [
                    models.Index(
                        condition=models.Q(("no_gift", "before"), _negated=True),
                        fields=["business", "-at", "-id"],
                        name="loyalty_milestonereached_new",
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "milestone", name="loyalty_milestonereached_milestone_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_milestonereached_customer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "lot", name="loyalty_milestonereached_lot_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "customer", "kind", "number"),
                        name="loyalty_milestonereached_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lot__isnull", False), ("no_gift", ""), ("points__gt", 0)),
                            models.Q(
                                ("lot__isnull", True),
                                ("points", 0),
                                models.Q(("no_gift", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_milestonereached_gift",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OccasionRules",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("is_open", models.BooleanField(default=False, verbose_name="days are celebrated")),
                ("greets", models.BooleanField(default=True, verbose_name="an SMS greets")),
                ("text", models.TextField(blank=True, default="", verbose_name="text of the SMS")),
                (
                    "birthday_points",
                    models.BigIntegerField(default=0, verbose_name="points on a birthday"),
                ),
                (
                    "wedding_points",
                    models.BigIntegerField(
                        default=0, verbose_name="points on a wedding anniversary"
                    ),
                ),
                (
                    "own_points",
                    models.BigIntegerField(default=0, verbose_name="points on another day"),
                ),
                (
                    "least_days",
                    models.IntegerField(
                        default=30, verbose_name="days somebody is a customer before"
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
                "verbose_name": "rules of occasions",
                "verbose_name_plural": "rules of occasions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business",), name="loyalty_occasionrules_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("birthday_points__gte", 0),
                            ("wedding_points__gte", 0),
                            ("least_days__gte", 0),
                            ("own_points__gte", 0),
                        ),
                        name="loyalty_occasionrules_numbers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OwedDay",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("on", models.DateField(verbose_name="day")),
                (
                    "kind",
                    models.TextField(
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
                            ("goodwill", "Given on the spot"),
                            ("part", "Waits apart, by the days to return of its goods"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("postings", models.BigIntegerField(verbose_name="postings")),
                ("points", models.BigIntegerField(verbose_name="points owed")),
                ("owed_rial", models.BigIntegerField(verbose_name="owed for points (rial)")),
                ("sales_rial", models.BigIntegerField(verbose_name="kept back of sales (rial)")),
                (
                    "spent_rial",
                    models.BigIntegerField(verbose_name="earned by points spent (rial)"),
                ),
                (
                    "breakage_rial",
                    models.BigIntegerField(verbose_name="earned by points that ended (rial)"),
                ),
                ("given_rial", models.BigIntegerField(verbose_name="cost of points given (rial)")),
                (
                    "allowance_rial",
                    models.BigIntegerField(
                        db_default=0, verbose_name="expected never to be spent (rial)"
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
                "verbose_name": "day of what points are owed for",
                "verbose_name_plural": "days of what points are owed for",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "on", "kind"), name="loyalty_owed_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PaidMembership",
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
                            ("joining", "Waiting for the first payment"),
                            ("active", "Active"),
                            ("grace", "Unpaid, in days of grace"),
                            ("paused", "Paused"),
                            ("lapsed", "Lapsed"),
                            ("cancelled", "Ended"),
                        ],
                        default="joining",
                        verbose_name="state",
                    ),
                ),
                ("renews", models.BooleanField(default=True, verbose_name="renews by itself")),
                (
                    "anchor_day",
                    models.SmallIntegerField(null=True, verbose_name="day of the month"),
                ),
                ("paid_until", models.DateField(null=True, verbose_name="paid until")),
                ("paused_on", models.DateField(null=True, verbose_name="paused on")),
                ("perks_from", models.DateTimeField(null=True, verbose_name="perks since")),
                ("perks_until", models.DateTimeField(null=True, verbose_name="perks until")),
                ("next_step_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(verbose_name="asked for")),
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
                    "mandate",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.mandate",
                        verbose_name="mandate",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.membershipplan",
                        verbose_name="plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "paid membership",
                "verbose_name_plural": "paid memberships",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_step_at__isnull", False)),
                        fields=["next_step_at"],
                        name="loyalty_paidmembership_due",
                    ),
                    models.Index(
                        fields=["business", "customer", "-perks_until"],
                        name="loyalty_paidmember_perks",
                    ),
                    models.Index(
                        fields=["business", "-created_at", "-id"], name="loyalty_paidmember_newest"
                    ),
                    models.Index(
                        condition=models.Q(("mandate__isnull", False)),
                        fields=["business", "mandate"],
                        name="loyalty_paidmember_mandate",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_paidmembership_customer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "plan", name="loyalty_paidmembership_plan_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "mandate", name="loyalty_paidmembership_mandate_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("joining", "active", "grace", "paused"))),
                        fields=("business", "customer"),
                        name="loyalty_paidmembership_one_live",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["joining", "cancelled"]),
                            models.Q(
                                ("anchor_day__range", (1, 31)),
                                ("paid_until__isnull", False),
                                ("perks_from__isnull", False),
                                ("perks_until__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_paidmembership_paid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("paused_on__isnull", False), ("state", "paused")),
                            models.Q(
                                models.Q(("state", "paused"), _negated=True),
                                ("paused_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_paidmembership_paused",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", True),
                                ("state__in", ("joining", "active", "grace", "paused")),
                            ),
                            models.Q(
                                models.Q(
                                    ("state__in", ("joining", "active", "grace", "paused")),
                                    _negated=True,
                                ),
                                ("ended_at__isnull", False),
                                ("next_step_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_paidmembership_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MembershipPeriod",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.SmallIntegerField(verbose_name="number")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until")),
                ("price_rial", models.BigIntegerField(verbose_name="price (rial)")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "To be paid"),
                            ("paid", "Paid"),
                            ("unpaid", "Never paid"),
                            ("returned", "Money went back"),
                        ],
                        default="open",
                        verbose_name="state",
                    ),
                ),
                ("asks", models.SmallIntegerField(default=0, verbose_name="asked for")),
                (
                    "refund_rial",
                    models.BigIntegerField(
                        default=0, verbose_name="given back on cancelling (rial)"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("paid_at", models.DateTimeField(null=True, verbose_name="paid")),
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
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.debit",
                        verbose_name="debit",
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
                (
                    "membership",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.paidmembership",
                        verbose_name="paid membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "period of a membership",
                "verbose_name_plural": "periods of memberships",
                "constraints": [
                    core.tenancy.SameBusiness(
                        "membership", name="loyalty_membershipperiod_membership_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "debit", name="loyalty_membershipperiod_debit_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "payment", name="loyalty_membershipperiod_payment_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "membership", "number"), name="loyalty_period_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("business", "membership"),
                        name="loyalty_period_one_open",
                    ),
                    models.UniqueConstraint(
                        fields=("business", "payment"), name="loyalty_period_payment"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "debit"), name="loyalty_period_debit"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__gt", models.F("starts_on")),
                            ("number__gte", 1),
                            ("price_rial__gt", 0),
                            ("refund_rial__gte", 0),
                            ("refund_rial__lte", models.F("price_rial")),
                        ),
                        name="loyalty_period_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["paid", "returned"]), _negated=True),
                            models.Q(("paid_at__isnull", False), ("payment__isnull", False)),
                            _connector="OR",
                        ),
                        name="loyalty_period_paid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PointsDay",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("on", models.DateField(verbose_name="day")),
                ("earned_points", models.BigIntegerField(verbose_name="earned")),
                ("spent_points", models.BigIntegerField(verbose_name="spent")),
                ("expired_points", models.BigIntegerField(verbose_name="expired")),
                ("returned_points", models.BigIntegerField(verbose_name="taken back")),
                ("adjusted_points", models.BigIntegerField(verbose_name="corrected")),
                ("spendable_points", models.BigIntegerField(verbose_name="spendable at its end")),
                ("pending_points", models.BigIntegerField(verbose_name="pending at its end")),
                ("negative_points", models.BigIntegerField(verbose_name="below zero at its end")),
                ("closed_at", models.DateTimeField(verbose_name="closed")),
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
                "verbose_name": "day of points",
                "verbose_name_plural": "days of points",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "on"), name="loyalty_pointsday_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.IntegerField(verbose_name="number")),
                ("since", models.DateTimeField(verbose_name="since")),
                ("document", models.JSONField(verbose_name="rules")),
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
                "verbose_name": "version of the public rules",
                "verbose_name_plural": "versions of the public rules",
                "indexes": [
                    models.Index(fields=["business", "-since"], name="loyalty_policy_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "number"), name="loyalty_policy_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="loyalty_policy_first"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Program",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField(verbose_name="name")),
                ("unit_value_rial", models.BigIntegerField(verbose_name="value of a point (rial)")),
                (
                    "pending_days",
                    models.IntegerField(default=0, verbose_name="days until points can be spent"),
                ),
                (
                    "expiry_months",
                    models.IntegerField(
                        blank=True,
                        help_text="Jalali months; points are good to the last day of the month. Empty: never.",
                        null=True,
                        verbose_name="months until points expire",
                    ),
                ),
                (
                    "grace_days",
                    models.IntegerField(
                        default=30, verbose_name="days of grace for points given back late"
                    ),
                ),
                (
                    "negative_cap_points",
                    models.BigIntegerField(verbose_name="how far a balance may go below zero"),
                ),
                (
                    "hold_minutes",
                    models.IntegerField(
                        default=15, verbose_name="minutes points stay held at checkout"
                    ),
                ),
                (
                    "tier_window_days",
                    models.IntegerField(
                        default=365, verbose_name="days over which a tier is judged"
                    ),
                ),
                (
                    "retroactive",
                    models.BooleanField(
                        default=False, verbose_name="imported history earns points"
                    ),
                ),
                (
                    "correct_alone_points",
                    models.BigIntegerField(
                        default=1000, verbose_name="points one person may correct alone"
                    ),
                ),
                (
                    "correct_most_points",
                    models.BigIntegerField(
                        blank=True, null=True, verbose_name="most points corrected by hand"
                    ),
                ),
                (
                    "expiry_ends",
                    models.TextField(
                        choices=[
                            ("day", "Day"),
                            ("month", "Month"),
                            ("year", "Year"),
                            ("idle_day", "Day, counted from the last activity"),
                            ("idle_month", "Month, counted from the last activity"),
                            ("idle_year", "Year, counted from the last activity"),
                        ],
                        default="month",
                        verbose_name="points are good to the end of the Jalali",
                    ),
                ),
                (
                    "gift_cards_earn",
                    models.BooleanField(
                        default=True,
                        verbose_name="paying with a gift card somebody bought earns points",
                    ),
                ),
                (
                    "has_leavers",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        editable=False,
                        verbose_name="somebody left the club",
                    ),
                ),
                (
                    "spending_counts",
                    models.BooleanField(
                        db_default=True,
                        default=True,
                        help_text="Where points live by activity; purchases always are one, returns never.",
                        verbose_name="spending points is an activity too",
                    ),
                ),
                (
                    "warn_days",
                    models.IntegerField(
                        blank=True, null=True, verbose_name="days of warning before points end"
                    ),
                ),
                (
                    "warn_points",
                    models.BigIntegerField(
                        db_default=10,
                        default=10,
                        verbose_name="fewest points somebody is warned of",
                    ),
                ),
                (
                    "waits_for_returns",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        verbose_name="points wait for the days to return",
                    ),
                ),
                (
                    "tier_fall",
                    models.TextField(
                        choices=[
                            ("full", "To the level the purchases are enough for"),
                            ("one_level", "One level at most"),
                            ("never", "Never"),
                        ],
                        db_default="full",
                        default="full",
                        verbose_name="a level falls",
                    ),
                ),
                (
                    "tier_grace_days",
                    models.IntegerField(
                        db_default=0, default=0, verbose_name="days to make up for what is missing"
                    ),
                ),
                (
                    "tier_window",
                    models.TextField(
                        choices=[
                            ("days", "So many days at a time, from the first purchase on"),
                            ("year", "The Jalali year"),
                            ("anniversary", "The year since the first purchase, each year anew"),
                            ("rolling", "Always the last so many days"),
                        ],
                        db_default="days",
                        default="days",
                        verbose_name="purchases count towards a level in",
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
                "verbose_name": "programme",
                "verbose_name_plural": "programmes",
                "constraints": [
                    models.UniqueConstraint(fields=("business",), name="loyalty_program_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("negative_cap_points__gte", 0), ("unit_value_rial__gt", 0)
                        ),
                        name="loyalty_program_value",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("correct_alone_points__gte", 0),
                            models.Q(
                                ("correct_most_points__isnull", True),
                                ("correct_most_points__gte", 1),
                                _connector="OR",
                            ),
                        ),
                        name="loyalty_program_corrections",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("warn_points__gte", 1),
                            models.Q(
                                ("warn_days__isnull", True),
                                models.Q(("warn_days__gte", 1), ("warn_days__lte", 90)),
                                _connector="OR",
                            ),
                        ),
                        name="loyalty_program_warnings",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("grace_days__gte", 1),
                            ("hold_minutes__gte", 1),
                            ("pending_days__gte", 0),
                            ("tier_grace_days__gte", 0),
                            ("tier_grace_days__lte", 90),
                            ("tier_window_days__gte", 1),
                            models.Q(
                                ("expiry_months__isnull", True),
                                ("expiry_months__gte", 1),
                                _connector="OR",
                            ),
                        ),
                        name="loyalty_program_times",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Redemption",
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
                            ("reserved", "Held"),
                            ("committed", "Spent"),
                            ("released", "Given back"),
                            ("expired", "Hold ran out"),
                        ],
                        verbose_name="state",
                    ),
                ),
                ("points", models.BigIntegerField(verbose_name="points")),
                ("value_rial", models.BigIntegerField(verbose_name="worth (rial)")),
                (
                    "returned_points",
                    models.BigIntegerField(default=0, verbose_name="given back after returns"),
                ),
                ("reserved_at", models.DateTimeField(verbose_name="held at")),
                ("expires_at", models.DateTimeField(verbose_name="held until")),
                (
                    "settled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="settled at"),
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
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                        verbose_name="purchase",
                    ),
                ),
            ],
            options={
                "verbose_name": "redemption",
                "verbose_name_plural": "redemptions",
                "indexes": [
                    models.Index(
                        fields=["business", "customer", "-reserved_at"],
                        name="loyalty_redemption_newest",
                    ),
                    models.Index(
                        condition=models.Q(("purchase__isnull", False)),
                        fields=["business", "purchase"],
                        name="loyalty_redemption_purchase",
                    ),
                    models.Index(
                        condition=models.Q(("state", "reserved")),
                        fields=["expires_at"],
                        name="loyalty_redemption_due",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_redemption_customer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "purchase", name="loyalty_redemption_purchase_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("points__gt", 0),
                            ("value_rial__gte", 0),
                            ("returned_points__gte", 0),
                            ("returned_points__lte", models.F("points")),
                        ),
                        name="loyalty_redemption_numbers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
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
                            ("goodwill", "Given on the spot"),
                            ("part", "Waits apart, by the days to return of its goods"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("points", models.BigIntegerField(default=0, verbose_name="spendable points")),
                (
                    "pending_points",
                    models.BigIntegerField(default=0, verbose_name="pending points"),
                ),
                (
                    "contingent_points",
                    models.BigIntegerField(default=0, verbose_name="points without an owner"),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("data", models.JSONField(default=dict, verbose_name="why")),
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
                    "purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                        verbose_name="purchase",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.lot",
                        verbose_name="lot of points",
                    ),
                ),
                (
                    "redemption",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.redemption",
                        verbose_name="redemption",
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger entries",
                "indexes": [
                    models.Index(
                        fields=["business", "customer", "-at"], name="loyalty_entry_newest"
                    ),
                    models.Index(
                        condition=models.Q(("redemption__isnull", False)),
                        fields=["business", "redemption"],
                        name="loyalty_entry_redemption",
                    ),
                    models.Index(
                        condition=models.Q(("kind", "clawback"), ("lot__isnull", True)),
                        fields=["business", "purchase"],
                        name="loyalty_entry_early_return",
                    ),
                    models.Index(fields=["business", "at"], name="loyalty_entry_by_time"),
                    models.Index(
                        condition=models.Q(("kind__in", ["left", "rejoin"])),
                        fields=["business", "at"],
                        name="loyalty_entry_leaving",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_ledgerentry_customer_same_business"
                    ),
                    core.tenancy.SameBusiness("lot", name="loyalty_ledgerentry_lot_same_business"),
                    core.tenancy.SameBusiness(
                        "purchase", name="loyalty_ledgerentry_purchase_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "redemption", name="loyalty_ledgerentry_redemption_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "earn")),
                        fields=("business", "purchase", "kind"),
                        name="loyalty_entry_earn_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pending_points", 0), ("points", 0)),
                            ("customer__isnull", False),
                            _connector="OR",
                        ),
                        name="loyalty_entry_owned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Referral",
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
                        choices=[("api", "Shop or app"), ("till", "Till"), ("link", "The link")],
                        verbose_name="told at",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("waiting", "Waiting for the first purchase"),
                            ("running", "May still be returned"),
                            ("rewarded", "Rewarded"),
                            ("refused", "Not rewarded"),
                            ("taken_back", "Taken back"),
                        ],
                        verbose_name="state",
                    ),
                ),
                (
                    "refusal",
                    models.TextField(
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
                (
                    "referrer_points",
                    models.BigIntegerField(verbose_name="points for who recommends"),
                ),
                ("friend_points", models.BigIntegerField(verbose_name="points for the friend")),
                (
                    "least_rial",
                    models.BigIntegerField(verbose_name="smallest first purchase (rial)"),
                ),
                (
                    "wait_days",
                    models.IntegerField(verbose_name="days the first purchase may be returned"),
                ),
                (
                    "reserved_rial",
                    models.BigIntegerField(default=0, verbose_name="reserved of the budget (rial)"),
                ),
                ("made_at", models.DateTimeField(verbose_name="told")),
                ("ends_at", models.DateTimeField(verbose_name="must buy before")),
                ("next_at", models.DateTimeField(null=True, verbose_name="to be looked at")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="settled")),
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
                    "friend",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="friend",
                    ),
                ),
                (
                    "friend_lot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.lot",
                        verbose_name="lot of the friend",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                        verbose_name="first purchase",
                    ),
                ),
                (
                    "referrer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="recommended by",
                    ),
                ),
                (
                    "referrer_lot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.lot",
                        verbose_name="lot of who recommends",
                    ),
                ),
            ],
            options={
                "verbose_name": "recommendation",
                "verbose_name_plural": "recommendations",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at"],
                        name="loyalty_referral_next",
                    ),
                    models.Index(
                        fields=["business", "referrer", "-made_at"], name="loyalty_referral_by"
                    ),
                    models.Index(fields=["business", "friend"], name="loyalty_referral_of"),
                    models.Index(
                        condition=models.Q(("purchase__isnull", False)),
                        fields=["business", "purchase"],
                        name="loyalty_referral_purchase",
                    ),
                    models.Index(
                        fields=["business", "-made_at", "-id"], name="loyalty_referral_newest"
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "referrer", name="loyalty_referral_referrer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "friend", name="loyalty_referral_friend_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "purchase", name="loyalty_referral_purchase_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "referrer_lot", name="loyalty_referral_referrer_lot_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "friend_lot", name="loyalty_referral_friend_lot_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("waiting", "running", "rewarded"))),
                        fields=("business", "friend"),
                        name="loyalty_referral_friend",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ("waiting", "running", "rewarded")), _negated=True
                            ),
                            models.Q(("referrer", models.F("friend")), _negated=True),
                            _connector="OR",
                        ),
                        name="loyalty_referral_of_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("refusal", ""), ("state__in", ("waiting", "running", "rewarded"))
                            ),
                            models.Q(
                                models.Q(
                                    ("state__in", ("waiting", "running", "rewarded")), _negated=True
                                ),
                                models.Q(("refusal", ""), _negated=True),
                                ("reserved_rial", 0),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_referral_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("next_at__isnull", False), ("state__in", ("waiting", "running"))
                            ),
                            models.Q(
                                models.Q(("state__in", ("waiting", "running")), _negated=True),
                                ("next_at", None),
                                ("settled_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_referral_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("running", "rewarded")), _negated=True),
                            ("purchase__isnull", False),
                            _connector="OR",
                        ),
                        name="loyalty_referral_sale",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("least_rial__gte", 1),
                            ("reserved_rial__gte", 0),
                            ("wait_days__gte", 0),
                            ("friend_points__gte", 0),
                            ("referrer_points__gte", 0),
                        ),
                        name="loyalty_referral_numbers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.TextField(verbose_name="code")),
                ("made_at", models.DateTimeField(verbose_name="made")),
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
                "verbose_name": "code for recommending",
                "verbose_name_plural": "codes for recommending",
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_referralcode_customer_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("id", models.F("customer"))),
                        name="loyalty_referralcode_id",
                    ),
                    models.UniqueConstraint(
                        fields=("business", "code"), name="loyalty_referralcode_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralOffer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("is_open", models.BooleanField(default=False, verbose_name="open")),
                (
                    "referrer_points",
                    models.BigIntegerField(verbose_name="points for who recommends"),
                ),
                ("friend_points", models.BigIntegerField(verbose_name="points for the friend")),
                (
                    "least_rial",
                    models.BigIntegerField(verbose_name="smallest first purchase (rial)"),
                ),
                (
                    "wait_days",
                    models.IntegerField(verbose_name="days the first purchase may be returned"),
                ),
                (
                    "most_per_month",
                    models.IntegerField(
                        null=True, verbose_name="friends of one customer in a month"
                    ),
                ),
                ("budget_rial", models.BigIntegerField(null=True, verbose_name="budget (rial)")),
                (
                    "used_rial",
                    models.BigIntegerField(default=0, verbose_name="reserved of the budget (rial)"),
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
                "verbose_name": "offer for recommending",
                "verbose_name_plural": "offers for recommending",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business",), name="loyalty_referraloffer_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("friend_points__gte", 0),
                            ("referrer_points__gte", 0),
                            models.Q(
                                ("referrer_points__gt", 0),
                                ("friend_points__gt", 0),
                                _connector="OR",
                            ),
                            ("least_rial__gte", 1),
                            ("wait_days__gte", 0),
                        ),
                        name="loyalty_referraloffer_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_rial__gte", 0),
                            models.Q(
                                ("budget_rial", None),
                                ("used_rial__lte", models.F("budget_rial")),
                                _connector="OR",
                            ),
                            models.Q(
                                ("most_per_month", None),
                                ("most_per_month__gte", 1),
                                _connector="OR",
                            ),
                        ),
                        name="loyalty_referraloffer_limits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reward",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField(verbose_name="name")),
                ("cost_points", models.BigIntegerField(verbose_name="price in points")),
                ("value_rial", models.BigIntegerField(verbose_name="worth (rial)")),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
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
                "verbose_name": "reward",
                "verbose_name_plural": "rewards",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "name"), name="loyalty_reward_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cost_points__gt", 0), ("value_rial__gte", 0)),
                        name="loyalty_reward_numbers",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="redemption",
            name="reward",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="loyalty.reward",
                verbose_name="reward",
            ),
        ),
        migrations.CreateModel(
            name="RuleDraft",
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
                            ("open", "Draft"),
                            ("published", "Published"),
                            ("discarded", "Put away"),
                        ],
                        default="open",
                        verbose_name="state",
                    ),
                ),
                ("document", models.JSONField(verbose_name="rules")),
                ("based_on", models.IntegerField(verbose_name="begun from version")),
                ("created_at", models.DateTimeField(verbose_name="begun")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                ("changed_by", models.TextField(blank=True, default="", verbose_name="by")),
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
                "verbose_name": "draft of rules",
                "verbose_name_plural": "drafts of rules",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("business",),
                        name="loyalty_draft_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleMeter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.UUIDField(verbose_name="rule")),
                ("since", models.DateField(null=True, verbose_name="span since")),
                ("used", models.BigIntegerField(default=0, verbose_name="used")),
                ("most", models.BigIntegerField(verbose_name="most")),
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
                "verbose_name": "limit of a rule",
                "verbose_name_plural": "limits of rules",
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_rulemeter_customer_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("customer__isnull", True)),
                        fields=("business", "key"),
                        name="loyalty_meter_budget",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("customer__isnull", False)),
                        fields=("business", "key", "customer", "since"),
                        name="loyalty_meter_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("used__gte", 0), ("used__lte", models.F("most"))),
                        name="loyalty_meter_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("customer__isnull", True), ("since__isnull", True)),
                            models.Q(("customer__isnull", False), ("since__isnull", False)),
                            _connector="OR",
                        ),
                        name="loyalty_meter_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RulePoints",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.UUIDField(verbose_name="rule's own id")),
                ("points", models.BigIntegerField(verbose_name="points")),
                ("amount_rial", models.BigIntegerField(verbose_name="counted on (rial)")),
                ("cost_rial", models.BigIntegerField(verbose_name="worth (rial)")),
                (
                    "budget_rial",
                    models.BigIntegerField(default=0, verbose_name="of the budget (rial)"),
                ),
                ("since", models.DateField(null=True, verbose_name="share of the span since")),
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
                (
                    "rule",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.bonusrule",
                        verbose_name="rule",
                    ),
                ),
            ],
            options={
                "verbose_name": "points of a rule",
                "verbose_name_plural": "points of rules",
                "indexes": [
                    models.Index(fields=["business", "purchase"], name="loyalty_rule_points_of"),
                    models.Index(fields=["business", "key", "at"], name="loyalty_rule_points_by"),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "purchase", name="loyalty_rulepoints_purchase_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_rulepoints_customer_same_business"
                    ),
                    core.tenancy.SameBusiness("rule", name="loyalty_rulepoints_rule_same_business"),
                    models.UniqueConstraint(
                        condition=models.Q(("points__gt", 0)),
                        fields=("business", "purchase", "key"),
                        name="loyalty_rule_gave_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("points", 0), _negated=True), ("amount_rial__gte", 0)
                        ),
                        name="loyalty_rule_gave",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleReplay",
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
                            ("queued", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        verbose_name="state",
                    ),
                ),
                ("document", models.JSONField(verbose_name="rules")),
                ("since", models.DateField(verbose_name="from")),
                ("until", models.DateField(verbose_name="until")),
                ("total", models.IntegerField(default=0, verbose_name="purchases")),
                ("done", models.IntegerField(default=0, verbose_name="done")),
                ("attempts", models.IntegerField(default=0, verbose_name="times begun")),
                ("report", models.JSONField(default=dict, verbose_name="report")),
                ("created_by", models.TextField(blank=True, default="", verbose_name="by")),
                ("created_at", models.DateTimeField(verbose_name="asked")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="finished"),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("kept", models.BinaryField(default=bytes)),
                ("place", models.JSONField(blank=True, default=dict, verbose_name="place")),
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
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.earningrule",
                        verbose_name="compared with version",
                    ),
                ),
            ],
            options={
                "verbose_name": "replay of purchases",
                "verbose_name_plural": "replays of purchases",
                "indexes": [
                    models.Index(fields=["business", "-created_at"], name="loyalty_replay_list"),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="loyalty_replay_due",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "version", name="loyalty_rulereplay_version_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("business",),
                        name="loyalty_replay_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attempts__gte", 0),
                            ("done__gte", 0),
                            ("since__lt", models.F("until")),
                            ("total__gte", 0),
                        ),
                        name="loyalty_replay_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("due_at__isnull", False), ("state__in", ["queued", "running"])
                            ),
                            models.Q(
                                ("due_at__isnull", True),
                                ("state__in", ["done", "failed", "cancelled"]),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_replay_while_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SharedDay",
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
                            ("nowruz", "Nowruz"),
                            ("sizdah", "Nature day"),
                            ("yalda", "Yalda night"),
                            ("mothers", "Mother's day"),
                            ("fathers", "Father's day"),
                            ("fitr", "Eid al-Fitr"),
                            ("adha", "Eid al-Adha"),
                            ("ghadir", "Eid al-Ghadir"),
                            ("own", "Another day"),
                        ],
                        verbose_name="day",
                    ),
                ),
                ("title", models.TextField(blank=True, default="", verbose_name="title")),
                ("on", models.DateField(verbose_name="on")),
                ("year", models.IntegerField(verbose_name="Jalali year")),
                ("source", models.TextField(verbose_name="where the date is from")),
                ("greets", models.BooleanField(default=True, verbose_name="an SMS greets")),
                ("text", models.TextField(blank=True, default="", verbose_name="text of the SMS")),
                ("points", models.BigIntegerField(default=0, verbose_name="points for each")),
                (
                    "least_days",
                    models.IntegerField(
                        default=30, verbose_name="days somebody is a customer before"
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("planned", "Planned"),
                            ("done", "Celebrated"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="planned",
                        verbose_name="state",
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="to be celebrated")),
                ("after_id", models.UUIDField(editable=False, null=True)),
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
                "verbose_name": "day of the calendar",
                "verbose_name_plural": "days of the calendar",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "planned")),
                        fields=["due_at"],
                        name="loyalty_sharedday_due",
                    ),
                    models.Index(
                        fields=["business", "-on", "-id"], name="loyalty_sharedday_newest"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("business", "kind", "title", "year"),
                        name="loyalty_sharedday_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("least_days__gte", 0),
                            ("points__gte", 0),
                            models.Q(("source", ""), _negated=True),
                        ),
                        name="loyalty_sharedday_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "own"), _negated=True),
                            models.Q(("title", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="loyalty_sharedday_titled",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SharedGreeting",
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
                            ("nowruz", "Nowruz"),
                            ("sizdah", "Nature day"),
                            ("yalda", "Yalda night"),
                            ("mothers", "Mother's day"),
                            ("fathers", "Father's day"),
                            ("fitr", "Eid al-Fitr"),
                            ("adha", "Eid al-Adha"),
                            ("ghadir", "Eid al-Ghadir"),
                            ("own", "Another day"),
                        ],
                        verbose_name="day",
                    ),
                ),
                ("title", models.TextField(blank=True, default="", verbose_name="title")),
                ("year", models.IntegerField(verbose_name="Jalali year")),
                ("at", models.DateTimeField(verbose_name="celebrated")),
                ("greeted", models.BooleanField(default=False, verbose_name="an SMS was queued")),
                ("points", models.BigIntegerField(default=0, verbose_name="points given")),
                (
                    "no_gift",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("none_offered", "No points are given for it"),
                            ("too_new", "A customer for too short a time"),
                            ("stranger", "Nobody knows yet who they are"),
                            ("left", "They left the club"),
                            ("before", "Reached before it was celebrated"),
                        ],
                        default="",
                        verbose_name="why no points",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "day",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.sharedday",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.lot",
                        verbose_name="lot of points",
                    ),
                ),
            ],
            options={
                "verbose_name": "greeting of a day of the calendar",
                "verbose_name_plural": "greetings of days of the calendar",
                "indexes": [
                    models.Index(fields=["business", "day"], name="loyalty_sharedgreeting_of")
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "day", name="loyalty_sharedgreeting_day_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_sharedgreeting_customer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "lot", name="loyalty_sharedgreeting_lot_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "customer", "kind", "title", "year"),
                        name="loyalty_sharedgreeting_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lot__isnull", False), ("no_gift", ""), ("points__gt", 0)),
                            models.Q(
                                ("lot__isnull", True),
                                ("points", 0),
                                models.Q(("no_gift", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_sharedgreeting_gift",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StampCard",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField(verbose_name="name")),
                (
                    "category",
                    models.TextField(blank=True, default="", verbose_name="items of the category"),
                ),
                ("sku", models.TextField(blank=True, default="", verbose_name="or the product")),
                ("needed", models.IntegerField(verbose_name="stamps for a reward")),
                (
                    "reward_days",
                    models.IntegerField(default=60, verbose_name="days a reward is good for"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
                ("starts_on", models.DateField(verbose_name="counts from")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("made_by", models.TextField(verbose_name="made by")),
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
                    "pool",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.couponpool",
                        verbose_name="reward",
                    ),
                ),
            ],
            options={
                "verbose_name": "stamp card",
                "verbose_name_plural": "stamp cards",
                "indexes": [
                    models.Index(
                        fields=["business", "-made_at", "-id"], name="loyalty_stamps_newest"
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness("pool", name="loyalty_stampcard_pool_same_business"),
                    models.CheckConstraint(
                        condition=models.Q(("needed__gte", 2), ("reward_days__gte", 1)),
                        name="loyalty_stamps_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("category", ""), models.Q(("sku", ""), _negated=True)),
                            models.Q(("sku", ""), models.Q(("category", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="loyalty_stamps_of",
                    ),
                    models.UniqueConstraint(
                        fields=("business", "pool"), name="loyalty_stamps_pool"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RulePresent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.UUIDField(verbose_name="rule's own id")),
                (
                    "effect",
                    models.TextField(
                        choices=[
                            ("times", "Points are multiplied"),
                            ("rate", "More points for an amount"),
                            ("fixed", "A number of points"),
                            ("stamp", "Stamps on a card"),
                            ("coupon", "A coupon"),
                            ("gift_card", "A gift card"),
                            ("item", "A free item"),
                            ("reward", "A reward of the list, without points"),
                        ],
                        verbose_name="what",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[("given", "Given"), ("taken_back", "Taken back")],
                        default="given",
                        verbose_name="state",
                    ),
                ),
                ("number", models.IntegerField(verbose_name="how many")),
                ("worth_rial", models.BigIntegerField(verbose_name="worth together (rial)")),
                (
                    "budget_rial",
                    models.BigIntegerField(default=0, verbose_name="of the budget (rial)"),
                ),
                ("since", models.DateField(null=True, verbose_name="share of the span since")),
                ("facts", models.JSONField(default=dict, verbose_name="why")),
                ("undone", models.JSONField(default=dict, verbose_name="why taken back")),
                ("at", models.DateTimeField(verbose_name="given")),
                ("taken_back_at", models.DateTimeField(null=True, verbose_name="taken back")),
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
                    "buyer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="buyer",
                    ),
                ),
                (
                    "coupon",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.coupon",
                        verbose_name="coupon",
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
                    "gift_card",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.giftcard",
                        verbose_name="gift card",
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
                (
                    "rule",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.bonusrule",
                        verbose_name="rule",
                    ),
                ),
                (
                    "stamp_card",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.stampcard",
                        verbose_name="stamp card",
                    ),
                ),
            ],
            options={
                "verbose_name": "present of a rule",
                "verbose_name_plural": "presents of rules",
                "indexes": [
                    models.Index(fields=["business", "customer", "-at"], name="loyalty_present_of"),
                    models.Index(fields=["business", "key", "at"], name="loyalty_present_by"),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "purchase", name="loyalty_rulepresent_purchase_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_rulepresent_customer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "buyer", name="loyalty_rulepresent_buyer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "rule", name="loyalty_rulepresent_rule_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "stamp_card", name="loyalty_rulepresent_stamp_card_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "coupon", name="loyalty_rulepresent_coupon_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "gift_card", name="loyalty_rulepresent_gift_card_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "purchase", "key"), name="loyalty_present_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("coupon__isnull", False)),
                        fields=("business", "coupon"),
                        name="loyalty_present_coupon",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("gift_card__isnull", False)),
                        fields=("business", "gift_card"),
                        name="loyalty_present_card",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("budget_rial__gte", 0), ("number__gt", 0), ("worth_rial__gt", 0)
                        ),
                        name="loyalty_present_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("coupon__isnull", True),
                                ("effect", "stamp"),
                                ("gift_card__isnull", True),
                                ("stamp_card__isnull", False),
                            ),
                            models.Q(
                                ("coupon__isnull", True),
                                ("effect", "gift_card"),
                                ("gift_card__isnull", False),
                                ("stamp_card__isnull", True),
                            ),
                            models.Q(
                                ("coupon__isnull", False),
                                ("effect__in", ("coupon", "item", "reward")),
                                ("gift_card__isnull", True),
                                ("stamp_card__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_present_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "given"), ("taken_back_at__isnull", True)),
                            models.Q(("state", "taken_back"), ("taken_back_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="loyalty_present_states",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="bonusrule",
            name="stamp_card",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="loyalty.stampcard",
                verbose_name="stamp card",
            ),
        ),
        migrations.CreateModel(
            name="StampReward",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("taken_at", models.DateTimeField(verbose_name="taken")),
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
                    "card",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.stampcard",
                        verbose_name="stamp card",
                    ),
                ),
                (
                    "coupon",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.coupon",
                        verbose_name="coupon",
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
                "verbose_name": "stamp reward",
                "verbose_name_plural": "stamp rewards",
                "indexes": [
                    models.Index(
                        fields=["business", "customer", "card"], name="loyalty_stamp_reward_of"
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "card", name="loyalty_stampreward_card_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_stampreward_customer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "coupon", name="loyalty_stampreward_coupon_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "coupon"), name="loyalty_stamp_coupon"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Suspicion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "rule",
                    models.TextField(
                        choices=[
                            ("customer_sales", "Many purchases of one customer in a day"),
                            (
                                "customer_spending",
                                "Points spent many times by one customer in a day",
                            ),
                            ("device_sales", "Many sales of one device in a day"),
                            ("device_spending", "Points spent many times at one device in a day"),
                            ("same_till", "One customer nearly always at the same seller"),
                            ("own_sales", "Selling to oneself"),
                            ("staff_points", "Points for somebody who works here"),
                            ("self_referral", "Recommending oneself"),
                            ("spent_returned", "Goods returned after their points were spent"),
                            ("corrections", "Many points added by hand by one person"),
                            ("wrong_codes", "Many wrong one-time codes"),
                        ],
                        verbose_name="rule",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "Nobody looked yet"),
                            ("seen", "Looked after"),
                            ("dismissed", "Nothing wrong"),
                        ],
                        default="open",
                        verbose_name="state",
                    ),
                ),
                ("member_id", models.UUIDField(null=True, verbose_name="member")),
                ("on", models.DateField(verbose_name="day, or first day of the Jalali month")),
                ("count", models.IntegerField(verbose_name="seen")),
                ("line", models.IntegerField(verbose_name="speaks from")),
                ("usual", models.IntegerField(null=True, verbose_name="usual")),
                ("among", models.IntegerField(null=True, verbose_name="among")),
                ("is_strong", models.BooleanField(default=False, verbose_name="strong")),
                ("found_at", models.DateTimeField(verbose_name="found")),
                ("last_at", models.DateTimeField(verbose_name="last found")),
                ("told_at", models.DateTimeField(null=True, verbose_name="alert raised")),
                (
                    "judged_count",
                    models.IntegerField(null=True, verbose_name="seen when it was judged"),
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
                    "device",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.device",
                        verbose_name="device",
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
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
                "verbose_name": "sign of misuse",
                "verbose_name_plural": "signs of misuse",
                "indexes": [
                    models.Index(
                        fields=["business", "state", "-found_at", "-id"],
                        name="loyalty_suspicion_list",
                    ),
                    models.Index(
                        condition=models.Q(("customer__isnull", False)),
                        fields=["business", "customer"],
                        name="loyalty_suspicion_of",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_suspicion_customer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "device", name="loyalty_suspicion_device_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "employee", name="loyalty_suspicion_employee_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=(
                            "business",
                            "rule",
                            "on",
                            "customer",
                            "device",
                            "employee",
                            "member_id",
                        ),
                        name="loyalty_suspicion_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("customer__isnull", False),
                            ("device__isnull", False),
                            ("member_id__isnull", False),
                            _connector="OR",
                        ),
                        name="loyalty_suspicion_about",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("count__gte", models.F("line")),
                            ("line__gte", 1),
                            models.Q(
                                models.Q(("among", None), ("usual", None)),
                                models.Q(("among__gte", 1), ("usual__gte", 0)),
                                _connector="OR",
                            ),
                        ),
                        name="loyalty_suspicion_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "open"), ("judged_count__isnull", False), _connector="OR"
                        ),
                        name="loyalty_suspicion_judged",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SuspicionJudgement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "verdict",
                    models.TextField(
                        choices=[("seen", "Looked after"), ("dismissed", "Nothing wrong")],
                        verbose_name="verdict",
                    ),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                ("by", models.TextField(verbose_name="by")),
                ("by_id", models.UUIDField(verbose_name="by")),
                ("count", models.IntegerField(verbose_name="seen")),
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
                    "suspicion",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.suspicion",
                        verbose_name="sign of misuse",
                    ),
                ),
            ],
            options={
                "verbose_name": "judgement of a sign",
                "verbose_name_plural": "judgements of signs",
                "indexes": [
                    models.Index(
                        fields=["business", "suspicion", "at"], name="loyalty_judgement_of"
                    )
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "suspicion", name="loyalty_suspicionjudgement_suspicion_same_business"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SuspicionLook",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("next_at", models.DateTimeField(verbose_name="to be looked at")),
                ("looked_at", models.DateTimeField(null=True, verbose_name="looked at")),
                ("since", models.DateField(null=True, verbose_name="looked at from")),
                ("usual", models.JSONField(default=dict, verbose_name="what is usual")),
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
                "verbose_name": "look for misuse",
                "verbose_name_plural": "looks for misuse",
                "constraints": [
                    models.UniqueConstraint(fields=("business",), name="loyalty_look_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Tier",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField(verbose_name="name")),
                ("position", models.IntegerField(verbose_name="position")),
                ("threshold_rial", models.BigIntegerField(verbose_name="reached at (rial)")),
                (
                    "multiplier_num",
                    models.IntegerField(default=1, verbose_name="points are multiplied by"),
                ),
                ("multiplier_den", models.IntegerField(default=1, verbose_name="and divided by")),
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
                "verbose_name": "tier",
                "verbose_name_plural": "tiers",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "position"), name="loyalty_tier_position"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "threshold_rial"), name="loyalty_tier_threshold"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("multiplier_den__gt", 0),
                            ("threshold_rial__gte", 0),
                            ("multiplier_num__gte", models.F("multiplier_den")),
                        ),
                        name="loyalty_tier_numbers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerTier",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="since")),
                (
                    "granted_until",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="granted by hand until"
                    ),
                ),
                ("reason", models.TextField(blank=True, default="", verbose_name="reason")),
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
                    "tier",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.tier",
                        verbose_name="tier",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer's tier",
                "verbose_name_plural": "customers' tiers",
                "indexes": [
                    models.Index(fields=["business", "tier"], name="loyalty_standing_tier")
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_customertier_customer_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "tier", name="loyalty_customertier_tier_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("id", models.F("customer"))),
                        name="loyalty_standing_owner",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Benefit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField(verbose_name="name")),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("priority", "No waiting in line"),
                            ("early", "Sees what is new first"),
                            ("wrapping", "Gift wrapping"),
                            ("warranty", "Longer warranty"),
                            ("delivery", "Free delivery"),
                            ("gift", "A gift item"),
                            ("other", "Something else"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("unit_cost_rial", models.BigIntegerField(verbose_name="what one costs (rial)")),
                (
                    "most_each",
                    models.IntegerField(null=True, verbose_name="for each customer in a month"),
                ),
                ("is_open", models.BooleanField(default=True, verbose_name="offered")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                ("stock", models.BigIntegerField(null=True, verbose_name="left in stock")),
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
                    "tier",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.tier",
                        verbose_name="from tier",
                    ),
                ),
            ],
            options={
                "verbose_name": "service without a price",
                "verbose_name_plural": "services without a price",
                "constraints": [
                    core.tenancy.SameBusiness("tier", name="loyalty_benefit_tier_same_business"),
                    models.UniqueConstraint(
                        fields=("business", "name"), name="loyalty_benefit_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("unit_cost_rial__gte", 0),
                            models.Q(
                                ("most_each__isnull", True), ("most_each__gte", 1), _connector="OR"
                            ),
                        ),
                        name="loyalty_benefit_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stock__isnull", True), ("stock__gte", 0), _connector="OR"
                        ),
                        name="loyalty_benefit_stock",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TillRules",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "offline_points",
                    models.BigIntegerField(
                        default=0, verbose_name="points to be spent without a network"
                    ),
                ),
                (
                    "code_from_rial",
                    models.BigIntegerField(
                        default=1000000,
                        null=True,
                        verbose_name="worth of points that needs the customer's code (rial)",
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
                "verbose_name": "rules of the till",
                "verbose_name_plural": "rules of the till",
                "constraints": [
                    models.UniqueConstraint(fields=("business",), name="loyalty_till_rules_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("offline_points__gte", 0),
                            models.Q(
                                ("code_from_rial__isnull", True),
                                ("code_from_rial__gte", 0),
                                _connector="OR",
                            ),
                        ),
                        name="loyalty_till_rules_numbers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TillTransaction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.TextField(verbose_name="the device's number")),
                (
                    "sequence",
                    models.BigIntegerField(null=True, verbose_name="place in the device's row"),
                ),
                (
                    "verb",
                    models.TextField(
                        choices=[
                            ("accrue", "Sale"),
                            ("redeem", "Spending points"),
                            ("reverse", "Undoing"),
                        ],
                        verbose_name="what",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("done", "Done"),
                            ("reversed", "Undone"),
                            ("refused", "Did not fit"),
                        ],
                        verbose_name="state",
                    ),
                ),
                ("said", models.BinaryField()),
                ("reverses", models.TextField(default="", verbose_name="undoes")),
                ("allowance", models.TextField(default="", editable=False)),
                ("total_rial", models.BigIntegerField(default=0, verbose_name="amount (rial)")),
                ("answer", models.JSONField(default=dict)),
                ("problem", models.TextField(default="", verbose_name="refusal")),
                ("why", models.TextField(default="", verbose_name="why refused")),
                (
                    "notes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        default=list,
                        size=None,
                        verbose_name="settled for it",
                    ),
                ),
                ("is_late", models.BooleanField(default=False, verbose_name="came late")),
                (
                    "device_at",
                    models.DateTimeField(null=True, verbose_name="by the device's clock"),
                ),
                (
                    "skew_s",
                    models.BigIntegerField(default=0, verbose_name="clock is behind by (seconds)"),
                ),
                ("happened_at", models.DateTimeField(verbose_name="when")),
                ("arrived_at", models.DateTimeField(verbose_name="arrived")),
                ("dealt_at", models.DateTimeField(null=True, verbose_name="dealt with")),
                ("dealt_by", models.TextField(default="", verbose_name="dealt with by")),
                ("dealt_note", models.TextField(default="", verbose_name="what was done")),
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
                    "device",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="businesses.device",
                        verbose_name="device",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.purchase",
                        verbose_name="purchase",
                    ),
                ),
                (
                    "redemption",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.redemption",
                        verbose_name="redemption",
                    ),
                ),
            ],
            options={
                "verbose_name": "transaction of a device",
                "verbose_name_plural": "transactions of devices",
                "indexes": [
                    models.Index(
                        condition=models.Q(("reverses", ""), _negated=True),
                        fields=["business", "device", "reverses"],
                        name="loyalty_till_undone",
                    ),
                    models.Index(
                        condition=models.Q(("is_late", True)),
                        fields=["business", "-arrived_at", "-id"],
                        name="loyalty_till_late",
                    ),
                    models.Index(
                        condition=models.Q(("dealt_at__isnull", True), ("state", "refused")),
                        fields=["business", "arrived_at"],
                        name="loyalty_till_open",
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "device", name="loyalty_tilltransaction_device_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "purchase", name="loyalty_tilltransaction_purchase_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "redemption", name="loyalty_tilltransaction_redemption_same_business"
                    ),
                    models.UniqueConstraint(
                        fields=("business", "device", "number"), name="loyalty_till_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("sequence__isnull", False)),
                        fields=("business", "device", "sequence"),
                        name="loyalty_till_sequence",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("allowance", ""), _negated=True),
                        fields=("business", "allowance"),
                        name="loyalty_till_allowance",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("verb", "reverse"), models.Q(("reverses", ""), _negated=True)
                            ),
                            models.Q(
                                models.Q(("verb", "reverse"), _negated=True), ("reverses", "")
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_till_reverses",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            ("verb", "reverse"),
                            models.Q(("purchase__isnull", False), ("verb", "accrue")),
                            models.Q(("redemption__isnull", False), ("verb", "redeem")),
                            _connector="OR",
                        ),
                        name="loyalty_till_done",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("purchase__isnull", True),
                                ("redemption__isnull", True),
                                ("state", "refused"),
                                models.Q(("problem", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "refused"), _negated=True), ("problem", "")
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_till_refused",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("happened_at__lte", models.F("arrived_at")),
                            ("total_rial__gte", 0),
                            models.Q(
                                ("sequence__isnull", True), ("sequence__gte", 1), _connector="OR"
                            ),
                        ),
                        name="loyalty_till_numbers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Valuation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="since")),
                ("unit_value_rial", models.BigIntegerField(verbose_name="value of a point (rial)")),
                (
                    "spent_ppm",
                    models.IntegerField(verbose_name="expected to be spent, of a million"),
                ),
                (
                    "share_steps",
                    models.IntegerField(null=True, verbose_name="parts a share is rounded to"),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                ("by", models.TextField(blank=True, default="", verbose_name="by")),
                (
                    "curve",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(),
                        default=list,
                        size=None,
                        verbose_name="by age",
                    ),
                ),
                ("high_ppm", models.IntegerField(null=True, verbose_name="at most, of a million")),
                ("low_ppm", models.IntegerField(null=True, verbose_name="at least, of a million")),
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
                "verbose_name": "valuation of points",
                "verbose_name_plural": "valuations of points",
                "indexes": [
                    models.Index(
                        fields=["business", "-since", "-id"], name="loyalty_valuation_newest"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("spent_ppm__gte", 1),
                            ("spent_ppm__lte", 1000000),
                            ("unit_value_rial__gt", 0),
                            models.Q(
                                ("share_steps__isnull", True),
                                ("share_steps__gte", 1),
                                _connector="OR",
                            ),
                        ),
                        name="loyalty_valuation_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="loyalty_valuation_said",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("high_ppm", None), ("low_ppm", None)),
                            models.Q(
                                ("high_ppm__lte", 1000000),
                                ("low_ppm__gte", 0),
                                ("low_ppm__lte", models.F("high_ppm")),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_valuation_interval",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PointsPosting",
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
                            ("goodwill", "Given on the spot"),
                            ("part", "Waits apart, by the days to return of its goods"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("on", models.DateField(verbose_name="day")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("points", models.BigIntegerField(verbose_name="points owed")),
                ("owed_rial", models.BigIntegerField(verbose_name="owed for points (rial)")),
                ("sales_rial", models.BigIntegerField(verbose_name="kept back of sales (rial)")),
                (
                    "spent_rial",
                    models.BigIntegerField(verbose_name="earned by points spent (rial)"),
                ),
                (
                    "breakage_rial",
                    models.BigIntegerField(verbose_name="earned by points that ended (rial)"),
                ),
                ("given_rial", models.BigIntegerField(verbose_name="cost of points given (rial)")),
                (
                    "allowance_rial",
                    models.BigIntegerField(
                        db_default=0, verbose_name="expected never to be spent (rial)"
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
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.ledgerentry",
                        verbose_name="ledger entry",
                    ),
                ),
                (
                    "valuation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.valuation",
                        verbose_name="valuation of points",
                    ),
                ),
            ],
            options={
                "verbose_name": "posting of points",
                "verbose_name_plural": "postings of points",
                "indexes": [
                    models.Index(fields=["business", "-at"], name="loyalty_posting_newest"),
                    models.Index(fields=["business", "kind", "-at"], name="loyalty_posting_kind"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("allowance_rial", 0),
                                ("id", models.F("entry")),
                                ("valuation", None),
                            ),
                            models.Q(
                                ("entry", None),
                                ("kind", "estimate"),
                                ("valuation__isnull", False),
                                ("given_rial", 0),
                                ("owed_rial", 0),
                                ("points", 0),
                                ("sales_rial", 0),
                                ("spent_rial", 0),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_posting_of_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "owed_rial",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.Value(0), "-", models.F("allowance_rial")
                                                ),
                                                "-",
                                                models.F("sales_rial"),
                                            ),
                                            "-",
                                            models.F("spent_rial"),
                                        ),
                                        "-",
                                        models.F("breakage_rial"),
                                    ),
                                    "-",
                                    models.F("given_rial"),
                                ),
                            )
                        ),
                        name="loyalty_posting_balanced",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Wallet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("balance_points", models.BigIntegerField(default=0, verbose_name="balance")),
                ("pending_points", models.BigIntegerField(default=0, verbose_name="pending")),
                (
                    "negative_cap_points",
                    models.BigIntegerField(default=0, verbose_name="may go below zero by"),
                ),
                (
                    "qualifying_rial",
                    models.BigIntegerField(
                        default=0, verbose_name="bought in this tier window (rial)"
                    ),
                ),
                ("window_ends_at", models.DateTimeField(verbose_name="tier window ends")),
                (
                    "joined_to",
                    models.UUIDField(editable=False, null=True, verbose_name="joined to"),
                ),
                (
                    "left_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="left the club"),
                ),
                (
                    "active_on",
                    models.DateField(editable=False, null=True, verbose_name="last active on"),
                ),
                (
                    "grace_rial",
                    models.BigIntegerField(
                        db_default=0,
                        default=0,
                        editable=False,
                        verbose_name="bought in the window before (rial)",
                    ),
                ),
                (
                    "grace_until",
                    models.DateTimeField(editable=False, null=True, verbose_name="tier kept until"),
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
            ],
            options={
                "verbose_name": "wallet",
                "verbose_name_plural": "wallets",
                "indexes": [
                    models.Index(fields=["window_ends_at"], name="loyalty_wallet_window"),
                    models.Index(
                        condition=models.Q(("grace_until__isnull", False)),
                        fields=["grace_until"],
                        name="loyalty_wallet_grace",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", models.F("customer"))),
                        name="loyalty_wallet_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "balance_points__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.Value(0), "-", models.F("negative_cap_points")
                                ),
                            )
                        ),
                        name="loyalty_wallet_floor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("joined_to", None),
                            models.Q(
                                ("balance_points", 0), ("pending_points", 0), ("qualifying_rial", 0)
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_wallet_joined_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("negative_cap_points__gte", 0),
                            ("pending_points__gte", 0),
                            ("grace_rial__gte", 0),
                            ("qualifying_rial__gte", 0),
                        ),
                        name="loyalty_wallet_numbers",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WalletMerge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("brought_points", models.BigIntegerField(verbose_name="brought")),
                ("told_points", models.BigIntegerField(verbose_name="told before")),
                ("tiers", models.JSONField(default=dict, verbose_name="tiers before")),
                ("joined_at", models.DateTimeField(verbose_name="joined")),
                ("parted_at", models.DateTimeField(null=True, verbose_name="taken apart")),
                (
                    "settled_points",
                    models.BigIntegerField(default=0, verbose_name="settled between the two"),
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
                    "merge",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customermerge",
                        verbose_name="merge of profiles",
                    ),
                ),
            ],
            options={
                "verbose_name": "merge of wallets",
                "verbose_name_plural": "merges of wallets",
                "constraints": [
                    core.tenancy.SameBusiness(
                        "merge", name="loyalty_walletmerge_merge_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("id", models.F("merge"))), name="loyalty_walletmerge_id"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BenefitGiven",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.DateField(verbose_name="month")),
                ("number", models.IntegerField(verbose_name="of the month")),
                ("cost_rial", models.BigIntegerField(verbose_name="cost (rial)")),
                ("at", models.DateTimeField(verbose_name="given")),
                ("by", models.TextField(blank=True, default="", verbose_name="given by")),
                ("from_stock", models.BooleanField(default=False, verbose_name="out of the stock")),
                ("taken_back_at", models.DateTimeField(null=True, verbose_name="taken back")),
                (
                    "taken_back_by",
                    models.TextField(blank=True, default="", verbose_name="taken back by"),
                ),
                (
                    "benefit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="given",
                        to="loyalty.benefit",
                        verbose_name="service without a price",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "service given",
                "verbose_name_plural": "services given",
                "indexes": [
                    models.Index(
                        fields=["business", "benefit", "customer", "month"],
                        name="loyalty_benefitgiven_of",
                    ),
                    models.Index(
                        fields=["business", "-at", "-id"], name="loyalty_benefitgiven_new"
                    ),
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "benefit", name="loyalty_benefitgiven_benefit_same_business"
                    ),
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_benefitgiven_customer_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cost_rial__gte", 0), ("number__gte", 1)),
                        name="loyalty_benefitgiven_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_back_at__isnull", False), ("taken_back_by", ""), _connector="OR"
                        ),
                        name="loyalty_benefitgiven_back",
                    ),
                ],
            },
        ),
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
                "verbose_name": "leaving of the club",
                "verbose_name_plural": "leavings of the club",
                "indexes": [
                    models.Index(fields=["business", "-left_at"], name="loyalty_exit_newest")
                ],
                "constraints": [
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_clubexit_customer_same_business"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("back_at", None)),
                        fields=("business", "customer"),
                        name="loyalty_exit_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pending_points__gte", 0),
                            ("points__gte", 0),
                            ("worth_rial__gte", 0),
                            ("restored_points__gte", 0),
                        ),
                        name="loyalty_exit_numbers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("back_at", None), ("restored_points", 0)),
                            ("back_at__gte", models.F("left_at")),
                            _connector="OR",
                        ),
                        name="loyalty_exit_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Correction",
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
                            ("waiting", "Waiting for a second person"),
                            ("applied", "Done at once"),
                            ("approved", "Approved by a second person"),
                            ("refused", "Refused"),
                        ],
                        verbose_name="state",
                    ),
                ),
                ("points", models.BigIntegerField(verbose_name="points")),
                ("reason", models.TextField(verbose_name="reason")),
                ("asked_by", models.TextField(verbose_name="asked by")),
                ("asker_id", models.UUIDField(verbose_name="who asked")),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("decided_by", models.TextField(blank=True, default="", verbose_name="decided by")),
                ("decider_id", models.UUIDField(null=True, verbose_name="who decided")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                (
                    "writes_off",
                    models.BooleanField(default=False, verbose_name="writes a debt off"),
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
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["business", "customer"],
                        name="loyalty_correction_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("points", 0), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="loyalty_correction_said",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None), ("decider_id", None), ("state", "waiting")
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decider_id__isnull", False),
                                models.Q(("state", "waiting"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="loyalty_correction_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "approved"), _negated=True),
                            models.Q(("decider_id", models.F("asker_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="loyalty_correction_second",
                    ),
                    core.tenancy.SameBusiness(
                        "customer", name="loyalty_correction_customer_same_business"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("writes_off", False), ("points__gt", 0), _connector="OR"
                        ),
                        name="loyalty_correction_forgives",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="giftcard",
            constraint=core.tenancy.SameBusiness(
                "issue", name="loyalty_giftcard_issue_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=core.tenancy.SameBusiness(
                "customer", name="loyalty_lot_customer_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=core.tenancy.SameBusiness(
                "purchase", name="loyalty_lot_purchase_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=core.tenancy.SameBusiness("rule", name="loyalty_lot_rule_same_business"),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=core.tenancy.SameBusiness(
                "part_of", name="loyalty_lot_part_of_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="redemption",
            constraint=core.tenancy.SameBusiness(
                "reward", name="loyalty_redemption_reward_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="bonusrule",
            constraint=core.tenancy.SameBusiness(
                "stamp_card", name="loyalty_bonusrule_stamp_card_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="bonusrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("effect__in", ["times", "rate", "fixed"]),
                        ("pool__isnull", True),
                        ("stamp_card__isnull", True),
                    ),
                    models.Q(
                        ("effect", "gift_card"),
                        ("pool__isnull", True),
                        ("stamp_card__isnull", True),
                    ),
                    models.Q(
                        ("effect", "stamp"), ("pool__isnull", True), ("stamp_card__isnull", False)
                    ),
                    models.Q(
                        ("effect__in", ["coupon", "item", "reward"]),
                        ("pool__isnull", False),
                        ("stamp_card__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="loyalty_bonus_present",
            ),
        ),
        migrations.AddConstraint(
            model_name="pointsposting",
            constraint=core.tenancy.SameBusiness(
                "entry", name="loyalty_pointsposting_entry_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="pointsposting",
            constraint=core.tenancy.SameBusiness(
                "valuation", name="loyalty_pointsposting_valuation_same_business"
            ),
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=core.tenancy.SameBusiness(
                "customer", name="loyalty_wallet_customer_same_business"
            ),
        ),
        WallOff("program"),
        WallOff("earningrule"),
        WallOff("tier"),
        WallOff("reward"),
        WallOff("wallet", queue=True),
        WallOff("customertier"),
        WallOff("lot", queue=True),
        WallOff("redemption", queue=True),
        WallOff("ledgerentry", append_only=True),
        WallOff("pointsday", append_only=True),
        WallOff("membershipplan"),
        WallOff("paidmembership", queue=True),
        WallOff("membershipperiod"),
        WallOff("correction"),
        WallOff("ledgerseal", append_only=True),
        WallOff("lotworth"),
        WallOff("owedday"),
        WallOff("pointsposting", append_only=True),
        WallOff("valuation", append_only=True),
        WallOff("giftcardissue"),
        WallOff("giftcard", queue=True),
        WallOff("giftcarduse", queue=True),
        WallOff("giftcardentry", append_only=True),
        migrations.RunSQL(
            sql=_GIFT_CARDS,
            reverse_sql=_NO_GIFT_CARDS,
        ),
        WallOff("bonusrule", append_only=True),
        WallOff("rulepoints", append_only=True),
        WallOff("rulemeter"),
        WallOff("ruledraft"),
        WallOff("walletmerge"),
        WallOff("couponpool"),
        WallOff("coupon"),
        WallOff("couponuse", queue=True),
        WallOff("stampcard"),
        WallOff("stampreward"),
        WallOff("rulereplay", queue=True),
        WallOff("tilltransaction"),
        WallOff("tillrules"),
        WallOff("referraloffer"),
        WallOff("referralcode"),
        WallOff("referral", queue=True),
        WallOff("clubexit"),
        WallOff("goodwillmeter"),
        WallOff("goodwill"),
        WallOff("goodwillbudget"),
        WallOff("celebration"),
        WallOff("customeroccasion", queue=True),
        WallOff("occasionrules"),
        WallOff("suspicion"),
        WallOff("suspicionjudgement", append_only=True),
        WallOff("suspicionlook"),
        Emptiable("suspicionjudgement", "reason"),
        WallOff("policyversion", append_only=True),
        WallOff("expirywarning", append_only=True),
        WallOff("milestone", queue=True),
        WallOff("milestonereached"),
        WallOff("engagement"),
        WallOff("engagementrule"),
        WallOff("rulepresent"),
        WallOff("benefit"),
        WallOff("benefitgiven"),
        WallOff("sharedday", queue=True),
        WallOff("sharedgreeting"),
        WallOff("giftcardtopup"),
    ]

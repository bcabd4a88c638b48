"""Credit a shop gives its own customers: its terms, the contracts, their instalments."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from payments.enums.instalments import InstalmentState, LateFeeState, PlanState


class CreditPolicy(TenantModel):
    """To whom a business lends, how much, and in how many parts; one row a business.

    No interest is taken. A fee for being late is off while it is 0; a contract keeps the fee it was
    made with. `worth_percent` of what somebody is foreseen to buy in a year bounds what they may
    owe (decision 55), never above `most_customer_rial`. `owed_rial` is what all customers owe on
    active plans: it is raised only while it stays under `most_total_rial`, so that two contracts at
    once cannot pass the cap.
    """

    is_on = models.BooleanField(_("lend"), default=False)
    least_grade = models.SmallIntegerField(_("lowest grade"), default=60)
    lends_without_history = models.BooleanField(_("lend without history"), default=False)
    newcomer_rial = models.BigIntegerField(_("most without history (rial)"), default=0)
    most_customer_rial = models.BigIntegerField(_("most a customer (rial)"), default=0)
    most_total_rial = models.BigIntegerField(_("most altogether (rial)"), default=0)
    owed_rial = models.BigIntegerField(_("owed (rial)"), default=0)
    most_count = models.SmallIntegerField(_("most instalments"), default=6)
    down_percent = models.SmallIntegerField(_("paid at once (%)"), default=25)
    grace_days = models.SmallIntegerField(_("days of grace"), default=3)
    late_fee_rial = models.BigIntegerField(_("fee for being late (rial)"), default=0)
    late_fee_after_days = models.SmallIntegerField(_("days late before a fee"), default=7)
    worth_percent = models.SmallIntegerField(_("of the foreseen worth (%)"), default=0)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("terms of credit")
        verbose_name_plural = _("terms of credit")
        constraints = (
            models.UniqueConstraint(fields=["business"], name="payments_credit_policy_once"),
            models.CheckConstraint(
                condition=Q(
                    least_grade__range=(0, 100),
                    newcomer_rial__gte=0,
                    most_customer_rial__gte=0,
                    most_total_rial__gte=0,
                    owed_rial__gte=0,
                    most_count__range=(1, 60),
                    down_percent__range=(0, 100),
                    grace_days__range=(0, 60),
                    late_fee_rial__gte=0,
                    late_fee_after_days__range=(0, 60),
                    worth_percent__range=(0, 1000),
                ),
                name="payments_credit_policy_sane",
            ),
        )

    def __str__(self) -> str:
        return f"{self.owed_rial} / {self.most_total_rial}"


class InstalmentPlan(TenantModel):
    """A sale paid in parts: `down_rial` at once, the rest in instalments that sum to it exactly."""

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    purchase = models.ForeignKey(
        "customers.Purchase",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("purchase"),
    )
    mandate = models.ForeignKey(
        "payments.Mandate",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("mandate"),
    )
    external_id = models.TextField(_("number"))
    fingerprint = models.TextField(editable=False)
    title = models.TextField(_("for what"), default="", blank=True)
    total_rial = models.BigIntegerField(_("price (rial)"))
    down_rial = models.BigIntegerField(_("paid at once (rial)"))
    credit_rial = models.BigIntegerField(_("in instalments (rial)"))
    paid_rial = models.BigIntegerField(_("paid of it (rial)"), default=0)
    # What was agreed on: a fee once for each instalment this many days late; 0: none.
    late_fee_rial = models.BigIntegerField(_("fee for being late (rial)"), default=0)
    late_fee_after_days = models.SmallIntegerField(_("days late before a fee"), default=0)
    state = models.TextField(_("state"), choices=PlanState.choices, default=PlanState.ACTIVE)
    token = models.TextField(editable=False)
    created_at = models.DateTimeField(_("created"))
    created_by = models.TextField(_("created by"), default="", blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("instalment plan")
        verbose_name_plural = _("instalment plans")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("purchase"),
            SameBusiness("mandate"),
            models.UniqueConstraint(
                fields=["business", "external_id"], name="payments_plan_external_id"
            ),
            models.UniqueConstraint(fields=["business", "token"], name="payments_plan_token"),
            models.CheckConstraint(
                condition=Q(
                    down_rial__gte=0,
                    credit_rial__gt=0,
                    total_rial=F("down_rial") + F("credit_rial"),
                    paid_rial__gte=0,
                    paid_rial__lte=F("credit_rial"),
                    late_fee_rial__gte=0,
                    late_fee_after_days__gte=0,
                ),
                name="payments_plan_sums",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-created_at", "-id"], name="payments_plan_newest"),
            models.Index(fields=["business", "customer"], name="payments_plan_customer"),
        )

    def __str__(self) -> str:
        return f"{self.external_id}: {self.credit_rial}"


class Instalment(TenantModel):
    """One part of a plan. `next_step_at` makes it a due row: to announce, collect or remind."""

    plan = models.ForeignKey(
        InstalmentPlan,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("instalment plan"),
    )
    number = models.SmallIntegerField(_("number"))
    due_on = models.DateField(_("due on"))
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    state = models.TextField(
        _("state"), choices=InstalmentState.choices, default=InstalmentState.OPEN
    )
    payment = models.ForeignKey(
        "payments.Payment",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment"),
    )
    steps = models.SmallIntegerField(_("steps taken"), default=0)
    next_step_at = models.DateTimeField(null=True, editable=False)
    paid_on = models.DateField(_("paid on"), null=True)

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        constraints = (
            SameBusiness("plan"),
            SameBusiness("payment"),
            models.UniqueConstraint(
                fields=["business", "plan", "number"], name="payments_instalment_number"
            ),
            models.UniqueConstraint(
                fields=["business", "payment"],
                name="payments_instalment_payment",
                condition=Q(payment__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0)
                & (~Q(state=InstalmentState.PAID) | Q(paid_on__isnull=False)),
                name="payments_instalment_sane",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_step_at"],
                name="payments_instalment_due",
                condition=Q(next_step_at__isnull=False),
            ),
            models.Index(
                fields=["business", "due_on", "id"],
                name="payments_instalment_open",
                condition=Q(state="open"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}: {self.amount_rial}"


class LateFee(TenantModel):
    """What being late with one instalment cost, once: a debt of its own, paid or let go."""

    instalment = models.ForeignKey(
        Instalment,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("instalment"),
    )
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    state = models.TextField(_("state"), choices=LateFeeState.choices, default=LateFeeState.OPEN)
    payment = models.ForeignKey(
        "payments.Payment",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("payment"),
    )
    charged_at = models.DateTimeField(_("charged"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    waived_by = models.TextField(_("let go by"), default="", blank=True)

    class Meta:
        verbose_name = _("fee for being late")
        verbose_name_plural = _("fees for being late")
        constraints = (
            SameBusiness("instalment"),
            SameBusiness("payment"),
            models.UniqueConstraint(
                fields=["business", "instalment"], name="payments_late_fee_once"
            ),
            models.UniqueConstraint(
                fields=["business", "payment"],
                name="payments_late_fee_payment",
                condition=Q(payment__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0)
                & (Q(state=LateFeeState.OPEN, ended_at=None) | Q(ended_at__isnull=False))
                & (~Q(state=LateFeeState.PAID) | Q(payment__isnull=False)),
                name="payments_late_fee_sane",
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_rial} · {self.state}"

"""Paid memberships: what is offered, who belongs, and every period with its price."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import LIVE_MEMBERSHIP, MembershipState, PeriodState


class MembershipPlan(TenantModel):
    """A paid membership on offer. What members agreed to never changes: a new price is a new plan.

    Its members' points are multiplied; free delivery and the note are told, others keep them.
    """

    name = models.TextField(_("name"))
    price_rial = models.BigIntegerField(_("price of a period (rial)"))
    months = models.SmallIntegerField(_("months of a period"), default=1)
    multiplier_num = models.IntegerField(_("points are multiplied by"), default=1)
    multiplier_den = models.IntegerField(_("and divided by"), default=1)
    free_delivery = models.BooleanField(_("free delivery"), default=False)
    note = models.TextField(_("other perks"), default="", blank=True)
    notice_days = models.SmallIntegerField(_("days of notice before a renewal"), default=3)
    grace_days = models.SmallIntegerField(_("days of grace"), default=7)
    is_offered = models.BooleanField(_("offered"), default=True)
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("membership plan")
        verbose_name_plural = _("membership plans")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "name"],
                condition=Q(is_offered=True),
                name="loyalty_membershipplan_name",
            ),
            models.CheckConstraint(
                condition=Q(price_rial__gt=0, months__range=(1, 36), multiplier_den__gt=0)
                & Q(multiplier_num__gte=F("multiplier_den"))
                & Q(notice_days__range=(1, 20), grace_days__range=(1, 25)),
                name="loyalty_membershipplan_numbers",
            ),
        )

    def __str__(self) -> str:
        return self.name


class PaidMembership(TenantModel):
    """One customer's membership in a plan.

    Periods follow one another on `anchor_day` of the Jalali month, or the month's last day.
    Points are multiplied from `perks_from` until `perks_until`, whether or not the worker came.
    `next_step_at` makes it a due row: to announce a renewal, to fall into grace, to lapse.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    plan = models.ForeignKey(
        MembershipPlan,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("plan"),
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
    state = models.TextField(
        _("state"), choices=MembershipState.choices, default=MembershipState.JOINING
    )
    renews = models.BooleanField(_("renews by itself"), default=True)
    anchor_day = models.SmallIntegerField(_("day of the month"), null=True)
    paid_until = models.DateField(_("paid until"), null=True)
    paused_on = models.DateField(_("paused on"), null=True)
    perks_from = models.DateTimeField(_("perks since"), null=True)
    perks_until = models.DateTimeField(_("perks until"), null=True)
    next_step_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("asked for"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("paid membership")
        verbose_name_plural = _("paid memberships")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("plan"),
            SameBusiness("mandate"),
            models.UniqueConstraint(
                fields=["business", "customer"],
                condition=Q(state__in=LIVE_MEMBERSHIP),
                name="loyalty_paidmembership_one_live",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[MembershipState.JOINING, MembershipState.CANCELLED])
                | Q(
                    paid_until__isnull=False,
                    anchor_day__range=(1, 31),
                    perks_from__isnull=False,
                    perks_until__isnull=False,
                ),
                name="loyalty_paidmembership_paid",
            ),
            models.CheckConstraint(
                condition=Q(state=MembershipState.PAUSED, paused_on__isnull=False)
                | (~Q(state=MembershipState.PAUSED) & Q(paused_on__isnull=True)),
                name="loyalty_paidmembership_paused",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE_MEMBERSHIP, ended_at__isnull=True)
                | (~Q(state__in=LIVE_MEMBERSHIP) & Q(ended_at__isnull=False, next_step_at=None)),
                name="loyalty_paidmembership_ended",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_step_at"],
                name="loyalty_paidmembership_due",
                condition=Q(next_step_at__isnull=False),
            ),
            models.Index(
                fields=["business", "customer", "-perks_until"], name="loyalty_paidmember_perks"
            ),
            models.Index(
                fields=["business", "-created_at", "-id"], name="loyalty_paidmember_newest"
            ),
            models.Index(
                fields=["business", "mandate"],
                name="loyalty_paidmember_mandate",
                condition=Q(mandate__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.plan_id} · {self.state}"


class MembershipPeriod(TenantModel):
    """One period and its price: one debit or asked payment, paid by exactly one payment.

    The days of a first period are set when it is paid. `ends_on` is the first day after it.
    """

    membership = models.ForeignKey(
        PaidMembership,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("paid membership"),
    )
    number = models.SmallIntegerField(_("number"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    price_rial = models.BigIntegerField(_("price (rial)"))
    state = models.TextField(_("state"), choices=PeriodState.choices, default=PeriodState.OPEN)
    debit = models.ForeignKey(
        "payments.Debit",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("debit"),
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
    asks = models.SmallIntegerField(_("asked for"), default=0)
    refund_rial = models.BigIntegerField(_("given back on cancelling (rial)"), default=0)
    created_at = models.DateTimeField(_("made"))
    paid_at = models.DateTimeField(_("paid"), null=True)

    class Meta:
        verbose_name = _("period of a membership")
        verbose_name_plural = _("periods of memberships")
        constraints = (
            SameBusiness("membership"),
            SameBusiness("debit"),
            SameBusiness("payment"),
            models.UniqueConstraint(
                fields=["business", "membership", "number"], name="loyalty_period_number"
            ),
            models.UniqueConstraint(
                fields=["business", "membership"],
                condition=Q(state=PeriodState.OPEN),
                name="loyalty_period_one_open",
            ),
            models.UniqueConstraint(fields=["business", "payment"], name="loyalty_period_payment"),
            models.UniqueConstraint(fields=["business", "debit"], name="loyalty_period_debit"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on"), price_rial__gt=0, number__gte=1)
                & Q(refund_rial__gte=0, refund_rial__lte=F("price_rial")),
                name="loyalty_period_sane",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[PeriodState.PAID, PeriodState.RETURNED])
                | Q(payment__isnull=False, paid_at__isnull=False),
                name="loyalty_period_paid",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}: {self.price_rial}"

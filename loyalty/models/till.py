"""What devices did, and what a business allows at its tills."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums import TillState, TillVerb
from loyalty.models.credit import StoreCredit
from loyalty.models.redemption import Redemption


class TillTransaction(TenantModel):
    """One thing a device did, once by its own number. `answer` is what it was and will be told.

    Nothing here names a customer: sales and redemptions do.
    """

    device = models.ForeignKey(
        "businesses.Device",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("device"),
    )
    number = models.TextField(_("the device's number"))
    # The device's own order of what it did without a network.
    sequence = models.BigIntegerField(_("place in the device's row"), null=True)
    verb = models.TextField(_("what"), choices=TillVerb.choices)
    state = models.TextField(_("state"), choices=TillState.choices)
    said = models.BinaryField(editable=False)
    # Of a reversal: the number of what it undoes, whether or not that has come.
    reverses = models.TextField(_("undoes"), default="")
    # Of points spent without a network: the allowance they were spent under.
    allowance = models.TextField(editable=False, default="")
    purchase = models.ForeignKey(
        "customers.Purchase",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("purchase"),
    )
    redemption = models.ForeignKey(
        Redemption,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("redemption"),
    )
    # Of store credit: the filling it took first, and all holds, each of one filling.
    store_credit = models.ForeignKey(
        StoreCredit,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("store credit"),
    )
    credit_uses = ArrayField(models.UUIDField(), default=list, verbose_name=_("holds"))
    total_rial = models.BigIntegerField(_("amount (rial)"), default=0)
    answer = models.JSONField(default=dict)
    problem = models.TextField(_("refusal"), default="")
    why = models.TextField(_("why refused"), default="")
    notes = ArrayField(models.TextField(), default=list, verbose_name=_("settled for it"))
    # Only of what came late, in a batch.
    is_late = models.BooleanField(_("came late"), default=False)
    device_at = models.DateTimeField(_("by the device's clock"), null=True)
    skew_s = models.BigIntegerField(_("clock is behind by (seconds)"), default=0)
    happened_at = models.DateTimeField(_("when"))
    arrived_at = models.DateTimeField(_("arrived"))
    dealt_at = models.DateTimeField(_("dealt with"), null=True)
    dealt_by = models.TextField(_("dealt with by"), default="")
    dealt_note = models.TextField(_("what was done"), default="")

    class Meta:
        verbose_name = _("transaction of a device")
        verbose_name_plural = _("transactions of devices")
        constraints = (
            SameBusiness("device"),
            SameBusiness("purchase"),
            SameBusiness("redemption"),
            SameBusiness("store_credit"),
            models.UniqueConstraint(
                fields=["business", "device", "number"], name="loyalty_till_once"
            ),
            models.UniqueConstraint(
                fields=["business", "device", "sequence"],
                condition=Q(sequence__isnull=False),
                name="loyalty_till_sequence",
            ),
            models.UniqueConstraint(
                fields=["business", "allowance"],
                condition=~Q(allowance=""),
                name="loyalty_till_allowance",
            ),
            models.CheckConstraint(
                condition=(Q(verb=TillVerb.REVERSE) & ~Q(reverses=""))
                | (~Q(verb=TillVerb.REVERSE) & Q(reverses="")),
                name="loyalty_till_reverses",
            ),
            # What was done is there to be seen; what was refused did nothing.
            models.CheckConstraint(
                condition=~Q(state=TillState.DONE)
                | Q(verb=TillVerb.REVERSE)
                | Q(verb=TillVerb.ACCRUE, purchase__isnull=False)
                | Q(verb=TillVerb.REDEEM, redemption__isnull=False, store_credit__isnull=True)
                | Q(verb=TillVerb.REDEEM, redemption__isnull=True, store_credit__isnull=False),
                name="loyalty_till_done",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        state=TillState.REFUSED,
                        purchase__isnull=True,
                        redemption__isnull=True,
                        store_credit__isnull=True,
                    )
                    & ~Q(problem="")
                )
                | (~Q(state=TillState.REFUSED) & Q(problem="")),
                name="loyalty_till_refused",
            ),
            models.CheckConstraint(
                condition=Q(happened_at__lte=F("arrived_at"), total_rial__gte=0)
                & (Q(sequence__isnull=True) | Q(sequence__gte=1)),
                name="loyalty_till_numbers",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "device", "reverses"],
                name="loyalty_till_undone",
                condition=~Q(reverses=""),
            ),
            models.Index(
                fields=["business", "-arrived_at", "-id"],
                name="loyalty_till_late",
                condition=Q(is_late=True),
            ),
            models.Index(
                fields=["business", "arrived_at"],
                name="loyalty_till_open",
                condition=Q(state=TillState.REFUSED, dealt_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.verb} {self.state}"


class TillRules(TenantModel):
    """What a business allows at its tills; a business without a row has the defaults."""

    # How many points a customer may spend at one device in a day while it has no network.
    offline_points = models.BigIntegerField(_("points to be spent without a network"), default=0)
    # From which worth on spending points needs the customer's one-time code; empty: never.
    code_from_rial = models.BigIntegerField(
        _("worth of points that needs the customer's code (rial)"), null=True, default=1_000_000
    )

    class Meta:
        verbose_name = _("rules of the till")
        verbose_name_plural = _("rules of the till")
        constraints = (
            models.UniqueConstraint(fields=["business"], name="loyalty_till_rules_once"),
            models.CheckConstraint(
                condition=Q(offline_points__gte=0)
                & (Q(code_from_rial__isnull=True) | Q(code_from_rial__gte=0)),
                name="loyalty_till_rules_numbers",
            ),
        )

    def __str__(self) -> str:
        return f"{self.offline_points} / {self.code_from_rial}"

"""A customer's standing: the wallet and the tier."""

from django.db import models
from django.db.models import F, JSONField, Q, Value
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.models.programme import Tier


class Wallet(TenantModel):
    """One customer's points, and the lock every movement of them takes.

    Its id is the customer's. `balance_points` is the sum of the ledger's spendable points and, when
    not negative, the sum of what remains in active lots. `qualifying_rial` is what was bought in
    the running tier window; spending points never lowers it.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    balance_points = models.BigIntegerField(_("balance"), default=0)
    pending_points = models.BigIntegerField(_("pending"), default=0)
    negative_cap_points = models.BigIntegerField(_("may go below zero by"), default=0)
    qualifying_rial = models.BigIntegerField(_("bought in this tier window (rial)"), default=0)
    # Where the window rolls: when to look again, as its oldest purchase falls out.
    window_ends_at = models.DateTimeField(_("tier window ends"))
    # A window ended with too little: until then what is missing to what it held may be made up for.
    grace_until = models.DateTimeField(_("tier kept until"), null=True, editable=False)
    grace_rial = models.BigIntegerField(
        _("bought in the window before (rial)"), default=0, db_default=0, editable=False
    )
    # The day of their last activity, since points of theirs live by it (rule R14).
    active_on = models.DateField(_("last active on"), null=True, editable=False)
    # Since when they are out of the club; points that come while they are end at once.
    left_at = models.DateTimeField(_("left the club"), null=True, editable=False)
    # The wallet of the profile this one's was joined to: whoever locks this one takes that one.
    joined_to = models.UUIDField(_("joined to"), null=True, editable=False)

    class Meta:
        verbose_name = _("wallet")
        verbose_name_plural = _("wallets")
        constraints = (
            SameBusiness("customer"),
            models.CheckConstraint(condition=Q(id=F("customer")), name="loyalty_wallet_owner"),
            models.CheckConstraint(
                condition=Q(balance_points__gte=0 - F("negative_cap_points")),
                name="loyalty_wallet_floor",
            ),
            models.CheckConstraint(
                condition=Q(pending_points__gte=0, negative_cap_points__gte=0)
                & Q(qualifying_rial__gte=0, grace_rial__gte=0),
                name="loyalty_wallet_numbers",
            ),
            models.CheckConstraint(
                condition=Q(joined_to=None)
                | Q(balance_points=0, pending_points=0, qualifying_rial=0),
                name="loyalty_wallet_joined_empty",
            ),
        )
        indexes = (
            models.Index(fields=["window_ends_at"], name="loyalty_wallet_window"),
            models.Index(
                fields=["grace_until"],
                name="loyalty_wallet_grace",
                condition=Q(grace_until__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.balance_points}"


class CustomerTier(TenantModel):
    """The tier a customer reached; without a row it is the lowest. Its id is the customer's."""

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    tier = models.ForeignKey(
        Tier,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("tier"),
    )
    since = models.DateTimeField(_("since"))
    granted_until = models.DateTimeField(_("granted by hand until"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True, default="")
    # What was held before each rise that a return may still take back (R30), the last one last.
    before = models.JSONField(_("held before"), default=list, db_default=Value([], JSONField()))

    class Meta:
        verbose_name = _("customer's tier")
        verbose_name_plural = _("customers' tiers")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("tier"),
            models.CheckConstraint(condition=Q(id=F("customer")), name="loyalty_standing_owner"),
        )
        indexes = (models.Index(fields=["business", "tier"], name="loyalty_standing_tier"),)

    def __str__(self) -> str:
        return str(self.tier)


class WalletMerge(TenantModel):
    """What a merge brought into a wallet, and how undoing it settled. Its id is the merge's.

    `told_points` is what the survivor's entries said, before, of what came: what they say more by
    the time of undoing happened to the merged profile's points meanwhile.
    """

    merge = models.ForeignKey(
        "customers.CustomerMerge",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("merge of profiles"),
    )
    brought_points = models.BigIntegerField(_("brought"))
    told_points = models.BigIntegerField(_("told before"))
    # The tiers both held, as they were; None without one.
    tiers = models.JSONField(_("tiers before"), default=dict)
    joined_at = models.DateTimeField(_("joined"))
    parted_at = models.DateTimeField(_("taken apart"), null=True)
    settled_points = models.BigIntegerField(_("settled between the two"), default=0)

    class Meta:
        verbose_name = _("merge of wallets")
        verbose_name_plural = _("merges of wallets")
        constraints = (
            SameBusiness("merge"),
            models.CheckConstraint(condition=Q(id=F("merge")), name="loyalty_walletmerge_id"),
        )

    def __str__(self) -> str:
        return f"{self.brought_points:+}"

"""Store credit: money a business owes a customer by name, on cards without a code."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from loyalty.enums.credit import CreditSource
from loyalty.models.gift import GiftCard


class CreditTerms(TenantModel):
    """Whether a business fills store credit, how much one customer may have, how long it lives."""

    is_on = models.BooleanField(_("store credit may be filled"), default=False)
    most_rial = models.BigIntegerField(_("most of one customer (rial)"), null=True)
    months = models.SmallIntegerField(_("good for (Jalali months)"), null=True)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("terms of store credit")
        verbose_name_plural = _("terms of store credit")
        constraints = (
            models.UniqueConstraint(fields=["business"], name="loyalty_creditterms_once"),
            models.CheckConstraint(
                condition=(Q(most_rial=None) | Q(most_rial__gt=0))
                & (Q(months=None) | Q(months__gte=1, months__lte=120)),
                name="loyalty_creditterms_numbers",
            ),
        )

    def __str__(self) -> str:
        return f"{self.is_on}"


class StoreCredit(TenantModel):
    """One filling of a customer's store credit: a card of its own, with its own last day.

    The card's ledger is the money's; nobody knows a code of it, and whose it is stands here.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    card = models.ForeignKey(
        GiftCard,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="credits",
        verbose_name=_("its money"),
    )
    purchase = models.ForeignKey(
        "customers.Purchase",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("purchase that came back"),
    )
    source = models.TextField(_("where from"), choices=CreditSource.choices)
    external_id = models.TextField(_("number at whoever asked"))
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    reason = models.TextField(_("reason"))
    by = models.TextField(_("filled by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("store credit")
        verbose_name_plural = _("store credit")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("card"),
            SameBusiness("purchase"),
            models.UniqueConstraint(fields=["business", "card"], name="loyalty_storecredit_card"),
            models.UniqueConstraint(
                fields=["business", "source", "external_id"], name="loyalty_storecredit_number"
            ),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0) & ~Q(reason="") & ~Q(external_id=""),
                name="loyalty_storecredit_said",
            ),
        )
        indexes = (
            models.Index(fields=["business", "customer", "-at"], name="loyalty_storecredit_of"),
            models.Index(fields=["business", "-at", "-id"], name="loyalty_storecredit_newest"),
            models.Index(
                fields=["business", "purchase"],
                name="loyalty_storecredit_back",
                condition=Q(purchase__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_rial} {self.source}"

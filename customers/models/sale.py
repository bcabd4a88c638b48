"""Purchases, their lines and how they were paid."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from customers.enums import Channel, TenderMethod
from customers.models.person import Customer


class Purchase(TenantModel):
    """One sale. Unique by (channel, external_id); `fingerprint` tells a repeat from a conflict."""

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    external_id = models.TextField(_("invoice number"))
    channel = models.TextField(_("channel"), choices=Channel.choices)
    source = models.TextField(_("source"))
    occurred_at = models.DateTimeField(_("time"))
    local_date = models.DateField(_("day"))
    branch = models.ForeignKey(
        "businesses.Branch",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("branch"),
    )
    employee = models.ForeignKey(
        "businesses.Employee",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("employee"),
    )
    total_rial = models.BigIntegerField(_("total (rial)"))
    eligible_rial = models.BigIntegerField(_("without points (rial)"))
    returned_rial = models.BigIntegerField(_("returned (rial)"), default=0)
    payment_id = models.UUIDField(_("payment"), null=True, blank=True)
    # By what the customer was recognised: a kind of identity, "new" or "" without customer.
    matched_by = models.TextField(_("recognised by"), blank=True, default="")
    fingerprint = models.BinaryField(editable=False)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("branch"),
            SameBusiness("employee"),
            models.UniqueConstraint(
                fields=["business", "channel", "external_id"], name="customers_purchase_once"
            ),
            models.UniqueConstraint(
                fields=["business", "payment_id"],
                name="customers_purchase_of_payment",
                condition=Q(payment_id__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(total_rial__gte=0)
                & Q(eligible_rial__gte=0, eligible_rial__lte=F("total_rial")),
                name="customers_purchase_amounts",
            ),
            models.CheckConstraint(
                condition=Q(returned_rial__gte=0, returned_rial__lte=F("total_rial")),
                name="customers_purchase_returned",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "customer", "local_date"],
                name="customers_purchase_of",
                condition=Q(customer__isnull=False),
            ),
            models.Index(
                fields=["business", "-occurred_at", "-id"], name="customers_purchase_newest"
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel}/{self.external_id}"


class PurchaseLine(TenantModel):
    """One item of a purchase; `total_rial` is after its discount."""

    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    position = models.IntegerField(_("position"))
    sku = models.TextField(_("SKU"), blank=True, default="")
    name = models.TextField(_("name"), blank=True, default="")
    category = models.TextField(_("category"), blank=True, default="")
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    unit_price_rial = models.BigIntegerField(_("unit price (rial)"))
    discount_rial = models.BigIntegerField(_("discount (rial)"), default=0)
    total_rial = models.BigIntegerField(_("total (rial)"))
    returned_rial = models.BigIntegerField(_("returned (rial)"), default=0)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)

    class Meta:
        verbose_name = _("purchase line")
        verbose_name_plural = _("purchase lines")
        constraints = (
            SameBusiness("purchase"),
            models.UniqueConstraint(
                fields=["business", "purchase", "position"], name="customers_line_position"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, discount_rial__gte=0, total_rial__gte=0),
                name="customers_line_amounts",
            ),
            models.CheckConstraint(
                condition=Q(returned_rial__gte=0, returned_rial__lte=F("total_rial")),
                name="customers_line_returned",
            ),
        )

    def __str__(self) -> str:
        return f"{self.position}. {self.name or self.sku}"


class Tender(TenantModel):
    """A part of a purchase's payment. Of a card only the last four digits are kept."""

    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    position = models.IntegerField(_("position"))
    method = models.TextField(_("method"), choices=TenderMethod.choices)
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    reference = models.TextField(_("reference"), blank=True, default="")
    masked_pan = models.TextField(_("card"), blank=True, default="")

    class Meta:
        verbose_name = _("tender")
        verbose_name_plural = _("tenders")
        constraints = (
            SameBusiness("purchase"),
            models.UniqueConstraint(
                fields=["business", "purchase", "position"], name="customers_tender_position"
            ),
            models.CheckConstraint(condition=Q(amount_rial__gte=0), name="customers_tender_amount"),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.amount_rial}"

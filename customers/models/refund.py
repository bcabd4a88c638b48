"""What came back of a purchase."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from customers.models.sale import Purchase, PurchaseLine


class Return(TenantModel):
    """One return of goods or money. Unique by (purchase, external_id).

    A sale of nothing (all of it was a coupon's) comes back whole, once, by a return of nothing.
    """

    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    external_id = models.TextField(_("return number"))
    amount_rial = models.BigIntegerField(_("amount (rial)"))
    # What had been returned of the purchase once this return stood.
    returned_so_far_rial = models.BigIntegerField(_("returned so far (rial)"))
    occurred_at = models.DateTimeField(_("time"))
    local_date = models.DateField(_("day"))
    reason = models.TextField(_("reason"), blank=True, default="")
    source = models.TextField(_("source"))
    fingerprint = models.BinaryField(editable=False)
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        constraints = (
            SameBusiness("purchase"),
            models.UniqueConstraint(
                fields=["business", "purchase", "external_id"], name="customers_return_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0) | Q(amount_rial=0, returned_so_far_rial=0),
                name="customers_return_amount",
            ),
            models.UniqueConstraint(
                fields=["business", "purchase"],
                condition=Q(amount_rial=0),
                name="customers_return_of_nothing",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-occurred_at"], name="customers_return_newest"),
        )

    def __str__(self) -> str:
        return f"{self.external_id}: {self.amount_rial}"


class ReturnLine(TenantModel):
    """The part of a return that belongs to one line of the purchase."""

    parent = models.ForeignKey(
        Return, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    purchase_line = models.ForeignKey(
        PurchaseLine,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3, null=True)
    amount_rial = models.BigIntegerField(_("amount (rial)"))

    class Meta:
        verbose_name = _("return line")
        verbose_name_plural = _("return lines")
        constraints = (
            SameBusiness("parent"),
            SameBusiness("purchase_line"),
            models.UniqueConstraint(
                fields=["business", "parent", "purchase_line"], name="customers_return_line_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0), name="customers_return_line_amount"
            ),
        )

    def __str__(self) -> str:
        return f"{self.purchase_line_id}: {self.amount_rial}"

"""A purchase that a customer says is not theirs, and what a person decided (N1)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from customers.enums import DisputeState
from customers.models.person import Customer
from customers.models.sale import Purchase


class PurchaseDispute(TenantModel):
    """One purchase one customer said is not theirs. Nothing follows from it by itself.

    `matched_by` is by what they were recognised, as the purchase said it: one that was taken from
    them says it no more.
    """

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    purchase = models.ForeignKey(
        Purchase,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("purchase"),
    )
    state = models.TextField(_("state"), choices=DisputeState.choices, default=DisputeState.OPEN)
    matched_by = models.TextField(_("recognised by"), blank=True, default="")
    words = models.TextField(_("what they say"), blank=True, default="")
    opened_at = models.DateTimeField(_("said at"))
    answer = models.TextField(_("answer"), blank=True, default="")
    decided_by = models.TextField(_("decided by"), blank=True, default="")
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("purchase that is not theirs")
        verbose_name_plural = _("purchases that are not theirs")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("purchase"),
            models.UniqueConstraint(
                fields=["business", "purchase"],
                condition=Q(state=DisputeState.OPEN),
                name="customers_dispute_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state=DisputeState.OPEN, decided_at=None, answer="")
                | (~Q(state=DisputeState.OPEN) & Q(decided_at__isnull=False)),
                name="customers_dispute_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state=DisputeState.THEIRS) | ~Q(answer=""),
                name="customers_dispute_answered",
            ),
        )
        indexes = (
            models.Index(fields=["business", "state", "-opened_at"], name="customers_dispute_list"),
            models.Index(fields=["business", "customer"], name="customers_dispute_of"),
        )

    def __str__(self) -> str:
        return f"{self.purchase_id}: {self.state}"

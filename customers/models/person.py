"""Who buys, how they are recognised, and what they bought in sum."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from customers.enums import CustomerStatus, IdentityKind


class Customer(TenantModel):
    """A person the business sells to. The member code carries nothing personal (rule R58)."""

    status = models.TextField(
        _("status"), choices=CustomerStatus.choices, default=CustomerStatus.ACTIVE
    )
    name = models.TextField(_("name"), blank=True, default="")
    # Collation "C" makes a prefix a plain range, which row-level security lets the index answer.
    mobile = models.TextField(_("mobile"), null=True, blank=True, db_collation="C")
    email = models.TextField(_("e-mail"), null=True, blank=True)
    member_code = models.TextField(_("member code"), db_collation="C")
    search_key = models.TextField(editable=False, default="", db_collation="C")
    family_key = models.TextField(editable=False, default="", db_collation="C")
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    created_at = models.DateTimeField(_("known since"))

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = (
            SameBusiness("merged_into"),
            models.UniqueConstraint(
                fields=["business", "member_code"], name="customers_customer_member_code"
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=CustomerStatus.MERGED, merged_into__isnull=False)
                    | (~Q(status=CustomerStatus.MERGED) & Q(merged_into__isnull=True))
                ),
                name="customers_customer_merged_into",
            ),
        )
        indexes = (
            models.Index(fields=["business", "search_key"], name="customers_customer_by_name"),
            models.Index(
                fields=["business", "family_key"],
                name="customers_customer_by_family",
                condition=~Q(family_key=""),
            ),
            models.Index(
                fields=["business", "mobile"],
                name="customers_customer_by_mobile",
                condition=Q(mobile__isnull=False),
            ),
            models.Index(
                fields=["business", "id"],
                name="customers_customer_erased",
                condition=Q(status=CustomerStatus.ERASED),
            ),
        )

    def __str__(self) -> str:
        return self.name or self.mobile or self.member_code


class CustomerIdentity(TenantModel):
    """One way to recognise a customer: the value itself is kept only as a keyed hash."""

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    kind = models.TextField(_("kind"), choices=IdentityKind.choices)
    value_hmac = models.BinaryField(editable=False)
    hint = models.TextField(_("ends with"), blank=True, default="")
    source = models.TextField(_("source"))
    reason = models.TextField(_("reason"))
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        constraints = (
            SameBusiness("customer"),
            models.UniqueConstraint(
                fields=["business", "kind", "value_hmac"], name="customers_identity_once"
            ),
        )
        indexes = (models.Index(fields=["business", "customer"], name="customers_identity_of"),)

    def __str__(self) -> str:
        return f"{self.kind} …{self.hint}"


class CustomerTotals(TenantModel):
    """Running sums of one customer, kept in the purchase's transaction. Its id is the customer's.

    `purchase_days` counts distinct days of the business's zone with at least one purchase.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    purchases = models.IntegerField(_("purchases"), default=0)
    purchase_days = models.IntegerField(_("days with a purchase"), default=0)
    gross_rial = models.BigIntegerField(_("bought (rial)"), default=0)
    returned_rial = models.BigIntegerField(_("returned (rial)"), default=0)
    first_on = models.DateField(_("first purchase"), null=True)
    last_on = models.DateField(_("last purchase"), null=True)
    last_at = models.DateTimeField(_("time of last purchase"), null=True)

    class Meta:
        verbose_name = _("totals")
        verbose_name_plural = _("totals")
        constraints = (
            SameBusiness("customer"),
            models.CheckConstraint(
                condition=Q(id=F("customer_id")), name="customers_totals_id_is_customer"
            ),
            models.CheckConstraint(
                condition=Q(returned_rial__gte=0, returned_rial__lte=F("gross_rial")),
                name="customers_totals_returned",
            ),
        )
        indexes = (models.Index(fields=["business", "-last_at"], name="customers_totals_latest"),)

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.purchases}"

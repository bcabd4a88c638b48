"""What else happened around a customer."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from customers.enums import CaseKind, CaseState
from customers.models.person import Customer


class Case(TenantModel):
    """Something somebody has to look at. `source_ref` keeps one cause from opening two."""

    kind = models.TextField(_("kind"), choices=CaseKind.choices)
    state = models.TextField(_("state"), choices=CaseState.choices, default=CaseState.OPEN)
    title = models.TextField(_("title"))
    detail = models.TextField(_("detail"), blank=True, default="")
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    source_ref = models.TextField(_("cause"), blank=True, default="")
    opened_at = models.DateTimeField(_("opened"))
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    resolution = models.TextField(_("resolution"), blank=True, default="")
    # Of a complaint: whether the customer was right; empty as long as nobody has said.
    was_right = models.BooleanField(_("the customer was right"), null=True, blank=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = (
            SameBusiness("customer"),
            models.UniqueConstraint(
                fields=["business", "source_ref"],
                name="customers_case_once",
                condition=~Q(source_ref=""),
            ),
            models.CheckConstraint(
                condition=Q(state=CaseState.OPEN, resolved_at__isnull=True)
                | Q(state=CaseState.RESOLVED, resolved_at__isnull=False),
                name="customers_case_resolved_at",
            ),
            models.CheckConstraint(
                condition=Q(was_right__isnull=True)
                | Q(kind=CaseKind.COMPLAINT, state=CaseState.RESOLVED),
                name="customers_case_was_right",
            ),
        )
        indexes = (
            models.Index(fields=["business", "state", "-opened_at"], name="customers_case_list"),
            models.Index(
                fields=["business", "customer"],
                name="customers_case_of",
                condition=Q(customer__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.title


class TimelineEntry(TenantModel):
    """A remark in a customer's story that has no table of its own here."""

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    kind = models.TextField(_("kind"))
    occurred_at = models.DateTimeField(_("time"))
    data = models.JSONField(default=dict)
    source_ref = models.TextField(_("cause"), blank=True, default="")

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")
        constraints = (
            SameBusiness("customer"),
            models.UniqueConstraint(
                fields=["business", "customer", "source_ref"],
                name="customers_timeline_once",
                condition=~Q(source_ref=""),
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "customer", "-occurred_at"], name="customers_timeline_of"
            ),
        )

    def __str__(self) -> str:
        return self.kind

"""Who looked at a profile, and who was erased."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from customers.enums import ErasureReason, ErasureState, ViewPlace
from customers.models.person import Customer


class ProfileView(TenantModel):
    """Somebody looked at one customer's particulars. Append-only.

    `viewer_id` is a user's or an API key's; `viewer_name` is who that was then.
    """

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    at = models.DateTimeField(_("when"))
    place = models.TextField(_("where"), choices=ViewPlace.choices)
    viewer_id = models.UUIDField(_("who"))
    viewer_name = models.TextField(_("name"), blank=True, default="")

    class Meta:
        verbose_name = _("look at a profile")
        verbose_name_plural = _("looks at profiles")
        constraints = (SameBusiness("customer"),)
        indexes = (
            models.Index(fields=["business", "-at", "-id"], name="customers_view_newest"),
            models.Index(fields=["business", "customer", "-at"], name="customers_view_of"),
        )

    def __str__(self) -> str:
        return f"{self.viewer_name} → {self.customer_id}"


class Erasure(TenantModel):
    """A person's particulars destroyed for good: asked for, then confirmed. Names nobody.

    `touched` is {table: rows}.
    """

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    reason = models.TextField(_("reason"), choices=ErasureReason.choices)
    state = models.TextField(_("state"), choices=ErasureState.choices, default=ErasureState.ASKED)
    asked_at = models.DateTimeField(_("asked for"))
    asked_by = models.TextField(_("asked for by"), blank=True, default="")
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_by = models.TextField(_("ended by"), blank=True, default="")
    touched = models.JSONField(_("rows"), default=dict)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = (
            SameBusiness("customer"),
            models.UniqueConstraint(
                fields=["business", "customer"],
                name="customers_erasure_one",
                condition=~Q(state=ErasureState.WITHDRAWN),
            ),
            models.CheckConstraint(
                condition=Q(state=ErasureState.ASKED, ended_at=None)
                | (~Q(state=ErasureState.ASKED) & Q(ended_at__isnull=False)),
                name="customers_erasure_ended",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-asked_at", "-id"], name="customers_erasure_newest"),
        )

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.state}"

"""People known before they bought anything: where they came from, and how far they are (C042).

That somebody has bought is never written here: it is read from their purchases, so that a return, a
merge, a claim or an import of the past tells the same story by itself (ADR 33).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from customers.enums import LeadKind, LeadLoss, LeadStage
from customers.models.person import Customer


class LeadSource(TenantModel):
    """Where leads come from; a link of ours has a code, and stays open while it is."""

    kind = models.TextField(_("kind"), choices=LeadKind.choices)
    title = models.TextField(_("title"), blank=True, default="")
    code = models.TextField(_("code of the link"), blank=True, default="")
    invitation = models.TextField(_("what the page says"), blank=True, default="")
    cost_rial = models.BigIntegerField(_("what it cost (rial)"), default=0)
    is_open = models.BooleanField(_("open"), default=True)
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("source of leads")
        verbose_name_plural = _("sources of leads")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "kind", "title"], name="customers_leadsource_once"
            ),
            models.UniqueConstraint(
                fields=["business", "code"],
                name="customers_leadsource_code",
                condition=~Q(code=""),
            ),
            models.CheckConstraint(
                condition=(Q(kind=LeadKind.LINK) & ~Q(code="") & ~Q(title=""))
                | (~Q(kind=LeadKind.LINK) & Q(code="", invitation="")),
                name="customers_leadsource_link",
            ),
            models.CheckConstraint(condition=Q(cost_rial__gte=0), name="customers_leadsource_cost"),
        )

    def __str__(self) -> str:
        return self.title or str(LeadKind(self.kind).label)


class Lead(TenantModel):
    """Somebody known before the first purchase. `next_at` says when to get in touch, if ever.

    Nobody is to be got in touch with who did not agree. The dates say when a stage was first
    reached; they stay when the lead is lost and taken up again.
    """

    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("customer"),
    )
    source = models.ForeignKey(
        LeadSource,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("where from"),
    )
    owner = models.ForeignKey(
        "businesses.Employee",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("looked after by"),
    )
    stage = models.TextField(_("stage"), choices=LeadStage.choices, default=LeadStage.NEW)
    wants = models.TextField(_("what they want"), blank=True, default="")
    made_at = models.DateTimeField(_("known since"))
    consented_at = models.DateTimeField(_("agreed to be contacted"), null=True, blank=True)
    contacted_at = models.DateTimeField(_("first spoken to"), null=True, blank=True)
    interested_at = models.DateTimeField(_("interested since"), null=True, blank=True)
    lost_at = models.DateTimeField(_("lost at"), null=True, blank=True)
    lost_because = models.TextField(_("why lost"), choices=LeadLoss.choices, blank=True, default="")
    tries = models.IntegerField(_("tries without an answer"), default=0)
    next_at = models.DateTimeField(_("to be contacted"), null=True, blank=True)

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints = (
            SameBusiness("customer"),
            SameBusiness("source"),
            SameBusiness("owner"),
            models.CheckConstraint(
                condition=Q(stage=LeadStage.NEW, contacted_at=None, interested_at=None)
                | Q(stage=LeadStage.CONTACTED, contacted_at__isnull=False, interested_at=None)
                | Q(
                    stage=LeadStage.INTERESTED,
                    contacted_at__isnull=False,
                    interested_at__isnull=False,
                )
                | Q(stage=LeadStage.LOST),
                name="customers_lead_stage",
            ),
            models.CheckConstraint(
                condition=(
                    Q(stage=LeadStage.LOST, lost_at__isnull=False, next_at=None)
                    & ~Q(lost_because="")
                )
                | (~Q(stage=LeadStage.LOST) & Q(lost_at=None, lost_because="")),
                name="customers_lead_lost",
            ),
            models.CheckConstraint(
                condition=Q(next_at=None) | Q(consented_at__isnull=False),
                name="customers_lead_agreed",
            ),
            models.CheckConstraint(condition=Q(tries__gte=0), name="customers_lead_tries"),
        )
        indexes = (
            models.Index(fields=["business", "-made_at", "-id"], name="customers_lead_newest"),
            models.Index(fields=["business", "customer"], name="customers_lead_of"),
            models.Index(
                fields=["business", "next_at"],
                name="customers_lead_due",
                condition=Q(next_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.customer_id} ({self.stage})"

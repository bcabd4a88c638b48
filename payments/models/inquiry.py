"""Questions to banks about cards, accounts and people, and how many a business may ask."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from payments.enums.inquiries import InquiryBasis, InquiryKind, InquiryPurpose, InquiryState
from payments.models.account import ProviderAccount


class Inquiry(TenantModel):
    """One question, why it was asked, on what ground, what was learned. Never changed once over.

    What was asked about is kept only as a keyed hash and a masked hint, whom it was found to
    belong to only sealed. `answered_by`: an earlier answer that still held was used, and nobody was
    asked. `match` is "" where nothing was compared. `tries` are the calls a provider may bill, and
    `cost_rial` is what they cost by its tariff (None: no tariff was entered).
    """

    sealed: ClassVar = {"found": "payments_inquiry.found.{business_id}.{id}"}

    kind = models.TextField(_("what"), choices=InquiryKind.choices)
    purpose = models.TextField(_("why"), choices=InquiryPurpose.choices)
    basis = models.TextField(_("ground"), choices=InquiryBasis.choices)
    note = models.TextField(_("note"), default="", blank=True)
    request_hash = models.BinaryField(editable=False)
    hint = models.TextField(_("about"))
    about_id = models.UUIDField(_("for"), null=True, editable=False)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.TextField(_("asked by"))
    state = models.TextField(_("state"), choices=InquiryState.choices)
    answered_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("answer used again"),
    )
    account = models.ForeignKey(
        ProviderAccount,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("provider account"),
    )
    outcome = models.TextField(_("outcome"), default="", blank=True)
    reason = models.TextField(_("provider's code"), default="", blank=True)
    match = models.TextField(_("match"), default="", blank=True)
    usable = models.BooleanField(_("usable"), null=True)
    found = models.BinaryField(null=True, editable=False)
    tries = models.SmallIntegerField(_("billed calls"), default=0)
    cost_rial = models.BigIntegerField(_("cost (rial)"), null=True)
    checked_at = models.DateTimeField(_("answered"), null=True)
    valid_until = models.DateTimeField(_("holds until"), null=True)
    leased_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        constraints = (
            SameBusiness("answered_by"),
            SameBusiness("account"),
            # The same question is asked once at a time.
            models.UniqueConstraint(
                fields=["business", "kind", "request_hash"],
                name="payments_inquiry_one_live",
                condition=Q(state=InquiryState.ASKING),
            ),
            models.CheckConstraint(
                condition=Q(state=InquiryState.ASKING, leased_until__isnull=False, checked_at=None)
                | Q(state=InquiryState.ANSWERED, leased_until=None, checked_at__isnull=False)
                | Q(state=InquiryState.UNANSWERED, leased_until=None, valid_until=None),
                name="payments_inquiry_states",
            ),
            models.CheckConstraint(
                condition=Q(tries__gte=0) & (Q(cost_rial=None) | Q(cost_rial__gte=0)),
                name="payments_inquiry_counts",
            ),
            # An answer used again costs nothing and keeps no name of its own.
            models.CheckConstraint(
                condition=Q(answered_by=None)
                | Q(state=InquiryState.ANSWERED, tries=0, cost_rial=None, found=None),
                name="payments_inquiry_used_again",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-asked_at", "-id"], name="payments_inquiry_newest"),
            models.Index(
                fields=["business", "kind", "request_hash", "-checked_at"],
                name="payments_inquiry_known",
                condition=Q(valid_until__isnull=False, answered_by=None),
            ),
            models.Index(
                fields=["business", "about_id", "-asked_at"],
                name="payments_inquiry_about",
                condition=Q(about_id__isnull=False),
            ),
            models.Index(
                fields=["leased_until"],
                name="payments_inquiry_lost",
                condition=Q(leased_until__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.hint}: {self.state}"


class InquiryPolicy(TenantModel):
    """How many billed questions a business asks a day, and for how long an answer holds.

    One row; its lock is what makes the limit exact.
    """

    daily_limit = models.IntegerField(_("billed questions a day"), default=100)
    valid_days = models.SmallIntegerField(_("days an answer holds"), default=30)
    changed_at = models.DateTimeField(_("changed"), null=True)

    class Meta:
        verbose_name = _("rule for inquiries")
        verbose_name_plural = _("rules for inquiries")
        constraints = (
            models.UniqueConstraint(fields=["business"], name="payments_inquiry_policy_once"),
            models.CheckConstraint(
                condition=Q(daily_limit__range=(0, 100_000), valid_days__range=(0, 365)),
                name="payments_inquiry_policy_sane",
            ),
        )

    def __str__(self) -> str:
        return f"{self.daily_limit} · {self.valid_days}"

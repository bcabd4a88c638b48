"""Money out: refunds and payouts, their parts and who agreed."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.tenancy.admin import TenantAdmin
from payments.admin.inline import ReadOnlyInline
from payments.models import Transfer, TransferDecision, TransferPart
from payments.operations.refunds import try_again


class PartInline(ReadOnlyInline):
    """The transfers a refund or payout is made of."""

    model = TransferPart
    fields = ("number", "reference", "amount_rial", "state", "left_at", "paid_at", "ended_at")


class DecisionInline(ReadOnlyInline):
    """Who agreed to a refund or payout, and who did not."""

    model = TransferDecision
    fields = ("at", "decision", "by", "note")
    ordering = ("at", "id")


@admin.register(Transfer)
class TransferAdmin(TenantAdmin):
    """Refunds and payouts; whose account they go to is not shown."""

    list_display = ("requested_at", "kind", "state", "waiting", "amount_rial", "paid_rial")
    list_filter = ("kind", "state", "waiting", "route")
    search_fields = ("external_id__exact", "reference__exact", "id__exact")
    ordering = ("-requested_at",)
    exclude = ("leased_until", "doubts", "receiver", "fingerprint", "lines")
    inlines = (PartInline, DecisionInline)
    actions = ("ask_once_more",)

    @admin.action(description=_("Ask the provider again"), permissions=["act"])
    def ask_once_more(self, request: HttpRequest, queryset: QuerySet[Transfer]) -> None:
        """Hand refunds and payouts that wait for a person back to the worker."""
        now = timezone.now()
        n = self.in_each_business(queryset, lambda row: try_again(transfer_id=row.id, now=now))
        sentence = ngettext("%d refund is tried again.", "%d refunds are tried again.", n)
        self.message_user(request, sentence % n)

"""Events and deliveries for platform staff; dead letters can be sent again."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.tenancy.admin import TenantAdmin
from outbox.models import Delivery, Event
from outbox.operations import replay


@admin.register(Event)
class EventAdmin(TenantAdmin):
    """What happened, newest first."""

    list_display = ("name", "at")
    list_filter = ("name",)
    search_fields = ("id__exact",)
    ordering = ("-at",)


@admin.register(Delivery)
class DeliveryAdmin(TenantAdmin):
    """Deliveries; filter by state to see the dead letters."""

    list_display = ("subscriber", "event", "state", "attempts", "due_at", "done_at", "outcome")
    list_filter = ("state", "subscriber")
    list_select_related = ("event",)
    search_fields = ("event__id__exact", "last_error")
    ordering = ("-due_at",)
    actions = ("send_again",)

    @admin.display(description=_("last error"))
    def outcome(self, row: Delivery) -> str:
        """Show the last line of the error: the rest is on the row's own page."""
        lines = row.last_error.strip().splitlines()
        return lines[-1] if lines else ""

    @admin.action(description=_("Send dead letters again"), permissions=["act"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Make the chosen dead letters due now."""
        now = timezone.now()
        sent = self.in_each_business(queryset, lambda row: replay(delivery_id=row.id, now=now))
        sentence = ngettext("%d letter is due again.", "%d letters are due again.", sent)
        self.message_user(request, sentence % sent)

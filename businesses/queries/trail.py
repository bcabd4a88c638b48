"""Reading the audit trail."""

from django.db.models import QuerySet

from businesses.models import AuditEntry


def audit_trail() -> QuerySet[AuditEntry]:
    """Return the active business's audit entries, newest first."""
    return AuditEntry.objects.order_by("-at")

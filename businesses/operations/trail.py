"""Writing the audit trail."""

from datetime import datetime
from typing import Any, TypeAlias

from businesses.models import AuditEntry, User
from core.tenancy import operation

# Who did it, for apps that pass it on.
Actor: TypeAlias = User


@operation
def record_audit(
    *, action: str, subject: str, data: dict[str, Any], actor: User | None, now: datetime
) -> None:
    """Write down who did what in the active business."""
    AuditEntry.objects.create(
        at=now,
        actor_kind="user" if actor else "system",
        actor_id=actor.id if actor else None,
        actor_name=str(actor) if actor else "",
        action=action,
        subject=subject,
        data=data,
    )

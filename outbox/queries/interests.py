"""Who wants to hear what."""

from outbox.events import DomainEvent
from outbox.models import Interest


def is_wanted(event: type[DomainEvent]) -> bool:
    """Tell whether the business asked for events of this kind. One query."""
    return Interest.objects.filter(event=event.name).exists()

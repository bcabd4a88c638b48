"""People who have not bought yet: writing them down, following up, and where they come from."""

from customers.operations.leads.follow import assign_lead, follow_up
from customers.operations.leads.note import NewLead, NotedLead, note_lead
from customers.operations.leads.sources import (
    ChangedSource,
    NewSource,
    change_source,
    open_source,
)

__all__ = [
    "ChangedSource",
    "NewLead",
    "NewSource",
    "NotedLead",
    "assign_lead",
    "change_source",
    "follow_up",
    "note_lead",
    "open_source",
]

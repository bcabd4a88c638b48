"""Reading people who have not bought yet, and what became of them."""

from customers.queries.leads.bought import Bought, bought_by, has_bought
from customers.queries.leads.funnel import Funnel, SourceFate, funnel
from customers.queries.leads.rows import (
    LeadState,
    due_count,
    lead_by_id,
    lead_of,
    lead_rows,
    source_by_code,
    source_rows,
)

__all__ = [
    "Bought",
    "Funnel",
    "LeadState",
    "SourceFate",
    "bought_by",
    "due_count",
    "funnel",
    "has_bought",
    "lead_by_id",
    "lead_of",
    "lead_rows",
    "source_by_code",
    "source_rows",
]

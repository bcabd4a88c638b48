"""People who have not bought yet: the list, writing them down, following up, their sources."""

from dashboard.web.leads.following import lead_assign, lead_follow
from dashboard.web.leads.listing import leads
from dashboard.web.leads.noting import lead_list, lead_new
from dashboard.web.leads.sources import lead_source, lead_sources

__all__ = [
    "lead_assign",
    "lead_follow",
    "lead_list",
    "lead_new",
    "lead_source",
    "lead_sources",
    "leads",
]

"""People who sell: whom they won, and how they are known."""

from dashboard.web.staff.listing import staff
from dashboard.web.staff.one import staff_member

__all__ = ["staff", "staff_member"]

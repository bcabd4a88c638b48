"""Reading points."""

from loyalty.queries.due import businesses_with_due_work

__all__ = ["businesses_with_due_work"]

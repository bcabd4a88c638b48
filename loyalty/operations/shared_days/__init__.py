"""Days of the calendar that are everybody's: planned, celebrated once a Jalali year (C083)."""

from loyalty.operations.shared_days.celebrate import celebrate_shared_day
from loyalty.operations.shared_days.plan import NewSharedDay, cancel_shared_day, plan_shared_day

__all__ = ["NewSharedDay", "cancel_shared_day", "celebrate_shared_day", "plan_shared_day"]

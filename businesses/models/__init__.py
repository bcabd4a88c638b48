"""Tables of tenants, people and keys."""

from businesses.models.access import ApiKey, Membership
from businesses.models.business import Branch, Business, Device, Employee
from businesses.models.trail import AuditEntry
from businesses.models.user import SecondFactor, User

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Branch",
    "Business",
    "Device",
    "Employee",
    "Membership",
    "SecondFactor",
    "User",
]

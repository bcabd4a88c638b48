"""Reading tenants, their people and their keys."""

from businesses.queries.access import (
    Caller,
    MembershipInfo,
    caller_by_key,
    keys_of,
    members_of,
    membership,
    memberships_of,
    remember_caller,
    remembered_caller,
    role_may,
)
from businesses.queries.devices import device_by_code, device_of_key, devices
from businesses.queries.staff import (
    contacts_here,
    employee_by_id,
    employee_of_login,
    sellers_by_contact,
    works_here,
)
from businesses.queries.tenants import (
    BusinessInfo,
    active_business_ids,
    branch_ids_by_code,
    branches,
    business_by_id,
    business_by_slug,
    employee_by_code,
    employee_ids_by_code,
    employees,
    identity_key,
    test_twin_id,
)
from businesses.queries.trail import audit_trail

__all__ = [
    "BusinessInfo",
    "Caller",
    "MembershipInfo",
    "active_business_ids",
    "audit_trail",
    "branch_ids_by_code",
    "branches",
    "business_by_id",
    "business_by_slug",
    "caller_by_key",
    "contacts_here",
    "device_by_code",
    "device_of_key",
    "devices",
    "employee_by_code",
    "employee_by_id",
    "employee_ids_by_code",
    "employee_of_login",
    "employees",
    "identity_key",
    "keys_of",
    "members_of",
    "membership",
    "memberships_of",
    "remember_caller",
    "remembered_caller",
    "role_may",
    "sellers_by_contact",
    "test_twin_id",
    "works_here",
]

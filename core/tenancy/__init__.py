"""Walls between businesses: scopes, fail-closed models, composite keys, row-level security."""

from core.tenancy.constraints import SameBusiness
from core.tenancy.scope import (
    NoActiveBusiness,
    WrongBusiness,
    across_businesses,
    acting_for,
    active_business_id,
    business_in_scope,
    in_real_transaction,
    operation,
    part_of_operation,
)

__all__ = [
    "NoActiveBusiness",
    "SameBusiness",
    "WrongBusiness",
    "across_businesses",
    "acting_for",
    "active_business_id",
    "business_in_scope",
    "in_real_transaction",
    "operation",
    "part_of_operation",
]

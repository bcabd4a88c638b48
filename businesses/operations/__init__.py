"""Founding businesses, letting people and programs in."""

from businesses.operations.access import (
    add_member,
    issue_api_key,
    revoke_api_key,
    rotate_api_key,
    touch_api_key,
)
from businesses.operations.devices import (
    DeviceKey,
    locked_device,
    register_browser,
    register_device,
    switch_device,
)
from businesses.operations.found import Founded, create_business, sign_up
from businesses.operations.staffing import (
    hire_employee,
    open_branch,
    tie_employee,
    update_business,
)
from businesses.operations.trail import Actor, record_audit

__all__ = [
    "Actor",
    "DeviceKey",
    "Founded",
    "add_member",
    "create_business",
    "hire_employee",
    "issue_api_key",
    "locked_device",
    "open_branch",
    "record_audit",
    "register_browser",
    "register_device",
    "revoke_api_key",
    "rotate_api_key",
    "sign_up",
    "switch_device",
    "tie_employee",
    "touch_api_key",
    "update_business",
]

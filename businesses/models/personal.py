"""What the tables of businesses hold of a customer (rule R59): only the trail may name one."""

from businesses.models.business import Branch, Device, Employee
from businesses.models.trail import AuditEntry
from core.tenancy.personal import Facts, declare

declare(
    {
        Branch: Facts(ours=("code", "name")),
        Employee: Facts(ours=("code", "name", "mobile")),
        Device: Facts(ours=("code", "name", "key_ids")),
        AuditEntry: Facts(free=("subject", "data"), ours=("actor_kind", "actor_name", "action")),
    }
)

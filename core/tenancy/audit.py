"""The walls as the database's own catalogue sees them: any gap is a line of text.

Read by `manage.py rls_audit`, by /readyz and by the tests. It needs no privilege beyond the
catalogue's, so it also runs under the web role.
"""

from typing import Any, Final

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey

from core.tenancy.catalogue import CHECKS, TENANT_TABLES, UNWALLED_KEYS
from core.tenancy.models import TenantModel
from core.tenancy.operations import APP_ROLES

OWNER: Final = "vafa_owner"
# Tables of no single business. Those with a business_id are read before the business is known.
GLOBAL_TABLES: Final = (
    "account_emailaddress",
    "account_emailconfirmation",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "businesses_apikey",
    "businesses_business",
    "businesses_membership",
    "businesses_user",
    "businesses_user_groups",
    "businesses_user_user_permissions",
    "django_admin_log",
    "django_content_type",
    "django_migrations",
    "django_session",
    "mfa_authenticator",
)
# Functions that may run with their owner's rights. None does.
SECURITY_DEFINERS: Final[tuple[str, ...]] = ()


def faults() -> list[str]:
    """Return every gap in the walls, one sentence each; an empty list is a sound database."""
    values = {
        "tenants": tenant_tables(),
        "globals": list(GLOBAL_TABLES),
        "roles": list(APP_ROLES),
        "owner": OWNER,
        "definers": list(SECURITY_DEFINERS),
    }
    found = [f"{row[0]}: {check}" for check, sql in CHECKS.items() for row in _rows(sql, values)]
    return found + _unwalled_references()


def tenant_tables() -> list[str]:
    """Return the tables that must be walled: those with a business_id and those of the models."""
    carrying = {row[0] for row in _rows(TENANT_TABLES, {"globals": list(GLOBAL_TABLES)})}
    return sorted(carrying | {model._meta.db_table for model in tenant_models()})


def tenant_models() -> list[type[TenantModel]]:
    """Return every concrete tenant model."""
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def _unwalled_references() -> list[str]:
    """Return references between tenant models that no composite key guards."""
    wanted = {
        (model._meta.db_table, field.column): field
        for model in tenant_models()
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and issubclass(field.related_model, TenantModel)
    }
    guarded = {(row[0], row[1]) for row in _rows(UNWALLED_KEYS, {})}
    return [
        f"{table}.{column}: refers to a tenant table without SameBusiness"
        for table, column in sorted(wanted.keys() - guarded)
    ]


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())

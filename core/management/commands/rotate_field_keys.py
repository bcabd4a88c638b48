"""`manage.py rotate_field_keys`: seal every secret again with the newest key.

Put the new key first in FIELD_KEYS and keep the old one behind it, run this, then drop the old one.
It may be run again at any time and while the product works.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from core.sealing import CannotUnseal, reseal
from core.tenancy import acting_for
from core.tenancy.audit import tenant_models
from core.tenancy.invariants import business_ids
from core.tenancy.models import TenantModel


class Command(BaseCommand):
    help = "Encrypt all sealed columns of all businesses again with the newest FIELD_KEYS key."

    def handle(self, *_args: Any, **_options: Any) -> None:
        done, lost = 0, 0
        for business_id in business_ids():
            for model in tenant_models():
                for column, about in model.sealed.items():
                    for fate in _rotate(business_id, model, column, about):
                        done += fate is True
                        lost += fate is False
        self.stdout.write(f"{done} values sealed with the newest key")
        if lost:
            raise CommandError(f"{lost} values do not open with any key of FIELD_KEYS")


def _rotate(
    business_id: UUID, model: type[TenantModel], column: str, about: str
) -> Iterator[bool | None]:
    """Seal one column's values again, each in a transaction of its own; False: it is lost."""
    with acting_for(business_id):
        filled = model.objects.filter(**{f"{column}__isnull": False})
        ids = list(filled.order_by("id").values_list("id", flat=True))
    for row_id in ids:
        with acting_for(business_id, durable=True):
            row = model.objects.select_for_update().filter(id=row_id).first()
            if row is not None:
                yield _again(row, column, about)


def _again(row: TenantModel, column: str, about: str) -> bool | None:
    named = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    try:
        sealed = reseal(bytes(getattr(row, column)), about=about.format(**named))
    except CannotUnseal:
        return False
    if sealed is None:
        return None
    type(row).objects.filter(id=row.id).update(**{column: sealed})
    return True

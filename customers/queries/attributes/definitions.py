"""The attributes of a business."""

from uuid import UUID

from django.db.models import QuerySet

from customers.models import AttributeDefinition


def definition_rows() -> QuerySet[AttributeDefinition]:
    """Return every attribute, withdrawn ones too; the caller orders and pages."""
    return AttributeDefinition.objects.all()


def definitions() -> list[AttributeDefinition]:
    """Return the attributes in use, in the order they were defined. One query."""
    return list(AttributeDefinition.objects.filter(is_active=True).order_by("created_at", "id"))


def definition_by_id(definition_id: UUID) -> AttributeDefinition | None:
    """Return one attribute of the active business, or None."""
    return AttributeDefinition.objects.filter(id=definition_id).first()

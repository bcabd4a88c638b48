"""Tills, terminals and browsers that sell."""

from uuid import UUID

from django.db.models import QuerySet

from businesses.models import Device


def devices() -> QuerySet[Device]:
    """Return the active business's devices by name, with their branch."""
    return Device.objects.select_related("branch").order_by("-is_active", "name", "id")


def device_by_code(code: str) -> Device | None:
    """Return the device of a code, or None."""
    return Device.objects.select_related("branch").filter(code=code).first()


def device_of_key(key_id: UUID) -> Device | None:
    """Return the device an API key was made for, or None."""
    return Device.objects.select_related("branch").filter(key_ids__contains=[key_id]).first()

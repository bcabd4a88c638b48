"""What a device has done."""

from uuid import UUID

from loyalty.models import TillTransaction


def was_done(device_id: UUID, number: str) -> bool:
    """Tell whether a device used a number already."""
    return TillTransaction.objects.filter(device=device_id, number=number).exists()

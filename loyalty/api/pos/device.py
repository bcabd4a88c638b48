"""Which device speaks."""

from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_lazy as _

from businesses.queries import device_by_code, device_of_key
from core.api.views import Call
from core.errors import NotFound, Problem
from loyalty.queries.till.late import last_sequence, missing_of


def device_speaking(call: Call, code: str) -> Any:
    """Return the device a call speaks for.

    A key made for a device speaks for it alone. Raises NotFound, Problem `device_missing`,
    `device_of_another_key` (403).
    """
    own = device_of_key(call.key_id)
    if not code:
        if own is None:
            detail = _("Say at which device.")
            raise Problem("device_missing", detail, fields={"device": [detail]})
        return own
    named = device_by_code(code)
    if named is None:
        raise NotFound(_("There is no such device."))
    if own != named and (own is not None or named.key_ids):
        detail = _("This key does not speak for this device.")
        raise Problem("device_of_another_key", detail, status=HTTPStatus.FORBIDDEN)
    return named


def row_of(device: Any) -> dict[str, Any]:
    """Return how far a device's row has come."""
    gaps = [{"first": one.first, "last": one.last} for one in missing_of([device.id])]
    return {"last_sequence": last_sequence(device.id), "missing": gaps}

"""Registering the devices that sell, each with a key of its own where it is software."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from businesses.enums import DeviceKind, Scope
from businesses.models import Branch, Device, User
from businesses.operations.access import issue_api_key
from businesses.operations.staffing import clean_label
from businesses.operations.trail import record_audit
from core.errors import NotFound, Problem
from core.ids import new_spoken_code
from core.tenancy import active_business_id, operation

# More browsers than any business has; a script that makes one after another stops here.
MOST_BROWSERS: Final = 200


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """A new device and the plaintext of its key, which is never shown again ("" without one)."""

    device: Device
    plaintext: str


@operation
def register_device(
    *,
    code: str,
    name: str,
    branch_id: UUID | None = None,
    with_key: bool = True,
    by: User | None,
    now: datetime,
) -> DeviceKey:
    """Register a till; its key may sell at this device and do nothing else.

    Without a key, every key of the business that may sell at devices speaks for it. Raises
    NotFound for a branch of others, Problem `invalid_code`, `invalid_name`, `code_taken`.
    """
    if branch_id is not None and not Branch.objects.filter(id=branch_id).exists():
        raise NotFound(_("There is no such branch."))
    device = Device(
        code=clean_label(code, code=True),
        name=clean_label(name, code=False),
        branch_id=branch_id,
        registered_at=now,
    )
    try:
        with transaction.atomic():
            device.save(force_insert=True)
    except IntegrityError as error:
        detail = _("This code is already in use.")
        raise Problem("code_taken", detail, fields={"code": [detail]}) from error
    plaintext = _give_key(device, by, now) if with_key else ""
    _audit("device.registered", device, by, now)
    return DeviceKey(device, plaintext)


@operation
def register_browser(*, name: str, by: User, now: datetime) -> Device:
    """Register the browser somebody sells in, so that it may number its own sales.

    Raises Problem `too_many_devices` (409).
    """
    browsers = Device.objects.filter(kind=DeviceKind.BROWSER, is_active=True)
    if browsers.count() >= MOST_BROWSERS:
        detail = _("Too many browsers sell for this business; switch old ones off.")
        raise Problem("too_many_devices", detail, status=HTTPStatus.CONFLICT)
    device = Device.objects.create(
        code=f"web-{new_spoken_code().lower()}",
        name=clean_label(name, code=False),
        kind=DeviceKind.BROWSER,
        registered_at=now,
    )
    _audit("device.registered", device, by, now)
    return device


@operation
def switch_device(*, device_id: UUID, is_active: bool, by: User | None, now: datetime) -> None:
    """Let a device sell or stop it. Raises NotFound."""
    device = Device.objects.select_for_update().filter(id=device_id).first()
    if device is None:
        raise NotFound(_("There is no such device."))
    if device.is_active != is_active:
        device.is_active = is_active
        device.save(update_fields=["is_active"])
        _audit("device.on" if is_active else "device.off", device, by, now)


def locked_device(device_id: UUID) -> Device:
    """Return a device that may sell, its row locked: one thing of a device at a time.

    Raises NotFound, Problem `device_off` (403).
    """
    rows = Device.objects.select_for_update(no_key=True, of=("self",)).select_related("branch")
    device = rows.filter(id=device_id).first()
    if device is None:
        raise NotFound(_("There is no such device."))
    if not device.is_active:
        detail = _("This device was switched off.")
        raise Problem("device_off", detail, status=HTTPStatus.FORBIDDEN)
    return device


def _give_key(device: Device, by: User | None, now: datetime) -> str:
    key, plaintext = issue_api_key(
        business_id=active_business_id(),
        name=device.name,
        now=now,
        scopes=[Scope.TILL_USE],
        created_by=by,
    )
    device.key_ids = [key.id]
    device.save(update_fields=["key_ids"])
    return plaintext


def _audit(action: str, device: Device, by: User | None, now: datetime) -> None:
    record_audit(action=action, subject=device.code, data={"name": device.name}, actor=by, now=now)

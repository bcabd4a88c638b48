"""A business says where its software listens, and to what."""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core import sealing
from core.errors import NotFound, Problem, Sentence
from core.http import is_outside
from core.tenancy import active_business_id, operation
from core.text import normalise
from outbox.operations import hear_only, lock_interests
from payments.enums import AlertKind
from payments.operations import settle_alerts
from webhooks.enums import MessageState
from webhooks.models import WebhookEndpoint, WebhookMessage
from webhooks.queries.kinds import NAMES, events_of
from webhooks.queries.signing import new_secret

SUBSCRIBER: Final = "webhooks.tell"
MOST_ENDPOINTS: Final = 10
# For so long receivers may still check by the secret before.
BOTH_SIGN: Final = timedelta(hours=24)
_MOST_URL: Final = 500
_MOST_NOTE: Final = 100
# Names that lead nowhere outside a network of one's own.
_INSIDE: Final = (".internal", ".intranet", ".lan", ".local", ".localdomain", ".localhost")


@dataclass(frozen=True, slots=True)
class OpenedEndpoint:
    """A new receiver, and its secret, which is never shown again."""

    endpoint: WebhookEndpoint
    secret: str


@operation
def open_endpoint(
    *, url: str, kinds: Collection[str], note: str = "", actor: Actor | None, now: datetime
) -> OpenedEndpoint:
    """Start telling an address. Raises Problem `invalid_url`, `invalid_kinds`, `too_many` (409)."""
    lock_interests(subscriber=SUBSCRIBER)
    if _kept().count() >= MOST_ENDPOINTS:
        detail = _("A business has at most ten receivers; remove one first.")
        raise Problem("too_many_endpoints", detail, status=HTTPStatus.CONFLICT)
    row = WebhookEndpoint(
        business_id=active_business_id(),
        url=_checked_url(url),
        kinds=_checked_kinds(kinds),
        note=normalise(note)[:_MOST_NOTE],
        made_at=now,
    )
    secret = new_secret()
    row.secret = sealing.seal(secret, about=row.about)
    row.save(force_insert=True)
    _listen()
    _audit("webhook.opened", row, actor, now)
    return OpenedEndpoint(row, secret)


@operation
def change_endpoint(
    *,
    endpoint_id: UUID,
    url: str,
    kinds: Collection[str],
    note: str = "",
    is_open: bool,
    actor: Actor | None,
    now: datetime,
) -> WebhookEndpoint:
    """Change where and what a receiver hears; a closed one hears nothing, what waits waits.

    Raises NotFound, Problem `invalid_url`, `invalid_kinds`.
    """
    lock_interests(subscriber=SUBSCRIBER)
    row = _locked(endpoint_id)
    row.url, row.kinds = _checked_url(url), _checked_kinds(kinds)
    row.note, row.is_open = normalise(note)[:_MOST_NOTE], is_open
    # Whoever changes something wants to know whether it works now.
    row.failures, row.next_at = 0, now if is_open else None
    row.save(update_fields=["url", "kinds", "note", "is_open", "failures", "next_at"])
    _listen()
    _audit("webhook.changed", row, actor, now)
    return row


@operation
def rotate_secret(*, endpoint_id: UUID, actor: Actor | None, now: datetime) -> OpenedEndpoint:
    """Make a new secret; for a day messages carry a signature by the old one too.

    Raises NotFound.
    """
    row, secret = _locked(endpoint_id), new_secret()
    row.previous_secret, row.previous_until = row.secret, now + BOTH_SIGN
    row.secret = sealing.seal(secret, about=row.about)
    row.save(update_fields=["secret", "previous_secret", "previous_until"])
    _audit("webhook.secret_rotated", row, actor, now)
    return OpenedEndpoint(row, secret)


@operation
def remove_endpoint(*, endpoint_id: UUID, actor: Actor | None, now: datetime) -> None:
    """Tell an address nothing more; what waits for it is given up. Raises NotFound."""
    lock_interests(subscriber=SUBSCRIBER)
    row = _locked(endpoint_id)
    row.is_open, row.closed_at, row.next_at = False, now, None
    row.save(update_fields=["is_open", "closed_at", "next_at"])
    WebhookMessage.objects.filter(endpoint=row, state=MessageState.PENDING).update(
        state=MessageState.DEAD, next_at=None, done_at=now
    )
    settle_alerts(kind=AlertKind.WEBHOOK_LOST, source_id=row.id, now=now)
    _listen()
    _audit("webhook.removed", row, actor, now)


def _listen() -> None:
    wanted = _kept().filter(is_open=True).values_list("kinds", flat=True)
    kinds = frozenset(kind for of in wanted for kind in of)
    hear_only(subscriber=SUBSCRIBER, events=events_of(kinds))


def _kept() -> Any:
    return WebhookEndpoint.objects.filter(closed_at=None)


def _locked(endpoint_id: UUID) -> WebhookEndpoint:
    row: WebhookEndpoint | None = _kept().select_for_update().filter(id=endpoint_id).first()
    if row is None:
        raise NotFound(_("There is no such receiver."))
    return row


def _checked_kinds(kinds: Collection[str]) -> list[str]:
    if not kinds or not NAMES.issuperset(kinds):
        raise _wrong("kinds", _("Choose what is to be told, of what there is."))
    return sorted(set(kinds))


def _checked_url(url: str) -> str:
    """Return an https address on the public network; what its name leads to is seen at a call."""
    parts = _parts(url)
    inside = settings.WEBHOOKS_INSIDE
    if parts.scheme != "https" and not (inside and parts.scheme == "http"):
        raise _wrong("url", _("The address begins with https://."))
    if not inside and not _may_be_outside(parts.hostname or ""):
        raise _wrong("url", _("This address is inside a network of its own; give a public one."))
    return url


def _parts(url: str) -> SplitResult:
    """Return an address in its parts, without a login or anything unseen in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _wrong("url", _("This is no address.")) from error
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= _MOST_URL
    if not plain or not parts.hostname or parts.username is not None or port == 0:
        raise _wrong("url", _("This is no address."))
    return parts


def _may_be_outside(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        name = host.rstrip(".").lower()
        return "." in name and not name.endswith(_INSIDE) and not name[-1:].isdigit()
    return is_outside(host)


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(f"invalid_{field}", detail, fields={field: [detail]})


def _audit(action: str, row: WebhookEndpoint, actor: Actor | None, now: datetime) -> None:
    data = {"url": row.url, "kinds": list(row.kinds), "is_open": row.is_open}
    record_audit(action=action, subject=str(row.id), data=data, actor=actor, now=now)

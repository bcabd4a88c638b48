"""Putting messages in the queue, one or many, never the same thing twice."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.ids import new_id
from core.tenancy import active_business_id, operation
from messaging.enums import PRIORITY, Purpose
from messaging.models import Message
from messaging.queries import part_price_rial, sms_parts, with_opt_out

_E164: Final = re.compile(r"\+[1-9]\d{7,14}")
_MAX_BODY: Final = 900
# After this long the message is no longer worth sending.
_LASTS: Final = {
    Purpose.OTP: timedelta(minutes=5),
    Purpose.TRANSACTIONAL: timedelta(hours=24),
    Purpose.SURVEY: timedelta(days=2),
    Purpose.MARKETING: timedelta(days=3),
}

_INSERT: Final = """
INSERT INTO messaging_message
    (id, business_id, dedupe_key, purpose, priority, address, body, parts, cost_rial, state, reason,
     due_at, expires_at, attempts, checks, provider_ref, provider_code, ref_kind, ref_id,
     created_at)
SELECT id, %(business)s, dedupe_key, %(purpose)s, %(priority)s, address, body, parts,
       parts * %(price)s, 'queued', '', %(due)s, %(expires)s, 0, 0, '', '', %(ref_kind)s,
       ref_id, %(now)s
FROM unnest(%(ids)s::uuid[], %(keys)s::text[], %(addresses)s::text[], %(bodies)s::text[],
            %(parts)s::int[], %(ref_ids)s::uuid[])
     AS m (id, dedupe_key, address, body, parts, ref_id)
ON CONFLICT (business_id, dedupe_key) DO NOTHING
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class NewSms:
    """One message of many: an E.164 address, the text, and what keeps it from being said twice.

    `ref_id` is what it is about, among the things `ref_kind` names.
    """

    address: str
    body: str
    dedupe_key: str
    ref_id: UUID | None = None


@operation
def queue_sms(
    *,
    address: str,
    body: str,
    purpose: str,
    dedupe_key: str,
    now: datetime,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    ref_kind: str = "",
    ref_id: UUID | None = None,
) -> UUID:
    """Queue one message and return its id; the same `dedupe_key` returns the earlier message's.

    Raises Problem `invalid_mobile` or `invalid_text`.
    """
    message = NewSms(address, body, dedupe_key, ref_id)
    written = queue_sms_many(
        messages=[message],
        purpose=purpose,
        now=now,
        not_before=not_before,
        expires_at=expires_at,
        ref_kind=ref_kind,
    )
    if written:
        return written[0]
    return Message.objects.values_list("id", flat=True).get(dedupe_key=dedupe_key)


@operation
def queue_sms_many(
    *,
    messages: Sequence[NewSms],
    purpose: str,
    now: datetime,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    ref_kind: str = "",
) -> list[UUID]:
    """Queue many messages in one statement; return the ids of those that are new.

    Offers get the opt-out hint. Raises Problem `invalid_mobile` or `invalid_text`.
    """
    if not messages:
        return []
    kind = Purpose(purpose)
    bodies = [_checked(message, kind) for message in messages]
    due = max(not_before or now, now)
    row: dict[str, Any] = {
        "business": active_business_id(),
        "purpose": kind.value,
        "priority": PRIORITY[kind],
        "price": part_price_rial(),
        "due": due,
        "expires": expires_at or due + _LASTS[kind],
        "ref_kind": ref_kind,
        "now": now,
        "ids": [new_id() for _ in messages],
        "ref_ids": [message.ref_id for message in messages],
        "keys": [message.dedupe_key for message in messages],
        "addresses": [message.address for message in messages],
        "bodies": bodies,
        "parts": [sms_parts(body) for body in bodies],
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
        return [written for (written,) in cursor.fetchall()]


def _checked(message: NewSms, purpose: Purpose) -> str:
    """Return the text as it will go out."""
    if not _E164.fullmatch(message.address):
        raise Problem("invalid_mobile", _("This is not a mobile number we can text."))
    body = with_opt_out(message.body, purpose)
    if not message.body.strip() or len(body) > _MAX_BODY:
        raise Problem("invalid_text", _("The text must have 1 to 900 letters."))
    return body

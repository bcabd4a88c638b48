"""Writing down who agreed to what."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from core.tenancy import operation
from core.text import normalise_code
from messaging.enums import ConsentSource, Purpose
from messaging.models import Consent
from messaging.queries import latest_answers

# The operators' own convention on service lines: 11 stops, 12 starts again.
_STOP: Final = frozenset({"11", "لغو11", "لغو 11", "لغو", "stop"})
_START: Final = frozenset({"12", "start"})


@operation
def record_consent(
    *, address: str, purpose: str, granted: bool, source: str, now: datetime
) -> None:
    """Write down one yes or no."""
    record_consents(addresses=[address], purpose=purpose, granted=granted, source=source, now=now)


@operation
def record_consents(
    *, addresses: Collection[str], purpose: str, granted: bool, source: str, now: datetime
) -> int:
    """Write down the same answer of many; those who already said so are left as they are."""
    answers = latest_answers(addresses, Purpose(purpose))
    rows = [
        Consent(
            address=address,
            purpose=Purpose(purpose),
            granted=granted,
            source=ConsentSource(source),
            at=now,
        )
        for address in sorted(set(addresses))
        if answers.get(address) is not granted
    ]
    return len(Consent.objects.bulk_create(rows, batch_size=2000))


@operation
def take_reply(*, address: str, text: str, now: datetime) -> bool | None:
    """Understand a customer's reply to an offer: 11 stops, 12 restarts; None for other texts."""
    word = normalise_code(text).casefold()
    granted = {**dict.fromkeys(_STOP, False), **dict.fromkeys(_START, True)}.get(word)
    if granted is not None:
        record_consent(
            address=address,
            purpose=Purpose.MARKETING,
            granted=granted,
            source=ConsentSource.REPLY,
            now=now,
        )
    return granted

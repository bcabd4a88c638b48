"""Who may be sent what."""

from collections.abc import Iterable
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from core.tenancy import active_business_id
from messaging.enums import Purpose
from messaging.models import Consent

_LATEST: Final = """
SELECT DISTINCT ON (address) address, granted
FROM messaging_consent
WHERE business_id = %(business)s AND purpose = %(purpose)s AND address = ANY(%(addresses)s)
ORDER BY address, at DESC, id DESC
"""
# A yes is needed for offers; surveys go to whoever did not say no; the rest was asked for.
_NEEDS_A_YES: Final = frozenset({Purpose.MARKETING})
_TAKES_A_NO: Final = frozenset({Purpose.MARKETING, Purpose.SURVEY})


def may_be_sent(addresses: Iterable[str], purpose: str) -> set[str]:
    """Return the addresses among those given that may get this kind of message."""
    asked = set(addresses)
    if purpose not in _TAKES_A_NO or not asked:
        return asked
    answers = latest_answers(asked, purpose)
    if purpose in _NEEDS_A_YES:
        return {address for address in asked if answers.get(address)}
    return {address for address in asked if answers.get(address, True)}


def latest_answers(addresses: Iterable[str], purpose: str) -> dict[str, bool]:
    """Return {address: yes or no} for those who ever answered."""
    wanted: dict[str, Any] = {
        "business": active_business_id(),
        "purpose": str(purpose),
        "addresses": sorted(set(addresses)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, wanted)
        return dict(cursor.fetchall())


def consent_history(address: str) -> QuerySet[Consent]:
    """Return what an address said over time, newest first."""
    return Consent.objects.filter(address=address).order_by("-at", "-id")

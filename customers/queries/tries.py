"""Codes that were typed wrong."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from customers.enums import CodeState
from customers.models import OneTimeCode


def wrong_tries(customer_id: UUID, since: datetime, until: datetime) -> QuerySet[OneTimeCode]:
    """Return a customer's codes sent in a span that somebody typed wrong, newest first."""
    wrong = Q(tries__gt=1) | (Q(tries=1) & ~Q(state=CodeState.USED))
    rows = OneTimeCode.objects.filter(wrong, customer=customer_id)
    return rows.filter(sent_at__gte=since, sent_at__lt=until).order_by("-sent_at", "-id")

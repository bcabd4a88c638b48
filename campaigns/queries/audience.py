"""Whom a campaign may reach, and which side each of them is on."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.queries import business_by_id
from campaigns.enums import EVERYONE, Arm
from core.calendar import business_day
from core.errors import Problem
from core.tenancy import active_business_id
from customers.queries.measures import in_force_on
from messaging.enums import Purpose
from messaging.queries import may_be_sent
from segmentation.enums import Segment
from segmentation.queries import Member, members
from segmentation.queries.named.reading import named_by_key, named_members
from segmentation.queries.own.reading import own_by_key, own_members

_FINENESS: Final = 100


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who can be reached and agreed to offers."""

    customer_id: UUID
    name: str
    mobile: str


@dataclass(frozen=True, slots=True)
class Audience:
    """A segment's reachable members, and how many cannot be reached and why."""

    recipients: tuple[Recipient, ...]
    without_mobile: int
    without_consent: int
    # Two people decided that they get no offers for a time (C058).
    by_measure: int = 0

    @property
    def unreachable(self) -> int:
        """Members who get nothing whatever the campaign does."""
        return self.without_mobile + self.without_consent + self.by_measure


def known_segment(segment: str) -> str:
    """Return the segment's name; raise Problem `unknown_segment`."""
    own = own_by_key(segment)
    ours = segment == EVERYONE or segment in Segment.values or named_by_key(segment) is not None
    if not ours and (own is None or not own.is_open):
        raise Problem("unknown_segment", _("There is no such segment."))
    return segment


def segment_name(segment: str) -> str:
    """Return a segment as people call it; of one of the business's own, its name."""
    if segment in Segment.values:
        return str(Segment(segment).label)
    named = named_by_key(segment)
    if named is not None:
        return str(named.label)
    own = own_by_key(segment)
    return own.name if own else str(_("every customer"))


def _people(segment: str, now: datetime) -> list[Member]:
    """Return a segment's members; of an own one whom its rule is about this moment."""
    own, named = own_by_key(known_segment(segment)), named_by_key(segment)
    if named is not None:
        return [Member(*one) for one in named_members(named)]
    if own is None:
        return members(segment)
    return [Member(*one) for one in own_members(own, now)]


def audience(segment: str, now: datetime) -> Audience:
    """Return who of a segment (or "all") may get an offer now. Eight queries at most."""
    everybody = _people(segment, now)
    today = business_day(now, business_by_id(active_business_id()).timezone)
    measured = in_force_on(None, today)
    people = [one for one in everybody if one.customer_id not in measured]
    with_mobile = [Recipient(one.customer_id, one.name, one.mobile) for one in people if one.mobile]
    agreed = may_be_sent((one.mobile for one in with_mobile), Purpose.MARKETING)
    recipients = tuple(one for one in with_mobile if one.mobile in agreed)
    return Audience(
        recipients=recipients,
        without_mobile=len(people) - len(with_mobile),
        without_consent=len(with_mobile) - len(recipients),
        by_measure=len(everybody) - len(people),
    )


def arm_of(campaign_id: UUID, customer_id: UUID, holdout_percent: int) -> Arm:
    """Return the side a customer falls on: a hash of both ids, so nobody chooses."""
    digest = hashlib.sha256(b"arm" + campaign_id.bytes + customer_id.bytes).digest()
    share = int.from_bytes(digest[:8]) % (100 * _FINENESS)
    return Arm.HOLDOUT if share < holdout_percent * _FINENESS else Arm.TREATMENT

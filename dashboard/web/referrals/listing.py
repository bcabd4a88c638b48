"""The page of recommendations, with a picture of who brought whom."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from businesses.queries import role_may
from core.api.paging import page
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page
from dashboard.web.parts import Kpi, Meter, Tone
from dashboard.web.people import title_of
from loyalty.enums import ReferralRefusal, ReferralState
from loyalty.queries.referrals import (
    Edge,
    Sums,
    referral_offer,
    referral_rows,
    referral_sums,
    refusals,
    who_brought_whom,
)

_MOST: Final = 40
_TONES: Final[dict[str, Tone]] = {
    ReferralState.REWARDED: "good",
    ReferralState.REFUSED: "bad",
    ReferralState.TAKEN_BACK: "bad",
}


@dataclass(kw_only=True)
class Branch:
    """A customer in the picture, and the friends they brought."""

    id: UUID
    name: str
    meter: Meter | None = None
    friends: list["Branch"] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ReferralRow:
    """A recommendation in the list."""

    friend_id: UUID
    friend: str
    referrer_id: UUID
    referrer: str
    made_at: datetime
    state: str
    tone: Tone
    note: str
    looked_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A page of the list."""

    rows: list[ReferralRow]
    next_cursor: str | None


@business_page(*READERS)
def referrals(request: BusinessRequest) -> HttpResponse:
    """Show the offer, what it brought and cost, and who brought whom."""
    offer, sums = referral_offer(), referral_sums()
    found = page(referral_rows(), by="made_at", cursor=request.GET.get("cursor"))
    context = {
        "offer": offer,
        "budget": _budget(offer),
        "kpis": _kpis(sums),
        "picture": _picture(who_brought_whom(_MOST)),
        "reasons": _reasons(refusals()),
        "page": Listing(rows=[_row(row) for row in found.rows], next_cursor=found.next_cursor),
        "can_change": role_may(request.role, MANAGERS),
    }
    return render(request, "dashboard/referrals/referrals.html", context)


def _kpis(sums: Sums) -> list[Kpi]:
    toman = _("toman")
    each = sums.cost_rial // sums.rewarded if sums.rewarded else 0
    return [
        Kpi(label=_("Friends who count"), value=words.number(sums.rewarded)),
        Kpi(
            label=_("On the way"),
            value=words.number(sums.on_the_way),
            note=_("their first purchase may still be returned"),
        ),
        Kpi(
            label=_("Bought by them"),
            value=words.toman(sums.bought_rial),
            unit=toman,
            note=_("all their purchases, without returns"),
        ),
        Kpi(
            label=_("What it cost"),
            value=words.toman(sums.cost_rial),
            unit=toman,
            note=_("%(amount)s toman for each friend") % {"amount": words.toman(each)},
        ),
    ]


def _budget(offer: Any) -> Meter | None:
    if offer is None or offer.budget_rial is None:
        return None
    left = words.toman(offer.budget_rial - offer.used_rial)
    return Meter(
        label=_("Budget used"),
        share=offer.used_rial / (offer.budget_rial or 1),
        text=_("%(amount)s toman") % {"amount": words.toman(offer.used_rial)},
        note=_("%(amount)s toman left") % {"amount": left},
    )


def _picture(edges: Sequence[Edge]) -> list[Branch]:
    """Return who brought whom as branches; a friend who brought others has theirs below."""
    most = max((edge.bought_rial for edge in edges), default=0) or 1
    people = {edge.referrer_id: _referrer(edge) for edge in edges}
    people |= {edge.friend_id: _friend(edge, most) for edge in edges}
    below: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for edge in edges:
        below[edge.referrer_id].append(edge.friend_id)
    for one, friends in below.items():
        people[one].friends = [people[friend] for friend in friends]
    brought = {edge.friend_id for edge in edges}
    return [people[one] for one in below if one not in brought]


def _referrer(edge: Edge) -> Branch:
    return Branch(id=edge.referrer_id, name=title_of(edge.referrer_name, None, edge.referrer_code))


def _friend(edge: Edge, most: int) -> Branch:
    name = title_of(edge.friend_name, None, edge.friend_code)
    meter = Meter(
        label=name,
        share=edge.bought_rial / most,
        text=_("%(amount)s toman") % {"amount": words.toman(edge.bought_rial)},
        note="" if edge.state == ReferralState.REWARDED else _("may still be returned"),
        tone="brand" if edge.state == ReferralState.REWARDED else "amber",
    )
    return Branch(id=edge.friend_id, name=name, meter=meter)


def _reasons(told: Sequence[tuple[str, int]]) -> list[Meter]:
    whole = sum(count for _why, count in told) or 1
    return [
        Meter(
            label=str(ReferralRefusal(why).label),
            share=count / whole,
            text=words.number(count),
            tone="bad",
        )
        for why, count in told
    ]


def _row(row: Any) -> ReferralRow:
    names: Mapping[str, str] = {
        side: title_of(person.name, person.mobile, person.member_code)
        for side, person in (("friend", row.friend), ("referrer", row.referrer))
    }
    return ReferralRow(
        friend_id=row.friend_id,
        friend=names["friend"],
        referrer_id=row.referrer_id,
        referrer=names["referrer"],
        made_at=row.made_at,
        state=row.get_state_display(),
        tone=_TONES.get(row.state, ""),
        note=row.get_refusal_display() if row.refusal else "",
        looked_at=row.next_at if row.state == ReferralState.RUNNING else None,
    )

"""A sign as lists and pages show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard.web import words
from dashboard.web.parts import Tone
from dashboard.web.people import title_of
from loyalty.enums import SuspicionState
from loyalty.queries.suspicions.hits import OF_A_DAY
from loyalty.queries.suspicions.reading import named_members
from loyalty.queries.suspicions.tell import may_be, sentence_of

_TONES: Final[dict[str, Tone]] = {SuspicionState.SEEN: "brand", SuspicionState.DISMISSED: "good"}


@dataclass(frozen=True, kw_only=True)
class SignRow:
    """A sign, ready to print."""

    id: UUID
    rule: str
    who: str
    who_href: str
    when: str
    said: str
    may_be: str
    strong: bool
    open: bool
    state: str
    tone: Tone


def sign_rows(rows: Sequence[Any], slug: str) -> list[SignRow]:
    """Return signs ready to print. One query for the names of members."""
    members = named_members([row.member_id for row in rows if row.member_id])
    return [_row(row, members, slug) for row in rows]


def _row(row: Any, members: Mapping[UUID, str], slug: str) -> SignRow:
    style = "day" if row.rule in OF_A_DAY else "month"
    href = reverse("dashboard:customer", args=[slug, row.customer_id]) if row.customer_id else ""
    return SignRow(
        id=row.id,
        rule=row.get_rule_display(),
        who=_who(row, members),
        who_href=href,
        when=words.day(row.on, style),
        said=sentence_of(row),
        may_be=may_be(row),
        strong=row.is_strong,
        open=row.state == SuspicionState.OPEN,
        state=row.get_state_display(),
        tone=_TONES.get(row.state, ""),
    )


def _who(row: Any, members: Mapping[UUID, str]) -> str:
    person = row.customer
    parts = [title_of(person.name, person.mobile, person.member_code)] if person else []
    parts += [one.name for one in (row.device, row.employee) if one]
    if row.member_id:
        parts.append(members.get(row.member_id) or _("Somebody who works here"))
    return " · ".join(parts)

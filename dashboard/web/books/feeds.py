"""Whose reports come by themselves, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dashboard.web import words
from payments.enums.books import FetchState
from payments.queries.books import AccountFeed


@dataclass(frozen=True, kw_only=True)
class FeedRow:
    """One gateway: its name, how its report comes, and whether somebody must see to it."""

    name: str
    text: str
    tone: str
    chip: str


def feed_rows(feeds: Sequence[AccountFeed]) -> list[FeedRow]:
    """Return the gateways in use."""
    return [_row(one) for one in feeds]


def _row(one: AccountFeed) -> FeedRow:
    name = one.account.title or str(one.account.get_provider_display())
    if not one.lists:
        text = _("Its provider documents no list of a day: upload its file.")
        return FeedRow(name=name, text=text, tone="", chip=_("by file"))
    given_up = one.last is not None and one.last.state == FetchState.GIVEN_UP
    return FeedRow(
        name=name,
        text=" · ".join(_told(one)),
        tone="chip-bad" if given_up else "chip-good",
        chip=_("by itself, payments only"),
    )


def _told(one: AccountFeed) -> list[str]:
    told = []
    if one.last is not None:
        told.append(f"{words.day(one.last.day, 'day')}: {FetchState(one.last.state).label}")
    if one.due is not None and one.due.tries:
        told.append(
            _("%(day)s: asked %(n)s times without an answer, again %(at)s")
            % {
                "day": words.day(one.due.day, "day"),
                "n": words.number(one.due.tries),
                "at": words.moment(one.due.next_try_at),
            }
        )
    elif one.due is not None:
        told.append(
            _("%(day)s comes %(at)s")
            % {
                "day": words.day(one.due.day, "day"),
                "at": words.moment(one.due.next_try_at),
            }
        )
    return told or [_("begins within minutes")]

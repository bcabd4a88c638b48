"""Ledger entries in a sentence, from their own data.

The numbers in it are all there is to compute the entry's own number from (N19): whoever reads it
can do the sum again.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from core.spelling import number, spelled, times, toman
from loyalty.enums import EntryKind
from loyalty.enums.engagement import EngagementKind
from loyalty.enums.happenings import HappeningKind
from loyalty.enums.presents import OccasionKind, SharedDayKind
from loyalty.models import LedgerEntry
from loyalty.queries.disowned import DISOWNED, disowned_sentence
from loyalty.queries.milestones.titles import milestone_title
from loyalty.queries.returned import cumulative
from loyalty.queries.rules.tell import given_sentences, undone_sentences
from loyalty.queries.rules.tell_after import after_sentence
from loyalty.queries.rules.tell_presents import present_sentence


def explain(entry: LedgerEntry) -> str:
    """Return why points moved, in the active language."""
    return _SENTENCES[EntryKind(entry.kind)](entry)


def explanations(ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the sentences of some entries. One query."""
    return {entry.id: explain(entry) for entry in LedgerEntry.objects.filter(id__in=ids)}


def _moved(entry: LedgerEntry) -> int:
    return entry.points or entry.pending_points or entry.contingent_points


def _points(entry: LedgerEntry) -> str:
    return number(abs(_moved(entry)))


def _earn(entry: LedgerEntry) -> str:
    if "away" in entry.data:
        return _("No points: this was bought out of the club.")
    return " ".join([_base(entry), *_factors(entry.data)])


def _factors(data: Mapping[str, Any]) -> Iterator[str]:
    """Say what came between rate and points: tier, membership, cap."""
    if "tier_num" in data:
        facts = {"times": times(data["tier_num"], data["tier_den"])}
        yield _("Multiplied by %(times)s for the tier.") % facts
    if "member" in data:
        facts = {"plan": data["member"], "times": times(data["member_num"], data["member_den"])}
        yield _("Multiplied by %(times)s for the membership «%(plan)s».") % facts
    if data.get("by_line"):
        yield _("Every item is rounded down by itself: %(less)s points less.") % {
            "less": number(data["by_line"])
        }
    yield from given_sentences(data.get("bonuses", ()))
    if "most" in data:
        yield _("Not more than %(most)s points at once.") % {"most": number(data["most"])}
    yield from map(present_sentence, data.get("presents", ()))


def _base(entry: LedgerEntry) -> str:
    data = entry.data
    facts = {
        "points": _points(entry),
        "amount": toman(data["base_rial"]),
        "rate": number(data["num"]),
        "per": toman(data["den"]),
        "tier": data.get("tier") or "",
    }
    if "least" in data and "bonuses" in data:
        return _(
            "%(points)s points for a purchase of %(amount)s toman; the rate begins at %(least)s "
            "toman."
        ) % {**facts, "least": toman(data["least"])}
    if "least" in data:
        return _(
            "%(points)s points for a purchase of %(amount)s toman: they begin at %(least)s toman."
        ) % {**facts, "least": toman(data["least"])}
    return _rate(data, facts) % facts


def _rate(data: Mapping[str, Any], facts: Mapping[str, str]) -> str:
    if "instalment" in data:
        return _(
            "%(points)s points for a paid instalment of %(amount)s toman: %(rate)s for every "
            "%(per)s toman."
        )
    if facts["tier"]:
        return _(
            "%(points)s points for a purchase of %(amount)s toman: %(rate)s for every %(per)s "
            "toman, at tier %(tier)s."
        )
    return _(
        "%(points)s points for a purchase of %(amount)s toman: %(rate)s for every %(per)s toman."
    )


def _claw_back(entry: LedgerEntry) -> str:
    if DISOWNED in entry.data:
        return disowned_sentence(entry.data, _points(entry))
    return " ".join([_taken(entry), *_share(entry.data)])


def _share(data: Mapping[str, Any]) -> Iterator[str]:
    """Say which part of what a purchase earned its returns undo, and what was undone before."""
    if "rules" in data:
        yield from undone_sentences(data)
    elif "least_rial" in data:
        yield _(
            "Only %(left)s toman remains and points begin at %(least)s toman: all %(of)s points; "
            "%(before)s of them were taken before."
        ) % {
            "left": toman(data["left_rial"]),
            "least": toman(data["least_rial"]),
            "of": number(data["of"]),
            "before": number(data["before"]),
        }
    elif "of" in data:
        share = cumulative(data["of"], data["back_rial"], data["whole_rial"])
        yield _(
            "%(back)s of %(whole)s toman is back: %(share)s of %(of)s points; %(before)s of them "
            "were taken before."
        ) % {
            "back": toman(data["back_rial"]),
            "whole": toman(data["whole_rial"]),
            "share": number(share),
            "of": number(data["of"]),
            "before": number(data["before"]),
        }


def _taken(entry: LedgerEntry) -> str:
    if entry.data.keys() & {"referral", "engagement", "happened"}:
        return _gift_taken(entry)
    facts = {"points": _points(entry), "forgiven": number(entry.data.get("forgiven", 0))}
    if entry.data.get("lapsed"):
        facts["points"] = number(entry.data["lapsed"])
        return _("A return: its %(points)s points had expired already.") % facts
    if "returned_rial" in entry.data:
        return _("A return that came before its purchase's points.")
    if entry.data.get("forgiven"):
        return _let_go(entry.data) % facts
    if entry.data.get("owed"):
        return (
            _("%(points)s points taken back after a return; they were spent, so they are owed.")
            % facts
        )
    return _("%(points)s points taken back after a return.") % facts


def _let_go(data: Mapping[str, Any]) -> str:
    if "stays" in data:
        return _(
            "%(points)s points taken back after a return; %(forgiven)s stay with the customer."
        )
    return _(
        "%(points)s points taken back after a return; %(forgiven)s were beyond the limit and are "
        "forgiven."
    )


def _repay(entry: LedgerEntry) -> str:
    if entry.lot_id is None:
        return _("%(points)s owed points are settled.") % {"points": _points(entry)}
    return _("%(points)s points went to settle a negative balance.") % {"points": _points(entry)}


def _adjust(entry: LedgerEntry) -> str:
    facts = {"points": _points(entry), "reason": entry.data.get("reason", "")}
    if entry.points < 0:
        return _("%(points)s points taken off by hand: %(reason)s") % facts
    return _("%(points)s points added by hand: %(reason)s") % facts


def _merge(entry: LedgerEntry) -> str:
    """Say from or to which profile points went; a member code in quotes is no number."""
    came = entry.data["way"] == "in"
    if entry.lot_id is None:
        text = (
            _("%(points)s owed points came with the profile «%(other)s»: it is the same person.")
            if came
            else _("%(points)s owed points went to the profile «%(other)s»: it is the same person.")
        )
    else:
        text = (
            _("%(points)s points came from the profile «%(other)s»: it is the same person.")
            if came
            else _("%(points)s points went to the profile «%(other)s»: it is the same person.")
        )
    return text % {"points": _points(entry), "other": entry.data["other"]}


def _unmerge(entry: LedgerEntry) -> str:
    came = entry.data["way"] == "in"
    if "settled" in entry.data:
        text = (
            _("%(points)s points that the profile «%(other)s» had used come back.")
            if came
            else _("%(points)s points of the profile «%(other)s» were used here; they go back.")
        )
    else:
        text = (
            _("%(points)s points came back from the profile «%(other)s»: it is another person.")
            if came
            else _("%(points)s points went back to the profile «%(other)s»: it is another person.")
        )
    return text % {"points": _points(entry), "other": entry.data["other"]}


def _write_off(entry: LedgerEntry) -> str:
    facts = {"points": _points(entry), "reason": entry.data.get("reason", "")}
    return _("%(points)s owed points are forgiven: %(reason)s") % facts


def _goodwill(entry: LedgerEntry) -> str:
    facts = {"points": _points(entry), "reason": entry.data.get("reason", "")}
    return _("%(points)s points given on the spot: «%(reason)s»") % facts


def _occasion(entry: LedgerEntry) -> str:
    facts = {
        "points": _points(entry),
        "occasion": _day_named(entry),
        "year": spelled(str(entry.data["year"])),
    }
    return _("%(points)s points as a gift: %(occasion)s, year %(year)s") % facts


def _day_named(entry: LedgerEntry) -> str:
    """Return which day it was: a customer's own, or everybody's."""
    kind = entry.data["occasion"]
    if "day" not in entry.data:
        return str(OccasionKind(kind).label)
    return entry.data["title"] or str(SharedDayKind(kind).label)


def _expired(entry: LedgerEntry) -> str:
    if "idle_months" not in entry.data:
        return _("%(points)s points expired unused.") % {"points": _points(entry)}
    facts = {"points": _points(entry), "months": number(entry.data["idle_months"])}
    return _("%(points)s points expired: nothing kept them for %(months)s months.") % facts


def _milestone(entry: LedgerEntry) -> str:
    facts = {
        "points": _points(entry),
        "milestone": milestone_title(entry.data["milestone"], entry.data["number"]),
    }
    return _("%(points)s points as a gift: %(milestone)s") % facts


def _engagement(entry: LedgerEntry) -> str:
    facts = {"points": _points(entry), "what": EngagementKind(entry.data["engagement"]).label}
    return _("%(points)s points as a thank-you: %(what)s") % facts


def _gift(entry: LedgerEntry) -> str:
    if "occasion" in entry.data:
        return _occasion(entry)
    if "milestone" in entry.data:
        return _milestone(entry)
    if "engagement" in entry.data:
        return _engagement(entry)
    if "happened" in entry.data:
        return after_sentence(entry.data, _points(entry))
    facts = {"points": _points(entry), "other": entry.data.get("other", "")}
    if entry.data.get("side") == "referrer":
        text = _("%(points)s points because «%(other)s», whom you told of us, bought here.")
    else:
        text = _("%(points)s points of welcome: «%(other)s» told you of us.")
    return text % facts


def _gift_taken(entry: LedgerEntry) -> str:
    """Say what became of points of a recommendation or an engagement that counts no more."""
    lapsed, forgiven = entry.data.get("lapsed"), entry.data.get("forgiven")
    points = number(lapsed) if lapsed else _points(entry)
    said = _why_taken(entry.data, over=bool(lapsed)) % {"points": points}
    if entry.data.get("owed"):
        said = " ".join([said, _("They were spent, so they are owed.")])
    if forgiven:
        beyond = _("%(forgiven)s were beyond the limit and are forgiven.")
        said = " ".join([said, beyond % {"forgiven": number(forgiven)}])
    return said


def _why_taken(data: Mapping[str, Any], *, over: bool) -> str:
    """Return the sentence with its points still to be filled in."""
    if "engagement" in data or "happened" in data:
        what = {"what": _what_happened(data), "points": "%(points)s"}
        if over:
            return _("«%(what)s» counts no more; its %(points)s points were over.") % what
        return _("%(points)s points taken back: «%(what)s» counts no more.") % what
    other = {"other": data["other"], "points": "%(points)s"}
    if over:
        text = _(
            "The recommendation of «%(other)s» counts no more; its %(points)s points were over."
        )
    else:
        text = _("%(points)s points taken back: the recommendation of «%(other)s» counts no more.")
    return text % other


def _what_happened(data: Mapping[str, Any]) -> str:
    if "happened" in data:
        return str(HappeningKind(data["happened"]).label)
    return str(EngagementKind(data["engagement"]).label)


def _part(entry: LedgerEntry) -> str:
    if entry.pending_points < 0:
        text = _("%(points)s points wait apart: their goods can be returned less long.")
    else:
        text = _("%(points)s points wait only as long as their own goods can be returned.")
    return text % {"points": _points(entry)}


def _simple(sentence: Callable[[], str]) -> Callable[[LedgerEntry], str]:
    return lambda entry: sentence() % {"points": _points(entry)}


_SENTENCES: Final[dict[EntryKind, Callable[[LedgerEntry], str]]] = {
    EntryKind.EARN: _earn,
    EntryKind.CLAIM: _simple(lambda: _("%(points)s points that waited found their owner.")),
    EntryKind.ACTIVATE: _simple(lambda: _("%(points)s points became spendable.")),
    EntryKind.REDEEM: _simple(lambda: _("%(points)s points spent.")),
    EntryKind.RELEASE: _simple(lambda: _("%(points)s points given back.")),
    EntryKind.CLAWBACK: _claw_back,
    EntryKind.EXPIRE: _expired,
    EntryKind.REPAY: _repay,
    EntryKind.ADJUST: _adjust,
    EntryKind.MERGE: _merge,
    EntryKind.UNMERGE: _unmerge,
    EntryKind.WRITEOFF: _write_off,
    EntryKind.GIFT: _gift,
    EntryKind.LEFT: _simple(lambda: _("%(points)s points ended by leaving the club.")),
    EntryKind.REJOIN: _simple(
        lambda: _("%(points)s points came back with the return to the club.")
    ),
    EntryKind.GOODWILL: _goodwill,
    EntryKind.PART: _part,
}

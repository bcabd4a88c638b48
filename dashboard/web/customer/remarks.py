"""Remarks other apps leave in a story, in words."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from customers.enums import DisputeState, IdentityKind, LeadKind, LeadLoss, LeadStep
from customers.queries.timeline import Moment
from dashboard.web import words
from dashboard.web.parts import Happening, Tone
from feedback.enums import SCALES
from loyalty.enums.credit import CreditSource
from loyalty.enums.engagement import EngagementKind
from loyalty.enums.presents import OccasionKind
from loyalty.queries.milestones import milestone_title
from segmentation.enums import Segment

Say = Callable[[dict[str, Any]], tuple[str, str]]


def remark(moment: Moment, now: datetime) -> Happening:
    """Return one line for an entry of any kind; unknown kinds show their own text."""
    icon, tone, say = _KINDS.get(moment.kind, ("note", "", _plain))
    title, detail = say(moment.data)
    return Happening(
        icon=icon, tone=tone, title=title, detail=detail, end=words.ago(moment.at, now)
    )


def _plain(data: dict[str, Any]) -> tuple[str, str]:
    return str(data.get("title") or data.get("text") or _("A remark")), str(data.get("detail", ""))


def _merge(data: dict[str, Any]) -> tuple[str, str]:
    return _("Perhaps the same person as another customer"), str(data.get("why", ""))


def _changed(data: dict[str, Any]) -> tuple[str, str]:
    kind = data.get("unlinked", "")
    if kind in IdentityKind.values:
        what = f"{IdentityKind(kind).label} …{data.get('hint', '')}"
        return _("Is no longer recognised by it"), words.code(what)
    return _("Particulars changed"), ""


def _disputed(data: dict[str, Any]) -> tuple[str, str]:
    if data["state"] == DisputeState.OPEN:
        return _("Says that a purchase is not theirs"), ""
    return _("A purchase they disputed was decided on"), str(DisputeState(data["state"]).label)


def _answered(data: dict[str, Any]) -> tuple[str, str]:
    top = max(SCALES[data["kind"]])
    values = {"score": words.number(data["score"]), "top": words.number(top)}
    comment = data.get("comment", "")
    return _("Score %(score)s of %(top)s") % values, f"«{comment}»" if comment else ""


def _moved(data: dict[str, Any]) -> tuple[str, str]:
    after = data.get("after", "")
    label = Segment(after).label if after in Segment.values else after
    return _("Went to “%(segment)s”") % {"segment": label}, ""


def _tier(data: dict[str, Any]) -> tuple[str, str]:
    values = {"tier": data.get("tier", "")}
    if data.get("up"):
        return _("Rose to tier %(tier)s") % values, ""
    return _("Fell to tier %(tier)s") % values, ""


def _redeemed(data: dict[str, Any]) -> tuple[str, str]:
    values = {"points": words.number(data["points"])}
    worth = _("worth %(amount)s toman") % {"amount": words.toman(data["value_rial"])}
    return _("%(points)s points spent") % values, worth


def _adjusted(data: dict[str, Any]) -> tuple[str, str]:
    values = {"points": words.signed(data["points"])}
    return _("Points corrected: %(points)s") % values, str(data.get("reason", ""))


def _goodwill(data: dict[str, Any]) -> tuple[str, str]:
    why = str(data.get("reason", ""))
    if data.get("what"):
        return _("%(what)s given on the spot") % {"what": data["what"]}, why
    values = {"points": words.number(data["points"])}
    return _("%(points)s points given on the spot") % values, why


def _celebrated(data: dict[str, Any]) -> tuple[str, str]:
    what = data["title"] or str(OccasionKind(data["kind"]).label)
    points = _("%(points)s points") % {"points": words.number(data["points"])}
    return _("%(what)s was celebrated") % {"what": what}, points if data["points"] else ""


def _reached(data: dict[str, Any]) -> tuple[str, str]:
    what = milestone_title(data["kind"], data["number"])
    points = _("%(points)s points") % {"points": words.number(data["points"])}
    return _("Reached: %(what)s") % {"what": what}, points if data["points"] else ""


def _engaged(data: dict[str, Any]) -> tuple[str, str]:
    points = _("%(points)s points") % {"points": words.number(data["points"])}
    return str(EngagementKind(data["what"]).label), points if data["points"] else ""


def _brought(data: dict[str, Any]) -> tuple[str, str]:
    points = _("%(points)s points") % {"points": words.number(data["points"])}
    return _("A friend they brought counts"), points


def _was_brought(data: dict[str, Any]) -> tuple[str, str]:
    points = _("%(points)s points") % {"points": words.number(data["points"])}
    return _("Came through another customer"), points


def _renewed(data: dict[str, Any]) -> tuple[str, str]:
    paid = _("%(amount)s toman, until %(day)s") % {
        "amount": words.toman(data["rial"]),
        "day": words.day(date.fromisoformat(data["until"])),
    }
    return _("Membership «%(plan)s» paid") % {"plan": data["plan"]}, paid


def _lapsed(data: dict[str, Any]) -> tuple[str, str]:
    return _("Membership «%(plan)s» lapsed") % {"plan": data["plan"]}, ""


def _joined(data: dict[str, Any]) -> tuple[str, str]:
    values = {"code": words.code(data["code"])}
    return _("Profile %(code)s was joined to this one") % values, str(data.get("reason", ""))


def _parted(data: dict[str, Any]) -> tuple[str, str]:
    values = {"code": words.code(data["code"])}
    return _("Profile %(code)s was taken apart again") % values, ""


def _left(data: dict[str, Any]) -> tuple[str, str]:
    ended = _("%(points)s points ended") % {"points": words.number(data["points"])}
    return _("Left the club"), ended if data["points"] else ""


def _back(data: dict[str, Any]) -> tuple[str, str]:
    back = _("%(points)s points came back") % {"points": words.number(data["points"])}
    return _("Came back to the club"), back if data["points"] else ""


def _lead(data: dict[str, Any]) -> tuple[str, str]:
    where = data.get("source") or str(LeadKind(data["kind"]).label) if data else ""
    return _("Left their number: %(where)s") % {"where": where}, str(data.get("wants", ""))


def _lead_step(data: dict[str, Any]) -> tuple[str, str]:
    step = str(LeadStep(data["step"]).label) if data else _("Got in touch")
    why = str(LeadLoss(data["because"]).label) if data.get("because") else ""
    told = (why, str(data.get("note", "")), str(data.get("by", "")))
    return step, " · ".join(one for one in told if one)


def _credit_in(data: dict[str, Any]) -> tuple[str, str]:
    return _("%(amount)s toman of store credit filled") % _rial(data), _of_credit(data)


def _credit_out(data: dict[str, Any]) -> tuple[str, str]:
    return _("Paid %(amount)s toman with store credit") % _rial(data), _of_credit(data)


def _credit_home(data: dict[str, Any]) -> tuple[str, str]:
    return _("%(amount)s toman back into store credit") % _rial(data), _of_credit(data)


def _credit_over(data: dict[str, Any]) -> tuple[str, str]:
    return _("%(amount)s toman of store credit ended unused") % _rial(data), _of_credit(data)


def _credit_undone(data: dict[str, Any]) -> tuple[str, str]:
    return _("%(amount)s toman of store credit taken back") % _rial(data), data["reason"]


def _rial(data: dict[str, Any]) -> dict[str, str]:
    return {"amount": words.toman(data["rial"])}


def _of_credit(data: dict[str, Any]) -> str:
    source = str(CreditSource(data["source"]).label) if data.get("source") else ""
    return " · ".join(one for one in (source, f"«{data['reason']}»") if one)


_KINDS: Final[dict[str, tuple[str, Tone, Say]]] = {
    "lead": ("user-plus", "brand", _lead),
    "lead_step": ("phone", "", _lead_step),
    "merge_suggestion": ("arrows-join", "amber", _merge),
    "merged": ("arrows-join", "brand", _joined),
    "unmerged": ("arrows-split", "amber", _parted),
    "profile_changed": ("user-edit", "", _changed),
    "dispute": ("receipt-off", "amber", _disputed),
    "survey": ("message-star", "brand", _answered),
    "segment": ("chart-donut-3", "", _moved),
    "tier": ("medal", "brand", _tier),
    "membership_renewed": ("crown", "good", _renewed),
    "membership_lapsed": ("crown", "bad", _lapsed),
    "points_redeemed": ("gift", "", _redeemed),
    "occasion": ("cake", "good", _celebrated),
    "milestone": ("trophy", "good", _reached),
    "engagement": ("confetti", "good", _engaged),
    "goodwill": ("heart-handshake", "good", _goodwill),
    "brought_friend": ("affiliate", "good", _brought),
    "was_brought": ("affiliate", "brand", _was_brought),
    "left_club": ("door-exit", "bad", _left),
    "rejoined_club": ("door-enter", "good", _back),
    "credit_filled": ("wallet", "good", _credit_in),
    "credit_spent": ("wallet", "", _credit_out),
    "credit_returned": ("wallet", "brand", _credit_home),
    "credit_expired": ("wallet", "bad", _credit_over),
    "credit_taken_back": ("wallet", "amber", _credit_undone),
    "points_adjusted": ("adjustments", "amber", _adjusted),
}

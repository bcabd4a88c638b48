"""What the eleven segments mean to an owner: a colour, and one sentence of advice."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dashboard.web.parts import Tone
from segmentation.enums import Segment

_TONES: Final[dict[Segment, Tone]] = {
    Segment.CHAMPIONS: "good",
    Segment.LOYAL: "good",
    Segment.POTENTIAL_LOYALIST: "brand",
    Segment.NEW: "",
    Segment.PROMISING: "brand",
    Segment.NEED_ATTENTION: "amber",
    Segment.ABOUT_TO_SLEEP: "amber",
    Segment.AT_RISK: "amber",
    Segment.CANT_LOSE: "bad",
    Segment.HIBERNATING: "",
    Segment.LOST: "",
}

ADVICE: Final[dict[Segment, Promise]] = {
    Segment.CHAMPIONS: _("Thank them by name, and let them see new things first."),
    Segment.LOYAL: _("Ask what they would like; offer something a little better."),
    Segment.POTENTIAL_LOYALIST: _("Show them how close the next level is."),
    Segment.NEW: _("A warm second visit matters most; tell them their points."),
    Segment.PROMISING: _("They spend well; give a reason to come again soon."),
    Segment.NEED_ATTENTION: _("Above average, but it has been a while; say hello this week."),
    Segment.ABOUT_TO_SLEEP: _("Remind them of what they liked before they forget."),
    Segment.AT_RISK: _("They used to come often; write now, personally."),
    Segment.CANT_LOSE: _("Your best of old days; call them, do not only send a message."),
    Segment.HIBERNATING: _("A small reminder with a fitting offer, not more."),
    Segment.LOST: _("Do not spend much here; a greeting on the new year is enough."),
}


def chip(segment: Segment) -> str:
    """Return the CSS class of a segment's chip."""
    tone = _TONES[segment]
    return f"chip-{tone}" if tone else ""


def ink(segment: str) -> str:
    """Return the colour a segment is drawn in: the name of a CSS variable."""
    tone = _TONES[Segment(segment)] if segment else ""
    inks = {"good": "--good", "brand": "--brand", "amber": "--amber-mark", "bad": "--bad"}
    return inks.get(tone, "--mute")

"""What to do with a ready-made segment, in a sentence, and where that is done."""

from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from segmentation.enums import GUARDED, NamedSegment
from segmentation.queries.named.reading import PREFIX

ADVICE: Final[dict[NamedSegment, Promise]] = {
    NamedSegment.HIGH_PROFIT: _("Keep them: serve them first, and ask what they miss."),
    NamedSegment.VALUE_AT_RISK: _("Call them before they are gone; a message is not enough."),
    NamedSegment.HIGH_RISK: _("Look at what speaks for it before you lend or promise."),
    NamedSegment.NEW_TO_BUSINESS: _("Bring about the second visit."),
    NamedSegment.NEW_TO_PRODUCT: _("Ask how they liked it, and show what goes with it."),
    NamedSegment.LEAD: _("Get in touch once, with what they asked for."),
    NamedSegment.WON_BACK: _("Find out what brought them back, and do it for others."),
    NamedSegment.GOOD_PAYER: _("They may be lent more; let them know it."),
    NamedSegment.LAPSED: _("See below why, as far as it is known."),
    NamedSegment.DISSATISFIED: _("Set right what was wrong first; an offer comes after."),
    NamedSegment.NEGLECTED: _("Get in touch: nothing was wrong, only we were silent."),
    NamedSegment.LAPSED_UNKNOWN: _("Ask one question: why not any more?"),
    NamedSegment.HAPPY_STAYING: _("Ask them to bring a friend."),
    NamedSegment.UNHAPPY_STAYING: _("Ask what is wrong before they find somebody else."),
    NamedSegment.HAPPY_LEAVING: _("Invite them: they liked it, and something else is in the way."),
    NamedSegment.UNHAPPY_LEAVING: _("Say sorry in person, set it right, then invite them."),
    NamedSegment.SERIAL_RETURNER: _("Talk about what does not fit; look at size and description."),
    NamedSegment.SERIAL_COMPLAINER: _("Look at the complaints together once more."),
    NamedSegment.LATE_PAYER: _("Agree on other days, or a debit permission."),
    NamedSegment.DEAL_SEEKER: _("Leave them out of discounts, not out of service."),
    NamedSegment.ABUSIVE: _("Decide in person; nothing happens by itself."),
}
_BUTTONS: Final[dict[NamedSegment, tuple[str, Promise]]] = {
    NamedSegment.HAPPY_STAYING: ("referrals", _("Bring a friend")),
    NamedSegment.UNHAPPY_STAYING: ("cases", _("Open the cases")),
    NamedSegment.UNHAPPY_LEAVING: ("cases", _("Open the cases")),
    NamedSegment.DISSATISFIED: ("cases", _("Open the cases")),
}
GROUPS: Final[tuple[tuple[Promise, tuple[NamedSegment, ...]], ...]] = (
    (
        _("Worth"),
        (NamedSegment.HIGH_PROFIT, NamedSegment.VALUE_AT_RISK, NamedSegment.GOOD_PAYER),
    ),
    (
        _("Coming"),
        (
            NamedSegment.LEAD,
            NamedSegment.NEW_TO_BUSINESS,
            NamedSegment.NEW_TO_PRODUCT,
            NamedSegment.WON_BACK,
        ),
    ),
)


def button(segment: NamedSegment, slug: str) -> tuple[str, str]:
    """Return where the advice is followed and what the button says; nothing for signs."""
    if segment in GUARDED:
        return "", ""
    if segment in _BUTTONS:
        name, label = _BUTTONS[segment]
        return reverse(f"dashboard:{name}", args=[slug]), str(label)
    new = reverse("dashboard:campaign-new", args=[slug])
    return f"{new}?segment={PREFIX}{segment.value}", str(_("Write a campaign"))

"""What an action is, why, and where to do it, in words."""

from collections.abc import Callable
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.web import words
from dashboard.web.named_segments.texts import ADVICE
from dashboard.web.named_segments.texts import button as corner_button
from dashboard.web.people import segment_label, title_of
from segmentation.enums import ActionKind, NamedSegment

Told = tuple[str, str, str, str]


def _who(row: Any) -> str:
    person = row.customer
    return title_of(person.name, person.mobile, person.member_code) if person else "—"


def _to(name: str, slug: str, *rest: object) -> str:
    return reverse(f"dashboard:{name}", args=[slug, *rest])


def _call(row: Any, slug: str) -> Told:
    values = {
        "n": words.number(100 - row.facts["staying"]),
        "amount": words.toman_about(row.facts["worth_rial"]),
    }
    why = _("%(n)s in 100 that they have left; worth %(amount)s toman in a year") % values
    title = _("Call %(who)s") % {"who": _who(row)}
    return title, why, _to("customer", slug, row.customer_id), _("Open the profile")


def _answer(row: Any, slug: str) -> Told:
    days = row.facts["days"]
    text = ngettext(
        "unhappy, and without an answer for %(n)s day",
        "unhappy, and without an answer for %(n)s days",
        days,
    )
    title = _("Answer %(who)s") % {"who": _who(row)}
    return title, text % {"n": words.number(days)}, _to("cases", slug), _("Open the cases")


def _segment(row: Any, slug: str) -> Told:
    label, _tone = segment_label(row.subject)
    people = row.facts["people"]
    facts = {"n": words.number(people), "segment": label}
    if row.kind == ActionKind.SECOND_VISIT:
        why = _("%(n)s of them are new; the second visit decides who stays") % facts
        title = _("Invite new customers again")
    else:
        why = _("%(n)s customers of «%(segment)s» used to buy more") % facts
        title = _("Win «%(segment)s» back") % facts
    href = _to("campaign-new", slug) + f"?segment={row.subject}"
    return title, why, href, _("Write a campaign")


def _product(row: Any, slug: str) -> Told:
    facts = {
        "name": row.facts["name"],
        "here": words.number(row.facts["here"]),
        "others": words.number(row.facts["others"]),
        "n": words.number(row.facts["people"]),
    }
    why = _(
        "of %(n)s who bought it first %(here)s in 100 came again within 60 days, of others"
        " %(others)s"
    )
    title = _("Look at «%(name)s»") % facts
    return title, why % facts, _to("repeat", slug) + "?by=product", _("See the products")


def _debit(row: Any, slug: str) -> Told:
    count = row.facts["failures"]
    text = ngettext(
        "%(n)s debit of this permission failed lately",
        "%(n)s debits of this permission failed lately",
        count,
    )
    title = _("Remind %(who)s of the debit") % {"who": _who(row)}
    # One that waits to be tried again failed itself, and none before it need have.
    why = text % {"n": words.number(count)} if count else _("it failed and will be tried again")
    return title, why, _to("debit", slug, row.subject), _("Open the debit")


def _lead(row: Any, slug: str) -> Told:
    count = row.facts["people"]
    text = ngettext(
        "%(n)s person left a number and waits", "%(n)s people left a number and wait", count
    )
    href = _to("leads", slug) + "?state=due"
    return _("Call who asked"), text % {"n": words.number(count)}, href, _("Open the list")


def _corner(row: Any, slug: str) -> Told:
    one, count = NamedSegment(row.subject), row.facts["people"]
    people = ngettext("%(n)s customer: «%(name)s»", "%(n)s customers: «%(name)s»", count)
    href, label = corner_button(one, slug)
    return (
        str(ADVICE[one]).rstrip("."),
        people % {"n": words.number(count), "name": one.label},
        href,
        label,
    )


_TELLERS: Final[dict[ActionKind, Callable[[Any, str], Told]]] = {
    ActionKind.CALL: _call,
    ActionKind.ANSWER: _answer,
    ActionKind.WIN_BACK: _segment,
    ActionKind.SECOND_VISIT: _segment,
    ActionKind.PRODUCT: _product,
    ActionKind.DEBIT: _debit,
    ActionKind.LEAD: _lead,
    ActionKind.CORNER: _corner,
}


def told_action(row: Any, slug: str) -> Told:
    """Return an action's title, reason, address and button."""
    return _TELLERS[ActionKind(row.kind)](row, slug)

"""What rules gave and what returns undid of it, in sentences to do the sum again from (N19)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.spelling import number, times, toman
from loyalty.enums import RuleEffect, Verdict

Facts = Mapping[str, Any]


def given_sentences(parts: Iterable[Facts]) -> Iterator[str]:
    """Say what each rule gave of an order's points, and what kept it from giving more."""
    for part in parts:
        if not part["points"] and "cut" in part:
            yield _nothing(part)
            continue
        yield _gave(part)
        if "most" in part:
            yield _("This rule gives at most %(most)s at once.") % {"most": number(part["most"])}
        if part.get("cut") == Verdict.SHARE:
            yield _("No more was left of the customer's share.")
        elif part.get("cut") == Verdict.BUDGET:
            yield _("No more was left of its budget.")


def _nothing(part: Facts) -> str:
    facts = {"name": part["name"]}
    if part.get("cut") == Verdict.SHARE:
        return _("«%(name)s» gave nothing: the customer had all of their share.") % facts
    return _("«%(name)s» gave nothing: its budget is used up.") % facts


def _gave(part: Facts) -> str:
    facts = {
        "name": part["name"],
        "points": number(part["points"]),
        "amount": toman(part["rial"]),
        "num": number(part["num"]),
    }
    if part["effect"] == RuleEffect.TIMES:
        facts["times"] = times(part["num"], part["den"])
        sentence = _(
            "%(points)s of them are of «%(name)s»: the points on %(amount)s toman became %(times)s "
            "times as many."
        )
    elif part["effect"] == RuleEffect.RATE:
        facts["per"] = toman(part["den"])
        sentence = _(
            "%(points)s of them are of «%(name)s»: %(num)s more for every %(per)s toman of "
            "%(amount)s toman."
        )
    else:
        sentence = _("%(points)s of them are of «%(name)s»: %(num)s points at once.")
    return sentence % facts


def undone_sentences(data: Facts) -> Iterator[str]:
    """Say which part of the rate's and of each rule's points returns undo, and what went before."""
    yield _by_rate(data)
    for part in data["rules"]:
        yield _undone(part)
    yield _("%(before)s of all of them were taken before.") % {"before": number(data["before"])}


def _by_rate(data: Facts) -> str:
    of = data["by_rate"]
    if "least_rial" in data:
        return _(
            "Only %(left)s toman remains and the rate begins at %(least)s toman: all %(of)s of its "
            "points."
        ) % {
            "left": toman(data["left_rial"]),
            "least": toman(data["least_rial"]),
            "of": number(of),
        }
    return _("%(back)s of %(whole)s toman is back: %(share)s of the %(of)s points of the rate.") % {
        "back": toman(data["back_rial"]),
        "whole": toman(data["whole_rial"]),
        "share": number(of * data["back_rial"] // data["whole_rial"]),
        "of": number(of),
    }


def _undone(part: Facts) -> str:
    facts = {"name": part["name"], "of": number(part["of"]), "share": number(part["share"])}
    if "least_rial" in part:
        facts |= {"left": toman(part["left_rial"]), "least": toman(part["least_rial"])}
        return (
            _(
                "Only %(left)s toman remains and «%(name)s» begins at %(least)s toman: all %(of)s "
                "of its points."
            )
            % facts
        )
    if "gone" in part:
        return _("Nothing remains that «%(name)s» counts on: all %(of)s of its points.") % facts
    if "kept" in part:
        return _("The %(of)s points of «%(name)s» stay.") % facts
    facts |= {"back": toman(part["back_rial"]), "whole": toman(part["whole_rial"])}
    return (
        _(
            "%(back)s of %(whole)s toman is back of what «%(name)s» counts on: %(share)s of its "
            "%(of)s points."
        )
        % facts
    )

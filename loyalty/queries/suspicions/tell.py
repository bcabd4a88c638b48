"""Each rule in one sentence, with its own numbers, and what else it may mean."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.spelling import number
from loyalty.enums import SuspicionRule
from loyalty.models import Suspicion

_UNUSUAL: Final = gettext_lazy(
    "%(count)s in one day; the middle of %(among)s such days is %(usual)s, and the rule speaks "
    "from %(line)s on."
)
_SENTENCES: Final[Mapping[SuspicionRule, Promise]] = {
    SuspicionRule.SAME_TILL: gettext_lazy(
        "%(count)s purchases in the month with the same seller, nine tenths or more of all the "
        "customer's; the rule speaks from %(line)s on."
    ),
    SuspicionRule.OWN_SALES: gettext_lazy(
        "%(count)s purchases in the month that the buyer rang up themselves and had points for; "
        "the rule speaks from %(line)s on."
    ),
    SuspicionRule.STAFF_POINTS: gettext_lazy(
        "Points for %(count)s purchases in the month of a profile with the mobile, e-mail or card "
        "of somebody who works here; the rule speaks from %(line)s on."
    ),
    SuspicionRule.SELF_REFERRAL: gettext_lazy(
        "%(count)s recommendations in the month were refused because both may be one person; the "
        "rule speaks from %(line)s on."
    ),
    SuspicionRule.SPENT_RETURNED: gettext_lazy(
        "%(count)s purchases of the month came back after their points were spent; the rule speaks "
        "from %(line)s on."
    ),
    SuspicionRule.CORRECTIONS: gettext_lazy(
        "Points added by hand %(count)s times in the month by one person; the rule speaks from "
        "%(line)s on."
    ),
    SuspicionRule.WRONG_CODES: gettext_lazy(
        "%(count)s wrong one-time codes in one day; the rule speaks from %(line)s on."
    ),
}
_MAY_BE: Final[Mapping[SuspicionRule, Promise]] = {
    SuspicionRule.CUSTOMER_SALES: gettext_lazy(
        "A family or an office that buys with one mobile looks the same."
    ),
    SuspicionRule.CUSTOMER_SPENDING: gettext_lazy(
        "Somebody who treats friends one after another looks the same."
    ),
    SuspicionRule.DEVICE_SALES: gettext_lazy("A festival or a broken second till looks the same."),
    SuspicionRule.DEVICE_SPENDING: gettext_lazy(
        "A day on which points end, or of an offer, looks the same."
    ),
    SuspicionRule.SAME_TILL: gettext_lazy(
        "Somebody who always comes in the same shift, or whom one seller serves best, looks the "
        "same."
    ),
    SuspicionRule.OWN_SALES: gettext_lazy(
        "Where one person minds the shop alone, they ring up their own purchases too."
    ),
    SuspicionRule.STAFF_POINTS: gettext_lazy(
        "Whoever works here may buy here: whether they collect points is your own rule."
    ),
    SuspicionRule.SELF_REFERRAL: gettext_lazy("Couples with one bank card look the same."),
    SuspicionRule.SPENT_RETURNED: gettext_lazy(
        "Somebody unlucky with sizes looks the same; what was spent is owed, not lost."
    ),
    SuspicionRule.CORRECTIONS: gettext_lazy(
        "Whoever answers complaints corrects most; read the reasons."
    ),
    SuspicionRule.WRONG_CODES: gettext_lazy(
        "An SMS that comes late makes people try the code before it."
    ),
}


def sentence_of(row: Suspicion) -> str:
    """Return what the rule saw, in one sentence."""
    numbers = {
        name: number(getattr(row, name) or 0) for name in ("count", "line", "usual", "among")
    }
    return str(_SENTENCES.get(SuspicionRule(row.rule), _UNUSUAL)) % numbers


def may_be(row: Suspicion) -> str:
    """Return what looks the same and is none."""
    return str(_MAY_BE[SuspicionRule(row.rule)])


def no_verdict() -> str:
    """Return what is said wherever signs are shown (N15)."""
    return _(
        "These are signs, not verdicts: nobody loses points or anything else by them. Look at the "
        "rows, ask, and write down what you found."
    )

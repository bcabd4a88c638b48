"""The eleven segments and the 125 codes that lead to them (reference: the complete partition)."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Segment(models.TextChoices):
    """Where a customer stands, best first."""

    CHAMPIONS = "champions", _("Champions")
    LOYAL = "loyal", _("Loyal customers")
    POTENTIAL_LOYALIST = "potential_loyalist", _("Potential loyalists")
    NEW = "new", _("New customers")
    PROMISING = "promising", _("Promising")
    NEED_ATTENTION = "need_attention", _("Need attention")
    ABOUT_TO_SLEEP = "about_to_sleep", _("About to sleep")
    AT_RISK = "at_risk", _("At risk")
    CANT_LOSE = "cant_lose", _("Can't lose them")
    HIBERNATING = "hibernating", _("Hibernating")
    LOST = "lost", _("Lost")


class NamedSegment(models.TextChoices):
    """Ready-made segments: each has a rule of ours, shown in words, and evidence per customer."""

    HIGH_PROFIT = "high_profit", _("High profit")
    VALUE_AT_RISK = "value_at_risk", _("Much at risk")
    HIGH_RISK = "high_risk", _("High risk")
    NEW_TO_BUSINESS = "new_to_business", _("New to the business")
    NEW_TO_PRODUCT = "new_to_product", _("New to a kind of goods")
    LEAD = "lead", _("Known, has not bought yet")
    WON_BACK = "won_back", _("Won back")
    GOOD_PAYER = "good_payer", _("Good payer")
    LAPSED = "lapsed", _("Stays away too long")
    DISSATISFIED = "dissatisfied", _("Stays away, unhappy")
    NEGLECTED = "neglected", _("Stays away, neglected by us")
    LAPSED_UNKNOWN = "lapsed_unknown", _("Stays away, for a reason we do not know")
    HAPPY_STAYING = "happy_staying", _("Content and staying")
    UNHAPPY_STAYING = "unhappy_staying", _("Not content, yet staying")
    HAPPY_LEAVING = "happy_leaving", _("Content, yet leaving")
    UNHAPPY_LEAVING = "unhappy_leaving", _("Not content and leaving")
    SERIAL_RETURNER = "serial_returner", _("Gives back again and again")
    SERIAL_COMPLAINER = "serial_complainer", _("Complains again and again without ground")
    LATE_PAYER = "late_payer", _("Pays late again and again")
    DEAL_SEEKER = "deal_seeker", _("Buys only at a discount")
    ABUSIVE = "abusive", _("Confirmed misuse")


# What may be held against somebody: signs for a person to look at, never acted upon by themselves.
DETECTORS: Final = (
    NamedSegment.SERIAL_RETURNER,
    NamedSegment.SERIAL_COMPLAINER,
    NamedSegment.LATE_PAYER,
    NamedSegment.DEAL_SEEKER,
    NamedSegment.ABUSIVE,
)
GUARDED: Final = (*DETECTORS, NamedSegment.HIGH_RISK)
# Who stays away too long is in exactly one of these (N26).
AWAY: Final = (NamedSegment.DISSATISFIED, NamedSegment.NEGLECTED, NamedSegment.LAPSED_UNKNOWN)
# Who answered within a year and has bought is in exactly one of these (N13).
QUADRANT: Final = (
    NamedSegment.HAPPY_STAYING,
    NamedSegment.UNHAPPY_STAYING,
    NamedSegment.HAPPY_LEAVING,
    NamedSegment.UNHAPPY_LEAVING,
)


class FitPart(models.TextChoices):
    """What fit is made of; each is a mark of 0 to 100."""

    EARNS = "earns", _("what is earned with them")
    STAYS = "stays", _("whether they stay")
    KEEPS = "keeps", _("keeping what they bought")
    FULL_PRICE = "full_price", _("buying without a discount")
    PAYS = "pays", _("paying in time")
    CONTENT = "content", _("being content")
    FAIR = "fair", _("fair dealing")


class Stage(models.TextChoices):
    """Stages of a customer's life with the business, in its order (C037)."""

    LEAD = "lead", _("Known, not a customer yet")
    NEW = "new", _("Newcomer")
    DEVELOPING = "developing", _("Developing")
    LOYAL = "loyal", _("Loyal")
    AT_RISK = "at_risk", _("At risk of leaving")
    LAPSED = "lapsed", _("Stays away")
    WON_BACK = "won_back", _("Won back again")
    TERMINATED = "terminated", _("Gone from the club")


class Trait(models.TextChoices):
    """What a customer is to the business, beside their money (C051)."""

    SATISFIED = "satisfied", _("Satisfied")
    IDEA_GIVER = "idea_giver", _("Brings ideas")
    VALUABLE = "valuable", _("Valuable")
    COMMITTED = "committed", _("Committed")


class Scale(models.TextChoices):
    """How the cut points were chosen."""

    QUANTILE = "quantile", _("From your own customers")
    FEW_REPEAT = "few_repeat", _("Fixed scale for how often (few buy twice)")
    FIXED = "fixed", _("Fixed scale (few customers yet)")


class Money(models.TextChoices):
    """In which rial the mark of money is given."""

    NOMINAL = "nominal", _("As it was paid")
    REAL = "real", _("In today's prices")


class Basis(models.TextChoices):
    """What the retention score stands on."""

    MODEL = "model", _("Tested on your own past")
    RULE = "rule", _("Everybody's own rate")
    HEURISTIC = "heuristic", _("A first guess")


class ActionKind(models.TextChoices):
    """Kinds of things worth doing."""

    CALL = "call", _("Call a customer")
    ANSWER = "answer", _("Answer somebody unhappy")
    WIN_BACK = "win_back", _("Win a segment back")
    SECOND_VISIT = "second_visit", _("Bring new customers back")
    PRODUCT = "product", _("Look at a product")
    DEBIT = "debit", _("See to a debit")
    LEAD = "lead", _("Call who asked")
    CORNER = "corner", _("See to a ready-made segment")


class ActionState(models.TextChoices):
    """open → done or not_done."""

    OPEN = "open", _("To do")
    DONE = "done", _("It was done")
    NOT_DONE = "not_done", _("It was not done")


class Figure(models.TextChoices):
    """What a target counts: known exactly for any span of days, and added up day by day.

    The last two are shares, in hundredths of a percent, of who was asked in the span and answered.
    """

    NET_SALES = "net_sales", _("Sales, net of returns")
    RETURNING = "returning_purchases", _("Purchases of returning customers")
    NEW = "new_customers", _("First-time customers")
    CONTENT = "content_share", _("Content, 4 and 5 of 5")
    PROMOTERS = "promoter_share", _("Would recommend, 9 and 10")


SHARES: Final = (Figure.CONTENT, Figure.PROMOTERS)


class Span(models.TextChoices):
    """For how long a target is, in whole Jalali months."""

    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter, three months")


class TargetState(models.TextChoices):
    """How a target stands, reckoned when it is read."""

    UPCOMING = "upcoming", _("Has not begun")
    TOO_EARLY = "too_early", _("Too early to tell")
    ON_TRACK = "on_track", _("On track")
    BEHIND = "behind", _("Behind")
    REACHED = "reached", _("Goal reached")
    MISSED = "missed", _("Goal not reached")
    UNKNOWN = "unknown", _("Cannot be told")
    ENDED = "ended", _("Put aside")


class BaselineKind(models.TextChoices):
    """Against what a target is held."""

    YEAR_BEFORE = "year_before", _("the same time a year before")
    LAST_MONTHS = "last_months", _("mean of the last whole months")


class PaceBasis(models.TextChoices):
    """By what the days of a span count."""

    SEASONS = "seasons", _("by your own seasons and weekdays")
    DAYS = "days", _("by the number of days")


# Segments whose customers used to buy and are slipping away: their past year's money is at risk.
SLIPPING: Final = (
    Segment.NEED_ATTENTION,
    Segment.ABOUT_TO_SLEEP,
    Segment.AT_RISK,
    Segment.CANT_LOSE,
)

_CODES: Final[dict[Segment, str]] = {
    Segment.CHAMPIONS: "555 554 544 545 454 455 445",
    Segment.LOYAL: "543 444 435 355 354 345 344 335",
    Segment.POTENTIAL_LOYALIST: (
        "553 551 552 541 542 533 532 531 452 451 442 441 431 453 433 432 423 353 352 351 342 341 "
        "333 323"
    ),
    Segment.NEW: "512 511 422 421 412 411 311",
    Segment.PROMISING: "525 524 523 522 521 515 514 513 425 424 413 414 415 315 314 313",
    Segment.NEED_ATTENTION: "535 534 443 434 343 334 325 324",
    Segment.ABOUT_TO_SLEEP: "331 321 312 221 213 231 241 251",
    Segment.AT_RISK: (
        "255 254 245 244 253 252 243 242 235 234 225 224 153 152 145 143 142 135 134 133 125 124"
    ),
    Segment.CANT_LOSE: "155 154 144 214 215 115 114 113",
    Segment.HIBERNATING: "332 322 233 232 223 222 132 123 122 212 211",
    Segment.LOST: "111 112 121 131 141 151",
}

SEGMENT_OF_CODE: Final[dict[str, Segment]] = {
    code: segment for segment, codes in _CODES.items() for code in codes.split()
}

# Position 1 + 25(r−1) + 5(f−1) + (m−1): how SQL looks a segment up.
SEGMENTS_BY_POSITION: Final[list[str]] = [
    SEGMENT_OF_CODE[f"{r}{f}{m}"].value
    for r in range(1, 6)
    for f in range(1, 6)
    for m in range(1, 6)
]

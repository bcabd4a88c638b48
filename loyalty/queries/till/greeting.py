"""What is worth saying to who stands at the till: one thing, the most important first (C088)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from customers.enums import CaseState
from customers.queries.cases import case_rows
from customers.queries.people import CustomerView
from loyalty.enums.presents import MilestoneKind
from loyalty.queries.milestones import just_reached, milestone_title, next_visit
from loyalty.queries.standing import Standing
from loyalty.queries.wallets import WalletView

_SOON: Final = timedelta(days=30)
_LONG_DAYS: Final = 60
_NEAR_RIAL: Final = 10_000_000


class Say(StrEnum):
    """What the sentence is about."""

    OPEN_CASE = "open_case"
    MILESTONE_TODAY = "milestone_today"
    MILESTONE_REACHED = "milestone_reached"
    EXPIRING = "expiring"
    ABSENT = "absent"
    NEAR_TIER = "near_tier"
    USUAL = "usual"
    FIRST_TIME = "first_time"
    SOON_AGAIN = "soon_again"
    WELCOME = "welcome"


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the sentence is chosen from."""

    person: CustomerView
    wallet: WalletView
    standing: Standing | None
    today: date
    now: datetime
    usual: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What to say, and the facts of it that go with its kind."""

    say: Say
    about: str = ""
    points: int = 0
    worth_rial: int = 0
    until: datetime | None = None
    days: int = 0
    missing_rial: int = 0


def greet(known: Known) -> Greeting:
    """Choose what to say. Three queries."""
    case = case_rows(state=CaseState.OPEN, customer_id=known.person.id).first()
    if case is not None:
        return Greeting(say=Say.OPEN_CASE, about=case.title)
    found = _milestone(known) or _expiring(known) or _absent(known) or _near(known)
    if found is not None:
        return found
    if known.usual:
        return Greeting(say=Say.USUAL, about=known.usual)
    if not known.person.purchases:
        return Greeting(say=Say.FIRST_TIME)
    return Greeting(say=Say.SOON_AGAIN if known.person.purchases == 1 else Say.WELCOME)


def _milestone(known: Known) -> Greeting | None:
    """Return that today's visit is one, or what was reached in the last days."""
    person = known.person
    visit = next_visit(person.purchase_days, person.last_on, known.today)
    if visit is not None:
        title = milestone_title(MilestoneKind.VISITS, visit)
        return Greeting(say=Say.MILESTONE_TODAY, about=title)
    reached = just_reached(person.id, known.now)
    if reached is None:
        return None
    title = milestone_title(reached.kind, reached.number)
    return Greeting(say=Say.MILESTONE_REACHED, about=title, points=reached.points)


def _expiring(known: Known) -> Greeting | None:
    at, points = known.wallet.next_expiry_at, known.wallet.next_expiry_points
    if at is None or points <= 0 or at - known.now > _SOON:
        return None
    worth = points * known.wallet.unit_value_rial
    return Greeting(say=Say.EXPIRING, points=points, until=at, worth_rial=worth)


def _absent(known: Known) -> Greeting | None:
    last = known.person.last_on
    if last is None or (known.today - last).days < _LONG_DAYS:
        return None
    return Greeting(say=Say.ABSENT, days=(known.today - last).days)


def _near(known: Known) -> Greeting | None:
    standing = known.standing
    missing = standing.needed_to_rise_rial if standing else None
    if standing is None or missing is None or not 0 < missing <= _NEAR_RIAL:
        return None
    return Greeting(say=Say.NEAR_TIER, missing_rial=missing, about=standing.next_name or "")

"""Playing the story into the product, through the operations everybody else uses."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth import get_user_model

from businesses.enums import Role, Scope
from businesses.operations import (
    Actor,
    add_member,
    create_business,
    hire_employee,
    issue_api_key,
    open_branch,
    update_business,
)
from businesses.operations.weekend import choose_weekend
from core.calendar import TEHRAN, business_day
from core.tenancy import acting_for
from customers.operations import (
    NewPurchase,
    NewReturnLine,
    PurchaseOutcome,
    record_purchases,
    record_return,
)
from customers.operations.context import lay_out_context
from customers.operations.days import close_days, mark_stale, recount_day
from customers.queries.days import stale_days
from dashboard.management.demo.benefits import play_benefits
from dashboard.management.demo.bonuses import play_bonuses
from dashboard.management.demo.club import play_club
from dashboard.management.demo.credit import play_credit
from dashboard.management.demo.disputes import plant_disputes
from dashboard.management.demo.engagement import offer_engagement, play_engagement
from dashboard.management.demo.friends import play_friends
from dashboard.management.demo.gifts import play_gifts
from dashboard.management.demo.leads import play_leads
from dashboard.management.demo.milestones import play_milestones
from dashboard.management.demo.offer import make_offer, strike
from dashboard.management.demo.opinions import give_opinions
from dashboard.management.demo.presents import play_presents
from dashboard.management.demo.said import say
from dashboard.management.demo.segments import make_segments, tell_margin_and_prices
from dashboard.management.demo.signs import plant_signs
from dashboard.management.demo.staff import play_staff
from dashboard.management.demo.stall import play_stall
from dashboard.management.demo.story import DAYS, tell
from dashboard.management.demo.targets import set_targets
from dashboard.management.demo.trades import Trade
from loyalty.operations import update_program
from loyalty.operations.books import post_entries
from payments.operations.refunds import replace_return_windows
from segmentation.operations import (
    call_awaited,
    foresee_volumes,
    plan_actions,
    refresh_named_segments,
    refresh_own_segments,
    score_business,
    work_out_past,
)
from segmentation.operations.retention import (
    common_priors,
    estimate_retention,
    foresee,
    note_drops,
)

_BATCH: Final = 500
# The last weeks are lived through, a night after each: customers are seen to move and to drop.
_FIRST_SCORED: Final = timedelta(days=35)
_WEEK: Final = timedelta(days=7)
# Before anything was bought: what holds from the beginning is older than what came later.
_FOUNDED: Final = timedelta(days=DAYS + 1)


@dataclass(frozen=True, slots=True)
class Login:
    """How somebody enters."""

    login: str
    password: str


@dataclass(frozen=True, slots=True)
class _People:
    """Who signs in."""

    owner: Actor
    cashier: Actor


@dataclass(frozen=True, slots=True)
class Filled:
    """A business of the demonstration with its year."""

    business_id: UUID
    name: str
    purchases: int


def password_of(trade: Trade, role: str) -> Login:
    """Return the login of a demonstration person. It opens imagined data on this machine only."""
    return Login(f"{role}@{trade.slug}.example", f"{trade.slug}-{role}-1405")


def fill(trade: Trade, now: datetime) -> Filled:
    """Found the business and play its year; a few seconds."""
    owner = _person(password_of(trade, "owner"), f"مالک {trade.name}")
    founded = create_business(
        name=trade.name, vertical=trade.vertical, owner=owner, now=now - _FOUNDED, slug=trade.slug
    )
    cashier = _person(password_of(trade, "cashier"), "صندوقدار")
    add_member(business_id=founded.business_id, user=cashier, role=Role.CASHIER, now=now)
    story = tell(trade, business_day(now, TEHRAN))
    people = _People(owner, cashier)
    purchases = _play(trade, founded.business_id, story, people, now)
    return Filled(founded.business_id, trade.name, purchases)


def new_key(business_id: UUID, now: datetime) -> str:
    """Issue a key for the demonstration's programs."""
    _key, plaintext = issue_api_key(
        business_id=business_id, name="demo", now=now, scopes=Scope.values
    )
    return plaintext


def _person(login: Login, name: str) -> Actor:
    return get_user_model().objects.create_user(login.login, login.password, name=name)


def _play(
    trade: Trade, business_id: UUID, story: Sequence[NewPurchase], people: _People, now: datetime
) -> int:
    turn = now - _FIRST_SCORED
    past = [sale for sale in story if _at(sale) < turn]
    rest = [sale for sale in story if _at(sale) >= turn]
    with acting_for(business_id):
        _open(trade, now)
        before = _record(past, turn)
        work_out_past(now=turn)
        _night(turn)
        if trade.sends_offer:
            known = _mobiles(past, before)
            rest = strike(rest, make_offer(known, turn), known, turn)
        told, outcomes = past + rest, before + _live(rest, turn, now)
        _take_back(trade, told, outcomes, now)
        offer_engagement(now)
        give_opinions(trade, told, outcomes, now)
        if trade.shows_banks:
            play_stall(trade, now)
        play_gifts(trade, list(_mobiles(told, outcomes)), now)
        play_credit(trade, list(_mobiles(told, outcomes)), now)
        customers = list(_mobiles(told, outcomes).values())
        play_friends(trade, customers, now)
        play_leads(trade, now)
        play_milestones(trade, now)
        play_benefits(trade, customers, now)
        play_engagement(customers, now)
        say(trade, customers, now)
        play_staff(trade, people.cashier, now)
        if not trade.shows_banks:  # there an order paid online counts too, and comes later
            play_bonuses(people.owner, now)
        play_club(trade, customers, people.owner, people.cashier, now)
        play_presents(trade, list(_mobiles(told, outcomes)), f"مالک {trade.name}", now)
        plant_signs(trade, now)
        plant_disputes(trade, people.owner, now)
        _tonight(trade, people.owner, now)
    return len(told)


def _live(story: Sequence[NewPurchase], since: datetime, now: datetime) -> list[PurchaseOutcome]:
    """Record what was bought week by week, each before its night; the last night is tonight's."""
    outcomes: list[PurchaseOutcome] = []
    left, until = list(story), since
    while until < now:
        until = min(until + _WEEK, now)
        week = [sale for sale in left if _at(sale) < until]
        outcomes, left = outcomes + _record(week, until), left[len(week) :]
        if until < now:
            _night(until)
    return outcomes + _record(left, now)


def _night(at: datetime) -> None:
    """Score and foresee everybody as it was done then."""
    score_business(now=at)
    estimate_retention(common=common_priors([]), now=at)
    foresee(now=at)
    note_drops(now=at)
    refresh_named_segments(now=at)


def look_again(*, business_id: UUID, trade: Trade, owner: Actor, now: datetime) -> None:
    """Let the night come once more: what the rails of payment played is a part of everybody's past.

    They deliver events at their own times in the past, and somebody held against a rule as of an
    autumn day may have left a segment they are in today. Sums of days miss what was sold on them
    since, and targets are a share of such sums.
    """
    with acting_for(business_id):
        _count_again(now)
        work_out_past(now=now)
        _night(now)
        refresh_own_segments(now=now)
        plan_actions(now=now)
        set_targets(trade, owner, now)


def _count_again(now: datetime) -> None:
    mark_stale(since=business_day(now, TEHRAN) - timedelta(days=DAYS), now=now)
    for _business_id, on in stale_days():
        recount_day(on=on, now=now)


def _tonight(trade: Trade, owner: Actor, now: datetime) -> None:
    """Let the night look at everybody, as it does from then on."""
    close_days(now=now)
    tell_margin_and_prices(trade, owner, now)
    work_out_past(now=now)
    _night(now)
    make_segments(owner, now)
    plan_actions(now=now)
    foresee_volumes(now=now)
    call_awaited(now=now)


def post_points(*, business_id: UUID, now: datetime) -> None:
    """Take all points into the books, once everything is played.

    Workers do it every few minutes and look two days back; a story is told out of order.
    """
    with acting_for(business_id):
        batch = post_entries(now=now, thorough=True)
        while batch.count:
            batch = post_entries(now=now, after=batch, thorough=True)


def _mobiles(story: Sequence[NewPurchase], outcomes: Sequence[PurchaseOutcome]) -> dict[str, UUID]:
    return {
        sale.customer.mobile: outcome.customer_id
        for sale, outcome in zip(story, outcomes, strict=True)
        if sale.customer and sale.customer.mobile and outcome.customer_id
    }


def _at(sale: NewPurchase) -> datetime:
    if sale.occurred_at is None:
        raise ValueError("a story has its times")
    return sale.occurred_at


def _open(trade: Trade, now: datetime) -> None:
    update_business(
        name=trade.name,
        vertical=trade.vertical,
        timezone=str(TEHRAN),
        phone="",
        enamad_url=trade.enamad_url,
        now=now,
    )
    update_program(changes={"retroactive": True, **trade.terms}, actor=None, now=now)
    replace_return_windows(windows=trade.return_windows, now=now)
    choose_weekend(days=trade.weekend_days, actor=None, now=now)
    if trade.has_fields:
        lay_out_context(vertical=trade.vertical, now=now)
    ids: dict[str, UUID | None] = {"main": None}
    for code, name in trade.branches:
        if code != "main":
            ids[code] = open_branch(code=code, name=name, now=now).id
    for code, name, branch in trade.employees:
        hire_employee(code=code, name=name, branch_id=ids[branch], now=now)


def _record(story: Sequence[NewPurchase], now: datetime) -> list[PurchaseOutcome]:
    outcomes = []
    for batch in _batches(story):
        outcomes += record_purchases(purchases=batch, source="import", now=now)
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
    return outcomes


def _batches(story: Sequence[NewPurchase]) -> Iterator[Sequence[NewPurchase]]:
    for start in range(0, len(story), _BATCH):
        yield story[start : start + _BATCH]


def _take_back(
    trade: Trade,
    story: Sequence[NewPurchase],
    outcomes: Sequence[PurchaseOutcome],
    now: datetime,
) -> None:
    """Return one line of some purchases (where the trade knows returns)."""
    if not trade.return_one_in:
        return
    dice = random.Random(f"returns of {trade.slug}")  # noqa: S311 - a story, not a secret
    for sale, outcome in zip(story, outcomes, strict=True):
        if outcome.purchase_id is None or dice.randrange(trade.return_one_in):
            continue
        record_return(
            purchase_id=outcome.purchase_id,
            external_id=f"r-{sale.external_id}",
            lines=(NewReturnLine(position=1, amount_rial=sale.lines[0].unit_price_rial),),
            occurred_at=min(_at(sale) + timedelta(days=3), now),
            now=now,
        )

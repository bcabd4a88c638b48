"""N16: three ways to game a bonus for satisfaction, played against it; none pays."""

import random
from statistics import mean
from uuid import UUID

import pytest

from feedback.queries.bonus.scoring import (
    WHOLE,
    Served,
    bonus_rial,
    difference_bp,
    mean_bp,
    weigh,
)

SELLERS = tuple(UUID(int=n) for n in range(1, 7))
GAMER = SELLERS[0]
SALES = 160
MOST = 10_000_000
REACH = 1_000
ANSWERS = 0.35
# How many of those who answer are content, by whom they are: regulars and small baskets are easy.
CONTENT = {("again", 0): 0.90, ("again", 1): 0.80, ("first", 0): 0.75, ("first", 1): 0.55}
SEEDS = 120


class Month:
    """One month of a team of equals, the same for every strategy of one seed."""

    def __init__(self, seed):
        dice = random.Random(seed)
        self.sales = []
        for n in range(SALES * len(SELLERS)):
            whom, band = dice.choice(("again", "first")), dice.choice((0, 1))
            content = dice.random() < CONTENT[whom, band]
            self.sales.append(
                (SELLERS[n % 6], whom, band, content, dice.random() < ANSWERS, dice.random())
            )

    def team(self, play=None):
        """Return the standing of all when the gamer plays `play`; a sale may become several."""
        served: list[Served] = []
        known = dict.fromkeys(SELLERS, 0)
        for seller, whom, band, content, answers, luck in self.sales:
            told = (whom, band, content, answers)
            for one in play(seller, told, luck) if play else [(seller, *told)]:
                who, whom_, band_, content_, answers_ = one
                known[who] += bool(whom_)
                value = WHOLE if answers_ and content_ and whom_ else 0
                served.append(Served(UUID(int=len(served)), who, (band_,), whom_, value))
        return weigh(served, known)

    def bonus(self, play=None, *, whose=GAMER):
        team = self.team(play)
        (own,) = (one for one in team.sellers if one.seller_id == whose)
        far = difference_bp(own.sales, level_bp=team.level_bp, trust_bp=own.trust_bp)
        return bonus_rial(far, most_rial=MOST, reach_bp=REACH)


MONTHS = [Month(seed) for seed in range(SEEDS)]


@pytest.fixture(scope="module")
def honest():
    return mean(month.bonus() for month in MONTHS)


def discourage(part):
    """Talk a part of the unhappy out of answering."""

    def play(seller, told, luck):
        whom, band, content, answers = told
        silent = seller == GAMER and not content and luck < part
        return [(seller, whom, band, content, answers and not silent)]

    return play


def hide(part):
    """Leave out the names of those who look unhappy, so that nobody asks them."""

    def play(seller, told, luck):
        whom, band, content, answers = told
        hidden = seller == GAMER and not content and luck < part
        return [(seller, "" if hidden else whom, band, content, answers)]

    return play


def pick_easy(seller, told, luck):
    """Serve regulars with small baskets oneself, push the hard ones to colleagues."""
    whom, band, content, answers = told
    if seller == GAMER and (whom, band) == ("first", 1):
        return [(SELLERS[1 + int(luck * 5)], *told)]
    if seller != GAMER and (whom, band) == ("again", 0) and luck < 0.25:
        return [(GAMER, *told)]
    return [(seller, whom, band, content, answers)]


def answer_oneself(seller, told, luck):
    """Open customers' links oneself: such answers do not count, so these people stay silent."""
    whom, band, content, answers = told
    taken = seller == GAMER and luck < 0.3
    return [(seller, whom, band, content, answers and not taken)]


def name_a_friend(seller, told, luck):
    """Give sales without a name to numbers that never answer."""
    whom, band, content, answers = told
    return [(seller, whom, band, content, answers and not (seller == GAMER and luck < 0.1))]


@pytest.mark.parametrize("part", [0.1, 0.3, 0.6, 1.0])
def test_n16_discouraging_the_unhappy_gains_nothing(honest, part):
    assert mean(month.bonus(discourage(part)) for month in MONTHS) <= honest * 1.001


@pytest.mark.parametrize("part", [0.1, 0.3, 0.6, 1.0])
def test_n16_hiding_names_of_the_unhappy_gains_nothing(honest, part):
    assert mean(month.bonus(hide(part)) for month in MONTHS) < honest


def test_n16_picking_easy_customers_gains_nothing(honest):
    assert mean(month.bonus(pick_easy) for month in MONTHS) <= honest * 1.02


@pytest.mark.parametrize("play", [answer_oneself, name_a_friend])
def test_n16_answering_oneself_gains_nothing(honest, play):
    assert mean(month.bonus(play) for month in MONTHS) < honest


def test_a_plain_mean_of_answers_would_have_paid_for_it():
    """The strategies are real ones: on the usual measure each of them wins."""

    def plain(play=None):
        found = []
        for month in MONTHS:
            rows = [
                content
                for seller, whom, band, content, answers, luck in month.sales
                for who, whom_, _band, content, answers in (
                    play(seller, (whom, band, content, answers), luck)
                    if play
                    else [(seller, whom, band, content, answers)]
                )
                if who == GAMER and answers and whom_
            ]
            found.append(mean(rows))
        return mean(found)

    for play in (discourage(0.6), hide(0.6), pick_easy):
        assert plain(play) > plain() + 0.02


def test_who_pleases_more_customers_gets_more(honest):
    """A difference that is real is paid; equals get half of the most on average."""

    def better(seller, told, luck):
        whom, band, content, answers = told
        return [(seller, whom, band, content or (seller == GAMER and luck < 0.8), answers)]

    assert abs(honest / MOST - 0.5) < 0.03
    assert mean(month.bonus(better) for month in MONTHS) > honest * 1.1


def test_equals_are_pulled_together():
    """Chance alone: nine tenths of equals' bonuses lie within a quarter of the half."""
    found = sorted(month.bonus(whose=one) for month in MONTHS[:40] for one in SELLERS)
    low, high = found[len(found) // 20], found[-len(found) // 20]
    assert MOST * 0.3 <= low <= high <= MOST * 0.7


def test_whoever_alone_has_a_kind_of_sale_says_nothing_by_it():
    sales = [Served(UUID(int=n), GAMER, ("own",), "again", WHOLE) for n in range(50)]
    sales += [Served(UUID(int=99 + n), SELLERS[1], ("other",), "again", 0) for n in range(50)]
    team = weigh(sales, dict.fromkeys(SELLERS[:2], 50))
    assert {mean_bp(one.sales) for one in team.sellers} == {0}

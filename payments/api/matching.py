"""A comparison of like people over HTTP."""

from pydantic import BaseModel

from customers.queries.matching import Matched


class MatchedOut(BaseModel):
    """People something happened to, and like people it did not happen to.

    `difference` is `mean` less `like_mean`, with its 95 % interval. `verdict` is less or more only
    with 30 people on each side and an interval without zero, else unclear. It tells that they
    differ, not why. `unmatched` people had nobody like them and are left out.
    """

    people: int
    like: int
    unmatched: int
    mean: float | None
    like_mean: float | None
    difference: float | None
    low: float | None
    high: float | None
    verdict: str


def matched_out(one: Matched) -> MatchedOut:
    """Return a comparison as it is told."""
    return MatchedOut(
        people=one.people,
        like=one.like,
        unmatched=one.unmatched,
        mean=one.mean,
        like_mean=one.like_mean,
        difference=one.difference,
        low=one.low,
        high=one.high,
        verdict=one.verdict,
    )

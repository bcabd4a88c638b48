"""What a replay has counted so far, as bytes to go on from; no database here.

It grows with customers: some thirty bytes each, packed.
"""

import json
import zlib
from array import array
from collections import Counter
from datetime import date
from typing import Any, Final
from uuid import UUID

from loyalty.queries.rules.history import History
from loyalty.queries.rules.replay import Limits, Replay, Side

_FAST: Final = 1


def packed(replay: Replay, history: History) -> bytes:
    """Return everything counted so far."""
    told = {
        "unit": replay.unit_rial,
        "sums": [replay.purchases, replay.strangers, replay.posted, replay.differ],
        "happened": replay.happened,
        "months": [[month.isoformat(), *sums] for month, sums in replay.months.items()],
        "people": [one.hex for one in replay.place],
        "points": replay.more_points.tolist(),
        "rial": replay.more_rial.tolist(),
        "sides": [_side(replay.old), _side(replay.new)],
        "bought": None
        if history.bought is None
        else [[one.hex, many] for one, many in history.bought.items()],
    }
    return zlib.compress(json.dumps(told).encode(), _FAST)


def unpacked(kept: bytes, replay: Replay, history: History) -> None:
    """Put what was counted into a replay and a reader that have just begun."""
    told = json.loads(zlib.decompress(kept))
    replay.unit_rial = told["unit"]
    replay.purchases, replay.strangers, replay.posted, replay.differ = told["sums"]
    replay.happened = told.get("happened", 0)
    for month, *sums in told["months"]:
        replay.months[date.fromisoformat(month)] = sums
    replay.place = {UUID(one): at for at, one in enumerate(told["people"])}
    replay.more_points, replay.more_rial = array("q", told["points"]), array("q", told["rial"])
    for side, held in zip((replay.old, replay.new), told["sides"], strict=True):
        _fill(side, held)
    if told["bought"] is not None:
        history.bought = {UUID(one): many for one, many in told["bought"]}


def _side(side: Side) -> dict[str, Any]:
    return {
        "points": side.points,
        "rial": side.presents_rial,
        "met": [[key.hex, verdict, many] for (key, verdict), many in side.met.items()],
        "gave": [[key.hex, many] for key, many in side.gave.items()],
        "ran_out": [[key.hex, on.isoformat()] for key, on in side.ran_out.items()],
        "limits": None if side.limits is None else _limits(side.limits),
    }


def _limits(limits: Limits) -> dict[str, Any]:
    return {
        "budgets": [[key.hex, left] for key, left in limits.budgets.items()],
        "shares": [
            [key.hex, customer.hex, since.isoformat(), used]
            for (key, customer), (since, used) in limits.shares.items()
        ],
    }


def _fill(side: Side, held: dict[str, Any]) -> None:
    side.points, side.presents_rial = held["points"], held["rial"]
    side.met = Counter({(UUID(key), verdict): many for key, verdict, many in held["met"]})
    side.gave = Counter({UUID(key): many for key, many in held["gave"]})
    side.ran_out = {UUID(key): date.fromisoformat(on) for key, on in held["ran_out"]}
    if side.limits is not None and held["limits"] is not None:
        side.limits.budgets = {UUID(key): left for key, left in held["limits"]["budgets"]}
        side.limits.shares = {
            (UUID(key), UUID(customer)): (date.fromisoformat(since), used)
            for key, customer, since, used in held["limits"]["shares"]
        }

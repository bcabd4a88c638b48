"""Which tests a worker begins with: only one can make the database, so the others need none yet.

pytest-django puts tests without a database last, where whoever waits for it has no use of them.
"""

from collections.abc import Sequence
from itertools import chain, islice
from typing import TypeVar

import pytest

Item = TypeVar("Item")
_DATABASE = {"db", "transactional_db", "live_server"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give every worker but the first tests without a database to begin with."""
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    plain = [item for item in items if not _asks_for_database(item)]
    items[:] = shared_out([item for item in items if _asks_for_database(item)], plain, workers)


def _asks_for_database(item: pytest.Item) -> bool:
    named = _DATABASE.intersection(getattr(item, "fixturenames", ()))
    return bool(named or item.get_closest_marker("django_db"))


def shared_out(stored: Sequence[Item], plain: Sequence[Item], workers: int) -> list[Item]:
    """Return all in an order whose equal parts, but for the first, begin with `plain` ones.

    With `--dist worksteal` those are the parts the workers begin with.
    """
    if workers < 2:
        return [*stored, *plain]
    part, share = (len(stored) + len(plain)) // workers, len(plain) // (workers - 1)
    rest, simple = iter(stored), iter(plain)
    first = islice(rest, part)
    others = (
        chain(islice(simple, share), islice(rest, max(0, part - share)))
        for _worker in range(workers - 1)
    )
    return [*first, *chain.from_iterable(others), *rest, *simple]

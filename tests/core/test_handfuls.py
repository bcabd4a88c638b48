"""An API key's calls are counted exactly, though a process asks for them by the handful."""

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from uuid import uuid4

import pytest
import redis

from core.api import limits
from core.api.limits import _Handfuls
from core.errors import Problem


@pytest.fixture
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the minute not end in the middle of a test."""
    monkeypatch.setattr(limits, "_window", lambda: 1234)


@pytest.mark.usefixtures("one_minute")
def test_no_number_is_given_twice() -> None:
    name, processes = str(uuid4()), [_Handfuls() for _ in range(3)]
    with ThreadPoolExecutor(12) as threads:
        given = list(
            chain(
                *threads.map(
                    lambda n: [processes[n % 3].next(name, 10) for _ in range(40)], range(12)
                )
            )
        )
    assert len(set(given)) == len(given) == 480
    assert min(given) == 1


@pytest.mark.usefixtures("one_minute")
def test_one_process_alone_counts_without_a_gap() -> None:
    name, process = str(uuid4()), _Handfuls()
    assert [process.next(name, 10) for _ in range(25)] == list(range(1, 26))


def test_a_handful_ends_with_its_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    name, process = str(uuid4()), _Handfuls()
    monkeypatch.setattr(limits, "_window", lambda: 5001)
    assert [process.next(name, 10) for _ in range(3)] == [1, 2, 3]
    monkeypatch.setattr(limits, "_window", lambda: 5002)
    assert process.next(name, 10) == 1


@pytest.mark.usefixtures("one_minute")
@pytest.mark.parametrize(("limit", "let_through"), [(3, 3), (499, 499), (6000, 6000)])
def test_the_limit_itself_is_kept(settings, limit: int, let_through: int) -> None:
    settings.API_RATE_PER_MINUTE = limit
    key = uuid4()
    for used in range(1, let_through + 1):
        assert limits.spend(key)["RateLimit-Remaining"] == str(limit - used)
    with pytest.raises(Problem) as refused:
        limits.spend(key)
    assert (refused.value.code, refused.value.status) == ("rate_limited", 429)


@pytest.mark.usefixtures("one_minute")
def test_without_redis_nobody_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def incrby(self, *_asked: object) -> int:
            raise redis.ConnectionError

    monkeypatch.setattr(limits, "_client", Gone)
    assert _Handfuls().next(str(uuid4()), 10) == 0

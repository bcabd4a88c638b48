"""The web's threads: the one that rested least works, all of them when there is enough to do."""

import threading
from concurrent.futures import wait
from pathlib import Path

import pytest

from config.threads import WarmPool, Worker

PATIENCE_S = 20


@pytest.fixture
def pool():
    made = WarmPool(4)
    yield made
    made.shutdown(wait=True, cancel_futures=True)


def warmed(pool):
    """Let all four threads begin and rest, in a known order; return them, the last to rest last."""
    gates = [threading.Event() for _ in range(4)]
    work = [
        pool.submit(lambda gate: (gate.wait(PATIENCE_S), threading.get_ident())[1], one)
        for one in gates
    ]
    rested = []
    for gate, one in zip(gates, work, strict=True):
        gate.set()
        rested.append(one.result(PATIENCE_S))
        _until(lambda: len(pool._work_queue._resting) == len(rested))
    return rested


def _until(holds):
    for _ in range(2000):
        if holds():
            return
        threading.Event().wait(0.005)
    pytest.fail("it never came to rest")


def test_one_at_a_time_is_served_by_the_thread_that_rested_least(pool):
    *_others, latest = warmed(pool)
    for _ in range(50):
        assert pool.submit(threading.get_ident).result(PATIENCE_S) == latest
        _until(lambda: len(pool._work_queue._resting) == 4)


def test_as_many_at_once_as_there_are_threads(pool):
    meeting = threading.Barrier(4)
    assert sorted(
        one.result(PATIENCE_S) for one in [pool.submit(meeting.wait, PATIENCE_S) for _ in range(4)]
    ) == [0, 1, 2, 3]


def test_what_waits_is_taken_in_order_and_nothing_is_lost_or_done_twice(pool):
    done: list[int] = []
    gate = threading.Event()
    held = [pool.submit(gate.wait, PATIENCE_S) for _ in range(3)]
    work = [pool.submit(done.append, n) for n in range(2000)]
    wait(work, PATIENCE_S)
    gate.set()
    wait(held, PATIENCE_S)
    assert done == list(range(2000))


def test_many_hands_at_once_lose_nothing(pool):
    done: list[int] = []
    lock = threading.Lock()

    def note(n):
        with lock:
            done.append(n)

    def give(start):
        for n in range(start, start + 500):
            pool.submit(note, n)

    givers = [threading.Thread(target=give, args=(500 * k,)) for k in range(4)]
    for giver in givers:
        giver.start()
    for giver in givers:
        giver.join()
    pool.shutdown(wait=True)
    assert sorted(done) == list(range(2000))


def test_an_error_reaches_whoever_asked_and_the_thread_lives(pool):
    with pytest.raises(ZeroDivisionError):
        pool.submit(lambda: 1 // 0).result(PATIENCE_S)
    assert pool.submit(lambda: 1).result(PATIENCE_S) == 1


def test_closed_its_threads_end():
    pool = WarmPool(4)
    warmed(pool)
    threads = set(pool._threads)
    pool.shutdown(wait=True)
    assert len(threads) == 4
    assert not any(one.is_alive() for one in threads)


def test_the_web_runs_on_it(settings):
    assert issubclass(Worker, object)
    for file in ("Procfile", "Dockerfile", "config/demo/stage.py"):
        text = Path(settings.BASE_DIR / file).read_text(encoding="utf-8")
        assert "config.threads.Worker" in text

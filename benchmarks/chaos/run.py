"""The run itself: lay out, storm, calm, compare."""

import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from itertools import zip_longest
from typing import Final
from uuid import UUID

import httpx
from django.conf import settings
from django.db import connections
from django.utils import timezone

from benchmarks import stage, web
from benchmarks.chaos import calm, once, truth
from benchmarks.chaos.buyers import Buyer
from benchmarks.chaos.killer import Killer
from benchmarks.chaos.plan import FAULTY_OF_HUNDRED, FULL, QUICK, Plan, Sale, make_plan
from benchmarks.chaos.services import Supervisor, bank, workers
from benchmarks.chaos.shops import GATEWAYS, Shop, open_shops
from benchmarks.chaos.story import Outcome, Storm
from benchmarks.chaos.told import part_of
from benchmarks.chaos.verdict import judge
from benchmarks.report import Part, table
from core.tenancy.invariants import broken_promises

_SEED: Final = int(os.environ.get("CHAOS_SEED", "1404"))
_TENFOLD_OF_HUNDRED: Final = 2


def run(*, quick: bool) -> Part:
    """Measure (g). Raises AssertionError when a rial is lost, doubled or invented."""
    plan = make_plan(QUICK if quick else FULL, shops=len(GATEWAYS), seed=_SEED)
    storm, outcome = _weather(plan)
    part = part_of(storm, outcome)
    if not outcome.is_well:
        print(table(part))
        for sentence in (*outcome.verdict.wrong, *outcome.broken):
            print(f"  WRONG: {sentence}")
    assert outcome.is_well, "the bank's ledger and ours differ; see above"
    return part


def _weather(plan: Plan) -> tuple[Storm, Outcome]:
    storm = Storm(plan)
    stage.leave_out_what_is_left()
    with bank(plan.seed) as sandbox, _served(sandbox):
        shops = open_shops(plan, sandbox)
        ids = [shop.business_id for shop in shops]
        with workers() as supervisor:
            _order_faults(plan, shops, sandbox)
            _storm(storm, shops, supervisor)
            sandbox.delete("/control/faults").raise_for_status()
            storm.caught_up_s = calm.wait_for_workers(ids)
        storm.calls, storm.faulty = truth.faults_met(sandbox)
        began = time.monotonic()
        with calm.clock_of(sandbox) as clock:
            storm.moves = calm.until_idle(clock, ids)
            storm.calm_s = time.monotonic() - began
            return storm, _compare(sandbox, ids)


@contextmanager
def _served(sandbox: httpx.Client) -> Iterator[None]:
    """Run the web; every process we start, and our own, shall find it and the bank."""
    url = str(sandbox.base_url).rstrip("/")
    settings.SANDBOX_URL = settings.SMS_BASE_URL = url
    os.environ |= {"SANDBOX_URL": url, "SMS_BASE_URL": url}
    with web.serving() as port:
        settings.BASE_URL = os.environ["BASE_URL"] = f"http://127.0.0.1:{port}"
        yield


def _order_faults(plan: Plan, shops: list[Shop], sandbox: httpx.Client) -> None:
    """Queue the faults one by one: each strikes one call in so many, then the next one is due."""
    tenfold = {"operation": "pay", "fault": "amount_tenfold", "percent": _TENFOLD_OF_HUNDRED}
    orders: list[Mapping[str, object]] = [
        tenfold | {"times": 10**6, "merchant": name} for shop in shops for name in shop.names
    ]
    for fault, code in plan.faults:
        order: dict[str, object] = {
            "operation": "*",
            "fault": fault,
            "code": code,
            "percent": FAULTY_OF_HUNDRED,
        }
        orders.append({name: value for name, value in order.items() if value is not None})
    for one in orders:
        sandbox.post("/control/faults", json=one).raise_for_status()


def _storm(storm: Storm, shops: list[Shop], supervisor: Supervisor) -> None:
    connections.close_all()
    plan, began = storm.plan, time.monotonic()
    with ExitStack() as stack:
        killer = stack.enter_context(Killer(supervisor, seed=plan.seed))
        people = stack.enter_context(ThreadPoolExecutor(plan.size.at_once))
        done: list[Future[object]] = []
        for sale, due in zip_longest(plan.sales, plan.dues):
            if sale is not None:
                done.append(people.submit(_buy, storm, shops[sale.shop], sale))
            if due is not None:
                done.append(people.submit(shops[due.shop].schedule, due))
        for one in as_completed(done):
            one.result()
            killer.work_done()
    storm.blows = killer.blows
    storm.given_up = sum(shop.given_up for shop in shops)
    storm.repeated = sum(shop.repeated for shop in shops)
    storm.storm_s = time.monotonic() - began


def _buy(storm: Storm, shop: Shop, sale: Sale) -> None:
    pay_url = shop.ask(sale)
    if pay_url is not None:
        Buyer(sale, pay_url, storm.seen).go()


def _compare(sandbox: httpx.Client, ids: list[UUID]) -> Outcome:
    bank_rial, bank_fees_rial = truth.held_in_accounts(sandbox)
    return Outcome(
        verdict=judge(truth.movements(sandbox), truth.ours(ids)),
        states=once.states(ids),
        broken=[
            *once.broken(ids),
            *(
                f"{one.app}: {one.what}"
                for one in broken_promises(timezone.now())
                if one.business_id in {None, *ids}
            ),
        ],
        bank_rial=bank_rial,
        bank_fees_rial=bank_fees_rial,
        books_rial=truth.number(once.AT_PROVIDERS, ids),
        books_fees_rial=truth.number(once.FEES, ids),
        trial_balance_rial=truth.number(once.TRIAL_BALANCE, ids),
    )

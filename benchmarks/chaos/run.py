"""The run itself: lay out, storm, calm, compare."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import httpx
from django.conf import settings
from django.db import connections
from django.utils import timezone

from benchmarks import stage, web
from benchmarks.chaos import calm, once, ours, truth
from benchmarks.chaos.buyers import Buyer
from benchmarks.chaos.carders import Carder
from benchmarks.chaos.clerks import Clerk, Teller, give_back
from benchmarks.chaos.killer import Killer
from benchmarks.chaos.payers import Payer
from benchmarks.chaos.plan import FULL, QUICK, Due, Plan, Sale, make_plan, size_of
from benchmarks.chaos.progress import Progress
from benchmarks.chaos.rounds import rounds
from benchmarks.chaos.services import Supervisor, bank, workers
from benchmarks.chaos.shops import GATEWAYS, Shop, open_shops
from benchmarks.chaos.story import Outcome, Storm
from benchmarks.chaos.told import part_of
from benchmarks.chaos.treasurers import (
    Treasurers,
    fund,
    give_debit_back,
    let_bank_give_back,
    pay_out,
)
from benchmarks.chaos.verdict import judge
from benchmarks.chaos.weather import Weather
from benchmarks.report import Part, table
from core.tenancy.invariants import broken_promises

_SEED: Final = int(os.environ.get("CHAOS_SEED", "1404"))
_SIZE: Final = os.environ.get("CHAOS_SIZE", "")
# A few people done with make few calls; the bank must not run out of faults between two looks.
_LOOK_AT_WEATHER: Final = 5


def run(*, quick: bool) -> Part:
    """Measure (g). Raises AssertionError when a rial is lost, doubled or invented."""
    number = int(_SIZE) if _SIZE else QUICK if quick else FULL
    plan = make_plan(size_of(number), shops=len(GATEWAYS), seed=_SEED)
    storm, outcome = _weather(plan)
    part = part_of(storm, outcome)
    if not outcome.is_well:
        print(table(part))
        for sentence in (*outcome.verdict.wrong, *outcome.broken):
            print(f"  WRONG: {sentence}")
    assert outcome.is_well, "the bank's ledger and ours differ; see above"
    return part


def _weather(plan: Plan) -> tuple[Storm, Outcome]:
    storm, progress = Storm(plan), Progress()
    stage.leave_out_what_is_left()
    with bank(plan.seed) as sandbox, _served(sandbox):
        shops = open_shops(plan, sandbox)
        ids = [shop.business_id for shop in shops]
        fund(sandbox, shops, plan, whole=False)
        with workers() as supervisor:
            before, weather = truth.last_event(sandbox), Weather(sandbox, plan)
            weather.begin(
                (name for shop in shops for name in shop.names),
                wallets=(shop.wallet for shop in shops if shop.wallet),
            )
            scene = Scene(shops, sandbox, supervisor, weather, progress)
            _storm(storm, scene)
            _last_looks(storm, scene)
            storm.caught_up_s = calm.wait_for_workers(ids, weather, progress)
            storm.calls, storm.faulty = truth.faults_met(sandbox, since=before)
            weather.end()
        began = time.monotonic()
        with calm.clock_of(sandbox) as clock:
            storm.moves = calm.until_idle(clock, ids, progress)
            storm.calm_s = time.monotonic() - began
            return storm, _compare(sandbox, shops)


@contextmanager
def _served(sandbox: httpx.Client) -> Iterator[None]:
    """Run the web; every process we start, and our own, shall find it and the bank."""
    url = str(sandbox.base_url).rstrip("/")
    settings.SANDBOX_URL = settings.SMS_BASE_URL = url
    os.environ |= {"SANDBOX_URL": url, "SMS_BASE_URL": url}
    with web.serving() as port:
        settings.BASE_URL = os.environ["BASE_URL"] = f"http://127.0.0.1:{port}"
        yield


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is on stage while the storm lasts."""

    shops: list[Shop]
    sandbox: httpx.Client
    supervisor: Supervisor
    weather: Weather
    progress: Progress


def _storm(storm: Storm, scene: Scene) -> None:
    connections.close_all()
    began = time.monotonic()
    with ExitStack() as stack:
        killer = stack.enter_context(Killer(scene.supervisor, seed=storm.plan.seed))
        stack.enter_context(rounds(_looks(storm, scene)))
        people = stack.enter_context(ThreadPoolExecutor(storm.plan.size.at_once))
        done = [people.submit(job) for job in _jobs(storm, scene)]
        for number, one in enumerate(as_completed(done), start=1):
            one.result()
            killer.work_done()
            if number % _LOOK_AT_WEATHER == 0:
                scene.weather.keep_bad()
            scene.progress.tell(f"storm: {number:,} of {len(done):,} seen to")
    storm.blows = killer.blows
    apis = [api for shop in scene.shops for api in (shop.api, *shop.people)]
    storm.given_up = sum(api.given_up for api in apis)
    storm.repeated = sum(api.repeated for api in apis)
    storm.storm_s = time.monotonic() - began


def _looks(storm: Storm, scene: Scene) -> list[Callable[[], None]]:
    shops, seen = scene.shops, storm.seen
    teller = Teller(shops, seen, seed=storm.plan.seed)
    return [Clerk(shops, seen).look, teller.look, Treasurers(shops, seen).look]


def _last_looks(storm: Storm, scene: Scene) -> None:
    """Hand in what no statement told, fill the wallets, and decide what waits for somebody."""
    fund(scene.sandbox, scene.shops, storm.plan, whole=True)
    Teller(scene.shops, storm.seen, seed=storm.plan.seed).look_at_all()
    Treasurers(scene.shops, storm.seen).look()


def _jobs(storm: Storm, scene: Scene) -> list[Callable[[], None]]:
    """Return what people do in the order they begin: what follows on something begins later."""
    plan, shops = storm.plan, scene.shops
    payers = [Payer(wire, shops[wire.shop], scene.sandbox, storm.seen) for wire in plan.wires]
    backs = [sale for sale in plan.sales if sale.back is not None]
    carders = [Carder(card, shops[card.shop], storm.seen) for card in plan.cards]
    payouts = [partial(pay_out, shops[one.shop], one, storm.seen) for one in plan.payouts]
    owed = [due for due in plan.dues if due.to is not None]
    placed = [
        *_placed(0.0, 1.0, [partial(_buy, storm, shops[one.shop], one) for one in plan.sales]),
        *_placed(0.0, 1.0, [partial(_debit, storm, shops[one.shop], one) for one in plan.dues]),
        *_placed(0.1, 1.1, [partial(_back, storm, shops[one.shop], one) for one in backs]),
        *_placed(0.0, 0.4, [payer.ask for payer in payers]),
        *_placed(0.5, 1.0, [payer.transfer for payer in payers]),
        *_placed(0.0, 1.0, [carder.pay for carder in carders]),
        *_placed(0.0, 1.0, payouts),
        *_placed(0.2, 1.1, [partial(_debit_back, storm, shops[one.shop], one) for one in owed]),
        *_placed(0.6, 1.1, [partial(let_bank_give_back, scene.sandbox, plan, storm.seen)] * 3),
    ]
    return [job for _place, job in sorted(placed, key=lambda one: one[0])]


def _placed(
    first: float, last: float, jobs: Sequence[Callable[[], None]]
) -> list[tuple[float, Callable[[], None]]]:
    return [(first + (last - first) * n / len(jobs), job) for n, job in enumerate(jobs)]


def _buy(storm: Storm, shop: Shop, sale: Sale) -> None:
    told = shop.ask(sale)
    if told is not None:
        storm.asked[sale.number], pay_url = told
        Buyer(sale, pay_url, storm.seen).go()


def _back(storm: Storm, shop: Shop, sale: Sale) -> None:
    if sale.number in storm.asked:
        give_back(shop, sale, storm.asked[sale.number], storm.seen)


def _debit(storm: Storm, shop: Shop, due: Due) -> None:
    storm.debits[due.number] = shop.schedule(due)


def _debit_back(storm: Storm, shop: Shop, due: Due) -> None:
    if storm.debits.get(due.number):
        give_debit_back(shop, due, storm.debits[due.number], storm.seen)


def _compare(sandbox: httpx.Client, shops: list[Shop]) -> Outcome:
    ids = [shop.business_id for shop in shops]
    branches = [shop.branch for shop in shops if shop.branch is not None]
    held = truth.accounts(sandbox)
    own_rial = sum(branch.balance_rial for branch in branches)
    movements = [*truth.movements(sandbox), *(one for b in branches for one in b.movements())]
    return Outcome(
        verdict=judge(movements, ours.tries(ids), truth.returns(sandbox), ours.returns(ids)),
        states=once.states(ids),
        broken=[
            *once.broken(ids),
            *once.broken_statements({b.account_id: b.balance_rial for b in branches}, ids),
            *(
                f"{one.app}: {one.what}"
                for one in broken_promises(timezone.now())
                if one.business_id in {None, *ids}
            ),
        ],
        bank=replace(held, shops_rial=held.shops_rial + own_rial),
        books_rial=ours.number(once.AT_PROVIDERS, ids),
        books_fees_rial=ours.number(once.FEES, ids),
        trial_balance_rial=ours.number(once.TRIAL_BALANCE, ids),
    )

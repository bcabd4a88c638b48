"""From the bank's return to the receipt: how long a buyer waits until paid is said, and points."""

import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.utils import timezone

from benchmarks import stage, web
from benchmarks.report import Part, Row
from benchmarks.responder import answering
from core.tenancy import acting_for
from customers.operations import CustomerHint
from payments.operations import create_payment, set_provider_account, start_attempt

_MERCHANT: Final = "00000000-0000-4000-8000-000000000000"
_SEE_OTHER, _FINE = 303, 200
_PATIENCE_S: Final = 30.0
_RETURNS: Final = """
SELECT a.callback_token, a.authority, p.pay_token
FROM payments_paymentattempt a JOIN payments_payment p ON p.id = a.payment_id
WHERE a.business_id = %s AND a.state = 'redirected' ORDER BY a.id
"""


@dataclass(frozen=True, slots=True)
class Return:
    """A browser about to come back from the bank."""

    callback: bytes
    receipt: bytes


@dataclass(slots=True)
class Waits:
    """How long buyers waited: for the answer to their return, and for a receipt with points."""

    settled: web.Load = field(default_factory=web.Load)
    shown: web.Load = field(default_factory=web.Load)
    at_first_look: int = 0
    cpu_s: float = 0.0


def run(*, quick: bool) -> Part:
    """Measure (h)."""
    each = 150 if quick else 1_000
    stage.leave_out_what_is_left()
    with answering() as port, web.serving() as served:
        business_id = stage.found_business("بازگشت از بانک", timezone.now())
        with acting_for(business_id):
            merchant, base = {"merchant_id": _MERCHANT}, f"http://127.0.0.1:{port}"
            set_provider_account(credentials=merchant, base_url=base, now=timezone.now())
        _wait(served, _sent_to_bank(business_id, 20, "warm"), 1)
        alone = _wait(served, _sent_to_bank(business_id, each, "alone"), 1)
        together = _wait(served, _sent_to_bank(business_id, each, "together"), web.CONNECTIONS)
    return _part(alone, together, each)


def _sent_to_bank(business_id: UUID, amount: int, tag: str) -> list[Return]:
    """Ask for payments of known customers and send their buyers to the bank."""
    now = timezone.now()
    for number in range(amount):
        with acting_for(business_id):
            asked = create_payment(
                external_id=f"{tag}-{number}",
                amount_rial=900_000,
                customer=CustomerHint(mobile=f"0912{number:07}"),
                now=now,
            )
        start_attempt(business_id=business_id, payment_id=asked.id, now=now)
    with stage.loader() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(_RETURNS, [str(business_id)])
        return [
            Return(
                web.get(f"/pay/return/{callback}/?Authority={authority}&Status=OK", ""),
                web.get(f"/p/{pay}/receipt/", ""),
            )
            for callback, authority, pay in cursor.fetchall()
        ]


def _wait(port: int, returns: list[Return], buyers: int) -> Waits:
    """Let so many buyers come back at once, each over a connection of its own."""
    waits, before = Waits(), _cpu_s()
    threads = [
        threading.Thread(target=_come_back, args=(port, returns[n::buyers], waits))
        for n in range(buyers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waits.cpu_s = _cpu_s() - before
    assert len(waits.shown.latencies_s) == len(returns), "a buyer never saw a receipt"
    return waits


def _cpu_s() -> float:
    """Return the CPU time the web's processes have had."""
    spent = [worker.cpu_times() for worker in web.workers()]
    return sum(one.user + one.system for one in spent)


def _come_back(port: int, returns: list[Return], waits: Waits) -> None:
    with socket.create_connection(("127.0.0.1", port), 60) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for one in returns:
            began = time.monotonic()
            status, body = web.ask(wire, one.callback)
            assert status == _SEE_OTHER, body
            waits.settled.latencies_s.append(time.monotonic() - began)
            looks = _look(wire, one.receipt, began)
            waits.shown.latencies_s.append(time.monotonic() - began)
            waits.at_first_look += looks == 1


def _look(wire: socket.socket, receipt: bytes, began: float) -> int:
    """Look at the receipt until it says paid and shows the points; return how many looks."""
    looks = 0
    while time.monotonic() - began < _PATIENCE_S:
        looks += 1
        status, body = web.ask(wire, receipt)
        assert status == _FINE, body
        if b'data-state="settled"' in body and b'id="points-earned"' in body:
            return looks
    raise TimeoutError("the receipt never said paid")


def _part(alone: Waits, together: Waits, each: int) -> Part:
    seen = alone.at_first_look + together.at_first_look
    return Part(
        letter="h",
        title="From the bank's return to the receipt",
        goal="p95 told; points exist when the payment does",
        rows=[
            *_rows("one buyer at a time", alone),
            *_rows(f"{web.CONNECTIONS} buyers at once", together),
            Row(
                "CPU of the web processes, return and receipt",
                f"{1000 * (alone.cpu_s + together.cpu_s) / (2 * each):.1f} ms",
                "PostgreSQL's not counted",
            ),
            Row(
                "points on the receipt at the first look",
                f"{seen:,} of {2 * each:,}",
                "they are posted in the transaction that settles",
            ),
        ],
        notes=[
            f"""{each:,} returns each, by the web processes of the Procfile over loopback; the bank
            answers at once, so what is measured is ours: finding the try, one call to confirm it,
            and one transaction that settles the payment and records purchase, customer, points,
            survey, books and events. Then the browser follows the redirect to the receipt."""
        ],
    )


def _rows(who: str, waits: Waits) -> list[Row]:
    return [
        Row(f"{who}: settled", _figure(waits.settled)),
        Row(f"{who}: receipt shows paid and points", _figure(waits.shown)),
    ]


def _figure(load: web.Load) -> str:
    return f"p50 {load.percentile_ms(0.5):.0f} ms, p95 **{load.percentile_ms(0.95):.0f} ms**"

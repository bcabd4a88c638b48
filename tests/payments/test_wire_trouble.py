"""The wire between us and a provider: certificates, answers that come too late, clocks apart."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core import http
from core.tenancy import acting_for
from payments.enums import AttemptState, PaymentState
from payments.models import PaymentAttempt, ProviderAccount
from payments.operations import set_provider_account
from payments.providers import talk
from payments.providers.contract import Outcome
from tests.payments.conftest import Shop
from tests.payments.trials import TRIALS, ask

every_product = pytest.mark.parametrize("product", sorted(TRIALS))
NEVER_MIND = datetime(2026, 1, 1, tzinfo=UTC)


# TLS


def _certificate(folder: Path) -> Path:
    """Write a certificate that signs itself for 127.0.0.1, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gateway.test")])
    host = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NEVER_MIND)
        .not_valid_after(NEVER_MIND + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "gateway.pem"
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


class Listener:
    """A server of one sort of trouble, in threads; `heard` is what it was told in the clear."""

    def __init__(self, serve: Callable[["Listener", socket.socket], None]) -> None:
        self.heard: list[bytes] = []
        self.visits = 0
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self._serve = serve
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                visitor, _address = self._door.accept()
            except OSError:
                return
            self.visits += 1
            with visitor:
                self._serve(self, visitor)

    def close(self) -> None:
        # Closing alone does not wake a thread that waits for visitors.
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join(5)


@pytest.fixture
def self_signed(tmp_path: Path) -> Iterator[Listener]:
    """Return a real TLS server nobody has reason to trust."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path))

    def serve(listener: Listener, visitor: socket.socket) -> None:
        try:
            with context.wrap_socket(visitor, server_side=True) as secret:
                listener.heard.append(secret.recv(4096))
        except (ssl.SSLError, OSError):
            return

    listener = Listener(serve)
    yield listener
    listener.close()


@pytest.fixture
def no_tls() -> Iterator[Listener]:
    """Return a server that hangs up in the middle of the handshake."""

    def serve(_listener: Listener, visitor: socket.socket) -> None:
        visitor.recv(64)
        visitor.shutdown(socket.SHUT_RDWR)

    listener = Listener(serve)
    yield listener
    listener.close()


@every_product
@pytest.mark.parametrize("server", ["self_signed", "no_tls"])
def test_a_certificate_nobody_trusts_was_not_attempted(request, db, product, server):
    listener: Listener = request.getfixturevalue(server)
    trial = TRIALS[product]
    account = trial.account(f"https://127.0.0.1:{listener.port}")
    answer = trial.gateway.request(account, ask())
    assert answer.outcome is Outcome.NOT_ATTEMPTED
    assert answer.evidence.http_status is None
    assert listener.visits == 1
    assert b"".join(listener.heard) == b""


def test_the_next_account_takes_what_an_untrusted_one_could_not(shop: Shop, self_signed):
    merchant = {"merchant": "a-shop-of-zibal-1"}
    with acting_for(shop.business.id):
        set_provider_account(provider="zibal", credentials=merchant, is_sandbox=True, now=shop.now)
        ProviderAccount.objects.filter(provider="zarinpal").update(
            base_url=f"https://127.0.0.1:{self_signed.port}", priority=1
        )
    payment = shop.ask()
    shop.come_back(shop.pay(payment))

    with acting_for(shop.business.id):
        tries = PaymentAttempt.objects.filter(payment=payment).order_by("number")
        said = list(tries.values_list("account__provider", "state", "last_outcome"))
    assert said == [
        ("zarinpal", AttemptState.NOT_ATTEMPTED, "not_attempted"),
        ("zibal", AttemptState.CONFIRMED, "ok"),
    ]
    assert shop.see(payment).state == PaymentState.SETTLED
    assert b"".join(self_signed.heard) == b""


# An answer that comes when nobody waits for it any more


@pytest.fixture
def short_wait(monkeypatch) -> None:
    """Wait half a second instead of fifteen; the way a call takes is the same."""
    patience = httpx.Timeout(0.5)
    monkeypatch.setattr(
        talk, "call", lambda *of, **more: http.call(*of, **{**more, "timeout": patience})
    )


@every_product
@pytest.mark.usefixtures("short_wait")
def test_an_answer_that_comes_too_late_is_silence(shop_of, product, poll, later, purchases_of):
    shop: Shop = shop_of(product)
    payment = shop.ask()
    address = shop.pay(payment)
    # As an answer after 61 s is to a wait of 15, one after two seconds is to half of one.
    shop.bank.script(TRIALS[product].word("verify"), "late_answer", seconds=2)
    began = time.monotonic()
    shop.come_back(address)
    assert time.monotonic() - began < 2
    assert shop.attempt(payment).state == AttemptState.UNKNOWN
    assert shop.truth(payment) == "VERIFIED"

    poll(later(minutes=1))

    assert shop.see(payment).state == PaymentState.SETTLED
    assert shop.attempt(payment).provider_ref
    assert len(purchases_of(shop.business.id)) == 1
    assert shop.is_well()


# Clocks apart


@every_product
@pytest.mark.parametrize("hours", [-7, 7])
def test_a_provider_whose_clock_is_hours_off_changes_nothing(
    shop_of, product, poll, hours, purchases_of
):
    shop: Shop = shop_of(product)
    if hours > 0:
        shop.bank.advance(hours * 3600)  # theirs is ahead
    else:
        shop.now -= timedelta(hours=hours)  # ours is
    returned, lost, given_up = shop.ask(), shop.ask(), shop.ask()
    shop.come_back(shop.pay(returned))
    shop.pay(lost, "callback_lost")
    shop.send_to_bank(given_up)
    for minutes in (1, 5, 46, 60):
        poll(shop.now + timedelta(minutes=minutes))

    assert shop.see(returned).state == PaymentState.SETTLED
    assert shop.see(lost).state == PaymentState.SETTLED
    assert shop.attempt(given_up).state == AttemptState.EXPIRED
    assert len(purchases_of(shop.business.id)) == 2
    assert shop.is_well()

"""What a failed call means: not sent, unknown, or forbidden inside a transaction."""

import gzip
import json
import os
import socket
import threading
import time
import tomllib
from collections import Counter
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from django.db import transaction

from core.http import (
    PATIENCE,
    TIMEOUT,
    InsideTransaction,
    NotSent,
    OutcomeUnknown,
    _own,
    _way,
    call,
)
from payments.operations.schedule import LEASE

SPOKEN = {
    "/packed": ("Content-Encoding", "gzip", gzip.compress('{"نام": "بانک"}'.encode())),
    "/badly-packed": ("Content-Encoding", "gzip", b"not packed at all"),
    "/arabic": ("Content-Type", "text/html; charset=windows-1256", "بانک".encode("cp1256")),
    "/nowhere-else": ("Content-Type", "text/html; charset=of-our-own", "بانک".encode()),
    "http://bank.test/pay": ("Content-Type", "application/json", b'{"by": "the proxy"}'),
}


class Rude(BaseHTTPRequestHandler):
    """Answers, or hangs up in the middle."""

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.body = self.rfile.read(length)
        if self.path == "/hang-up":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            return
        if self.path == "/drip":
            self.drip()
            return
        if self.path == "/echo":
            said = {"heads": dict(self.headers), "body": self.body.decode()}
            self.speak("Content-Type", "application/json", json.dumps(said).encode())
            return
        if self.path in SPOKEN:
            self.speak(*SPOKEN[self.path])
            return
        self.send_response(500 if self.path == "/html" else 200)
        self.end_headers()
        self.wfile.write(b"<html>" if self.path == "/html" else b'{"ok": true}')

    do_GET = do_POST  # noqa: N815 - the library looks for this name

    def drip(self) -> None:
        """Say one byte at a time, each well before anybody would call it silence."""
        self.send_response(200)
        self.send_header("Content-Length", "50")
        self.end_headers()
        try:
            for _ in range(50):
                self.wfile.write(b" ")
                time.sleep(0.05)
        except OSError:
            return

    def speak(self, header: str, value: str, body: bytes) -> None:
        """Say a body in a way of its own."""
        self.send_response(200)
        self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def server():
    httpd = HTTPServer(("127.0.0.1", 0), Rude)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.django_db
def test_answers(server: str) -> None:
    assert call("POST", f"{server}/", json={}).json == {"ok": True}
    html = call("POST", f"{server}/html", json={})
    assert (html.status, html.json, html.text) == (500, None, "<html>")
    assert call("POST", f"{server}/redirect").status == 302


@pytest.mark.django_db
def test_answers_are_read_as_they_were_written(server: str) -> None:
    assert call("POST", f"{server}/packed", json={}).json == {"نام": "بانک"}
    arabic = call("POST", f"{server}/arabic", json={})
    assert (arabic.json, arabic.text) == (None, "بانک")
    assert call("POST", f"{server}/nowhere-else", json={}).text == "بانک"


@pytest.mark.django_db
def test_an_answer_that_cannot_be_unpacked_may_have_been_carried_out(server: str) -> None:
    with pytest.raises(OutcomeUnknown):
        call("POST", f"{server}/badly-packed", json={})


@pytest.mark.django_db
def test_a_request_is_written_as_its_kind_asks(server: str) -> None:
    def told(**said):
        return call(said.pop("method", "POST"), f"{server}/echo", **said).json

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert told()["heads"]["User-Agent"] == f"Vafa/{project['version']}"
    plain = told(json={"نام": "بانک"}, headers={"X-Key": "1"})
    assert plain["body"] == '{"نام":"بانک"}'
    assert plain["heads"]["Content-Type"] == "application/json"
    assert plain["heads"]["X-Key"] == "1"
    form = told(data={"a": "۱ &", "b": ""})
    assert form["body"] == "a=%DB%B1+%26&b="
    assert form["heads"]["Content-Type"] == "application/x-www-form-urlencoded"
    soap = told(content=b"<x/>", headers={"Content-Type": "text/xml"})
    assert (soap["body"], soap["heads"]["Content-Type"]) == ("<x/>", "text/xml")
    empty = told()
    assert (empty["body"], empty["heads"]["Content-Length"]) == ("", "0")
    assert "Content-Length" not in told(method="GET")["heads"]


@pytest.fixture
def environment(monkeypatch):
    """Set the environment as a deployment would before a process calls anybody."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    _way.cache_clear()
    yield monkeypatch
    _way.cache_clear()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["http_proxy", "all_proxy"])
@pytest.mark.parametrize("scheme", ["http://", ""])
def test_the_proxy_of_the_environment_is_used(server, environment, name, scheme) -> None:
    environment.setenv(name, server.replace("http://", scheme))
    assert call("POST", "http://bank.test/pay").json == {"by": "the proxy"}


@pytest.mark.django_db
def test_a_host_the_environment_excepts_is_called_directly(server, environment) -> None:
    environment.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    environment.setenv("no_proxy", "127.0.0.1")
    assert call("POST", f"{server}/", json={}).json == {"ok": True}


@pytest.mark.django_db
def test_failures(server: str) -> None:
    with pytest.raises(OutcomeUnknown):
        call("POST", f"{server}/hang-up", json={})
    with pytest.raises(NotSent):
        call("POST", f"http://127.0.0.1:{closed_port()}/", json={})


@pytest.mark.django_db
def test_a_slow_answer_is_unknown() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        with pytest.raises(OutcomeUnknown):
            call("POST", url, timeout=httpx.Timeout(0.2))


@pytest.mark.django_db
def test_an_answer_that_drips_in_is_given_up_before_a_lease_ends(server, monkeypatch) -> None:
    """Each byte comes in time and the whole would come after everybody else took over."""
    assert PATIENCE.total_seconds() + (TIMEOUT.read or 0) < LEASE.total_seconds()
    monkeypatch.setattr("core.http.PATIENCE", timedelta(seconds=0.3))
    began = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        call("POST", f"{server}/drip", json={})
    assert time.monotonic() - began < 1.5
    monkeypatch.undo()
    assert call("POST", f"{server}/drip", json={}).text == " " * 50


@pytest.mark.django_db(transaction=True)
def test_never_inside_a_transaction(server: str) -> None:
    with transaction.atomic(), pytest.raises(InsideTransaction):
        call("POST", f"{server}/", json={})
    assert call("POST", f"{server}/", json={}).status == 200


@pytest.mark.django_db
def test_a_request_is_sent_as_one() -> None:
    """Head and body sent one by one would wake the other side twice."""
    heard: list[bytes] = []

    def listen() -> None:
        caller, _address = door.accept()
        with caller:
            heard.append(caller.recv(65_536))
            caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=listen)
        thread.start()
        assert call("POST", f"http://127.0.0.1:{door.getsockname()[1]}/", json={"a": 1}).json == {}
        thread.join()
    assert heard[0].startswith(b"POST / HTTP/1.1")
    assert heard[0].endswith(b'{"a":1}')


class Patient(BaseHTTPRequestHandler):
    """Keeps its connections open, gives out cookies and notes who speaks on which connection."""

    protocol_version = "HTTP/1.1"
    heard: ClassVar[list[tuple[int, str | None]]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.heard.append((self.client_address[1], self.headers.get("Cookie")))
        self.send_response(200)
        self.send_header("Set-Cookie", "whose=the-first-business; Path=/")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
        self.close_connection = self.path == "/last"

    def log_message(self, *args: object) -> None:
        """Stay silent."""


class Inn(ThreadingHTTPServer):
    """Tells when it has hung up on somebody."""

    hung_up: ClassVar[threading.Event]

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.hung_up.set()


@pytest.fixture
def patient():
    Patient.heard, Inn.hung_up = [], threading.Event()
    httpd = Inn(("127.0.0.1", 0), Patient)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.mark.django_db
def test_a_connection_is_used_again_and_carries_nobodys_cookies(patient: str) -> None:
    for _ in range(3):
        call("POST", f"{patient}/", json={})

    (only,) = {port for port, _cookie in Patient.heard}
    assert only
    assert [cookie for _port, cookie in Patient.heard] == [None] * 3


@pytest.mark.django_db
def test_a_connection_the_other_side_closed_is_not_used_again(patient: str) -> None:
    call("POST", f"{patient}/last", json={})
    assert Inn.hung_up.wait(5)
    assert call("POST", f"{patient}/", json={}).status == 200

    assert len({port for port, _cookie in Patient.heard}) == 2


@pytest.mark.django_db
def test_a_forked_process_has_connections_of_its_own(patient: str) -> None:
    call("POST", f"{patient}/", json={})
    child = os.fork()
    if child == 0:
        call("POST", f"{patient}/", json={})
        os._exit(0)
    os.waitpid(child, 0)
    call("POST", f"{patient}/", json={})

    first, forked, last = (port for port, _cookie in Patient.heard)
    assert forked != first == last


@pytest.mark.django_db
def test_threads_do_not_wait_for_each_others_connections(patient: str) -> None:
    def twice() -> None:
        call("POST", f"{patient}/", json={})
        call("POST", f"{patient}/", json={})
        everybody.wait(5)  # nobody's number is free for the next one before

    everybody = threading.Barrier(3)
    threads = [threading.Thread(target=twice) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ports = Counter(port for port, _cookie in Patient.heard)
    assert sorted(ports.values()) == [2, 2, 2]


@pytest.mark.django_db
def test_no_more_connections_are_kept_than_may_be(patient: str, monkeypatch) -> None:
    monkeypatch.setattr("core.http._MOST_KEPT", 1)
    by_name = patient.replace("127.0.0.1", "localhost")
    for host in (patient, by_name, patient, patient):
        call("POST", f"{host}/", json={})
        assert len(_own.kept) == 1

    assert len({port for port, _cookie in Patient.heard}) == 3

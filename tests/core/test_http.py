"""What a failed call means: not sent, unknown, or forbidden inside a transaction."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from django.db import transaction

from core.http import InsideTransaction, NotSent, OutcomeUnknown, call


class Rude(BaseHTTPRequestHandler):
    """Answers, or hangs up in the middle."""

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.rfile.read(length)
        if self.path == "/hang-up":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            return
        self.send_response(500 if self.path == "/html" else 200)
        self.end_headers()
        self.wfile.write(b"<html>" if self.path == "/html" else b'{"ok": true}')

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


@pytest.mark.django_db(transaction=True)
def test_never_inside_a_transaction(server: str) -> None:
    with transaction.atomic(), pytest.raises(InsideTransaction):
        call("POST", f"{server}/", json={})
    assert call("POST", f"{server}/", json={}).status == 200

"""The adapter believes documented words only, and never tells the key."""

import logging

import pytest

from core.http import Answer, NotSent, OutcomeUnknown
from messaging.providers import Account, Outcome, Outgoing, Status, kavenegar, provider_named

ACCOUNT = Account("http://sms.test", "10008663", "canary-key-51")
MESSAGE = Outgoing(42, "+989121234567", "سلام")


@pytest.fixture
def says(monkeypatch):
    """Make the wire say something."""

    def script(answer):
        def call(method, url, *, data):
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(kavenegar, "call", call)

    return script


def envelope(status, entries=None):
    return Answer(status, {"return": {"status": status, "message": ""}, "entries": entries}, "")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (envelope(200, [{"messageid": 7, "status": 1, "cost": 1850}]), Outcome.ACCEPTED),
        (envelope(200, [{"messageid": "۷", "status": 1, "cost": 1850}]), Outcome.ACCEPTED),
        (envelope(200, [{"status": 1}]), Outcome.UNKNOWN),
        (envelope(200), Outcome.UNKNOWN),
        (envelope(411), Outcome.REFUSED),
        (envelope(403), Outcome.REFUSED),
        (envelope(418), Outcome.NOT_SENT),
        (envelope(451), Outcome.NOT_SENT),
        (envelope(409), Outcome.UNKNOWN),
        (envelope(777), Outcome.UNKNOWN),
        (Answer(500, None, "<html>"), Outcome.UNKNOWN),
        (Answer(200, None, "{"), Outcome.UNKNOWN),
        (Answer(200, ["?"], "[]"), Outcome.UNKNOWN),
        (Answer(429, None, "<html>"), Outcome.NOT_SENT),
        (NotSent("ConnectError"), Outcome.NOT_SENT),
        (OutcomeUnknown("ReadTimeout"), Outcome.UNKNOWN),
    ],
)
def test_send_outcomes(says, answer, outcome):
    says(answer)
    assert provider_named("kavenegar").send(ACCOUNT, MESSAGE).outcome is outcome


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (1, Status.ON_ITS_WAY),
        (5, Status.ON_ITS_WAY),
        (6, Status.FAILED),
        (10, Status.DELIVERED),
        (11, Status.UNDELIVERED),
        (14, Status.BLOCKED),
        (100, Status.NOT_FOUND),
        (55, Status.UNKNOWN),
    ],
)
def test_inquiry_by_our_own_number(says, code, status):
    says(envelope(200, [{"messageid": 7, "localid": "42", "status": code}]))
    assert provider_named("kavenegar").inquire(ACCOUNT, 42).status is status


def test_an_answer_about_another_message_says_nothing(says):
    says(envelope(200, [{"messageid": 7, "localid": "43", "status": 10}]))
    assert provider_named("kavenegar").inquire(ACCOUNT, 42).status is Status.UNKNOWN


def test_silence_about_statuses_leaves_messages_out(says):
    says(OutcomeUnknown("ReadTimeout"))
    assert provider_named("kavenegar").statuses(ACCOUNT, ["7"]) == {}


def test_the_key_stays_out_of_logs_and_representations(db, caplog, sandbox):
    account = Account(sandbox.base_url, "10008663", "canary-key-51")
    with caplog.at_level(logging.DEBUG):
        assert provider_named("kavenegar").send(account, MESSAGE).outcome is Outcome.ACCEPTED
    assert "/v1/***/sms/send.json" in caplog.text
    assert "canary" not in caplog.text
    assert "canary" not in repr(account)

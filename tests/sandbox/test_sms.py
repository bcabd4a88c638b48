"""The SMS centre in the Kavenegar dialect."""

from typing import Any

import httpx
import pytest

from sandbox.sms.centre import parts
from tests.sandbox_server import Sandbox

KEY = "6E5A4D3C2B1A"
TEXT = "سلام سارا! نظرت دربارهٔ خرید امروز؟ https://vafa.test/s/aB3-x؟ ممنون."


def _send(sandbox: Sandbox, receptor: str, **fields: str) -> httpx.Response:
    form = {"receptor": receptor, "message": TEXT} | fields
    return sandbox.http.post(f"/v1/{KEY}/sms/send.json", data=form)


def _status(sandbox: Sandbox, message_id: int) -> int:
    query = {"messageid": str(message_id)}
    body: Any = sandbox.http.get(f"/v1/{KEY}/sms/status.json", params=query).json()
    return int(body["entries"][0]["status"])


def test_a_message_is_queued_then_sent_then_delivered(fresh_sandbox: Sandbox) -> None:
    body = _send(fresh_sandbox, "09121234567", localid="77").json()
    assert body["return"] == {"status": 200, "message": "تایید شد"}
    entry = body["entries"][0]
    assert (entry["status"], entry["receptor"]) == (1, "09121234567")
    fresh_sandbox.advance(3)
    assert _status(fresh_sandbox, entry["messageid"]) == 5
    fresh_sandbox.advance(60)
    assert _status(fresh_sandbox, entry["messageid"]) == 10
    local = fresh_sandbox.http.get(
        f"/v1/{KEY}/sms/statuslocalmessageid.json", params={"localid": "77"}
    ).json()["entries"][0]
    assert (local["messageid"], local["localid"], local["status"]) == (
        entry["messageid"],
        "77",
        10,
    )


def test_get_works_like_post(sandbox: Sandbox) -> None:
    query = {"receptor": "00989121234567", "message": "hi"}
    body = sandbox.http.get(f"/v1/{KEY}/sms/send.json", params=query).json()
    assert body["entries"][0]["receptor"] == "09121234567"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"receptor": "02188887777"}, 411),
        ({"receptor": "09121234567,12"}, 411),
        ({"receptor": ""}, 400),
        ({"receptor": ",".join(["09121234567"] * 201)}, 414),
        ({"message": " "}, 413),
        ({"message": "آ" * 901}, 413),
        ({"sender": "VAFA"}, 412),
        ({"date": "1000"}, 417),
        ({"date": "tomorrow"}, 417),
        ({"localid": "1,2"}, 400),
    ],
)
def test_what_is_wrong_is_told_by_the_documented_status(
    sandbox: Sandbox, fields: dict[str, str], status: int
) -> None:
    answer = _send(sandbox, **({"receptor": "09121234567"} | fields))
    assert answer.status_code == answer.json()["return"]["status"] == status
    assert answer.json()["entries"] is None


@pytest.mark.parametrize(
    ("last", "final"), [("01", 10), ("02", 11), ("03", 14), ("04", 6), ("05", 13), ("14", 1)]
)
def test_magic_receptors_decide_a_messages_fate(sandbox: Sandbox, last: str, final: int) -> None:
    message_id = _send(sandbox, f"099900000{last}").json()["entries"][0]["messageid"]
    sandbox.advance(3600)
    assert _status(sandbox, message_id) == final


def test_a_delivery_report_may_take_thirty_hours(sandbox: Sandbox) -> None:
    message_id = _send(sandbox, "09990000013").json()["entries"][0]["messageid"]
    sandbox.advance(29 * 3600)
    assert _status(sandbox, message_id) == 5
    sandbox.advance(2 * 3600)
    assert _status(sandbox, message_id) == 10


@pytest.mark.parametrize(("last", "status"), [("06", 411), ("07", 418), ("12", 451)])
def test_magic_receptors_refuse(sandbox: Sandbox, last: str, status: int) -> None:
    assert _send(sandbox, f"099900000{last}").json()["return"]["status"] == status


@pytest.mark.parametrize(("last", "kept"), [("08", 1), ("09", 0)])
def test_a_cut_connection_may_have_sent_or_not(
    fresh_sandbox: Sandbox, last: str, kept: int
) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        _send(fresh_sandbox, f"099900000{last}")
    assert len(fresh_sandbox.sms(receptor=f"099900000{last}")) == kept


def test_an_error_page(sandbox: Sandbox) -> None:
    assert _send(sandbox, "09990000010").status_code == 500


def test_a_code_of_another_dialect_is_told_as_being_busy(sandbox: Sandbox) -> None:
    """Scripted for every door at once, a code below zero came out as an HTTP status."""
    sandbox.script("sms.send", "error", code=-12, merchant=KEY)
    answer = _send(sandbox, "09121234567")
    assert answer.status_code == answer.json()["return"]["status"] == 409


def test_a_scripted_fault(sandbox: Sandbox) -> None:
    sandbox.script("sms.send", "error", code=418, merchant=KEY)
    assert _send(sandbox, "09121234567").json()["return"]["status"] == 418
    assert _send(sandbox, "09121234567").json()["return"]["status"] == 200


def test_an_unknown_id_key_or_method(sandbox: Sandbox) -> None:
    assert _status(sandbox, 5) == 100
    assert sandbox.http.get("/v1/bad-key/account/info.json").status_code == 403
    assert sandbox.http.get(f"/v1/{KEY}/sms/fly.json").status_code == 404


def test_credit_goes_down_by_the_parts(fresh_sandbox: Sandbox) -> None:
    def credit() -> int:
        body: Any = fresh_sandbox.http.get(f"/v1/{KEY}/account/info.json").json()
        return int(body["entries"]["remaincredit"])

    before = credit()
    cost = _send(fresh_sandbox, "09121234567,09121234568").json()["entries"][0]["cost"]
    assert before - credit() == 2 * cost > 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a" * 160, 1), ("a" * 161, 2), ("آ" * 70, 1), ("آ" * 71, 2), ("آ" * 134, 2), ("آ" * 135, 3)],
)
def test_parts(text: str, expected: int) -> None:
    assert parts(text) == expected


def test_the_inbox_links_what_can_be_opened(fresh_sandbox: Sandbox) -> None:
    _send(fresh_sandbox, "09121234567", message=TEXT + " <b>")
    page = fresh_sandbox.http.get("/sms").text
    assert '<a href="https://vafa.test/s/aB3-x"' in page
    assert "&lt;b&gt;" in page
    assert fresh_sandbox.sms()[0]["links"] == ["https://vafa.test/s/aB3-x"]


def test_a_message_for_later_waits(sandbox: Sandbox) -> None:
    moment = sandbox.http.get("/control/clock").json()["seconds"] + 600
    message_id = _send(sandbox, "09121234567", date=str(moment)).json()["entries"][0]["messageid"]
    assert _status(sandbox, message_id) == 2
    sandbox.advance(700)
    assert _status(sandbox, message_id) == 10

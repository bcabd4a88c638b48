"""Kavenegar's dialect. The account's key is part of the address, so addresses never reach a log."""

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.http import Answer, NotSent, OutcomeUnknown, call
from core.text import latin_digits
from messaging.providers.contract import (
    Account,
    Inquiry,
    Outcome,
    Outgoing,
    Sending,
    Status,
    Tariff,
)

TARIFF: Final = Tariff(longest_text=900, most_refs=500)

_OK: Final = 200
_NO_CREDIT: Final = 418
_TOO_MANY: Final = 429
# 429 and 451 say "slower"; 418 says "pay first": all three mean that nothing was sent.
_TRY_LATER: Final = frozenset({_NO_CREDIT, _TOO_MANY, 451})
_REFUSALS: Final = frozenset(
    {*range(400, 408), *range(411, 418), 419, 420, 422, 424, 426, 427, 428, 431, 432, 501, 607}
)
_STATUSES: Final = {
    1: Status.ON_ITS_WAY,
    2: Status.ON_ITS_WAY,
    4: Status.ON_ITS_WAY,
    5: Status.ON_ITS_WAY,
    6: Status.FAILED,
    10: Status.DELIVERED,
    11: Status.UNDELIVERED,
    13: Status.FAILED,
    14: Status.BLOCKED,
    100: Status.NOT_FOUND,
}
_KEY_IN_URL: Final = re.compile(r"(/v1/)[^/\s]+(/)")


class Kavenegar:
    """The adapter."""

    def send(self, account: Account, message: Outgoing) -> Sending:
        """Send one message by sms/send."""
        fields = {
            "receptor": _local(message.address),
            "message": message.body,
            "sender": account.sender,
            "localid": str(message.local_id),
        }
        try:
            answer = _ask(account, "send", fields)
        except NotSent as error:
            return Sending(Outcome.NOT_SENT, code=str(error))
        except OutcomeUnknown as error:
            return Sending(Outcome.UNKNOWN, code=str(error))
        return _sending(answer)

    def inquire(self, account: Account, local_id: int) -> Inquiry:
        """Ask by sms/statuslocalmessageid."""
        entries = _entries(account, "statuslocalmessageid", {"localid": str(local_id)})
        for entry in entries:
            if _number(entry.get("localid")) == local_id:
                return _inquiry(entry)
        return Inquiry(Status.UNKNOWN)

    def statuses(self, account: Account, refs: Sequence[str]) -> Mapping[str, Inquiry]:
        """Ask by sms/status, as many at a time as the provider takes."""
        found: dict[str, Inquiry] = {}
        for start in range(0, len(refs), TARIFF.most_refs):
            wanted = refs[start : start + TARIFF.most_refs]
            for entry in _entries(account, "status", {"messageid": ",".join(wanted)}):
                found[str(_number(entry.get("messageid")))] = _inquiry(entry)
        return found


class _WithoutKeys(logging.Filter):
    """Blanks the key in every address a log line mentions."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _KEY_IN_URL.sub(r"\1***\2", record.getMessage())
        record.args = ()
        return True


def hide_keys_in_logs() -> None:
    """Keep keys out of the log lines about calls."""
    for name in ("core.http", "httpcore"):
        logger = logging.getLogger(name)
        if not any(isinstance(one, _WithoutKeys) for one in logger.filters):
            logger.addFilter(_WithoutKeys())


def _ask(account: Account, method: str, fields: Mapping[str, str]) -> Answer:
    return call("POST", f"{account.base_url}/v1/{account.api_key}/sms/{method}.json", data=fields)


def _sending(answer: Answer) -> Sending:
    code = _code(answer)
    if code == _OK:
        return _accepted(answer)
    if code in _TRY_LATER:
        return Sending(Outcome.NOT_SENT, code=str(code))
    if code in _REFUSALS:
        return Sending(Outcome.REFUSED, code=str(code))
    return Sending(Outcome.UNKNOWN, code=str(code or answer.status))


def _accepted(answer: Answer) -> Sending:
    """Read the entry; a yes without a number is no proof, so it is asked about."""
    entry = next(iter(_rows(answer)), {})
    ref = _number(entry.get("messageid"))
    if not ref:
        return Sending(Outcome.UNKNOWN, code="no messageid")
    return Sending(Outcome.ACCEPTED, provider_ref=str(ref), cost_rial=_number(entry.get("cost")))


def _entries(account: Account, method: str, fields: Mapping[str, str]) -> list[dict[str, Any]]:
    """Ask and return rows; a question without an answer is an empty list, asked again later."""
    try:
        answer = _ask(account, method, fields)
    except (NotSent, OutcomeUnknown):
        return []
    return _rows(answer) if _code(answer) == _OK else []


def _inquiry(entry: Mapping[str, Any]) -> Inquiry:
    code = _number(entry.get("status"))
    ref = _number(entry.get("messageid"))
    status = Status.UNKNOWN if code is None else _STATUSES.get(code, Status.UNKNOWN)
    return Inquiry(status, str(ref) if ref else "", str(code))


def _code(answer: Answer) -> int | None:
    """Return the envelope's own status; a proxy's page has none and stays unknown."""
    body = answer.json
    told = body.get("return") if isinstance(body, dict) else None
    if isinstance(told, dict):
        return _number(told.get("status"))
    return _TOO_MANY if answer.status == _TOO_MANY else None


def _rows(answer: Answer) -> list[dict[str, Any]]:
    entries = answer.json.get("entries")
    listed = entries if isinstance(entries, list) else [entries]
    # A one-row answer sometimes comes doubly wrapped.
    flat = [row for item in listed for row in (item if isinstance(item, list) else [item])]
    return [row for row in flat if isinstance(row, dict)]


def _number(value: object) -> int | None:
    text = latin_digits(str(value)) if isinstance(value, str | int) else ""
    return int(text) if text.isascii() and text.isdigit() else None


def _local(address: str) -> str:
    """Return an Iranian E.164 number as the provider writes it (09…)."""
    return f"0{address[3:]}" if address.startswith("+98") else address.replace("+", "00", 1)

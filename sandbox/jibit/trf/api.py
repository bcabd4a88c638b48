"""The transferor's HTTP doors: batches of transfers under the client's own ids."""

import re
from typing import Final

from flask import Blueprint, Response

from sandbox import ledger
from sandbox.bank import transfers
from sandbox.bank.transfers import Ordered, Transfer, TransferState
from sandbox.jibit import tokens
from sandbox.jibit.door import make_token, queried, sent, serve
from sandbox.jibit.ppg.refunds import transfer_json
from sandbox.jibit.tokens import Client
from sandbox.jibit.words import Refusal
from sandbox.journal import Subject
from sandbox.office import Desk
from sandbox.wire import Answer, Json

api = Blueprint("jibit_trf", __name__, url_prefix="/jibit/trf/v2")
PSP: Final = "jibit_trf"
_SERVICE: Final = "trf"
_IBAN: Final = re.compile(r"IR[0-9]{24}")
_RIAL: Final = {"IRR": 1, "RIALS": 1, "TOMAN": 10}
# Seconds until a transfer of a mode leaves, and how long it then takes.
_MODES: Final = {"ACH": (1800, 7200), "NORMAL": (60, 60), "RTGS": (600, 3600)}
_ACH_MOST_RIAL: Final = 2_000_000_000


@api.post("/tokens/generate")
def generate() -> Response:
    """Make a pair of tokens."""
    return make_token(_SERVICE, tokens.generate)


@api.post("/tokens/refresh")
def renew() -> Response:
    """Renew a pair of tokens."""
    return make_token(_SERVICE, tokens.renew)


@api.post("/transfers")
def submit() -> Response:
    """Take a batch in, all of it or nothing."""
    body = sent()
    return serve(
        _SERVICE,
        "payout",
        lambda desk, client: _submit(desk, client, body),
        asked=body,
        subject=lambda _desk: Subject(authority=str(body.get("batchID"))),
    )


@api.get("/transfers")
def inquire() -> Response:
    """Tell a batch or a transfer."""
    query = queried()
    return serve(
        _SERVICE,
        "payout_inquiry",
        lambda desk, client: _told(_selected(desk, client, query)),
        asked=query,
    )


@api.delete("/transfers")
def cancel() -> Response:
    """Take transfers back that have not left."""
    query = queried()
    return serve(
        _SERVICE,
        "payout_cancel",
        lambda desk, client: _cancel(desk, _selected(desk, client, query)),
        asked=query,
    )


@api.get("/balances")
def balances() -> Response:
    """Tell what the client has."""

    def told(desk: Desk, client: Client) -> Answer:
        amount = ledger.balance_rial(desk.db, f"merchant:{client.api_key}")
        rows = [{"balanceType": "STL", "currency": "IRR", "amount": amount}]
        return Answer(200, {"balance": amount, "settleableBalance": amount, "balances": rows})

    return serve(_SERVICE, "balances", told, asked={})


def _submit(desk: Desk, client: Client, body: Json) -> Answer:
    rows, batch = _batch(body)
    read = [_read(client, row, place, batch) for place, row in enumerate(rows)]
    for one in read:
        if transfers.with_key(desk.db, PSP, client.api_key, one.key):
            raise Refusal("transfer.already_exists")
    total = sum(sum(one.parts_rial) for one in read)
    if ledger.balance_rial(desk.db, f"merchant:{client.api_key}") < total:
        raise Refusal("balances.not_enough")
    for one in read:
        transfers.order(desk.db, one, now=desk.now)
    return Answer(
        200, {"submittedCount": len(read), "totalAmountTransferred": total, "rejections": []}
    )


def _batch(body: Json) -> tuple[list[object], str]:
    rows = body.get("transfers")
    if not isinstance(rows, list) or not rows:
        raise Refusal("transfers.invalid_length")
    if not body.get("batchID"):
        raise Refusal("batchID.invalid_length")
    if body.get("submissionMode") not in {"BATCH", "TRANSFER"}:
        raise Refusal("submissionMode.not_valid")
    return rows, str(body["batchID"])


def _read(client: Client, row: object, place: int, batch: str) -> Ordered:
    told = row if isinstance(row, dict) else {}
    mode, key = str(told.get("transferMode") or "ACH"), told.get("transferID")
    if not isinstance(key, str) or not key:
        raise Refusal(f"transfers.{place}.transferID.invalid_length")
    if not _IBAN.fullmatch(str(told.get("destination"))):
        raise Refusal(f"transfers.{place}.destination.not_valid")
    if mode not in _MODES:
        raise Refusal(f"transfers.{place}.transferMode.not_valid")
    leaves, lasts = _MODES[mode]
    return Ordered(
        psp=PSP,
        merchant_id=client.api_key,
        kind="payout",
        key=key,
        destination=f"iban:{told['destination']}",
        parts_rial=(_amount(told, place, mode),),
        leaves_after=leaves,
        lasts=lasts,
        facts={
            "cancellable": told.get("cancellable", True) is True,
            "mode": mode,
            "batch": batch,
        },
    )


def _amount(told: Json, place: int, mode: str) -> int:
    amount, currency = told.get("amount"), str(told.get("currency"))
    if currency not in _RIAL:
        raise Refusal(f"transfers.{place}.currency.not_valid")
    if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0:
        raise Refusal(f"transfers.{place}.amount.not_enough_for_{mode.lower()}")
    if mode == "ACH" and amount * _RIAL[currency] > _ACH_MOST_RIAL:
        raise Refusal(f"transfers.{place}.amount.exceeded_maximum_for_ach")
    return amount * _RIAL[currency]


def _selected(desk: Desk, client: Client, query: Json) -> list[Transfer]:
    mine = transfers.of_merchant(desk.db, PSP, client.api_key, "payout")
    for name, value in (("transferID", None), ("batchID", "batch")):
        if query.get(name):
            mine = [
                one for one in mine if (one.facts.get(value) if value else one.key) == query[name]
            ]
    if not mine or not (query.get("transferID") or query.get("batchID")):
        raise Refusal("transfer.not_found", 404)
    return mine


def _told(found: list[Transfer]) -> Answer:
    rows = [
        transfer_json(one)
        | {
            "transferMode": one.facts["mode"],
            "destination": one.destination.removeprefix("iban:"),
        }
        for one in found
    ]
    return Answer(200, {"batchID": found[0].facts["batch"], "transfers": rows})


def _cancel(desk: Desk, found: list[Transfer]) -> Answer:
    for one in found:
        if one.state is not TransferState.PENDING or not one.facts.get("cancellable"):
            raise Refusal("cancellation.not_applicable")
        transfers.cancel(desk.db, one, now=desk.now)
    return Answer(204, {}, text="")

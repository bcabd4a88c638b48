"""Who may come in, and the envelope of every answer."""

import base64
import binascii
from hashlib import sha256
from typing import Final

from flask import request

from sandbox.bank.merchants import merchant
from sandbox.office import Desk
from sandbox.sequence import draw
from sandbox.store import fact, remember
from sandbox.wire import Answer, Json

TOKEN_SECONDS: Final = 3600


class Refusal(Exception):
    """A no to a call, by its code and HTTP status."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


def granted(data: Json) -> Answer:
    """Return the envelope of a yes."""
    return Answer(200, {"successful": True, "response": data})


def refused(code: int | None, message: str = "", status: int = 400) -> Answer:
    """Return the envelope of a no."""
    error: Json = {"errorCode": 1000 if code is None else code, "message": message or "خطا"}
    return Answer(status, {"successful": False, "errorData": error})


def let_in(desk: Desk) -> Answer:
    """Answer the password grant: a form from a client who shows both its own and the user's."""
    form, client = request.form, _basic()
    asked = (form.get("grant_type"), form.get("scope"))
    secret = f"{client}:{form.get('username')}:{form.get('password')}"
    client_id = client.partition(":")[0]
    known = fact(desk.db, f"snapppay user of {client_id}")
    proof = sha256(secret.encode()).hexdigest()
    complete = bool(client_id and form.get("username") and form.get("password"))
    if asked != ("password", "online-merchant") or not complete or known not in {None, proof}:
        return Answer(401, {"error": "unauthorized", "error_description": "Bad credentials"})
    remember(desk.db, f"snapppay user of {client_id}", proof)
    token = sha256(str(draw(desk.db, "snapppay token")).encode()).hexdigest()
    remember(desk.db, f"snapppay token {token}", f"{desk.now + TOKEN_SECONDS}:{client_id}")
    body: Json = {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS}
    return Answer(200, body)


def client_of(desk: Desk) -> str:
    """Return whose bearer token it is; raise Refusal for none, a stale one or a refused client."""
    client_id = known_client(desk)
    if not client_id:
        raise Refusal(401, "Unauthorized", status=401)
    refusal = merchant(desk.db, client_id).refusal
    if refusal is not None:
        raise Refusal(refusal, "Forbidden", status=403)
    return client_id


def known_client(desk: Desk) -> str:
    """Return whose bearer token it is, "" when it is nobody's."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    until, _, client_id = (fact(desk.db, f"snapppay token {token}") or "0:").partition(":")
    return client_id if kind == "Bearer" and int(until) > desk.now else ""


def _basic() -> str:
    kind, _, shown = request.headers.get("Authorization", "").partition(" ")
    if kind != "Basic":
        return ""
    try:
        return base64.b64decode(shown, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""

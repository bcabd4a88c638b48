"""Vandar's panel API: one login for refunds, payouts, deposits and debits.

A login that fails, or a token nobody takes, means the call itself was never made: NOT_ATTEMPTED.
"""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from payments.providers.contract import Account, Outcome
from payments.providers.talk import Heard, forget_token, remember_token, remembered_token, talk

_PRODUCT: Final = "vandar"
# Tokens live five days; a process never keeps one longer than a day.
_KEPT_SECONDS: Final = 24 * 3600


def ask(
    account: Account,
    method: str,
    path: str,
    *,
    json: Mapping[str, Any] | None = None,
    host: str = "api",
) -> Heard:
    """Make one call of the panel; `path` begins with `/v3/business/…` or the like.

    A refused token is renewed once: a 401 says that nothing was done.
    """
    for _ in range(2):
        token, trouble = _token(account)
        if trouble is not None:
            return trouble
        heard = talk(
            method,
            f"{account.host(host)}{path}",
            json=json,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        )
        if heard.answer is None or heard.answer.status != HTTPStatus.UNAUTHORIZED:
            return heard
        forget_token(account, _PRODUCT)
    return replace(heard, failure=Outcome.NOT_ATTEMPTED, trouble="token refused")


def business_path(account: Account, rest: str) -> str:
    """Return a path of the account's own business under v3."""
    return f"/v3/business/{account.credentials['business']}/{rest}"


def _token(account: Account) -> tuple[str, Heard | None]:
    known = remembered_token(account, _PRODUCT)
    if known:
        return known, None
    names = ("mobile", "password")
    heard = talk(
        "POST",
        f"{account.host('api')}/v3/login",
        json={name: account.credentials[name] for name in names},
    )
    token = _read_token(heard)
    if not token:
        return "", replace(heard, failure=Outcome.NOT_ATTEMPTED, trouble="login failed")
    remember_token(account, _PRODUCT, token, seconds=_KEPT_SECONDS)
    return token, None


def _read_token(heard: Heard) -> str:
    if heard.answer is None or heard.answer.status != HTTPStatus.OK:
        return ""
    body = heard.answer.json
    token = body.get("access_token") if isinstance(body, dict) else None
    return token if isinstance(token, str) else ""

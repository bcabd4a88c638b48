"""The door all of Jibit's services share: who asks is read from the token, errors are worded."""

from collections.abc import Callable

from flask import Response, request

from sandbox.doors import Call, receive
from sandbox.jibit import tokens
from sandbox.jibit.tokens import Client
from sandbox.jibit.words import Refusal, refused, scripted
from sandbox.journal import Subject
from sandbox.office import Desk
from sandbox.wire import Answer, Json


def _as_it_is(answer: Answer) -> Answer:
    return answer


def _opened_nothing(_answer: Answer) -> str | None:
    return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def sent() -> Json:
    """Return the JSON object of the request's body, {} when there is none."""
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def queried() -> Json:
    """Return the request's query."""
    return dict(request.args.items())


def make_token(service: str, how: Callable[[Desk, str, Json], Answer]) -> Response:
    """Answer a call for tokens."""
    body = sent()

    def answer(desk: Desk) -> Answer:
        try:
            return how(desk, service, body)
        except Refusal as refusal:
            return refused(refusal)

    return receive(
        Call(
            operation=f"jibit.{service}.token",
            asked={"apiKey": body.get("apiKey")},
            subject=lambda _desk: Subject(merchant_id=_text(body.get("apiKey"))),
            answer=answer,
            refused=scripted,
        )
    )


def serve(
    service: str,
    operation: str,
    answer: Callable[[Desk, Client], Answer],
    *,
    asked: Json,
    kind: str = "",
    subject: Callable[[Desk], Subject] = lambda _desk: Subject(),
    fresh: Callable[[Answer], Answer] = _as_it_is,
    opened: Callable[[Answer], str | None] = _opened_nothing,
) -> Response:
    """Answer one call of a service for whoever the token belongs to."""
    header = request.headers.get("Authorization", "")

    def told(desk: Desk) -> Answer:
        try:
            return answer(desk, tokens.client(desk, service, header))
        except Refusal as refusal:
            return refused(refusal)

    def about(desk: Desk) -> Subject:
        known = subject(desk)
        return Subject(
            merchant_id=tokens.known_client(desk, service, header),
            authority=known.authority,
            amount_rial=known.amount_rial,
        )

    return receive(
        Call(
            operation=operation,
            asked=asked,
            subject=about,
            answer=told,
            refused=scripted,
            fresh=fresh,
            opened=opened,
            kind=kind,
        )
    )

"""`Endpoint`: parse, make one call, render; everything else is done here once."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, ClassVar, Final, Protocol, cast
from uuid import UUID

from django.db import DatabaseError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel
from rest_framework.request import Request
from rest_framework.views import APIView

from core.api import idempotency, limits
from core.api.idempotency import Ask, Reply
from core.api.policy import OF_ANSWERS
from core.api.problems import of_exception
from core.api.render import OnlyJSON, to_bytes
from core.api.schema import EndpointSchema
from core.errors import Problem
from core.tenancy import acting_for
from core.tenancy.prepared import holds_no_more

__all__ = ["Call", "Endpoint", "Reply"]

_METHODS: Final = ("get", "post", "patch", "put", "delete")
MAX_BODY: Final = 5 * 1024 * 1024


class Caller(Protocol):
    """Who calls, as the authentication class found out."""

    key_id: UUID
    business_id: UUID
    is_test: bool
    is_remembered: bool

    def demand(self) -> None:
        """Let the transaction's next statement fail where this has changed."""

    def forget(self) -> None:
        """Have it found out anew."""


class _Changed(Exception):
    """The key is not what was remembered of it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated API call."""

    business_id: UUID
    key_id: UUID
    is_test: bool
    now: datetime
    query: Mapping[str, str]
    request: Request


Handler = Callable[..., Reply]


class Endpoint(APIView):
    """Base of all endpoints.

    Subclasses name the scope, body and answer models per method and define
    `get(call, **path)`, `post(call, body, **path)` and so on, each returning a Reply. Handlers
    run inside `acting_for`, except those in `unscoped_methods` (they call the wire).
    """

    scopes: ClassVar[Mapping[str, str]] = {}
    body: ClassVar[Mapping[str, type[BaseModel]]] = {}
    answer: ClassVar[Mapping[str, type[BaseModel]]] = {}
    answer_status: ClassVar[Mapping[str, int]] = {}
    # Query parameters of GET, for the OpenAPI document: name → what it does.
    filters: ClassVar[Mapping[str, str]] = {}
    unscoped_methods: ClassVar[frozenset[str]] = frozenset()
    key_required: ClassVar[bool] = False
    schema = EndpointSchema()
    content_negotiation_class = OnlyJSON

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Return the framework's headers and the policy of answers."""
        return {**super().default_response_headers, **OF_ANSWERS}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Wrap the methods a subclass defines."""
        super().__init_subclass__(**kwargs)
        for name in _METHODS:
            if name in cls.__dict__:
                setattr(cls, name, _wrapped(cls.__dict__[name]))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, check the scope, count against the rate limit."""
        super().initial(request, *args, **kwargs)
        self.headers.update(limits.spend(cast("Caller", request.auth).key_id))

    def check_permissions(self, request: Request) -> None:
        """Refuse what the key may not do, but never by what is only remembered of it."""
        try:
            super().check_permissions(request)
        except Problem:
            if not cast("Caller", request.auth).is_remembered:
                raise
            self._admit(request)

    def run(self, handler: Handler, request: Request, path: Mapping[str, Any]) -> HttpResponse:
        """Carry one call through idempotency and scope; log it when it wrote or failed."""
        began = time.monotonic()

        def took_ms() -> int:
            return int((time.monotonic() - began) * 1000)

        try:
            raw = _raw_body(request)
            ask = _ask(request, raw)
        except Problem:
            self._admit(request)
            raise
        try:
            return self._run(handler, request, ask, raw, path, took_ms)
        except _Changed:
            self._admit(request)
            return self._run(handler, request, _ask(request, raw), raw, path, took_ms)

    def checks_key(self, method: str) -> bool:
        """Tell whether a remembered key is checked by the first statement of a method's scope."""
        return method not in self.unscoped_methods

    def _admit(self, request: Request) -> None:
        """Find out anew who calls and what they may, where that was remembered."""
        caller = cast("Caller", request.auth)
        if not caller.is_remembered:
            return
        caller.forget()
        for door in request.authenticators or ():
            _user, request.auth = door.authenticate(request) or (None, None)
        self.check_permissions(request)

    def _run(  # noqa: PLR0917 - the parts of one call
        self,
        handler: Handler,
        request: Request,
        ask: Ask,
        raw: bytes,
        path: Mapping[str, Any],
        took_ms: Callable[[], int],
    ) -> HttpResponse:
        call = _call(request, ask.at)
        try:
            reply = self._reply(handler, call, ask, raw, path, took_ms)
        except _OURS as error:
            self._admit(request)
            problem = of_exception(error)
            if problem is not None:
                idempotency.log_problem(ask, problem, took_ms())
            raise
        return _rendered(reply)

    def _reply(  # noqa: PLR0917 - the parts of one call
        self,
        handler: Handler,
        call: Call,
        ask: Ask,
        raw: bytes,
        path: Mapping[str, Any],
        took_ms: Callable[[], int],
    ) -> Reply:
        arguments = self._arguments(call, ask, raw)

        def work() -> Reply:
            return handler(self, *arguments, **path)

        if ask.method in self.unscoped_methods:
            return idempotency.once_unscoped(ask, work, took_ms)
        caller = cast("Caller", call.request.auth)
        if ask.method == "GET":
            with _scope(caller):
                return work()
        try:
            with _scope(caller):
                return idempotency.once(ask, work, took_ms)
        except (Problem, DatabaseError) as failure:
            with _scope(caller):
                earlier = idempotency.answered(ask, failure)
            if earlier is None:
                raise
            return earlier

    def _arguments(self, call: Call, ask: Ask, raw: bytes) -> tuple[Any, ...]:
        if self.key_required and ask.method == "POST" and ask.key is None:
            raise Problem("idempotency_key_missing", _("Send an Idempotency-Key header."))
        model = self.body.get(ask.method)
        return (call,) if model is None else (call, model.model_validate_json(raw or b"{}"))


# What a handler may raise on purpose; anything else is a fault of ours and becomes a 500.
_OURS: Final = (Problem, ValueError)


def _wrapped(handler: Handler) -> Callable[..., HttpResponse]:
    @wraps(handler)
    def method(self: Endpoint, request: Request, **path: Any) -> HttpResponse:
        return self.run(handler, request, path)

    return method


@contextmanager
def _scope(caller: Caller) -> Iterator[None]:
    """Act for the caller's business; raises _Changed where the key is not what is remembered."""
    try:
        with acting_for(caller.business_id):
            caller.demand()
            yield
    except DatabaseError as error:
        if holds_no_more(error):
            raise _Changed from error
        raise


def _raw_body(request: Request) -> bytes:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
        raise Problem(
            "body_too_large",
            _("The body is larger than 5 MB."),
            status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        )
    return bytes(request._request.body)  # noqa: SLF001 - the framework's documented wrapper


def _ask(request: Request, raw: bytes) -> Ask:
    caller = cast("Caller", request.auth)
    key = request.headers.get(idempotency.HEADER) or None
    if key is not None and (len(key) > idempotency.MAX_KEY or not key.isprintable()):
        raise Problem("invalid_idempotency_key", _("An Idempotency-Key has 1 to 200 characters."))
    method, path = request.method or "", request.path
    return Ask(
        business_id=caller.business_id,
        api_key_id=caller.key_id,
        method=method,
        path=path,
        key=key if method == "POST" else None,
        fingerprint=idempotency.fingerprint(method, path, raw),
        at=timezone.now(),
    )


def _call(request: Request, now: datetime) -> Call:
    caller = cast("Caller", request.auth)
    return Call(
        business_id=caller.business_id,
        key_id=caller.key_id,
        is_test=caller.is_test,
        now=now,
        # PostgreSQL cannot even be asked for a NUL, and nothing we keep holds one.
        query={
            name: text.replace("\x00", "") for name, text in request.query_params.dict().items()
        },
        request=request,
    )


def _rendered(reply: Reply) -> HttpResponse:
    body = reply.data if isinstance(reply.data, bytes) else to_bytes(reply.data)
    response = HttpResponse(body, status=reply.status, content_type="application/json")
    if reply.replayed:
        response[idempotency.REPLAYED] = "true"
    return response

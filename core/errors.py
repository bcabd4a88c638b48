"""The one error a caller is meant to see: a stable code and a sentence in their language."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.utils.functional import Promise

Sentence = str | Promise


class Problem(Exception):
    """A refusal in the shape of RFC 9457.

    `code` is stable and machine-readable; `detail` is a sentence for people; `fields` maps a
    JSON path of the request to sentences, `about` names the one field the whole refusal is about;
    `extra` adds members to the answer.
    """

    def __init__(
        self,
        code: str,
        detail: Sentence,
        *,
        status: int = HTTPStatus.BAD_REQUEST,
        fields: Mapping[str, list[Sentence]] | None = None,
        about: str = "",
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.status = int(status)
        self.fields = dict(fields or ({about: [detail]} if about else {}))
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class NotFound(Problem):
    """The thing does not exist for this business (also the answer to outsiders)."""

    def __init__(self, detail: Sentence) -> None:
        super().__init__("not_found", detail, status=HTTPStatus.NOT_FOUND)

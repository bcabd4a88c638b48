"""SOAP in two halves: zeep writes the question and reads the answer, `talk` makes the call.

So a SOAP provider has the same time-outs, the same ban on open transactions and the same outcomes
as any other, and its description is a file of ours: nothing is downloaded.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from zeep import Client, Settings
from zeep.exceptions import Error
from zeep.wsdl.utils import etree_to_string

from core.http import Answer
from payments.providers.talk import Heard, talk

_XML: Final = "text/xml; charset=utf-8"


class NotPinned(LookupError):
    """A service description wanted to load something that is not in the package."""


class _Files:
    """Where zeep reads descriptions from: files beside the adapter, nothing else."""

    def load(self, url: str) -> bytes:
        path = Path(url)
        if not path.is_file():
            raise NotPinned(url)
        return path.read_bytes()


class Soap:
    """One SOAP service by its pinned description; safe to share, it keeps no session."""

    def __init__(self, wsdl: Path) -> None:
        self._wsdl = wsdl

    def call(self, url: str, operation: str, values: Mapping[str, Any]) -> tuple[Heard, Any]:
        """Make one call; return what was heard, and its result, None when it can't be read."""
        envelope = self._client.create_message(self._service, operation, **values)
        heard = talk(
            "POST",
            url,
            content=etree_to_string(envelope),
            asked=values,
            headers={"Content-Type": _XML, "SOAPAction": '""'},
        )
        return heard, None if heard.answer is None else self._result(operation, heard.answer)

    @cached_property
    def _client(self) -> Any:
        return Client(str(self._wsdl), transport=_Files(), settings=Settings(strict=True))

    @cached_property
    def _service(self) -> Any:
        return self._client.service

    def _result(self, operation: str, answer: Answer) -> Any:
        reply = SimpleNamespace(
            status_code=answer.status, content=answer.text.encode(), headers={}, encoding="utf-8"
        )
        binding = self._service._binding  # noqa: SLF001 - zeep's own client reaches it this way
        try:
            return binding.process_reply(self._client, binding.get(operation), reply)
        except Error:  # a fault, or a page that is no answer of this service
            return None

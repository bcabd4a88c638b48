"""The dialect's envelopes: a strict question in, an answer or a fault out."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lxml import etree

from sandbox.wire import Answer

NAMESPACE: Final = "http://interfaces.core.sw.bps.com/"
WSDL: Final = Path(__file__).with_name("pgw.wsdl")
_ADDRESS: Final = "https://bpm.shaparak.ir/pgwchannel/services/pgw"
_ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_XML: Final = "text/xml; charset=utf-8"
_LONG: Final = re.compile(r"-?[0-9]{1,19}")
_LARGEST: Final = 2**63

_WHO: Final = {"terminalId": int, "userName": str, "userPassword": str}
_PAY: Final = {
    **_WHO,
    "orderId": int,
    "amount": int,
    "localDate": str,
    "localTime": str,
    "additionalData": str,
    "callBackUrl": str,
    "payerId": str,
}
_SALE: Final = {**_WHO, "orderId": int, "saleOrderId": int, "saleReferenceId": int}
FIELDS: Final[dict[str, Mapping[str, type]]] = {
    "bpPayRequest": _PAY,
    "bpVerifyRequest": _SALE,
    "bpSettleRequest": _SALE,
    "bpInquiryRequest": _SALE,
    "bpReversalRequest": _SALE,
}
Values = dict[str, int | str]


class NotUnderstoodError(ValueError):
    """The envelope is not one of this service's questions."""


def read(body: bytes) -> tuple[str, Values]:
    """Return the operation and its values; every field, in its place, in its type."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        envelope = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise NotUnderstoodError("this is no XML") from error
    asked = envelope.find(f"{{{_ENVELOPE}}}Body/*")
    if asked is None:
        raise NotUnderstoodError("the envelope is empty")
    name = etree.QName(asked)
    if name.namespace != NAMESPACE or name.localname not in FIELDS:
        raise NotUnderstoodError(f"there is no operation {name.text}")
    fields = FIELDS[name.localname]
    if [child.tag for child in asked] != list(fields):
        raise NotUnderstoodError(f"{name.localname} wants {', '.join(fields)}")
    return name.localname, {child.tag: _typed(child, fields[child.tag]) for child in asked}


def answered(operation: str, result: str) -> Answer:
    """Return an operation's answer."""
    said = etree.Element(f"{{{NAMESPACE}}}{operation}Response", nsmap={"ns2": NAMESPACE})
    etree.SubElement(said, "return").text = result
    return _sent(200, said, {"return": result})


def fault(why: str) -> Answer:
    """Return the fault a question gets that is not understood."""
    said = etree.Element(f"{{{_ENVELOPE}}}Fault")
    etree.SubElement(said, "faultcode").text = "S:Client"
    etree.SubElement(said, "faultstring").text = why
    return _sent(500, said, {"fault": why})


def description(address: str) -> str:
    """Return the service's description, with the address it is served at."""
    return WSDL.read_text(encoding="utf-8").replace(_ADDRESS, address)


def _typed(child: "etree._Element", kind: type) -> int | str:
    text = (child.text or "").strip()
    if kind is str:
        return text
    if not _LONG.fullmatch(text) or not -_LARGEST <= int(text) < _LARGEST:
        raise NotUnderstoodError(f"{child.tag} is no long")
    return int(text)


def _sent(status: int, said: "etree._Element", noted: dict[str, object]) -> Answer:
    envelope = etree.Element(f"{{{_ENVELOPE}}}Envelope", nsmap={"S": _ENVELOPE})
    etree.SubElement(envelope, f"{{{_ENVELOPE}}}Body").append(said)
    text = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8").decode()
    return Answer(status, noted, text=text, content_type=_XML)

"""Every text the product shows exists in Persian, whole and well spelt."""

import ast
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation.template import templatize

from tests.house.sources import ROOT, files

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    **{f"{name}_lazy": spec for name, spec in DEFAULT_KEYWORDS.items() if name != "_"},
}
OUTSIDE = {"tests", "sandbox", "benchmarks"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
ARABIC = re.compile("[\u064a\u0643\u0660-\u0669]")
Msgid = str | tuple[str, ...]


def _sources(suffix: str) -> Iterator[Path]:
    return (path for path in files(suffix) if path.relative_to(ROOT).parts[0] not in OUTSIDE)


def _as_python(path: Path) -> bytes:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        # What is left of a template is no Python; its indentation must not matter.
        text = "\n".join(line.lstrip() for line in templatize(text).splitlines())
    return text.encode()


def _msgids(path: Path) -> Iterator[Msgid]:
    found: Iterator[Any] = extract("python", io.BytesIO(_as_python(path)), keywords=KEYWORDS)
    return (msgid for _line, msgid, _comments, _context in found if msgid)


@cache
def _catalogue() -> dict[Msgid, Message]:
    known: dict[Msgid, Message] = {}
    for path in files(".po"):
        with path.open("rb") as file:
            known |= {_key(message.id): message for message in read_po(file, "fa") if message.id}
    return known


def _key(msgid: Any) -> Msgid:
    return msgid if isinstance(msgid, str) else tuple(msgid)


def _strings(message: Message) -> tuple[str, ...]:
    found = message.string
    return (found,) if isinstance(found, str) else tuple(found or ("",))


def _is_translated(msgid: Msgid) -> bool:
    message = _catalogue().get(_key(msgid)) or _plural_of(msgid)
    return message is not None and not message.fuzzy and all(_strings(message))


def _plural_of(msgid: Msgid) -> Message | None:
    """A text used both alone and with a plural has one entry, under the pair."""
    pairs = (known for known in _catalogue() if isinstance(known, tuple) and known[0] == msgid)
    pair = next(pairs, None)
    return _catalogue()[pair] if pair else None


@pytest.mark.parametrize("suffix", [".py", ".html"])
def test_every_text_has_its_persian(suffix):
    missing = {
        (str(path.relative_to(ROOT)), msgid)
        for path in _sources(suffix)
        for msgid in _msgids(path)
        if not _is_translated(msgid)
    }
    assert not missing, "\n".join(f"{path}: {msgid}" for path, msgid in sorted(missing, key=str))


def _hidden(source: str) -> Iterator[tuple[int, str]]:
    """Return the texts the search cannot read: inside an f-string, or no plain text at all."""
    tree = ast.parse(source)
    inside = {
        id(call)
        for text in ast.walk(tree)
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _called(call) in KEYWORDS and call.args:
            plain = isinstance(call.args[0], ast.Constant)
            if id(call) in inside or not plain:
                yield call.lineno, ast.unparse(call)


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def test_no_text_hides_from_the_search():
    """A text inside an f-string is looked up but never found missing: it would stay English."""
    hidden = {
        (str(path.relative_to(ROOT)), *found)
        for path in _sources(".py")
        for found in _hidden(path.read_text(encoding="utf-8"))
    }
    # Names of fields that are marked where they are written.
    assert {found for found in hidden if found[0] != "core/apps.py"} == set()


@pytest.mark.parametrize(
    ("source", "hides"),
    [
        ("_('Code:')", False),
        ("_('At most %(n)s') % {'n': f'{n}'}", False),
        ("f'{said} · {_(\"At most\")}'", True),
        ("f'{_(\"At most %(n)s\") % {1: 2}}'", True),
        ('f\'{x:{ngettext("a", "b", n)}}\'', True),
        ("_(f'At most {n}')", True),
        ("gettext_lazy(name)", True),
        ("f'{number(3)}'", False),
    ],
)
def test_a_hidden_text_is_known_when_seen(source, hides):
    assert bool(list(_hidden(source))) is hides


def test_the_search_finds_texts():
    found = {
        msgid for suffix in (".py", ".html") for path in _sources(suffix) for msgid in _msgids(path)
    }
    assert len(found) > 50


def test_translations_keep_their_placeholders():
    spoilt = [
        message.id
        for message in _catalogue().values()
        if not _placeholders(_strings(message)) <= _placeholders(_all_ids(message))
        or not _needed(message) <= _placeholders(_strings(message))
    ]
    assert spoilt == []


def test_persian_is_spelt_with_persian_letters():
    foreign = [
        (message.id, text)
        for message in _catalogue().values()
        for text in _strings(message)
        if ARABIC.search(text)
    ]
    assert foreign == []


def _all_ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _needed(message: Message) -> set[str]:
    return _placeholders(_all_ids(message)[-1:])


def _placeholders(texts: tuple[str, ...]) -> set[str]:
    return {found for text in texts for found in PLACEHOLDER.findall(text)}


def test_a_text_reads_the_same_in_every_app() -> None:
    """Django keeps one translation of a text, whichever app is read last, and shows it to all."""
    said: dict[Any, set[tuple[str, ...]]] = {}
    for path in files(".po"):
        with path.open("rb") as file:
            for message in read_po(file, "fa"):
                if message.id:
                    said.setdefault((message.context, _key(message.id)), set()).add(
                        _strings(message)
                    )
    assert {msgid: found for (_context, msgid), found in said.items() if len(found) > 1} == {}


def test_no_catalogue_of_others_stands_before_ours() -> None:
    """A word we translate reads as one of our apps has it, whoever else knows the word."""
    ours: dict[str, set[str]] = {}
    for path in files(".po"):
        with path.open("rb") as file:
            for message in read_po(file, "fa"):
                if isinstance(message.id, str) and message.id and not message.context:
                    ours.setdefault(message.id, set()).add(str(message.string))
    with translation.override("fa"):
        strange = [msgid for msgid, said in ours.items() if translation.gettext(msgid) not in said]
    assert strange == []

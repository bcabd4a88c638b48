"""The ledger's chain of seals, and its check without any database.

Only the standard library is used, so that this file alone (`python chain.py export.jsonl`) tells a
third party whether an export is whole. An export is lines of JSON: `{"ledger": business}`, then
each seal with its entries in order, then the entries not sealed yet. A seal's digest is
sha256(previous digest, newline, number, then for each entry a newline and its canonical JSON:
keys sorted, no spaces, UTF-8).
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

Document = Mapping[str, Any]
FIRST: Final = ""
_SHOWN: Final = 20


def canonical(entry: Document) -> str:
    """Return the one spelling of an entry that digests are made over."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(previous: str, number: int, entries: Sequence[Document]) -> str:
    """Return the digest of a seal."""
    lines = (previous, str(number), *(canonical(entry) for entry in entries))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(slots=True)
class Report:
    """What an export proves: seals and entries read, the last digest, and every fault."""

    seals: int = 0
    entries: int = 0
    unsealed: int = 0
    head: str = FIRST
    digests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.faults


def verify(lines: Iterable[str], known: str = "") -> Report:
    """Check an export. `known` is a seal's digest noted down earlier, as `number:digest`.

    Without one a chain made anew from its first seal, or one whose end was cut off, looks whole.
    """
    report, seen = Report(), set[str]()
    head: Document = {}
    for number, document in enumerate(_documents(lines, report)):
        if number == 0:
            head = document
        elif "seal" in document:
            _read_seal(document, head.get("ledger"), report, seen)
        else:
            report.unsealed += 1
            _read_entry(document.get("entry", {}), head.get("ledger"), report, seen)
    if "ledger" not in head:
        report.faults.append("the first line does not name a ledger")
    if known:
        _check_known(known, report)
    return report


def _documents(lines: Iterable[str], report: Report) -> Iterator[Document]:
    for number, line in enumerate(lines, 1):
        try:
            document = json.loads(line)
        except ValueError:
            document = None
        if isinstance(document, dict):
            yield document
        else:
            report.faults.append(f"line {number} is not readable")


def _read_seal(seal: Document, ledger: object, report: Report, seen: set[str]) -> None:
    number, entries = seal.get("seal"), list(seal.get("entries", ()))
    report.seals += 1
    if report.unsealed:
        report.faults.append(f"seal {number} stands after entries that are not sealed")
    if number != report.seals:
        report.faults.append(f"seal {report.seals} is missing: {number} stands in its place")
    if seal.get("previous") != report.head:
        report.faults.append(f"seal {number} does not follow the one before it")
    if seal.get("digest") != digest_of(report.head, report.seals, entries):
        report.faults.append(f"seal {number} is broken: its entries are not those it was made over")
    for entry in entries:
        _read_entry(entry, ledger, report, seen)
    report.head = str(seal.get("digest"))
    report.digests.append(report.head)


def _read_entry(entry: Document, ledger: object, report: Report, seen: set[str]) -> None:
    report.entries += 1
    name = str(entry.get("id"))
    if name in seen:
        report.faults.append(f"entry {name} stands there twice")
    if entry.get("business") != ledger:
        report.faults.append(f"entry {name} belongs to another ledger")
    seen.add(name)


def _check_known(known: str, report: Report) -> None:
    number, _, digest = known.partition(":")
    place = int(number) if number.isdecimal() else 0
    if not 1 <= place <= len(report.digests):
        report.faults.append(f"seal {number}, which is known, is not there")
    elif report.digests[place - 1] != digest:
        report.faults.append(f"seal {number} is not the one that is known")


def told(report: Report) -> str:
    """Return the report in words."""
    counted = f"{report.seals} seals, {report.entries} entries, {report.unsealed} not sealed yet"
    if report.is_whole:
        return f"whole: {counted}\nnote down: {report.seals}:{report.head}"
    more = len(report.faults) - _SHOWN
    rest = [f"and {more} more"] if more > 0 else []
    return "\n".join([f"BROKEN: {counted}", *report.faults[:_SHOWN], *rest])


def main(arguments: Sequence[str]) -> int:
    """Check the export named first against the known seal named second, if any."""
    with Path(arguments[0]).open(encoding="utf-8") as lines:
        report = verify(lines, *arguments[1:2])
    sys.stdout.write(told(report) + "\n")
    return 0 if report.is_whole else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

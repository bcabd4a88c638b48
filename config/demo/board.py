"""The box of addresses and logins, and var/demo.json."""

import json
import unicodedata
from pathlib import Path
from typing import Any, Final

Lines = list[tuple[str, str]]
RULE: Final = "─"
# Marks that steer direction take no room on the line.
LEFT_TO_RIGHT: Final = "\u200e"


def write(path: Path, base_url: str, sandbox_url: str, seeded: dict[str, Any]) -> dict[str, Any]:
    """Write the description of the running demonstration in one step; return it."""
    told = {
        "base_url": base_url,
        "sandbox_url": sandbox_url,
        "businesses": seeded["businesses"],
        "staff": seeded["staff"],
    }
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    fresh.replace(path)
    return told


def show(told: dict[str, Any]) -> None:
    """Print the box."""
    print(f"\n{box('Vafa is running · وفا آماده است', _lines(told))}", flush=True)
    print("  Ctrl-C ends everything · برای پایان، کلیدهای Ctrl-C را بزنید\n", flush=True)


def box(title: str, lines: Lines) -> str:
    """A frame open at its right side, where Persian text would make a wall ragged."""
    label_width = max((width(label) for label, _ in lines), default=0)
    longest = max((width(value) for _, value in lines), default=0)
    rule = RULE * max(label_width + longest + 4, width(title) + 4)
    body = [f"│ {_padded(label, label_width)}  {LEFT_TO_RIGHT}{value}" for label, value in lines]
    return "\n".join([f"┌{rule}", f"│ {title}", f"├{rule}", *body, f"└{rule}"])


def width(text: str) -> int:
    """Columns a terminal gives the text."""
    return sum(unicodedata.category(sign) not in {"Mn", "Cf"} for sign in text)


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _lines(told: dict[str, Any]) -> Lines:
    base = told["base_url"]
    lines: Lines = [
        ("Pages · صفحه‌ها", f"{base}/"),
        ("API · مستندات", f"{base}/api/docs/"),
        ("Bank sandbox · بانک آزمایشی", f"{told['sandbox_url']}/"),
        ("Staff · پشتیبانی", f"{base}/admin/   {_login(told['staff'])}"),
    ]
    for business in told["businesses"]:
        lines += _business_lines(business)
    return [*lines, ("", ""), ("For programs · برای برنامه‌ها", "var/demo.json")]


def _business_lines(business: dict[str, Any]) -> Lines:
    return [
        ("", ""),
        (business["name"], business["slug"]),
        ("  owner · صاحب", _login(business["owner"])),
        ("  cashier · صندوق‌دار", _login(business["cashier"])),
        ("  API key · کلید", business["api_key"]),
    ]


def _login(person: dict[str, str]) -> str:
    return f"{person['login']}   {person['password']}"

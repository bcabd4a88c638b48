"""The sandbox's own pages for people: overview, log, ledger and the SMS inbox."""

import json
from itertools import groupby
from operator import itemgetter
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, send_file
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as AnyResponse

from core.money import format_rial, format_toman
from core.text import persian_digits
from sandbox import clock, faults, ledger, magic, reports
from sandbox.bank.cards import CARDS
from sandbox.control import read_filter
from sandbox.faults import KINDS
from sandbox.office import office
from sandbox.reports import LINK
from sandbox.scenario import plan
from sandbox.sms.centre import newest
from sandbox.sms.fates import FATES
from sandbox.wire import Json
from sandbox.words import account_name, door_name, memo_name, operation_name, short, state_name

pages = Blueprint("pages", __name__)

_RECENT: Final = 12
_ROWS: Final = 100
_FONTS: Final = frozenset({"Vazirmatn[wght].woff2"})
_STEPS_SECONDS: Final = {"5m": 5 * 60, "31m": 31 * 60, "1d": 24 * 3600, "30d": 30 * 24 * 3600}


@pages.get("/")
def home() -> str:
    """Show what happened lately, the money, the test cards and the magic values."""
    with office().desk() as desk:
        return render_template(
            "home.html",
            now=desk.now,
            ahead=clock.offset(desk.db),
            events=reports.events(desk.db, read_filter(_RECENT), newest_first=True),
            balances=ledger.balances_rial(desk.db),
            waiting=faults.waiting(desk.db),
            planned=plan.told(desk.db),
            cards=CARDS.values(),
            amounts=magic.AMOUNTS,
            receptors=magic.RECEPTORS,
            fates=FATES,
            prefix=magic.RECEPTOR_PREFIX,
            steps=_STEPS_SECONDS,
        )


@pages.post("/clock")
def advance() -> AnyResponse:
    """Move the virtual clock from the overview."""
    step = _STEPS_SECONDS.get(request.form.get("step", ""))
    if step is None:
        abort(400)
    office().advance(step)
    return redirect("/", code=303)


@pages.get("/log")
def log() -> str:
    """Show the event log, newest first."""
    wanted = read_filter(_ROWS)
    with office().desk() as desk:
        found = reports.events(desk.db, wanted, newest_first=True)
        return render_template(
            "log.html",
            events=found,
            shops=reports.shops(desk.db),
            wanted=wanted,
            older=_older(found, wanted.limit),
        )


def _older(found: list[Json], limit: int) -> str:
    """Return the address of what came before a full page."""
    if len(found) < limit:
        return ""
    return f"/log?{urlencode({**request.args, 'before': found[-1]['id']})}"


@pages.get("/ledger")
def show_ledger() -> str:
    """Show every account and the newest entries."""
    with office().desk() as desk:
        balances = ledger.balances_rial(desk.db)
        entries = reports.entries(desk.db, read_filter(_ROWS), newest_first=True)
        return render_template(
            "ledger.html",
            balances=balances,
            total=sum(balances.values()),
            moves=[list(lines) for _, lines in groupby(entries, itemgetter("txn"))],
            wanted=read_filter(),
        )


@pages.get("/sms")
def inbox() -> str:
    """Show the messages taken in, newest first, with their links."""
    receptor = request.args.get("receptor") or None
    with office().desk() as desk:
        found = newest(desk.db, receptor=receptor, limit=_ROWS)
        told = [(message, reports.message(message, desk.now)) for message in found]
        return render_template("sms.html", messages=told, receptor=receptor)


@pages.get("/fonts/<name>")
def font(name: str) -> Response:
    """Serve the Persian font when it is installed; the pages do without it otherwise."""
    path = office().settings.fonts / name
    if name not in _FONTS or not path.is_file():
        abort(404)
    return send_file(path, mimetype="font/woff2", max_age=86_400)


@pages.get("/healthz")
def healthz() -> Response:
    """Tell that the sandbox is up and its state can be written."""
    with office().desk() as desk:
        return jsonify(status="ok", now=clock.iso(desk.now))


def linked(text: str) -> Markup:
    """Return a message's text as HTML with its addresses as links."""
    html, end = Markup(), 0
    for found in LINK.finditer(text):
        address = found.group()
        html += escape(text[end : found.start()])
        html += Markup('<a href="{0}" dir="ltr" rel="noopener noreferrer">{0}</a>').format(address)
        end = found.end()
    return html + escape(text[end:])


def pretty(value: object) -> str:
    """Return JSON for reading."""
    return json.dumps(value, ensure_ascii=False, indent=1)


FILTERS: Final = {
    "toman": format_toman,
    "rial": format_rial,
    "persian": persian_digits,
    "jalali": clock.jalali_text,
    "linked": linked,
    "pretty": pretty,
    "operation_name": operation_name,
    "memo_name": memo_name,
    "account_name": account_name,
    "door_name": door_name,
    "short": short,
    "state_name": state_name,
    "meaning": lambda name: KINDS[name].meaning,
}

"""The Flask application."""

from typing import Final

from flask import Flask, Response

from sandbox import control, pages, receiver
from sandbox.bank import views
from sandbox.config import Settings
from sandbox.debits import pages as debit_pages
from sandbox.debits import vandar as vandar_debits
from sandbox.debits import zarinpal as zarinpal_debits
from sandbox.finnotech import api as finnotech_api
from sandbox.jibit.ide import api as jibit_ide_api
from sandbox.jibit.ppg import api as jibit_ppg_api
from sandbox.jibit.trf import api as jibit_trf_api
from sandbox.mellat import api as mellat_api
from sandbox.office import install
from sandbox.pages import FILTERS
from sandbox.pip import api as pip_api
from sandbox.scenario import control as scenario_control
from sandbox.sep import api as sep_api
from sandbox.sms import api as sms_api
from sandbox.snapppay import api as snapppay_api
from sandbox.vandar import api as vandar_api
from sandbox.vandar import panel_api as vandar_panel_api
from sandbox.zarinpal import api as zarinpal_api
from sandbox.zarinpal import graphql as zarinpal_graphql
from sandbox.zibal import api as zibal_api

# A dialect in which payments are opened stands in DIALECTS, every dialect's blueprint in DOORS.
DIALECTS: Final = (
    jibit_ppg_api.DIALECT,
    mellat_api.DIALECT,
    sep_api.DIALECT,
    snapppay_api.DIALECT,
    vandar_api.DIALECT,
    zarinpal_api.DIALECT,
    zibal_api.DIALECT,
)
DOORS: Final = (
    pip_api.api,
    finnotech_api.api,
    jibit_ide_api.api,
    jibit_ppg_api.api,
    jibit_trf_api.api,
    mellat_api.api,
    sep_api.api,
    snapppay_api.api,
    sms_api.api,
    vandar_api.api,
    vandar_panel_api.api,
    zarinpal_api.api,
    zarinpal_graphql.api,
    zibal_api.api,
    debit_pages.pages,
    vandar_debits.api,
    zarinpal_debits.api,
    receiver.api,
)

# No form-action: browsers would also hold it against the redirect back to the shop.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self';"
    " img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; settings come from the environment unless given."""
    app = Flask("sandbox", static_folder="static", static_url_path="/static")
    install(app.extensions, settings or Settings.from_environment(), DIALECTS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    for blueprint in (*DOORS, views.pages, control.control, scenario_control.control, pages.pages):
        app.register_blueprint(blueprint)
    app.after_request(_guard)
    return app


def _guard(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response

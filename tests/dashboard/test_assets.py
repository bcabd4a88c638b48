"""Files of pages: all there, and gathered the way production serves them."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import override_settings

from dashboard.templatetags.vafa import icon
from dashboard.web.assets import FILES
from dashboard.web.navigation import ENTRIES

TEMPLATES = Path(settings.BASE_DIR) / "dashboard" / "templates"
PRODUCTION = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}


def test_every_vendor_file_is_installed():
    assert [name for name in FILES if finders.find(f"vendor/{name}") is None] == []
    assert finders.find("vendor/tabler/js/tabler.min.js") is None


def test_every_icon_named_in_a_template_exists():
    pages = [page.read_text(encoding="utf-8") for page in TEMPLATES.rglob("*.html")]
    named = {name for page in pages for name in re.findall(r'{% icon "([a-z0-9-]+)"', page)}
    named |= {entry.icon for entry in ENTRIES}
    assert len(named) > 30
    for name in named:
        assert "<path" in icon(name)


def test_production_gathers_files_whose_references_all_exist(tmp_path):
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=settings.STORAGES | PRODUCTION):
        call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()
    assert list(tmp_path.glob("dashboard/css/vafa.*.css"))

"""The files of npm packages that pages use, and no others, under `vendor/`."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

# address under vendor/ → file under node_modules. Maps are named by the style sheets themselves.
FILES: Final = {
    "tabler/css/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler/css/tabler.min.css.map": "@tabler/core/dist/css/tabler.min.css.map",
    "tabler/css/tabler.rtl.min.css": "@tabler/core/dist/css/tabler.rtl.min.css",
    "tabler/css/tabler.rtl.min.css.map": "@tabler/core/dist/css/tabler.rtl.min.css.map",
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "echarts/echarts.simple.min.js": "echarts/dist/echarts.simple.min.js",
    "echarts/echarts.min.js": "echarts/dist/echarts.min.js",
    "vazirmatn/fonts/webfonts/Vazirmatn[wght].woff2": (
        "vazirmatn/fonts/webfonts/Vazirmatn[wght].woff2"
    ),
}
_PREFIX: Final = "vendor/"


class _VendorStorage(FileSystemStorage):
    """Reads node_modules under our addresses."""

    prefix: str | None = _PREFIX.rstrip("/")

    def path(self, name: str) -> str:
        return super().path(FILES.get(name, name))


class VendorFinder(BaseFinder):
    """Finds and lists the files of `FILES`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = _VendorStorage(location=Path(settings.BASE_DIR) / "node_modules")

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing to configure, so nothing to check."""
        return []

    def find(self, path: str, find_all: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's own
        """Return the file behind an address, or an empty list."""
        name = path.removeprefix(_PREFIX)
        if not path.startswith(_PREFIX) or name not in FILES or not self.storage.exists(name):
            return []
        found = self.storage.path(name)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Yield every file for collectstatic."""
        return ((name, self.storage) for name in FILES if self.storage.exists(name))

"""Where the server programs of installed wheels lie."""

from importlib.util import find_spec
from pathlib import Path


def wheel_folder(package: str) -> Path:
    """The package's folder, without running its code. Raises RuntimeError when not installed."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        message = f"The package {package} is not installed; set DATABASE_URL and REDIS_URL instead."
        raise RuntimeError(message)
    return Path(spec.origin).parent

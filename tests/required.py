"""What must be there when the project's own machine runs the tests: nothing may be skipped silently."""

import os
import shutil


def missing(engines: set[str], redis: str) -> list[str]:
    """Names of what CI must have and has not; nothing elsewhere."""
    if os.environ.get("CI") != "true":
        return []
    there = {"postgresql": "postgresql" in engines, "mariadb": "mariadb" in engines, "redis": bool(redis)}
    there["chromium"] = shutil.which("chromium") is not None
    return [name for name, is_there in there.items() if not is_there]

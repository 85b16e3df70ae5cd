"""Which of the processes that run the tests side by side this one is: what they share on a machine must not collide."""

import os

PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
"""From 0."""

"""The gateway and the scripted upstream are those of tests/wire."""

import os
import resource
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "wire"))

from serving import serve  # noqa: E402, F401

# Thousands of connections of the tests' own.
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def pytest_configure(config):
    config.addinivalue_line("markers", "unsanitized: what a sanitizer makes meaningless")


def pytest_collection_modifyitems(items):
    for item in items:
        if os.environ.get("GOMODEL_SANITIZE") and item.get_closest_marker("unsanitized"):
            item.add_marker(pytest.mark.skip(reason="sanitizers need memory of their own"))

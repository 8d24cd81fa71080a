"""The gateway and the scripted upstream are those of tests/wire."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "wire"))

from serving import serve  # noqa: E402, F401

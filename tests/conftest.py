"""Settings of the machine that no test may depend on."""

from __future__ import annotations

import os

# omr chooses its language when it is imported. Tests compare English sentences, so the
# choice is made here, before any test module imports it; processes that tests start inherit it.
os.environ["OMR_LANG"] = "en"

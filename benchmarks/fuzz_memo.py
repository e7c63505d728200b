"""Remembers how a word is compared: every case has the same few words, and a million cases wait.

Imported before anything that imports those functions by name.
"""

from __future__ import annotations

import importlib
from functools import lru_cache

_REMEMBERED = (  # in the order in which they build on each other
    ("omr.text_key", "text_key"),
    ("reports.cells", "tidy_key"),
    ("reports.columns", "header_key"),
)

for module_name, function in _REMEMBERED:
    module = importlib.import_module(module_name)
    setattr(module, function, lru_cache(maxsize=8192)(getattr(module, function)))

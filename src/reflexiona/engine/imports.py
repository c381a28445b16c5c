"""One heavy import at a time: numpy and its like come out broken of two threads that import them at once."""

from __future__ import annotations

import threading

ALONE = threading.Lock()
"""Held by the one thread that imports chromadb, torch or llama.cpp."""

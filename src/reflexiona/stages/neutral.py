"""Strangers' text inside a prompt: what parts the prompt is taken out of it, so that a text cannot end where it likes.

Tokens that structure a prompt are no matter here: the adapter never makes any out of text.
"""

from __future__ import annotations

import re

_FENCES = re.compile(r"<{3,}|>{3,}")
_NUMBERS = re.compile(r"\[\d+\]")


def harmless(text: str, *, numbers: bool = False) -> str:
    """`text` without the marks around a case; `numbers`: without those that stand before a passage, either."""
    text = _FENCES.sub(lambda fence: fence[0][:2], text)
    return _NUMBERS.sub("", text) if numbers else text

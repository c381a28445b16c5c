"""Where a download puts what it has so far."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "modelo.gguf.descarga"

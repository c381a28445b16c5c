"""For all tests: nobody's own data is ever touched, and slow tests come last."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own for each test."""
    folder = tmp_path / "datos"
    monkeypatch.setenv("REFLEXIONA_HOME", str(folder))
    for name in ("ACCESSIBLE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first: what fails soon is known soon."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)

"""A client of a real worker process, and tiny models for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from reflexiona.engine.client import EngineClient
from reflexiona.paths import DataFolder
from tests.support.client import COMMAND, alive
from tests.support.tiny_gguf import SLOW, Shape, write_page, write_tiny


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("modelos")
    write_tiny(folder / "tiny.gguf", Shape(ends=False))
    write_tiny(folder / "slow.gguf", SLOW)
    write_tiny(folder / "twin.gguf", twin=True)
    write_page(folder / "page.gguf")
    return folder


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "datos")


@pytest.fixture
async def client(data: DataFolder) -> AsyncIterator[EngineClient]:
    client = EngineClient(data, command=COMMAND)
    yield client
    pid = client.pid
    await client.close()
    assert pid is None or not alive(pid)

"""Real, tiny model files: one for most things, one that takes its time, one whose memory cannot be cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reflexiona.adapters.llama import LlamaGenerator
from tests.support.llama import CHATML
from tests.support.tiny_gguf import SLOW, Shape, write_recurrent, write_tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("modelos")


@pytest.fixture(scope="module")
def tiny(folder: Path) -> Iterator[LlamaGenerator]:
    generator = LlamaGenerator(
        write_tiny(folder / "tiny.gguf", Shape(ends=False)), "diminuto", CHATML, n_ctx=2048, threads=1
    )
    yield generator
    generator.close()


@pytest.fixture(scope="module")
def slow(folder: Path) -> Iterator[LlamaGenerator]:
    generator = LlamaGenerator(write_tiny(folder / "slow.gguf", SLOW), "lento", CHATML, threads=1)
    yield generator
    generator.close()


@pytest.fixture(scope="module")
def recurrent(folder: Path) -> Iterator[LlamaGenerator]:
    generator = LlamaGenerator(write_recurrent(folder / "mamba.gguf"), "recurrente", CHATML, threads=1)
    yield generator
    generator.close()

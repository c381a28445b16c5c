"""The program as a process over a data folder that the tests of a module share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from reflexiona.paths import DataFolder
from tests.support import program
from tests.support.program import Run


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A data folder that the tests of this module share: the index is made once."""
    return DataFolder(tmp_path_factory.mktemp("reflexiona") / "datos")


@pytest.fixture
def reflexiona(place: DataFolder) -> Callable[..., Run]:
    """Runs a command over that folder to its end."""
    return partial(program.reflexiona, place.root)

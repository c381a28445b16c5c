"""Locks between holders, and files that are replaced whole."""

from __future__ import annotations

import os
from pathlib import Path
from stat import S_IMODE

import pytest

from reflexiona.files import FileLock, write_whole


def test_locks_between_holders(tmp_path: Path) -> None:
    path = tmp_path / "cerrojo"
    with pytest.raises(OSError, match="No such file"):
        FileLock.shared(path)
    alone = FileLock.exclusive(path)
    assert alone
    assert FileLock.exclusive(path) is None
    assert FileLock.shared(path) is None
    alone.release()
    alone.release()
    one, two = FileLock.shared(path), FileLock.shared(path)
    assert one
    assert two
    assert FileLock.exclusive(path, patience=0.1) is None
    one.release()
    two.release()
    with FileLock.exclusive(path, patience=0.1) or pytest.fail("the lock is free"):
        pass
    assert S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    write_whole(tmp_path / "actual", b"g0001")
    write_whole(tmp_path / "actual", b"g0002")
    assert (tmp_path / "actual").read_bytes() == b"g0002"
    assert os.listdir(tmp_path) == ["actual"]

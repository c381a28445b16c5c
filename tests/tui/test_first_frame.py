"""What stands on the terminal first, and what must not have been imported by then."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "chromadb",
    "sentence_transformers",
    "torch",
    "transformers",
    "llama_cpp",
    "numpy",
    "tokenizers",
    "yaml",
    "msgspec",
    "sqlite3",
    "markdown_it",
    "tomlkit",
    "reflexiona.adapters",
    "reflexiona.engine.client",
    "reflexiona.pipeline",
    "reflexiona.storage.conversations",
    "textual.widgets._markdown",
}

PROGRAM = """
import asyncio, sys
sys.path.insert(0, {src!r})
from reflexiona.tui.app import ReflexionaApp

def prepare(on_error):
    raise SystemExit  # never reached: the app is left before

class First(ReflexionaApp):
    def on_mount(self):
        self.call_after_refresh(self.look)

    def look(self):
        size = self.screen.size
        strips = self.screen._compositor.render_strips(size)
        sys.__stdout__.write(repr(sorted(sys.modules)) + chr(10))
        sys.__stdout__.write(str("Reflexiona" in "".join(s.text for strip in strips for s in strip)))
        self.exit()

asyncio.run(First(prepare).run_async(headless=True))
"""


@pytest.mark.slow
def test_nothing_heavy_is_imported_before_the_first_frame() -> None:
    src = str(Path(__file__).parents[2] / "src")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(src=src)], capture_output=True, text=True, timeout=60, check=True
    )
    modules, named = done.stdout.strip().splitlines()
    assert named == "True"
    assert not HEAVY & {name.strip("' ") for name in modules.strip("[]").split(",")}

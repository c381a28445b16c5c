"""Documents cannot lie: their paths exist, their commands run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ("ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "README.en.md", "models/README.md", "corpus/README.md")
PATH = re.compile(r"`((?:src|tests|corpus|prompts|models|training|scripts|docs)/[\w./-]*)`|\]\(([\w./-]+\.[\w/-]+)\)")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_paths_exist(name: str) -> None:
    folder = (ROOT / name).parent
    for in_ticks, linked in PATH.findall((ROOT / name).read_text(encoding="utf-8")):
        path = ROOT / in_ticks if in_ticks else folder / linked
        assert path.exists() or (in_ticks.startswith("corpus/") and "*" in in_ticks), in_ticks or linked


def test_architecture_is_short() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) < 200


def test_make_targets_of_the_documents_exist() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for name in DOCUMENTS:
        used = re.findall(r"(?:^    |`)make ([a-z-]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
        assert set(used) <= targets, name


def test_commands_of_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8") + (ROOT / "models/README.md").read_text(encoding="utf-8")
    commands = sorted(
        set(re.findall(r"reflexiona ([a-z]+)", "\n".join(re.findall(r"`[^`]+`|^    .+$", text, re.MULTILINE))))
    )
    assert {"preguntar", "casos", "corpus", "modelos", "evalua", "diagnostico"} <= set(commands)
    for command in commands:
        run = subprocess.run(
            [sys.executable, "-m", "reflexiona", command, "--help"], capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, (command, run.stderr)
        assert run.stdout.startswith("uso: reflexiona")

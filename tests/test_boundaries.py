"""What may import what, looked at in a fresh process: a deferred import hides from the static graph."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

READERS = ("lxml", "mammoth", "pypdf")
HEAVY = ("torch", "chromadb", "sentence_transformers", "transformers", "llama_cpp", "onnxruntime", "sklearn")

NETWORK = ("http", "httpx", "httpcore", "requests", "urllib3", "aiohttp", "ftplib", "huggingface_hub")
SPEAKS = re.compile(
    r"^(?:urllib\.request|urllib3|http|socket|socketserver|ssl|ftplib|smtplib|xmlrpc|httpx|requests|aiohttp)"
)
ONLY_THERE = "reflexiona/models/download/"


def loaded(code: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(' '.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.split(".")[0] for name in run.stdout.split()}


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("reflexiona.cli.main", (*HEAVY, "textual", "numpy")),
        ("reflexiona.tui.app", (*HEAVY, "numpy")),
        ("reflexiona.storage.conversations", (*HEAVY, "textual", "numpy")),
        ("reflexiona.engine.client", (*HEAVY, "textual", "numpy")),
        ("reflexiona.documents.adding", (*HEAVY, *READERS, "textual", "numpy")),
        ("reflexiona.cli.documents", (*HEAVY, *READERS, "textual", "numpy")),
        ("reflexiona.cli.model_list", (*HEAVY, *NETWORK, "textual", "numpy")),
        ("reflexiona.cli.install", (*HEAVY, *NETWORK, "textual", "numpy")),
        ("reflexiona.pipeline", (*HEAVY, "textual", "sqlite3")),
        ("reflexiona.engine.worker", ("textual", "torch", "sentence_transformers", "transformers", *READERS)),
        ("reflexiona.domain", (*HEAVY, "textual", "numpy", "msgspec", "yaml")),
    ],
)
def test_importing_stays_light(module: str, forbidden: tuple[str, ...]) -> None:
    assert not loaded(f"import {module}") & set(forbidden)


def test_network_code_lives_in_the_download_alone() -> None:
    """Every import of every module, deferred ones too."""
    source = Path(__file__).resolve().parents[1] / "src"
    found = {}
    for path in sorted(source.rglob("*.py")):
        names = [name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) for name in imported(node)]
        if speaking := [name for name in names if SPEAKS.match(name)]:
            found[str(path.relative_to(source))] = speaking
    assert found
    assert all(path.startswith(ONLY_THERE) for path in found), found


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def test_importing_anything_touches_no_disk_clock_network_or_environment() -> None:
    code = """
import os, pkgutil, socket, sys, time, importlib
import reflexiona
names = [m.name for m in pkgutil.walk_packages(reflexiona.__path__, 'reflexiona.') if not m.name.endswith('__main__')]
import asyncio, llama_cpp, msgspec, numpy, platformdirs, safetensors.numpy, snowballstemmer, tokenizers, tomlkit, yaml
import textual.app
import textual.widgets._text_area, textual.widgets._markdown, textual.command, sqlite3, concurrent.futures, uuid
touched = []
def audit(event, args):
    if event == 'open' and isinstance(args[0], str) and not args[0].endswith(('.py', '.pyc', '.so')):
        if not args[0].startswith((sys.prefix, sys.base_prefix, '/proc', '/sys', '/etc', '/usr')):
            touched.append((event, args[0]))
    if event.startswith('socket.') or event in ('os.mkdir', 'os.remove', 'sqlite3.connect', 'subprocess.Popen'):
        touched.append((event, str(args)[:80]))
sys.addaudithook(audit)
for name in names:
    importlib.import_module(name)
assert not touched, touched
print(len(names))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 50

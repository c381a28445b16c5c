"""Catalogue files of the tests: entries that point at a server on this machine."""

from __future__ import annotations

import hashlib
from pathlib import Path


def write_catalogue(
    path: Path,
    port: int,
    body: bytes | None,
    *,
    name: str = "diminuto",
    sha256: str | None = None,
    size: int | None = None,
    unverified: bool = False,
    template: str = "chatml",
    hosts: str = "[]",
) -> Path:
    """Writes a catalogue of one model; `body` gives hash and size where they are not given."""
    known = "" if body is None else hashlib.sha256(body).hexdigest()
    size = size if size is not None else (len(body) if body is not None else None)
    lines = [
        "version = 1",
        f'url = "http://127.0.0.1:{port}/{{repo}}/{{revision}}/{{archivo}}"',
        f"servidores = {hosts}",
        f'[modelos."{name}"]',
        'titulo = "Diminuto"',
        'nivel = "8"',
        'repo = "prueba"',
        'revision = "abc"',
        'archivo = "diminuto.gguf"',
        'licencia = "MIT"',
        "licencia_libre = true",
        f'plantilla = "{template}"',
        'idiomas = "español"',
        "probado = false",
        f"sin_verificar = {str(unverified).lower()}",
        f'sha256 = "{known if sha256 is None else sha256}"',
        *([f"bytes = {size}"] if size is not None else []),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path

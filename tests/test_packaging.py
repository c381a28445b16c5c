"""Wheel and sdist bring corpus, prompts and models; the wheel works away from the checkout."""

import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NEEDED = (
    "corpus/escenarios.toml",
    "corpus/ayuda.toml",
    "corpus/situaciones/impago.md",
    "prompts/reflexion.toml",
    "models/catalogue.toml",
    "models/medida.jsonl",
    "models/included/encoder/model.safetensors",
    "models/included/corpus/manifest.json",
)
READ = """
import reflexiona, pathlib
from reflexiona.corpus.library import load_library
from reflexiona.paths import resource
from reflexiona.prompts import load_prompts
from reflexiona.adapters.linear_reader import LinearReader
from reflexiona.adapters.bert_encoder import BertEncoder
assert pathlib.Path(reflexiona.__file__).is_relative_to({where!r}), reflexiona.__file__
load_prompts(resource("prompts"))
encoder = BertEncoder(resource("models", "included", "encoder"))
LinearReader(resource("models", "included", "reader"), encoder)
print(len(load_library()), encoder.dimension)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return out


@pytest.mark.slow
def test_wheel_and_sdist_hold_what_the_program_reads(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    (sdist,) = built.glob("*.tar.gz")
    in_wheel = set(zipfile.ZipFile(wheel).namelist())
    in_sdist = {name.split("/", 1)[-1] for name in tarfile.open(sdist).getnames()}
    for name in NEEDED:
        assert f"reflexiona/data/{name}" in in_wheel
        assert name in in_sdist
    assert not [name for name in in_wheel if "training" in name or "tests" in name]


@pytest.mark.slow
def test_the_wheel_works_elsewhere(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    where = tmp_path / "otro"
    venv.create(where, with_pip=False)
    site = next(where.glob("lib/python*/site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    # The dependencies of this environment, without its editable install of the checkout.
    libraries = next(Path(p) for p in sys.path if p.endswith("site-packages"))
    run = subprocess.run(
        [str(where / "bin" / "python"), "-c", READ.format(where=str(where))],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{site}:{libraries}", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    passages, dimension = map(int, run.stdout.split())
    assert passages >= 150
    assert dimension >= 32

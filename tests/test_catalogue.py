"""The catalogue of models: a schema that holds, what fits a machine, and what is proposed for it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from reflexiona.errors import BadInputError, ModelError, NotFoundError
from reflexiona.models.catalogue import UNTESTED, Catalogue, load_catalogue
from reflexiona.models.memory import CONTEXT, UNKNOWN_KV, Fit, Memory, fit, memory, needed, peak_of, require, size_text
from reflexiona.models.templates import FAMILIES
from reflexiona.paths import resource
from tests.support.catalogue import write_catalogue

GB = 1_000_000_000
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load_catalogue(resource("models", "catalogue.toml"))


def test_the_shipped_catalogue_pins_what_it_offers(shipped: Catalogue) -> None:
    assert {entry.level for entry in shipped.entries} == {"8", "16", "mas"}
    for entry in shipped.entries:
        assert entry.url.startswith("https://huggingface.co/")
        assert entry.family in FAMILIES
        assert entry.licence
        if entry.unverified:
            assert entry.need is None
        else:
            assert re.fullmatch(r"[0-9a-f]{16,64}", entry.sha256)
            assert re.search(r"/resolve/[0-9a-f]{40}/", entry.url)
            assert entry.size
            assert entry.size > 500_000_000
    for level in ("8", "16", "mas"):
        assert sum(entry.proposed for entry in shipped.entries if entry.level == level) == 1


def test_nothing_is_claimed_before_it_was_tried(shipped: Catalogue) -> None:
    untested = [entry for entry in shipped.entries if not entry.tested]
    page = (ROOT / "models" / "README.md").read_text(encoding="utf-8")
    assert ("no probado por nosotros: mídelo con `reflexiona modelos mide`" in page) == bool(untested)
    assert all(entry.name in page for entry in shipped.entries)
    assert UNTESTED == "no probado por nosotros: mídelo con «reflexiona modelos mide»"


@pytest.mark.parametrize(
    ("here", "expected"),
    [
        (Memory(8 * GB, 5 * GB), "qwen3-1.7b"),
        (Memory(16 * GB, 9 * GB), "qwen3-4b-2507"),
        (Memory(32 * GB, 20 * GB), "gemma-4-e4b"),
        (Memory(32 * GB, 4 * GB), "qwen3-4b-2507"),
        (Memory(16 * GB, 3 * GB), "granite-4.0-micro"),
        (Memory(16 * GB, 2 * GB), "qwen2.5-1.5b"),
        (Memory(4 * GB, 1 * GB), None),
        (None, None),
    ],
)
def test_what_is_proposed_fits_and_may_be_used_for_work(
    shipped: Catalogue, here: Memory | None, expected: str | None
) -> None:
    found = shipped.recommend(here)
    assert (found.entry.name if found else None) == expected
    if found:
        assert found.entry.free_licence
        assert not found.entry.unverified
        assert found.entry.licence in found.why
        assert "No se elige por cómo escribe" in found.why


def test_neither_a_bound_licence_nor_an_unverified_file_is_proposed(shipped: Catalogue) -> None:
    first = shipped.entries[0]
    for other in (replace(first, free_licence=False), replace(first, unverified=True)):
        assert Catalogue([other]).recommend(Memory(8 * GB, 5 * GB)) is None


def test_entries_are_found_by_name_and_by_file(shipped: Catalogue) -> None:
    entry = shipped.find(" Qwen3-1.7B ")
    assert shipped.of_file("d2387ca2dbfee2ffabce7120d3770dadca0b293052bc2f0e138fdc940d9bc7b5") == entry
    assert shipped.of_file("0" * 64) is None
    assert not replace(entry, sha256="").is_file("0" * 64)
    with pytest.raises(NotFoundError, match="en el catálogo") as missing:
        shipped.find("gpt-5")
    assert "qwen3-1.7b" in missing.value.remedy


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("version = 1", "version = 2"), "No se puede leer el catálogo"),
        (('licencia = "MIT"', 'licensia = "MIT"'), "No se puede leer el catálogo"),
        (('nivel = "8"', 'nivel = "64"'), "No se puede leer el catálogo"),
        (('plantilla = "chatml"', 'plantilla = "vicuna"'), "ninguna plantilla «vicuna»"),
        (("http://127.0.0.1:1/", "http://ejemplo.org/"), "no es https"),
        (("{repo}", "{nada}"), "no es https"),
        (('sha256 = "', 'sha256 = "zz'), "entre 16 y 64 cifras"),
        (("bytes = 10", "bytes = 0"), "deben ser positivos"),
        (("bytes = 10", ""), "sin_verificar"),
        (('."diminuto"]', '."../../x"]'), "el nombre lleva algo más"),
        (("[modelos", "[modelos"), ""),
    ],
)
def test_a_catalogue_that_breaks_the_rules_is_one_sentence(
    tmp_path: Path, change: tuple[str, str], expected: str
) -> None:
    path = write_catalogue(tmp_path / "c.toml", 1, b"GGUF123456")
    text = path.read_text()
    assert change[0] in text
    path.write_text(text.replace(*change))
    if not expected:
        assert load_catalogue(path).entries[0].size == 10
        return
    with pytest.raises(BadInputError, match=expected):
        load_catalogue(path)


def test_a_catalogue_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="No se puede leer el catálogo"):
        load_catalogue(tmp_path / "nada.toml")


def test_memory_is_file_cache_and_half_a_gigabyte() -> None:
    assert needed(1_282_439_264, 112 * 1024) == 1_282_439_264 + 112 * 1024 * CONTEXT + 500_000_000
    assert needed(GB, 1024, context=512) == GB + 1024 * 512 + 500_000_000
    assert needed(GB) == GB + UNKNOWN_KV * CONTEXT + 500_000_000


def test_fit_looks_at_what_is_free_and_at_what_there_is() -> None:
    assert fit(GB, Memory(8 * GB, 2 * GB)) is Fit.FITS
    assert fit(3 * GB, Memory(8 * GB, 2 * GB)) is Fit.IF_FREED
    assert fit(8 * GB, Memory(8 * GB, 2 * GB)) is Fit.TOO_LARGE
    assert fit(GB, None) is Fit.UNKNOWN


def test_a_model_without_room_is_refused_and_how_to_load_it_all_the_same_is_said() -> None:
    require("uno", GB, Memory(8 * GB, 2 * GB))
    require("uno", GB, None)
    with pytest.raises(ModelError) as freed:
        require("uno", 3 * GB, Memory(8 * GB, 2 * GB))
    assert freed.value.message == ("El modelo «uno» no cabe en la memoria: necesita unos 3,0 GB y hay 2,0 GB libres.")
    assert freed.value.remedy.startswith("Cierra otros programas.")
    assert freed.value.remedy.endswith("reflexiona modelos usa uno --a-pesar-de-la-memoria")
    with pytest.raises(ModelError) as never:
        require("uno", 9 * GB, Memory(8 * GB, 2 * GB), "reflexiona modelos importa uno.gguf")
    assert never.value.remedy.startswith("Elige uno más pequeño.")
    assert "importa uno.gguf --a-pesar-de-la-memoria" in never.value.remedy


def test_this_machine_says_what_it_has() -> None:
    here = memory()
    if Path("/proc/meminfo").exists():
        assert here is not None
        assert 0 < here.free <= here.total
        assert (peak_of(1 if not Path("/proc/self").exists() else 0) or 0) >= 0
    assert peak_of(2**22 + 1) is None


@pytest.mark.parametrize(
    ("size", "expected"), [(1_282_439_264, "1,3 GB"), (430_400_000, "430 MB"), (1_500_000, "1,5 MB"), (0, "0,0 MB")]
)
def test_sizes_read_as_in_spanish(size: int, expected: str) -> None:
    assert size_text(size) == expected

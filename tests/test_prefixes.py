"""What a model has read for good: kept on disk for the next start, checked, bounded, nothing of the person's in it."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

import pytest

from reflexiona.adapters.llama import LlamaGenerator
from reflexiona.models.prefixes import MOST_FILES, PrefixFiles
from reflexiona.models.templates import FAMILIES
from reflexiona.paths import DataFolder
from tests.support.tiny_gguf import Shape, write_recurrent, write_sliding, write_tiny

CHATML = FAMILIES["chatml"]
SECRET = "La cafetería Zarzaparrilla no paga la factura."


@dataclass(frozen=True)
class Ask:
    """A prompt as the stages make them."""

    system: str = "Respondes en español, con calma, y citas los pasajes por su número. " * 3
    user: str = SECRET
    opening: str = ""
    known: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("modelos")
    return {
        "tiny": write_tiny(folder / "tiny.gguf", Shape(ends=False)),
        "recurrent": write_recurrent(folder / "recurrent.gguf"),
        "sliding": write_sliding(folder / "sliding.gguf"),
        "other": write_tiny(folder / "other.gguf", Shape(ends=False), seed=1),
    }


def opened(path: Path, store: PrefixFiles | None, identity: str = "abc") -> LlamaGenerator:
    return LlamaGenerator(path, "diminuto", CHATML, n_ctx=2048, threads=1, store=store, identity=identity)


def said(generator: LlamaGenerator, ask: Ask) -> str:
    return "".join(generator.write(ask, max_tokens=12, seed=3))


@pytest.fixture
def files(home: Path) -> PrefixFiles:
    return PrefixFiles(DataFolder(home))


@pytest.mark.parametrize("kind", ["tiny", "recurrent", "sliding"])
def test_a_restart_does_not_read_the_fixed_part_again(models: dict[str, Path], files: PrefixFiles, kind: str) -> None:
    first = opened(models[kind], files)
    expected = said(first, Ask())
    laid = first._layout.lay(Ask(), reserve=12)
    assert first.spent.read == len(laid.ids)
    first.close()
    assert files.look().files == 1
    again = opened(models[kind], files)
    assert said(again, Ask()) == expected
    assert (again.spent.read, again.spent.spared) == (len(laid.ids) - laid.fixed, laid.fixed)
    again.close()


def test_what_is_kept_depends_on_model_parameters_and_text(models: dict[str, Path], files: PrefixFiles) -> None:
    first = opened(models["tiny"], files)
    said(first, Ask())
    first.close()
    for path, identity, ask in (
        (models["other"], "def", Ask()),
        (models["tiny"], "abc", Ask(system="Otras reglas, igual de largas que las primeras. " * 4)),
    ):
        other = opened(path, files, identity)
        laid = other._layout.lay(ask, reserve=12)
        said(other, ask)
        assert other.spent.read == len(laid.ids)
        other.close()
    unknown = opened(models["tiny"], files, "")  # whose file it is nobody knows: nothing is taken, nothing kept
    said(unknown, Ask())
    assert unknown.spent.spared == 0
    unknown.close()
    assert files.look().files == 3


@pytest.mark.parametrize("harm", ["cut", "flipped", "empty", "other", "folder"])
def test_a_damaged_file_is_read_anew(models: dict[str, Path], files: PrefixFiles, home: Path, harm: str) -> None:
    first = opened(models["tiny"], files)
    expected = said(first, Ask())
    whole = first.spent.read
    first.close()
    (path,) = (home / "comienzos").iterdir()
    content = path.read_bytes()
    path.unlink()
    match harm:
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "flipped":
            path.write_bytes(content[:-100] + bytes([content[-100] ^ 1]) + content[-99:])
        case "empty":
            path.write_bytes(b"")
        case "other":
            path.write_bytes(b"otra cosa " * 400)
        case _:
            path.mkdir()
    assert files.look().damaged == 1
    again = opened(models["tiny"], files)
    assert said(again, Ask()) == expected
    assert again.spent.read == whole
    again.close()
    assert files.look().damaged == (1 if harm == "folder" else 0)


def test_an_intact_file_of_something_else_is_no_state(models: dict[str, Path], files: PrefixFiles, home: Path) -> None:
    """Whole by its hash, but no state of this model: llama.cpp refuses it, and the prompt is read."""
    first = opened(models["tiny"], files)
    expected = said(first, Ask())
    whole = first.spent.read
    first.close()
    (path,) = (home / "comienzos").iterdir()
    files.keep(path.stem, b"\x00" * 4096)
    again = opened(models["tiny"], files)
    assert said(again, Ask()) == expected
    assert again.spent.read == whole
    again.close()


def test_nothing_of_the_person_reaches_the_disk(models: dict[str, Path], files: PrefixFiles, home: Path) -> None:
    """Not a byte: what is kept is the same whoever writes whatever, read ahead or asked."""
    kept = []
    for user in (SECRET, "Otra cosa muy distinta, con otras palabras y más larga que la primera." * 3):
        generator = opened(models["recurrent"], files)
        generator.read(Ask(user=user), 100)
        said(generator, Ask(user=user, known=("Antes pasó esto.\n",)))
        generator.choose(Ask(user=user, opening="Es: "), ["impago", "alcance"])
        generator.close()
        (path,) = (home / "comienzos").iterdir()
        kept.append(path.read_bytes())
        path.unlink()
    assert kept[0] == kept[1]
    assert b"Zarzaparrilla" not in kept[0]


def test_files_are_private_and_few(files: PrefixFiles, home: Path) -> None:
    for n in range(MOST_FILES + 3):
        files.keep(f"{n:064x}", bytes([n]) * 100)
    kept = sorted((home / "comienzos").iterdir())
    assert len(kept) == MOST_FILES == files.look().files
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert stat.S_IMODE((home / "comienzos").stat().st_mode) == 0o700
    assert files.find(f"{MOST_FILES + 2:064x}") == bytes([MOST_FILES + 2]) * 100
    assert files.find(f"{0:064x}") is None


def test_the_diagnosis_says_what_is_kept_and_what_is_damaged(files: PrefixFiles, home: Path) -> None:
    from reflexiona.cli.diagnosis import _models
    from reflexiona.settings import Settings

    data = DataFolder(home)
    assert dict(_models(data, Settings(read_ahead=False)))["Leer al escribir"].startswith("no (ajuste")
    files.keep("a" * 64, b"uno" * 500)
    files.keep("b" * 64, b"dos" * 500)
    said = dict(_models(data, Settings()))
    assert said["Comienzos ya leídos"].startswith("2 (")
    assert said["Leer al escribir"] == "sí"
    (home / "comienzos" / f"{'a' * 64}.bin").write_bytes(b"")
    assert "1 dañados, que se leerán de nuevo" in dict(_models(data, Settings()))["Comienzos ya leídos"]


def test_where_nothing_can_be_written_nothing_is_lost(models: dict[str, Path], home: Path) -> None:
    home.parent.mkdir(exist_ok=True)
    home.write_text("no es una carpeta")
    generator = opened(models["tiny"], PrefixFiles(DataFolder(home)))
    assert said(generator, Ask())
    generator.close()


# --- within one run


@pytest.mark.parametrize("kind", ["tiny", "recurrent", "sliding"])
def test_a_follow_up_reads_its_own_words_only(models: dict[str, Path], kind: str) -> None:
    generator = opened(models[kind], None)
    first, second = "Caso: " + SECRET + "\n", "Caso: ahora pide un descuento.\n"
    said(generator, Ask(user=first))
    before = generator.spent
    said(generator, Ask(known=(first,), user=second))
    frame = len(generator._words.tokens(CHATML.after_user, control=True))
    assert generator.spent.since(before).read <= generator.count_tokens(second) + frame
    generator.close()


@pytest.mark.parametrize("kind", ["tiny", "recurrent", "sliding"])
def test_choices_and_prose_read_the_prompt_once(models: dict[str, Path], kind: str) -> None:
    generator = opened(models[kind], None)
    ask = Ask(user=SECRET * 10)
    generator.read(ask, 100)
    whole, before = generator.spent.read, generator.spent
    openings = ("Tipo: ", "Rumbo: ", "Primer paso: ")
    for opening in openings:
        generator.choose(Ask(user=ask.user, opening=opening), ["pedir", "avisar", "cerrar la puerta"])
    said(generator, ask)
    since = generator.spent.since(before)
    frame = len(generator._words.tokens(CHATML.after_user, control=True))
    assert since.read <= sum(generator.count_tokens(opening) for opening in openings) + frame + 1
    assert since.read < whole / 4
    assert since.spared > 3 * whole
    generator.close()


def test_reading_ahead_changes_no_answer(models: dict[str, Path]) -> None:
    for kind in ("tiny", "recurrent", "sliding"):
        generator = opened(models[kind], None)
        expected = said(generator, Ask())
        generator.close()
        generator = opened(models[kind], None)
        generator.read(Ask(user="La cafetería no pa"), 100)
        generator.read(Ask(), 100)
        assert said(generator, Ask()) == expected
        generator.close()

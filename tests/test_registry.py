"""The models folder: bringing files in, finding and removing them."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from reflexiona.errors import BadInputError, ModelError, NotFoundError, StorageError
from reflexiona.models.registry import ModelRegistry, model_name
from reflexiona.paths import DataFolder
from tests.support.tiny_gguf import write_page, write_tiny


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "datos")


@pytest.fixture
def registry(data: DataFolder) -> ModelRegistry:
    return ModelRegistry(data)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "Modelo Niño-1.7B_Q4_K_M.gguf")


def test_a_file_is_brought_in_and_found(registry: ModelRegistry, data: DataFolder, file: Path) -> None:
    seen: list[float] = []
    file.chmod(0o644)
    model = registry.import_file(file, report=seen.append)
    assert model.name == "modelo-nino-1.7b_q4_k_m"
    assert model.path == data.models / "modelo-nino-1.7b_q4_k_m.gguf"
    assert model.family == "chatml"
    assert model.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (model.size, model.unchanged) == (file.stat().st_size, True)
    assert seen[-1] == 1.0
    assert registry.installed() == (model,)
    assert registry.find("Modelo-Nino-1.7B_Q4_K_M") == model
    assert sorted(p.name for p in data.models.iterdir()) == [f"{model.name}.gguf", f"{model.name}.json"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert stat.S_IMODE((data.models / f"{model.name}.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(data.models.stat().st_mode) == 0o700
    assert file.exists()


def test_bringing_the_same_file_twice_is_fine(registry: ModelRegistry, file: Path) -> None:
    first = registry.import_file(file, "pequeño")
    assert registry.import_file(file, "pequeño") == first
    assert first.name == "pequeno"
    registry.import_file(file, "otro")
    assert [model.name for model in registry.installed()] == ["otro", "pequeno"]


def test_a_name_is_not_taken_from_another_file(registry: ModelRegistry, file: Path, tmp_path: Path) -> None:
    registry.import_file(file, "uno")
    other = write_tiny(tmp_path / "otro.gguf", seed=5)
    with pytest.raises(BadInputError, match="Ya hay otro modelo con el nombre «uno»"):
        registry.import_file(other, "uno")
    assert registry.find("uno").sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_file_without_its_note_is_not_listed_and_can_be_adopted(registry: ModelRegistry, data: DataFolder) -> None:
    data.ensure(data.models)
    path = write_tiny(data.models / "suelto.gguf")
    assert registry.installed() == ()
    assert registry.import_file(path).name == "suelto"
    assert [model.name for model in registry.installed()] == ["suelto"]


def test_a_file_that_is_no_model_leaves_nothing_behind(
    registry: ModelRegistry, data: DataFolder, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="página web"):
        registry.import_file(write_page(tmp_path / "m.gguf"))
    assert not data.models.exists()


def test_a_file_of_no_known_family_needs_one(registry: ModelRegistry, tmp_path: Path) -> None:
    path = write_tiny(tmp_path / "raro.gguf", template="{{ todo }}")
    with pytest.raises(ModelError, match="No se reconoce cómo hay que hablarle"):
        registry.import_file(path)
    assert registry.import_file(path, template="chatml").family == "chatml"


def test_a_changed_file_is_not_used(registry: ModelRegistry, file: Path) -> None:
    model = registry.import_file(file)
    with model.path.open("ab") as changed:
        changed.write(b"x")
    with pytest.raises(ModelError, match="ha cambiado desde que se trajo"):
        registry.find(model.name)
    assert not registry.installed()[0].unchanged
    registry.remove(model.name)
    assert registry.installed() == ()


def test_an_unknown_name_says_which_there_are(registry: ModelRegistry, file: Path) -> None:
    with pytest.raises(NotFoundError) as none:
        registry.find("ninguno")
    assert "modelos lista" in none.value.remedy
    registry.import_file(file, "uno")
    for use in (registry.find, registry.remove):
        with pytest.raises(NotFoundError) as missing:
            use("../../etc/passwd")
        assert missing.value.remedy == "Los que hay: uno."


def test_removing_deletes_for_real(registry: ModelRegistry, data: DataFolder, file: Path) -> None:
    registry.import_file(file, "uno")
    registry.remove("uno")
    assert list(data.models.iterdir()) == []
    assert file.exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(registry: ModelRegistry, data: DataFolder, file: Path) -> None:
    data.ensure()
    data.models.write_text("no es una carpeta")
    with pytest.raises(StorageError, match="No se puede usar la carpeta de datos"):
        registry.import_file(file)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Qwen3-1.7B-Q4_K_M", "qwen3-1.7b-q4_k_m"), ("../../año nuevo", "ano-nuevo"), (".oculto", "oculto"), ("¿?", "")],
)
def test_a_name_is_a_file_name_everywhere(text: str, expected: str) -> None:
    assert model_name(text) == expected


def test_a_name_of_nothing_is_refused(registry: ModelRegistry, file: Path) -> None:
    with pytest.raises(BadInputError):
        registry.import_file(file, "¿?")

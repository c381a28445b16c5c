"""The settings file: hand-editable, comments kept, faults said plainly."""

import stat
from pathlib import Path

import pytest

from reflexiona.errors import BadInputError
from reflexiona.settings import Settings, load_settings, save_setting


def test_a_missing_file_means_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "ajustes.toml") == Settings()


def test_saving_keeps_comments_and_other_settings(tmp_path: Path) -> None:
    path = tmp_path / "ajustes.toml"
    path.write_text('# lo mío\npais = "UY"  # Montevideo\n', encoding="utf-8")
    saved = save_setting(path, "modelo", "qwen")
    assert (saved.country, saved.model) == ("UY", "qwen")
    assert path.read_text(encoding="utf-8").startswith('# lo mío\npais = "UY"  # Montevideo\n')
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["ajustes.toml"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pais = [", "No se puede leer"),
        ('color = "azul"', "Ajuste desconocido: «color»"),
        ('pais = "XX"', "no admite «XX»"),
        ('raton = "no"', "debe ser true o false"),
        ("modelo = 3", "debe ser un texto"),
    ],
)
def test_faults_are_said(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "ajustes.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError, match=said):
        load_settings(path)
    with pytest.raises(BadInputError):
        save_setting(path, "modelo", "x")
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("told", "code"), [("España", "ES"), ("mexico", "MX"), ("uy", "UY"), ("Estados Unidos", "US"), ("EEUU", "US")]
)
def test_a_country_may_be_written_out(tmp_path: Path, told: str, code: str) -> None:
    path = tmp_path / "ajustes.toml"
    path.write_text(f'pais = "{told}"\n', encoding="utf-8")
    assert load_settings(path).country == code

"""The command line: its grammar, its Spanish, its exit codes. Nothing here starts a worker."""

import argparse
import inspect
import io
import re
import stat
import sys
from pathlib import Path

import pytest

from reflexiona import __version__
from reflexiona.cli.arguments import build_parser
from reflexiona.cli.main import main
from reflexiona.cli.spanish import ERRORS, HEADINGS, translated
from reflexiona.errors import ExitCode

# Messages that only a fault in our own grammar could bring up, or that are no sentence of their own.
NOT_FOR_PEOPLE = re.compile(
    r"conflicting|must start with|dest=|conflict_resolution|mutually exclusive|cannot merge|__call__|multiple subparser"
    r"|'required' is|with mode|show this help|^, $|maybe you meant|subcommands|not callable|: error: "
)
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> "type[Typed]":
    Typed.patch = monkeypatch
    return Typed


class Typed:
    """Puts bytes on standard input."""

    patch: pytest.MonkeyPatch

    def __init__(self, raw: bytes) -> None:
        self.patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))


def test_every_message_of_argparse_has_a_translation() -> None:
    source = inspect.getsource(argparse)
    literal = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    calls = re.findall(rf"\b_\(\s*({literal}(?:\s*{literal})*)\s*\)", source)
    plural = re.findall(rf"ngettext\(\s*({literal}),\s*({literal})", source)
    found = {"".join(eval(part) for part in re.findall(literal, call)) for call in (*calls, *sum(plural, ()))}
    assert len(found) > 20
    missing = {text for text in found if not NOT_FOR_PEOPLE.search(text)} - set(ERRORS) - set(HEADINGS)
    assert missing == set()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pregunta"], "ORDEN: no hay «pregunta»; se puede elegir entre «preguntar»"),
        (["casos"], "Falta ACCIÓN."),
        (["casos", "muestra"], "Falta ID."),
        (["corpus", "lista", "--jsom"], "Sobra o no se reconoce: --jsom."),
        (["preguntar", "--modelo"], "--modelo: le falta un valor."),
        (["preguntar", "--modelo", "a", "--sin-modelo"], "--sin-modelo: no se puede combinar con --modelo."),
        (["preguntar", "--json", "--markdown", "hola"], "--markdown: no se puede combinar con --json."),
        (["evalua"], "Falta --casos."),
        (["--sencillo=si"], "--sencillo: no lleva ningún valor, y se le dio «si»."),
        (["preguntar", "--sig", "a1"], "Sobra o no se reconoce: --sig"),
    ],
)
def test_bad_usage_is_one_spanish_sentence(arguments: list[str], said: str, capsys: Capture) -> None:
    assert main(arguments) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "--help»." in err
    assert len(err.splitlines()) == 1
    assert not re.search(r"\b(argument|choose|invalid|required|unrecognized|expected)\b", err)


def test_an_unknown_message_is_shown_as_it_is() -> None:
    assert translated("something new") == "something new"


def commands() -> list[list[str]]:
    parser = build_parser()
    found: list[list[str]] = [[]]
    for words in found:
        here: argparse.ArgumentParser = parser
        for word in words:
            here = next(a for a in here._actions if isinstance(a, argparse._SubParsersAction)).choices[word]
        for action in here._actions:
            if isinstance(action, argparse._SubParsersAction):
                found.extend([*words, name] for name in action.choices)
    return found


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_help_is_spanish(words: list[str], capsys: Capture) -> None:
    assert main([*words, "--help"]) == ExitCode.DONE
    out, err = capsys.readouterr()
    assert out.startswith(" ".join(["uso: reflexiona", *words]))
    assert err == ""
    assert not re.search(r"usage|options:|positional|show this|\bthe\b", out)


def test_there_are_the_commands_that_were_promised() -> None:
    assert {" ".join(words) for words in commands()} == {
        *("", "preguntar", "evalua", "diagnostico", "corpus", "modelos", "casos"),
        *("corpus lista", "corpus busca", "corpus agrega", "corpus quita", "corpus reindexa"),
        *("modelos lista", "modelos instala", "modelos importa", "modelos usa"),
        *("modelos verifica", "modelos quita", "modelos mide"),
        *("casos lista", "casos busca", "casos muestra", "casos exporta", "casos importa", "casos borra"),
    }


def test_version(capsys: Capture) -> None:
    assert main(["--version"]) == ExitCode.DONE
    assert capsys.readouterr().out == f"reflexiona {__version__}\n"


@pytest.mark.parametrize("raw", [b"", b"  \n\n\t ", "\u200b\u2060".encode()])
def test_nothing_to_read_is_bad_input(raw: bytes, type_in: type[Typed], capsys: Capture) -> None:
    type_in(raw)
    assert main(["preguntar"]) == ExitCode.BAD_INPUT
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert "No hay texto que leer." in err


@pytest.mark.parametrize("raw", [b"\x7fELF\x02\x01\x01\x00\x00", b"hola \xff\xfe", "hola".encode("utf-16")])
def test_binary_is_bad_input(raw: bytes, type_in: type[Typed], capsys: Capture) -> None:
    type_in(raw)
    assert main(["preguntar", "--json"]) == ExitCode.BAD_INPUT
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert "no es texto" in err


def test_an_endless_input_is_refused(type_in: type[Typed], capsys: Capture) -> None:
    type_in(b"factura " * 700_000)
    assert main(["preguntar"]) == ExitCode.BAD_INPUT
    assert "demasiado" in capsys.readouterr().err


def test_cases_that_cannot_be_read(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "roto.jsonl").write_text('{"id": "a", "text": "hola"\n')
    (tmp_path / "bien.jsonl").write_text('{"id": "a", "text": "hola", "primary": "ninguno"}\n')
    for arguments in (
        ["--casos", str(tmp_path / "nada.jsonl")],
        ["--casos", str(tmp_path / "roto.jsonl")],
        ["--casos", str(tmp_path / "bien.jsonl"), "--predicciones", str(tmp_path / "no" / "hay.jsonl")],
    ):
        assert main(["evalua", *arguments]) == ExitCode.BAD_INPUT
        out, err = capsys.readouterr()
        assert (out, len(err.splitlines())) == ("", 1)


def test_an_unknown_model_is_not_found(capsys: Capture) -> None:
    assert main(["preguntar", "--modelo", "fantasma", "No me paga"]) == ExitCode.NOT_FOUND
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert "«fantasma»" in err
    assert main(["modelos", "usa", "fantasma"]) == ExitCode.NOT_FOUND
    assert main(["modelos", "quita", "fantasma"]) == ExitCode.NOT_FOUND


def test_a_data_folder_that_cannot_be_used(home: Path, capsys: Capture) -> None:
    home.write_text("un archivo")
    assert main(["preguntar", "No me paga"]) == ExitCode.FAILED
    assert main(["casos", "lista"]) == ExitCode.FAILED
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 2)
    assert "carpeta de datos" in err
    assert "Traceback" not in err


def test_settings_that_cannot_be_read(home: Path, capsys: Capture) -> None:
    home.mkdir()
    (home / "ajustes.toml").write_text("modelo = 7\n")
    assert main(["preguntar", "No me paga"]) == ExitCode.BAD_INPUT
    assert "«modelo»" in capsys.readouterr().err


def test_an_unexpected_fault_leaves_a_private_log_without_words(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    told = "la clienta Marisol me debe 1.450 €"

    def broken(*_: object) -> None:
        raise ValueError(told)

    monkeypatch.setattr("reflexiona.cli.main._dispatch", broken)
    assert main(["casos", "lista"]) == ExitCode.FAILED
    log = home / "registro" / "errores.log"
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert str(log) in err
    assert "Marisol" not in err + log.read_text()
    assert "ValueError" in log.read_text()
    assert "in broken" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_an_interruption(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("reflexiona.cli.main._dispatch", interrupted)
    assert main(["casos", "lista"]) == ExitCode.INTERRUPTED
    assert "Interrumpido" in capsys.readouterr().err

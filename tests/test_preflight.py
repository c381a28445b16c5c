"""The header check: every file that would crash or confuse llama.cpp leaves one Spanish sentence instead."""

from __future__ import annotations

import struct
from pathlib import Path

import gguf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reflexiona.errors import ModelError
from reflexiona.models.preflight import _BLOCKS, Header, inspect_gguf
from tests.support.tiny_gguf import CHATML, write_cut, write_page, write_recurrent, write_tiny


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny(tmp_path_factory.mktemp("gguf") / "tiny.gguf")


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as refused:
        inspect_gguf(path)
    assert refused.value.remedy
    assert refused.value.exit_code == 4
    return refused.value.message


def entry(key: str, kind: int, value: bytes) -> bytes:
    return struct.pack("<Q", len(key)) + key.encode() + struct.pack("<I", kind) + value


def string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def written(path: Path, *entries: bytes, version: int = 3, tensors: bytes | None = None, count: int = 1) -> Path:
    """A small header by hand; its one tensor is a single number."""
    table = tensors if tensors is not None else string("a.weight") + struct.pack("<IQIQ", 1, 1, 0, 0)
    head = b"GGUF" + struct.pack("<IQQ", version, count, len(entries)) + b"".join(entries) + table
    path.write_bytes(head + b"\0" * 64)
    return path


def number(key: str, value: int) -> bytes:
    return entry(key, 4, struct.pack("<I", value))


def integers(key: str, *values: int) -> bytes:
    return entry(key, 9, struct.pack(f"<IQ{len(values)}i", 5, len(values), *values))


ARCHITECTURE = entry("general.architecture", 8, string("llama"))
TOKENS = entry("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, 2) + string("a") + string("b"))


def test_a_sound_file_says_what_it_is(tiny: Path, tmp_path: Path) -> None:
    assert inspect_gguf(tiny) == Header(
        "llama", "tiny", CHATML, 8192, 610, tiny.stat().st_size, kv_bytes=2 * 2 * 2 * 16 * 2
    )
    mamba = inspect_gguf(write_recurrent(tmp_path / "m.gguf"))
    assert (mamba.architecture, mamba.kv_bytes) == ("mamba", 0)
    assert inspect_gguf(written(tmp_path / "v2.gguf", ARCHITECTURE, TOKENS, version=2)).tokens == 2


def test_memory_of_a_token_counts_every_layer(tmp_path: Path) -> None:
    shape = [number(f"llama.{name}", value) for name, value in (("block_count", 3), ("embedding_length", 64))]
    same = (*shape, number("llama.attention.head_count", 4), number("llama.attention.head_count_kv", 2))
    assert inspect_gguf(written(tmp_path / "a.gguf", ARCHITECTURE, TOKENS, *same)).kv_bytes == 3 * 2 * (16 + 16) * 2
    mixed = (*shape, number("llama.attention.head_count", 4), integers("llama.attention.head_count_kv", 0, 4, 0))
    wide = (*mixed, number("llama.attention.key_length", 32))
    assert inspect_gguf(written(tmp_path / "b.gguf", ARCHITECTURE, TOKENS, *mixed)).kv_bytes == 4 * (16 + 16) * 2
    assert inspect_gguf(written(tmp_path / "c.gguf", ARCHITECTURE, TOKENS, *wide)).kv_bytes == 4 * (32 + 16) * 2


def test_a_doubled_token_is_refused(tmp_path: Path) -> None:
    message = refusal(write_tiny(tmp_path / "doble.gguf", twin=True))
    assert message == "El archivo doble.gguf tiene palabras repetidas en su vocabulario y haría caer el motor."


def test_tokens_are_compared_as_native_code_reads_them(tmp_path: Path) -> None:
    def vocabulary(*tokens: str) -> bytes:
        texts = b"".join(map(string, tokens))
        return entry("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, len(tokens)) + texts)

    cut = written(tmp_path / "a.gguf", ARCHITECTURE, vocabulary("entrega", "entrega\0s"))
    assert "palabras repetidas" in refusal(cut)
    assert inspect_gguf(written(tmp_path / "b.gguf", ARCHITECTURE, vocabulary("a", "", "\0", "b"))).tokens == 4


def test_a_stopped_download_is_refused(tmp_path: Path) -> None:
    assert "está incompleto: falta una parte de 1 MB" in refusal(write_cut(tmp_path / "corto.gguf"))


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_download_that_stopped_anywhere_is_refused(tiny: Path, tmp_path: Path, share: float) -> None:
    path = tmp_path / "corto.gguf"
    path.write_bytes(tiny.read_bytes()[: int(share * tiny.stat().st_size)])
    assert "está incompleto" in refusal(path)


def test_a_web_page_is_refused(tmp_path: Path) -> None:
    assert (
        refusal(write_page(tmp_path / "m.gguf")) == "El archivo m.gguf es una página web guardada con nombre de modelo."
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "está vacío"),
        (b"GG", "no es un modelo en formato GGUF"),
        (b"PK\x03\x04" + b"\0" * 100, "no es un modelo en formato GGUF"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "solo la referencia a un modelo"),
        (b"GGUF", "se corta en la cabecera"),
        (b"GGUF" + struct.pack("<I", 1) + b"\0" * 16, "usa la versión 1 del formato"),
        (b"GGUF" + struct.pack(">I", 3) + b"\0" * 16, "otro orden de bytes"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1), "cabecera imposible"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 1 << 60), "cabecera imposible"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 1, 1, 1 << 60), "un texto imposible"),
    ],
)
def test_what_is_not_a_model_is_refused(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(content)
    assert expected in refusal(path)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((TOKENS,), "no dice de qué arquitectura es"),
        ((ARCHITECTURE,), "no trae vocabulario"),
        ((ARCHITECTURE, ARCHITECTURE), "repite el dato «general.architecture»"),
        ((ARCHITECTURE, TOKENS, entry("x", 77, b"")), "un dato de tipo desconocido"),
        ((ARCHITECTURE, TOKENS, entry("x", 9, struct.pack("<IQ", 4, 1 << 50))), "una lista imposible"),
        ((ARCHITECTURE, TOKENS, entry("x", 9, struct.pack("<IQ", 4, 1 << 20))), "se corta en la cabecera"),
        (
            (ARCHITECTURE, TOKENS, entry("x", 9, struct.pack("<IQIQIQ", 9, 1, 9, 1, 4, 0))),
            "listas dentro de listas",
        ),
        ((ARCHITECTURE, TOKENS, entry("general.alignment", 4, struct.pack("<I", 7))), "alineación imposible"),
        ((ARCHITECTURE, TOKENS, entry("split.count", 2, struct.pack("<H", 3))), "una de las 3 partes"),
        ((entry("general.architecture", 8, string("bert")), TOKENS), "no es un modelo que escriba texto"),
        ((ARCHITECTURE, TOKENS, number("llama.block_count", 1 << 20)), "dato imposible en la cabecera («llama.block_c"),
        ((ARCHITECTURE, TOKENS, number("llama.context_length", 1 << 31)), "dato imposible en la cabecera"),
        ((ARCHITECTURE, TOKENS, integers("llama.attention.head_count_kv", 8, -8)), "dato imposible en la cabecera"),
        ((ARCHITECTURE, TOKENS, integers("tokenizer.ggml.token_type", 1, 1, 1)), "un vocabulario que no cuadra"),
        ((ARCHITECTURE, TOKENS, number("tokenizer.ggml.eos_token_id", 2)), "una palabra que su vocabulario no tiene"),
    ],
)
def test_a_header_that_cannot_be_is_refused(tmp_path: Path, entries: tuple[bytes, ...], expected: str) -> None:
    assert expected in refusal(written(tmp_path / "m.gguf", *entries))


@pytest.mark.parametrize(
    ("table", "count", "expected"),
    [
        (string("a") + struct.pack("<IQIQ", 1, 1 << 40, 0, 0), 1, "está incompleto: falta 4.398.047 MB"),
        (string("a") + struct.pack("<IQIQ", 1, 1 << 62, 0, 0), 1, "una pieza imposible («a»)"),
        (string("a") + struct.pack("<IQIQ", 1, 1, 0, 1 << 60), 1, "una pieza imposible («a»)"),
        (string("a") + struct.pack("<IQIQ", 1, 1, 0, 3), 1, "una pieza imposible («a»)"),
        (string("a") + struct.pack("<IQIQ", 1, 33, 2, 0), 1, "una pieza imposible («a»)"),
        (string("\x1b[31ma") + struct.pack("<I", 9), 1, "una pieza imposible («[31ma»)"),
        ((string("a") + struct.pack("<IQIQ", 1, 1, 0, 0)) * 2, 2, "repite la pieza «a»"),
    ],
)
def test_a_table_that_cannot_be_is_refused(tmp_path: Path, table: bytes, count: int, expected: str) -> None:
    path = written(tmp_path / "m.gguf", ARCHITECTURE, TOKENS, tensors=table, count=count)
    assert expected in refusal(path)


def test_what_is_not_there_or_not_a_file_is_refused(tmp_path: Path) -> None:
    assert "No existe el archivo" in refusal(tmp_path / "nada.gguf")
    assert "No se puede leer" in refusal(tmp_path)


def test_the_sizes_of_blocks_are_those_of_the_format() -> None:
    known = {int(kind): gguf.GGML_QUANT_SIZES[kind] for kind in gguf.GGMLQuantizationType}
    assert dict(_BLOCKS) == known


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 14_000), value=st.binary(min_size=1, max_size=9))
def test_any_damage_is_a_sentence_or_harmless(tiny: Path, tmp_path: Path, place: int, value: bytes) -> None:
    data = bytearray(tiny.read_bytes())
    data[place : place + len(value)] = value
    path = tmp_path / "golpe.gguf"
    path.write_bytes(data)
    message = ""
    try:
        inspect_gguf(path)
    except ModelError as error:
        message = error.message
    assert message.isprintable()
    assert message == "" or message.startswith("El archivo golpe.gguf ")

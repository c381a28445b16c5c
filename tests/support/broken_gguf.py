"""Files that a person may come by and that are no models to use: made from a sound one, each broken in one way."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np

from tests.support.tiny_gguf import CHATML, write_tiny


def broken_files(folder: Path) -> Iterator[Path]:
    """Files that must be refused before anything loads them."""
    sound = write_tiny(folder / "sano.gguf")
    data = sound.read_bytes()
    end = _header_end(sound)
    for name, content in (
        ("vacio", b""),
        ("ceros", b"\0" * 4096),
        ("pagina", b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head></html>\n"),
        ("pagina_con_bom", b"\xef\xbb\xbf\n<html>403</html>"),
        ("json", b'{"error":"Entry not found"}'),
        ("lfs", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
        ("zip", b"PK\x03\x04" + bytes(2000)),
        ("pesos_de_torch", b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19." + bytes(500)),
        ("ggml_antiguo", b"lmgg" + bytes(500)),
        ("solo_magia", b"GGUF"),
        ("texto", b"Esto no es un modelo, es una nota.\n"),
        ("version_1", data[:4] + struct.pack("<I", 1) + data[8:]),
        ("version_4", data[:4] + struct.pack("<I", 4) + data[8:]),
        ("al_reves", data[:4] + struct.pack(">I", 3) + data[8:]),
        ("sin_piezas", data[:8] + struct.pack("<Q", 0) + data[16:]),
        ("piezas_sin_fin", data[:8] + struct.pack("<Q", 1 << 62) + data[16:]),
        ("datos_sin_fin", data[:16] + struct.pack("<Q", 1 << 62) + data[24:]),
        ("clave_sin_fin", data[:24] + struct.pack("<Q", 1 << 62) + data[32:]),
        ("mitad_de_otro", data[len(data) // 2 :]),
        ("sin_cola", data[:-5000]),
    ):
        yield _write(folder / f"{name}.gguf", content)
    for share in (0.001, 0.01, 0.05, 0.1, 0.3, 0.6, 0.9, 0.99, 0.999):
        yield _write(folder / f"cortado_{share}.gguf", data[: int(share * len(data))])
    for place in (8, 24, 40, end // 4, end // 2, end - 40, end - 1):
        yield _write(folder / f"cortado_en_{place}.gguf", data[:place])
    yield write_tiny(folder / "doble.gguf", twin=True)
    for name in ("bert", "clip", "t5encoder"):
        yield _header_only(folder / f"{name}.gguf", name)
    yield _header_only(folder / "otra_familia.gguf", "rwkv7", template="")
    yield _header_only(folder / "plantilla_rara.gguf", "llama", template="{{ bos }}{{ todo }}")
    yield _header_only(folder / "en_partes.gguf", "llama", parts=3)
    yield _header_only(folder / "sin_vocabulario.gguf", "llama", tokens=())


def flipped_headers(sound: Path, folder: Path, count: int, seed: int) -> Iterator[Path]:
    """Copies of a sound file with some bytes of the header changed at random: refused, or loaded as they are."""
    data, end = sound.read_bytes(), _header_end(sound)
    chance = random.Random(seed)
    for number in range(count):
        damaged = bytearray(data)
        for _ in range(chance.choice((1, 1, 2, 8))):
            damaged[chance.randrange(4, end)] = chance.randrange(256)
        yield _write(folder / f"golpe_{seed}_{number}.gguf", bytes(damaged))


def cut_anywhere(sound: Path, folder: Path, count: int, seed: int) -> Iterator[Path]:
    """Copies of a sound file that end somewhere."""
    data = sound.read_bytes()
    chance = random.Random(seed)
    for number in range(count):
        yield _write(folder / f"corte_{seed}_{number}.gguf", data[: chance.randrange(len(data))])


def _header_only(
    path: Path, architecture: str, *, template: str = CHATML, parts: int = 0, tokens: tuple[str, ...] = ("a", "b")
) -> Path:
    """A sound header of a few figures, and one tensor."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_block_count(1)
    if template:
        writer.add_chat_template(template)
    if parts:
        writer.add_uint16("split.count", parts)
    if tokens:
        writer.add_token_list(list(tokens))
    writer.add_tensor("a.weight", np.zeros((4, 32), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _header_end(path: Path) -> int:
    """Offset of the first tensor's data."""
    reader = gguf.GGUFReader(path)
    end = int(reader.data_offset)
    del reader
    return end


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path

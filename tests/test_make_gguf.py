"""The models of the benchmarks: laid out as llama.cpp's own quantizer would, and loaded like any other."""

from __future__ import annotations

import ctypes
from pathlib import Path

import gguf
import llama_cpp as native
import numpy as np

from benchmarks.make_gguf import SHAPES, Shape, pieces, write
from reflexiona.adapters.llama import LlamaGenerator
from reflexiona.adapters.llama_native import start_native
from reflexiona.models.preflight import inspect_gguf
from reflexiona.models.templates import choose_family

SMALL = Shape("azar-pequeno", 256, 9, 4, 2, 512, vocabulary=2048, context=1024)


def types(path: Path) -> dict[str, str]:
    return {tensor.name: tensor.tensor_type.name for tensor in gguf.GGUFReader(path).tensors}


def unquantized(source: Path, target: Path) -> Path:
    """The same model in 16 bits: what a person would give to the quantizer."""
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, "qwen2")
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name in ("general.architecture", "general.file_type"):
            continue
        kind = field.types[0]
        item = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, item)
    chance = np.random.default_rng(0)
    for tensor in reader.tensors:
        lengths = tuple(int(length) for length in reversed(tensor.shape))
        kind = np.float32 if len(lengths) == 1 else np.float16
        writer.add_tensor(tensor.name, (0.02 * chance.standard_normal(lengths)).astype(kind))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target


def test_types_are_those_of_the_quantizer(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.gguf", tmp_path / "theirs.gguf"
    write(SMALL, ours)
    start_native()
    wanted = native.llama_model_quantize_default_params()
    wanted.ftype = native.LLAMA_FTYPE_MOSTLY_Q4_K_M
    wanted.nthread = 1
    source = unquantized(ours, tmp_path / "f16.gguf")
    assert native.llama_model_quantize(str(source).encode(), str(theirs).encode(), ctypes.byref(wanted)) == 0
    assert types(ours) == types(theirs)
    assert {"Q4_K", "Q6_K", "F32"} == set(types(ours).values())


def test_weights_have_the_spread_of_real_ones(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    write(SMALL, path)
    for tensor in gguf.GGUFReader(path).tensors:
        if tensor.tensor_type.name in ("Q4_K", "Q6_K"):
            values = gguf.dequantize(tensor.data, tensor.tensor_type)
            assert abs(float(values.mean())) < 0.002, tensor.name
            assert 0.015 < float(values.std()) < 0.025, tensor.name


def test_it_loads_and_writes_like_any_model(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    write(SMALL, path)
    header = inspect_gguf(path)
    assert (header.architecture, header.tokens) == ("qwen2", 2048)
    generator = LlamaGenerator(path, "azar", choose_family("", header.template, header.architecture), n_ctx=512)
    read_tokens, _, written_tokens, _ = generator.speed("Me debe tres facturas y no contesta.", 8)
    generator.close()
    assert 5 < read_tokens < 40
    assert written_tokens == 8


def test_the_shapes_are_those_of_real_models() -> None:
    expected = {"0.5B": (0.49e9, 0.36e9, 0.42e9), "1.5B": (1.54e9, 0.9e9, 1.2e9)}
    for name, (parameters, least, most) in expected.items():
        every = list(pieces(SHAPES[name]))
        count = sum(max(piece.rows, 1) * piece.columns for piece in every)
        size = sum(_bytes(piece.rows, piece.columns, piece.kind) for piece in every)
        assert abs(count - parameters) / parameters < 0.02
        assert least < size < most


def _bytes(rows: int, columns: int, kind: gguf.GGMLQuantizationType) -> int:
    block, size = gguf.GGML_QUANT_SIZES[kind]
    return int(max(rows, 1) * columns // block * size)

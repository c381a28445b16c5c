"""An encoder of the person's own: its index is made while the one in use answers, and only then takes its place."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from reflexiona.adapters.encoder_folder import encoder_id, prefixes
from reflexiona.adapters.sentence_transformers import LibraryEncoder
from reflexiona.adapters.static_encoder import StaticEncoder
from reflexiona.corpus.library import Library, load_library, passage_hash
from reflexiona.corpus.lists import load_lists
from reflexiona.corpus.shipped import load_shipped
from reflexiona.domain import TurnRequest
from reflexiona.engine.client import EngineClient
from reflexiona.engine.index_making import IndexMaker, open_encoder
from reflexiona.engine.index_opening import IndexOpening
from reflexiona.errors import EngineError, ModelError
from reflexiona.events import Finished, Notice, PassagesReady, Progress
from reflexiona.indexing.encoding import encode_passages
from reflexiona.indexing.manifest import VECTORS
from reflexiona.paths import DataFolder, resource
from reflexiona.settings import save_setting
from tests.support.encoders import article, bert_folder, static_folder, write_json

LIBRARY = Library([article("uno", ["El cliente no contesta.", "La factura y el pago.", "Todo urgente, todo hoy."])])
PROMPTS = {"prompts": {"query": "factura ", "passage": "contrato "}}
ENCODING = "codificando los pasajes"


@pytest.fixture
def data(home: Path) -> DataFolder:
    found = DataFolder(home)
    found.ensure()
    return found


def silent(phase: str, fraction: float) -> None: ...


def choose(data: DataFolder, folder: Path) -> None:
    save_setting(data.settings, "codificador", str(folder))


# --- which index serves


@pytest.fixture
def maker(data: DataFolder, tmp_path: Path) -> Callable[[], IndexMaker]:
    """A new one, as after a new start."""
    included = StaticEncoder(static_folder(tmp_path / "incluido"))
    lists = load_lists(resource("corpus"))
    return lambda: IndexMaker(data, LIBRARY, lists, included)


def test_the_earlier_index_serves_until_the_new_one_is_whole(
    data: DataFolder, maker: Callable[[], IndexMaker], tmp_path: Path
) -> None:
    one, two = static_folder(tmp_path / "uno", seed=5), static_folder(tmp_path / "dos", seed=6)
    served = []

    def look(started: IndexMaker, notice: str = "", waits: str = "") -> None:
        opened = started.open()
        served.append(opened.retriever.encoder.id)
        assert opened.retriever.search("factura", 1)[0].passage.id == "uno#2"
        assert opened.index.notice if notice else not opened.index.notice
        assert notice in opened.index.notice
        assert opened.encoder.endswith(waits)
        opened.index.close()

    started = maker()
    choose(data, one)
    look(started, "«uno» todavía no está hecho", "; el índice de uno está por hacer")
    look(maker(), "«uno» todavía no está hecho")
    started.rebuild(silent, False)
    look(started)
    choose(data, two)
    look(started, "«dos» todavía no está hecho")
    look(maker(), "«dos» todavía no está hecho")
    with pytest.raises(KeyboardInterrupt):
        started.rebuild(lambda phase, fraction: (_ for _ in ()).throw(KeyboardInterrupt) if fraction else None, False)
    look(maker(), "«dos» todavía no está hecho")
    shutil.rmtree(one)  # what would serve meanwhile has gone: the included one does
    look(maker(), "«dos» todavía no está hecho")
    maker().rebuild(silent, False)
    look(maker())
    names = [name.rpartition("-")[0] for name in served]
    assert names == ["incluido", "incluido", "uno", "uno", "uno", "uno", "incluido", "dos"]


def test_an_encoder_that_is_not_there_is_said(data: DataFolder, maker: Callable[[], IndexMaker]) -> None:
    choose(data, Path("/no/hay"))
    for doing in (lambda: maker().open(), lambda: maker().rebuild(silent, False), lambda: maker().chosen()):
        with pytest.raises(ModelError, match="/no/hay"):
            doing()


def test_an_index_is_only_let_go_when_nobody_uses_it(data: DataFolder, maker: Callable[[], IndexMaker]) -> None:
    import threading

    index = IndexOpening(maker().open)
    before = index.get()
    with index.in_use():
        swapping = threading.Thread(target=index.reopen)
        swapping.start()
        swapping.join(0.3)
        assert index.get() is before
        assert before.retriever.search("factura", 1)
    swapping.join(20)
    after = index.get()
    assert after is not before
    assert after.retriever.search("factura", 1)


# --- what stands before a text


def test_what_a_folder_asks_for(tmp_path: Path) -> None:
    folder = static_folder(tmp_path / "mini", prompts={"query": "q: ", "passage": "p: "})
    assert prefixes(folder) == ("q: ", "p: ")
    assert prefixes(static_folder(tmp_path / "otro", prompts={"query": "", "document": ""})) == ("", "")
    assert prefixes(static_folder(tmp_path / "multilingual-e5-small")) == ("query: ", "passage: ")
    own = {"query": "busca: "}
    assert prefixes(static_folder(tmp_path / "b" / "multilingual-e5-small", prompts=own)) == ("busca: ", "")
    cached = static_folder(tmp_path / "models--intfloat--multilingual-e5-base" / "snapshots" / "abc")
    assert prefixes(cached) == ("query: ", "passage: ")
    for name in ("multilingual-e5-large-instruct", "all-indo-e5-small-v4", "e5"):
        assert prefixes(static_folder(tmp_path / name)) == ("", "")
    for broken in ({"prompts": ["q: "]}, {"prompts": {"query": 3}}):
        write_json(folder / "config_sentence_transformers.json", broken)
        with pytest.raises(ModelError):
            open_encoder(folder)


@pytest.mark.slow
def test_prefixes_reach_queries_and_passages(tmp_path: Path) -> None:
    plain = LibraryEncoder(folder := bert_folder(tmp_path / "bert"))
    shutil.copytree(folder, tmp_path / "multilingual-e5-small")
    shutil.copytree(folder, tmp_path / "con")
    write_json(tmp_path / "con" / "config_sentence_transformers.json", PROMPTS)
    for name, query, passage in (("con", "factura ", "contrato "), ("multilingual-e5-small", "query: ", "passage: ")):
        encoder = open_encoder(tmp_path / name)
        assert isinstance(encoder, LibraryEncoder)
        np.testing.assert_allclose(encoder.encode_query("pago"), plain.encode_query(f"{query}pago"), atol=1e-5)
        wanted = plain.encode_passages([f"{passage}pago"])
        np.testing.assert_allclose(encoder.encode_passages(["pago"]), wanted, atol=1e-5)
        assert not np.allclose(encoder.encode_query("pago"), plain.encode_query("pago"), atol=1e-3)


# --- all of it: the worker, chromadb, a BERT through sentence-transformers


@pytest.fixture
async def engine(data: DataFolder) -> AsyncIterator[EngineClient]:
    client = EngineClient(data)
    yield client
    await client.close()


@pytest.mark.slow
async def test_a_chosen_encoder_takes_over_while_the_program_runs(
    data: DataFolder, engine: EngineClient, tmp_path: Path
) -> None:
    first = await engine.status(complete=True)
    assert (first.generation, first.encoder.partition("-")[0]) == ("g0001", "encoder")
    folder = bert_folder(tmp_path / "bert")
    write_json(folder / "config_sentence_transformers.json", PROMPTS)
    choose(data, folder)

    # the old index answers while the new one is made
    reindexing = engine.reindex(anew=False)
    said = [await anext(reindexing)]
    while said[-1] != Progress(ENCODING, 0.0):
        said.append(await anext(reindexing))
    turn = [event async for event in engine.ask(TurnRequest("No me paga y no contesta", use_model=False))]
    assert isinstance(turn[-1], Finished)
    assert turn[-1].status == "done"
    assert any(isinstance(event, PassagesReady) and event.hits for event in turn)
    assert await engine.status() == first
    said += [event async for event in reindexing]
    assert said[-2:] == [Progress("índice en uso", 1.0), Finished("done")]
    fractions = [event.fraction or 0.0 for event in said if isinstance(event, Progress)]
    assert fractions == sorted(fractions)
    assert len({event.fraction for event in said if isinstance(event, Progress) and event.phase == ENCODING}) > 20

    # then it is the one, and its vectors are those of the encoder with its prefixes
    second = await engine.status()
    assert second.encoder == f"{encoder_id(folder)}, antepone «factura » y «contrato »"
    assert [path.name for path in data.index.iterdir() if path.is_dir()] == [second.generation] != [first.generation]
    assert len(await engine.search("factura sin pagar", 3)) == 3
    kept, passage = load_shipped(data.index / second.generation / VECTORS), load_library().passages[7]
    assert kept
    wanted = encode_passages(LibraryEncoder(folder), [passage])[0]
    np.testing.assert_allclose(kept.vector(passage_hash(passage)) or [], wanted, atol=1e-4)

    # killed in the middle of the next one, the last good one serves, and says so
    shutil.copytree(folder, tmp_path / "otro")
    choose(data, tmp_path / "otro")
    reindexing = engine.reindex(anew=False)
    while (await anext(reindexing)) != Progress(ENCODING, 0.0):
        assert engine.pid
    os.kill(engine.pid or 0, signal.SIGKILL)
    with pytest.raises(EngineError):
        _ = [event async for event in reindexing]
    third = await engine.status(complete=True)
    assert third.generation == second.generation
    assert third.encoder == f"{second.encoder}; el índice de otro está por hacer"
    notices = [event.text async for event in engine.ask(TurnRequest("No me paga")) if isinstance(event, Notice)]
    assert any("«otro» todavía no está hecho" in text for text in notices)
    assert [path.name for path in data.index.iterdir() if path.is_dir()] == [second.generation]

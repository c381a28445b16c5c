"""Plain people's words, written apart from the articles, find the guidance they need among the first five passages."""

import json
from collections import Counter
from pathlib import Path

import pytest

from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.corpus.check import POINTS
from reflexiona.corpus.library import load_library
from reflexiona.corpus.lists import load_lists
from reflexiona.corpus.shipped import load_shipped
from reflexiona.indexing.opening import open_index
from reflexiona.paths import DataFolder, resource
from reflexiona.stages.retrieve import Retriever

QUERIES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "consultas.jsonl").read_text(encoding="utf-8").splitlines()
]
ENOUGH = 0.90


def test_there_are_at_least_three_queries_for_every_point() -> None:
    assert min(Counter(query["point"] for query in QUERIES)[point] for point in POINTS) >= 3


@pytest.mark.slow
def test_the_point_is_among_the_first_five(home: Path) -> None:
    library, lists = load_library(), load_lists(resource("corpus"))
    encoder = BertEncoder(resource("models", "included", "encoder"))
    index = open_index(DataFolder(home), library, encoder, load_shipped())
    retriever = Retriever(encoder, index.store, index.lexical, library, lists)
    missed = [
        query["id"]
        for query in QUERIES
        if not any(query["point"] in hit.passage.points for hit in retriever.search(query["text"], 5))
    ]
    index.close()
    assert 1 - len(missed) / len(QUERIES) >= ENOUGH, missed

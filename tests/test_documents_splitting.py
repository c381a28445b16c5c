"""Passages of the person's documents: their sizes, their places in the text, their titles."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from reflexiona.corpus.check import LONGEST as LONGEST_OF_ARTICLES
from reflexiona.corpus.check import SHORTEST as SHORTEST_OF_ARTICLES
from reflexiona.documents.splitting import LONGEST, SHORTEST, split

SENTENCE = "El cliente pidió otra ronda de cambios y nadie habló de precio."


def prose(sentences: int) -> str:
    return " ".join([SENTENCE] * sentences)


WORDS = st.lists(
    st.sampled_from(["pago", "plazo", "cliente", "¿y", "ahora?", "no.", "Sí.", "«ya»"]), min_size=1, max_size=400
)
PARAGRAPHS = st.one_of(
    WORDS.map(" ".join),
    st.builds("{} {}".format, st.sampled_from(["##", "###"]), st.sampled_from(["Pagos", "Plazos y rondas"])),
    st.lists(WORDS.map(lambda words: "- " + " ".join(words[:40])), min_size=1, max_size=12).map("\n".join),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(PARAGRAPHS, max_size=12).map(lambda parts: "\n\n".join(parts) + "\n"))
def test_any_text_is_split_into_what_may_be_shown(text: str) -> None:
    pieces = split(text)
    passages = [text[piece.start : piece.end] for piece in pieces]
    sizes = [len(passage.split()) for passage in passages]
    assert all(passage == passage.strip() and piece.title for passage, piece in zip(passages, pieces, strict=True))
    assert all(one.end <= other.start for one, other in pairwise(pieces))
    assert all(size <= LONGEST for size in sizes)
    assert len(sizes) < 2 or all(size >= SHORTEST for size in sizes)
    between = text
    for piece in reversed(pieces):
        between = between[: piece.start] + between[piece.end :]
    assert all(line.startswith("#") for line in between.split("\n") if line.strip())


def test_the_sizes_are_those_of_articles() -> None:
    assert (SHORTEST, LONGEST) == (SHORTEST_OF_ARTICLES, LONGEST_OF_ARTICLES)


def test_a_section_of_its_size_is_a_passage() -> None:
    text = f"## Rondas\n\n{prose(8)}\n\n## Pagos\n\n{prose(12)}\n\n{prose(3)}\n"
    pieces = split(text)
    assert [piece.title for piece in pieces] == ["Rondas", "Pagos"]
    assert text[pieces[0].start : pieces[0].end] == prose(8)
    assert text[pieces[1].start : pieces[1].end] == f"{prose(12)}\n\n{prose(3)}"


def test_short_sections_go_together_and_long_ones_are_parted_between_paragraphs() -> None:
    short = split(f"## Uno\n\n{prose(2)}\n\n## Dos\n\n{prose(2)}\n\n## Tres\n\n{prose(2)}\n")
    assert [piece.title for piece in short] == ["Uno"]
    text = "## Todo\n\n" + "\n\n".join([prose(4)] * 14) + "\n"
    pieces = split(text)
    assert len(pieces) >= 3
    assert pieces[0].title == "Todo"
    assert pieces[1].title.startswith("Todo › El cliente pidió otra ronda")
    assert all(text[piece.start - 2 : piece.start] == "\n\n" for piece in pieces)


def test_the_headings_above_are_part_of_a_title() -> None:
    text = f"## Tarifas\n\n### Logotipos\n\n{prose(7)}\n\n### Webs\n\n{prose(7)}\n"
    assert [piece.title for piece in split(text)] == ["Tarifas › Logotipos", "Tarifas › Webs"]


def test_a_text_without_headings_is_titled_by_its_first_words() -> None:
    (piece,) = split("Notas de la llamada con la panadería del martes, tomadas deprisa.\n")
    assert piece.title == "Notas de la llamada con la panadería del martes…"
    assert split("") == split("\n\n") == ()


def test_a_sentence_without_end_is_cut() -> None:
    text = "palabra " * 1_000
    assert all(SHORTEST <= len(text[piece.start : piece.end].split()) <= LONGEST for piece in split(text))

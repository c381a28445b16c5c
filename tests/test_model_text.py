"""What a model writes: citations only of what is shown, no control characters, unsupported sentences marked."""

from hypothesis import given
from hypothesis import strategies as st

from reflexiona.domain import Passage
from reflexiona.stages.stream import CleanStream
from reflexiona.stages.support import MARK, mark, unsupported


def streamed(pieces: list[str], shown: int = 2) -> tuple[str, int]:
    stream = CleanStream(shown)
    return "".join(map(stream.feed, pieces)) + stream.close(), stream.dropped


def test_citations_that_point_at_nothing_are_dropped() -> None:
    assert streamed(["Pide fecha [1]", ". Y espera [", "7", "]. Fin [1, 2, 9]"]) == (
        "Pide fecha [1]. Y espera . Fin [1] [2]",
        2,
    )


def test_other_brackets_stay() -> None:
    assert streamed(["Hola, [nom", "bre]: [/b] [50%] [x"])[0] == "Hola, [nombre]: [/b] [50%] [x"


def test_control_characters_never_come_through() -> None:
    assert streamed(["a\x1b]52;c;zzz\x07b\u202e", "\x00c\nd"])[0] == "a]52;c;zzzbc\nd"


@given(st.lists(st.text("a [1]23y,\n\x1b", max_size=8), max_size=30), st.integers(0, 3))
def test_never_an_invalid_citation_however_it_is_cut(pieces: list[str], shown: int) -> None:
    import re

    text, _ = streamed(pieces, shown)
    assert all(1 <= int(n) <= shown for n in re.findall(r"\[(\d+)\]", text))


PASSAGES = (
    Passage(
        "a#1",
        "a",
        "El aviso",
        "Con fecha",
        "Un aviso con fecha concreta y la factura adjunta resuelve retrasos.",
        0,
        60,
    ),
)
TOLD = "Le hice el logo a una cafetería por 1.450 € y no paga."


def test_sentences_without_support_are_marked() -> None:
    text = (
        "Un aviso con fecha concreta resuelve muchos retrasos [1]. Los jueces de Marte deciden los martes por la "
        "tarde. La cafetería no paga el logo. Yo empezaría por hablar con el vecino del perro azul. ¿Qué opina la "
        "abuela del banco?"
    )
    assert unsupported(text, PASSAGES, TOLD) == ("Los jueces de Marte deciden los martes por la tarde.",)
    assert f"tarde.{MARK} La cafetería" in mark(text, unsupported(text, PASSAGES, TOLD))


def test_a_figure_from_nowhere_is_unsupported() -> None:
    assert unsupported("La cafetería no paga 9.999 € del logo.", PASSAGES, TOLD)
    assert not unsupported("La cafetería no paga 1.450 € del logo.", PASSAGES, TOLD)

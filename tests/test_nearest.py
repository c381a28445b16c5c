"""What passages answer to the question of a follow-up."""

from reflexiona.domain import Passage
from reflexiona.stages.nearest import Nearest

WARNING = Passage(
    "aviso#1",
    "aviso",
    "El último aviso",
    "Cuánto aviso dar",
    "Un mes de aviso suele bastar (art. 5). Después se entrega todo. Más en [el cierre](cierre).\n\n"
    "¿Y si se enfada? Se le escucha una vez y se sigue con lo dicho.",
    0,
    0,
)
NETWORKS = Passage(
    "redes#1", "redes", "Lo que no conviene", "Contarlo en redes", "Publicar su nombre en redes da problemas.", 0, 0
)
PASSAGES = (WARNING, NETWORKS)


def test_the_nearest_sentences_with_the_number_of_their_passage() -> None:
    near = Nearest(PASSAGES, "").to("¿cuánto aviso le doy?", (0.7, 0.7))
    assert near is not None
    assert (near.n, near.text) == (1, "Un mes de aviso suele bastar (art. 5). Después se entrega todo.")
    other = Nearest(PASSAGES, "").to("¿y si publico su nombre en redes?", (0.7, 0.7))
    assert other is not None
    assert other.n == 2


def test_only_passages_found_for_the_question_answer_it() -> None:
    near = Nearest(PASSAGES, "").to("¿y si publico su nombre en redes?", (0.7,))
    assert near is not None
    assert near.n == 1
    assert Nearest(PASSAGES, "").to("¿y si publico su nombre?", ()) is None


def test_nothing_is_said_twice_and_no_question_or_link_is_quoted() -> None:
    said = "Un mes de aviso suele bastar (art. 5). Después se entrega todo."
    near = Nearest((WARNING,), said).to("¿cuánto aviso le doy, y si se enfada?", (0.7,))
    assert near is not None
    assert near.text == "Se le escucha una vez y se sigue con lo dicho."

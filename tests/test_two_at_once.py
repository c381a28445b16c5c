"""The interface open in one terminal and commands in another, or two first starts at once: nothing is lost anywhere."""

from __future__ import annotations

import json
import time
from contextlib import closing
from pathlib import Path

import pytest

from reflexiona.errors import ExitCode
from reflexiona.paths import DataFolder
from reflexiona.storage.conversations import ConversationStore
from tests.support.program import SHORT, SITUATION, UNHURRIED, draft, kept, reflexiona, start, use_model
from tests.support.terminal import Terminal
from tests.support.tiny_gguf import write_tiny
from tests.support.traces import traces

pytestmark = pytest.mark.slow

ELSEWHERE = "Un cliente me pide otra ronda de cambios gratis y ya van siete"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "datos"


def done(terminal: Terminal, home: Path, text: str) -> None:
    """Waits until the turn with this text has come to its end."""
    terminal.until(
        lambda _: any(turn.text == text and turn.status == "done" for case in kept(home) for turn in case.turns)
    )


def texts(home: Path) -> set[tuple[str, ...]]:
    return {tuple(turn.text for turn in case.turns) for case in kept(home)}


def generation(home: Path) -> str:
    return (DataFolder(home).index / "actual").read_text().strip()


def test_commands_beside_the_open_interface(home: Path) -> None:
    with Terminal(home) as terminal:
        terminal.until("modelo incluido")
        terminal.type(SITUATION)
        terminal.press("enter")
        done(terminal, home, SITUATION)
        first = generation(home)
        terminal.type("un borrador a medias")

        answer = json.loads(reflexiona(home, "preguntar", "--json", ELSEWHERE).stdout)
        assert answer["passages"]
        assert len(json.loads(reflexiona(home, "corpus", "lista", "--json").stdout)) >= 20
        before = json.loads(reflexiona(home, "corpus", "busca", "--json", "rondas de cambios").stdout)
        run = reflexiona(home, "corpus", "reindexa")
        assert run.returncode == ExitCode.DONE, run.stderr
        assert generation(home) != first
        after = json.loads(reflexiona(home, "corpus", "busca", "--json", "rondas de cambios").stdout)
        assert [hit["id"] for hit in after] == [hit["id"] for hit in before]

        terminal.press("ctrl+l")
        terminal.until(ELSEWHERE[:20])
        terminal.press("esc")
        terminal.gone(ELSEWHERE[:20])
        terminal.until("un borrador a medias")
        terminal.type(": ¿y ahora?")
        terminal.press("enter")
        done(terminal, home, "un borrador a medias: ¿y ahora?")
        last = kept(home)[0].turns[-1]
        assert last.passages
        assert not any("reiniciado" in notice for notice in last.notices)
        listed = json.loads(reflexiona(home, "casos", "lista", "--json").stdout)
        assert len(listed) == 2
        terminal.press("ctrl+q")
        assert terminal.end() == ExitCode.DONE
    assert texts(home) == {(SITUATION, "un borrador a medias: ¿y ahora?"), (ELSEWHERE,)}


def test_a_command_goes_on_with_a_case_while_the_interface_answers_in_another(home: Path, tmp_path: Path) -> None:
    use_model(home, write_tiny(tmp_path / "lento.gguf", UNHURRIED))
    case = json.loads(reflexiona(home, "preguntar", "--sin-modelo", "--json", ELSEWHERE).stdout)["conversation"]
    with Terminal(home) as terminal:
        terminal.until("modelo lento")
        terminal.type(SHORT)
        terminal.press("enter")
        terminal.until("palabras/s")
        both = [start(home, "preguntar", "--sin-modelo", "--sigue", case, f"¿Y si van {n}?") for n in (8, 9)]
        for process in both:
            _, err = process.communicate(timeout=240)
            assert process.returncode == ExitCode.DONE, err
        done(terminal, home, SHORT)
    (turn,) = next(kept_case.turns for kept_case in kept(home) if kept_case.id != case)
    assert turn.reflection is not None
    assert not turn.reflection.composed
    (other,) = (kept_case for kept_case in kept(home) if kept_case.id == case)
    assert other.turns[0].text == ELSEWHERE
    assert {turn.text for turn in other.turns[1:]} == {"¿Y si van 8?", "¿Y si van 9?"}
    assert all(turn.status == "done" for turn in other.turns)


def test_two_first_starts_at_the_same_time(home: Path) -> None:
    both = [start(home, "preguntar", "--sin-modelo", "--json", text) for text in (SHORT, ELSEWHERE)]
    answers = []
    for process in both:
        out, err = process.communicate(timeout=240)
        assert process.returncode == ExitCode.DONE, err
        answers.append(json.loads(out))
    assert all(answer["passages"] for answer in answers)
    assert texts(home) == {(SHORT,), (ELSEWHERE,)}
    folders = [path.name for path in DataFolder(home).index.iterdir() if path.is_dir()]
    assert folders == [generation(home)]
    again = json.loads(reflexiona(home, "preguntar", "--sin-modelo", "--json", SHORT).stdout)
    assert [passage["id"] for passage in again["passages"]] == [passage["id"] for passage in answers[0]["passages"]]


def test_two_interfaces_at_once_keep_each_its_own(home: Path) -> None:
    with Terminal(home) as one, Terminal(home) as other:
        one.until("modelo incluido")
        other.until("modelo incluido")
        one.type(SHORT)
        other.type(ELSEWHERE)
        one.press("enter")
        other.press("enter")
        done(one, home, SHORT)
        done(other, home, ELSEWHERE)
        for terminal in (one, other):
            terminal.press("ctrl+l")
            terminal.until(lambda screen: SHORT[:18] in screen and ELSEWHERE[:18] in screen)
            terminal.press("ctrl+q")
            assert terminal.end() == ExitCode.DONE
    assert texts(home) == {(SHORT,), (ELSEWHERE,)}


def test_two_interfaces_at_once_have_each_its_draft_and_a_killed_one_leaves_it(home: Path) -> None:
    with Terminal(home) as one, Terminal(home) as other:
        one.until("modelo incluido")
        other.until("modelo incluido")
        one.type("el texto de la primera")
        other.type("el texto de la segunda")
        one.until("de la primera")
        other.until("de la segunda")
        one.until(lambda _: draft(home) != "")
        time.sleep(2.5)  # both are on disk by now
        one.kill()
        other.press("ctrl+q")
        assert other.end() == ExitCode.DONE
    with Terminal(home) as one, Terminal(home) as other:
        for terminal in (one, other):
            terminal.until("modelo incluido")
        one.until(lambda screen: "el texto de la" in screen + other.screen)
        both = one.screen + other.screen
        assert ("el texto de la primera" in both) != ("el texto de la segunda" in both)
        with closing(ConversationStore(DataFolder(home).conversations)) as store:
            (put_away,) = store.drafts.earlier()
        assert put_away not in both
        assert put_away.startswith("el texto de la")
        assert len(list((home / "abierto").iterdir())) == 2  # the killed one is not among them


def test_a_deleted_conversation_is_in_no_file_while_the_worker_runs_nor_afterwards(home: Path) -> None:
    words = ("murciélago", "zarigüeya")
    with Terminal(home) as terminal:
        terminal.until("modelo incluido")
        terminal.type(f"{SITUATION[:90]} El {words[0]} y la {words[1]}")
        terminal.until(words[1])
        terminal.press("enter")
        terminal.until(lambda _: bool(kept(home)) and kept(home)[0].turns[0].status == "done")
        assert {word for word, _ in traces(home, *words)} == set(words)
        terminal.press("alt+x")
        terminal.until("Se borra")
        terminal.until("Borrado para siempre.")
        assert traces(home, *words) == []
        terminal.press("ctrl+q")
        assert terminal.end() == ExitCode.DONE
    assert traces(home, *words) == []

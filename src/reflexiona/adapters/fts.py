"""Word search over passages with SQLite's FTS5: accents folded, Spanish stems, negations kept.

An index is one file, written once and only read afterwards. It holds words and passage ids, no prose. Of what a person
writes, only words go into a query, each one quoted: no text can be a syntax error.
"""

from __future__ import annotations

import math
import re
import sqlite3
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

from snowballstemmer import stemmer

from reflexiona.corpus.library import plain
from reflexiona.domain import Passage
from reflexiona.errors import StorageError, reason

_REACH = 400
"""Passages whose sayings are looked at, however few are asked for."""
MOST_STEMS = 12
"""A longer text is searched by its most telling stems: the rest would only blur the ranking."""
_REMEDY = "Vuelve a hacer el índice con «reflexiona corpus reindexa»."
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_WORD = 40
"""Letters; what is longer is no word, and the stemmer would take its time over it."""
_NEGATIONS = frozenset("no ni sin nada nadie nunca jamas tampoco ningun ninguna ninguno".split())
_STOP_WORDS = frozenset(
    """
    a aca ahi ahora al algo algun alguna alguno alla alli ante antes aqui asi aun aunque bien cada casi como con
    cual cuales cuando cuanto de del desde despues donde dos e el ella ellas ello ellos en entonces entre era eran
    eres es esa esas ese eso esos esta estaba estaban estado estamos estan estar estas este esto estos estoy fue
    fueron fui ha haber habia habian hace hacen hacer hago han has hasta hay haya he hemos hizo hoy iba ir la las le
    les lo los luego mas me mi mia mias mientras mio mios mis misma mismo mucha muchas mucho muchos muy nos nosotras
    nosotros nuestra nuestro o os otra otras otro otros para pero poco por porque pues que quien quienes se sea sean
    ser si sido siempre sobre solo son soy su sus suya suyo tal tambien tan tanto te tener tengo ti tiene tienen
    toda todas todo todos tu tus un una unas uno unos usted ustedes va vamos van vaya vez vos voy y ya yo
    """.split()
)
_SCHEMA = """
    CREATE TABLE ids (rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
    CREATE VIRTUAL TABLE pasajes USING fts5(
        titulo, texto, raices_titulo, raices, content='', tokenize="unicode61 remove_diacritics 2"
    );
    CREATE VIRTUAL TABLE terminos USING fts5vocab(pasajes, 'row');
    CREATE TABLE dicho_de (rowid INTEGER PRIMARY KEY, id TEXT NOT NULL);
    CREATE INDEX dicho_por_pasaje ON dicho_de(id);
    CREATE VIRTUAL TABLE dichos USING fts5(raices, content='', tokenize="unicode61 remove_diacritics 2");
"""
_QUERY = """
    SELECT ids.id, -bm25(pasajes, 1.0, 0.5, 2.0, 1.0) FROM pasajes JOIN ids ON ids.rowid = pasajes.rowid
    WHERE pasajes MATCH ? ORDER BY 2 DESC, ids.rowid LIMIT ?
"""
_SAYINGS = """
    SELECT dicho_de.id, -bm25(dichos) FROM dichos JOIN dicho_de ON dicho_de.rowid = dichos.rowid
    WHERE dichos MATCH ? ORDER BY 2
"""
_SAID = 0.6
"""What the nearest saying of a passage counts beside its prose; measured on queries written by another hand."""


class FtsIndex:
    """An index that is open for reading; fulfils `ports.LexicalIndex`. May be used from any thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._stems = _Stems()
        self._lock = threading.Lock()
        self._size = int(connection.execute("SELECT count(*) FROM ids").fetchone()[0])
        self._saying = {row[0] for row in connection.execute("SELECT DISTINCT id FROM dicho_de")}

    @classmethod
    def open(cls, path: Path) -> FtsIndex:
        """Opens the index in `path`; nothing is ever written to it.

        Raises:
            StorageError: it is missing or damaged.
        """
        try:
            # immutable: a finished generation never changes, so there is nothing to lock and no journal to look for
            connection = sqlite3.connect(
                f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            return cls(connection)
        except sqlite3.Error as error:
            raise StorageError(f"No se puede abrir el índice de palabras: {reason(error)}.", _REMEDY) from error

    @classmethod
    def build(cls, path: Path, passages: Iterable[Passage]) -> None:
        """Writes a new index of `passages` to `path`.

        Raises:
            StorageError: it cannot be written.
        """
        stems = _Stems()
        try:
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                # a build that breaks off is thrown away as a whole: no journal is needed
                connection.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SCHEMA}")
                connection.execute("BEGIN")
                for row, passage in enumerate(passages, start=1):
                    title, text = (
                        f"{passage.article_title} {passage.title}",
                        " ".join((plain(passage.text), *passage.sayings)),
                    )
                    connection.execute("INSERT INTO ids VALUES (?, ?)", (row, passage.id))
                    connection.execute(
                        "INSERT INTO pasajes (rowid, titulo, texto, raices_titulo, raices) VALUES (?, ?, ?, ?, ?)",
                        (row, title, text, stems.column(title), stems.column(text)),
                    )
                    for saying in passage.sayings:
                        said = connection.execute("INSERT INTO dicho_de (id) VALUES (?)", (passage.id,)).lastrowid
                        connection.execute(
                            "INSERT INTO dichos (rowid, raices) VALUES (?, ?)", (said, stems.column(saying))
                        )
                for table in ("pasajes", "dichos"):
                    connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise StorageError(
                f"No se puede escribir el índice de palabras: {reason(error)}.",
                "Comprueba que queda espacio y que la carpeta de datos se puede escribir.",
                retryable=True,
            ) from error

    def __len__(self) -> int:
        return self._size

    def query(self, text: str, n: int) -> list[tuple[str, float]]:
        """Up to `n` (passage id, score, higher is better), best first. Any text is valid; of none, nothing.

        The score is BM25, shared between a passage's prose and the nearest of its sayings, where it has any.
        """
        with self._lock:
            try:
                match, said = self._match(words(text))
                rows = self._connection.execute(_QUERY, (match, max(n, _REACH))).fetchall() if match else []
                # best last: of several sayings of a passage the dictionary keeps the best
                sayings = dict(self._connection.execute(_SAYINGS, (said,)).fetchall()) if said else {}
            except sqlite3.Error as error:
                raise StorageError(f"No se puede leer el índice de palabras: {reason(error)}.", _REMEDY) from error
        return self._shared(rows, sayings)[:n]

    def _shared(self, rows: list[tuple[str, float]], sayings: dict[str, float]) -> list[tuple[str, float]]:
        best, nearest = (rows[0][1] if rows else 0.0), max(sayings.values(), default=0.0)
        found: list[tuple[str, float]] = []
        for passage_id, score in rows:
            if passage_id in self._saying and nearest > 0:
                score = (1 - _SAID) * score + _SAID * best * sayings.get(passage_id, 0.0) / nearest
            found.append((passage_id, float(score)))
        return sorted(found, key=lambda row: -row[1])

    def close(self) -> None:
        """Lets the file go."""
        self._connection.close()

    def _match(self, found: list[str]) -> tuple[str, str]:
        """The FTS5 expressions for these words, over passages and over sayings; empty where none is in the index."""
        counts: Counter[str] = Counter()
        surface: dict[str, set[str]] = {}
        for word in found:
            for stem in self._stems.of(word):
                counts[stem] += 1
                surface.setdefault(stem, set()).add(fold(word))
        telling = self._telling(counts)
        if not telling:
            return "", ""
        forms = sorted(set().union(*(surface[stem] for stem in telling)))
        parts = [
            f"{{raices_titulo raices}} : ({_any(telling)})",
            f"{{titulo texto}} : ({_any(forms)})",
        ]
        pairs = self._negated(found)
        if pairs:
            parts.append(f"raices : ({_any(pairs)})")
        return " OR ".join(parts), _any([*telling, *pairs])

    def _telling(self, counts: Counter[str]) -> list[str]:
        """The stems of the index that say most about a text, by their rarity and by how often they stand in it."""
        weights: dict[str, float] = {}
        for stem, count in counts.items():
            row = self._connection.execute("SELECT doc FROM terminos WHERE term = ?", (stem,)).fetchone()
            if row:
                weights[stem] = math.log((self._size + 1) / row[0]) * (1 + math.log(count))
        return sorted(weights, key=lambda stem: (-weights[stem], stem))[:MOST_STEMS]

    def _negated(self, found: list[str]) -> list[str]:
        """Phrases of a negation and the stem it falls on: «no me paga» and «no pagó» share one."""
        content = [fold(word) for word in found if fold(word) not in _STOP_WORDS]
        pairs = {
            f"{self._stems.first(one)} {self._stems.first(two)}"
            for one, two in pairwise(content)
            if one in _NEGATIONS and two not in _NEGATIONS
        }
        return sorted(pairs)[:MOST_STEMS]


class _Stems:
    """Stems of Spanish words, each worked out once. Not to be shared between threads."""

    def __init__(self) -> None:
        self._stemmer: Any = stemmer("spanish")
        self._known: dict[str, tuple[str, ...]] = {}

    def first(self, word: str) -> str:
        """The stem of the word as written without accents: the same for everybody who leaves them out."""
        return str(self._stemmer.stemWord(fold(word)))

    def of(self, word: str) -> tuple[str, ...]:
        """Stems of a word, none for a stop word; two where its accents tell the stemmer more («debía»: debi, deb)."""
        if word not in self._known:
            folded = fold(word)
            both = () if folded in _STOP_WORDS else (self.first(word), fold(str(self._stemmer.stemWord(word))))
            self._known[word] = tuple(dict.fromkeys(both))
        return self._known[word]

    def column(self, text: str) -> str:
        """What is indexed: first stems in the order of the text, so that phrases hold, then the other ones."""
        stems = [self.of(word) for word in words(text)]
        return " ".join([*(stem[0] for stem in stems if stem), *(extra for stem in stems for extra in stem[1:])])


def words(text: str) -> list[str]:
    """The words of a text, in lower case, numbers left out."""
    found: list[str] = _WORD.findall(unicodedata.normalize("NFC", text).lower())
    return [word for word in found if len(word) <= _LONGEST_WORD]


def fold(word: str) -> str:
    """The word without accents and the like, as FTS5 sees it (ñ becomes n)."""
    return "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))


def _any(terms: Iterable[str]) -> str:
    """Terms as quoted FTS5 strings, any of which may match."""
    return " OR ".join('"{}"'.format(term.replace('"', '""')) for term in terms)

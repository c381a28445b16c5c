"""Which encoder the search uses, and the index that goes with it: opened for the turns, made anew beside them.

The included encoder's vectors come with the package, so its index is there at once. Another one has to encode every
passage, which can take minutes: until its index is whole, the one in use goes on serving, with the encoder that made
it. The reader has nothing to do with any of this: it keeps the included encoder.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from reflexiona.adapters import chroma
from reflexiona.adapters.bert_encoder import BertEncoder, is_small_bert
from reflexiona.adapters.encoder_folder import encoder_id, prefixes
from reflexiona.adapters.sentence_transformers import LibraryEncoder
from reflexiona.adapters.static_encoder import StaticEncoder, is_static
from reflexiona.corpus.library import Library
from reflexiona.corpus.lists import Lists
from reflexiona.corpus.shipped import load_shipped
from reflexiona.documents.joining import join
from reflexiona.engine import imports
from reflexiona.engine.index_opening import Opened
from reflexiona.errors import ModelError, StorageError
from reflexiona.indexing.generations import IndexFolder
from reflexiona.indexing.opening import open_index
from reflexiona.paths import DataFolder, path_of, resource
from reflexiona.ports import Encoder
from reflexiona.settings import load_settings
from reflexiona.stages.retrieve import Retriever


def encoder_folder(setting: str) -> Path:
    """The sentence-transformers folder the settings name, else the included one.

    Raises:
        BadInputError: no path is written so.
    """
    return path_of(setting) if setting else resource("models", "included", "encoder")


def open_encoder(folder: Path) -> Encoder:
    """Runs a static encoder or a small BERT without the library; any other goes through sentence-transformers.

    Raises:
        ModelError: the folder cannot be used.
    """
    if is_small_bert(folder):
        return BertEncoder(folder)
    return StaticEncoder(folder) if is_static(folder) else _library_encoder(folder)


class IndexMaker:
    """Opens and makes the index of the articles and documents, by the encoder that the settings name at that moment.

    Args:
        data: the person's folder.
        shipped: the articles.
        lists: scenarios and courses.
        included: the included encoder.
    """

    def __init__(self, data: DataFolder, shipped: Library, lists: Lists, included: Encoder) -> None:
        self._data = data
        self._shipped = shipped
        self._lists = lists
        self._included = included
        self._loaded = included
        """The encoder that was opened last."""

    def open(self) -> Opened:
        """The index that can serve now, and the search in it; the documents are read anew each time.

        Raises:
            ReflexionaError: there is none, and none can be made; or the chosen encoder cannot be used.
        """
        with imports.ALONE:
            chroma.preload()
        joined = join(self._shipped, self._data)
        encoder, folder, waited_for = self._serving()
        index = open_index(self._data, joined.library, encoder, load_shipped(), encoder_folder=str(folder))
        notices = (index.notice, joined.notice, _waiting(waited_for) if waited_for else "")
        retriever = Retriever(encoder, index.store, index.lexical, joined.library, self._lists)
        self.prune()
        said = _said(encoder.id, folder) + (f"; el índice de {waited_for.name} está por hacer" if waited_for else "")
        return Opened(replace(index, notice=" ".join(filter(None, notices))), retriever, len(joined.library), said)

    def rebuild(self, report: Callable[[str, float], None], anew: bool) -> None:
        """Makes the index of the articles and documents there are now the one in use, while another one serves.

        Args:
            report: told a phase and a fraction 0–1; what it raises breaks the making off, and all stays as it was.
            anew: every vector is made by sentence-transformers; else only what is missing is made.

        Raises:
            ReflexionaError: it cannot be made.
        """
        folder = self._chosen()
        report("cargando sentence-transformers" if anew else "abriendo el codificador", 0.0)
        encoder = _library_encoder(folder) if anew else self._opened(folder)
        if folder != encoder_folder(""):
            self._loaded = encoder
        library = join(self._shipped, self._data).library
        IndexFolder(self._data).build(
            library, encoder, None if anew else load_shipped(), report, anew=anew, encoder_folder=str(folder)
        )

    def prune(self) -> None:
        """What a removed document left in earlier generations goes as soon as nobody reads them."""
        with suppress(StorageError):  # another process is building: it does the same
            IndexFolder(self._data).prune()

    def chosen(self) -> str:
        """What is said of the encoder that the settings name.

        Raises:
            ReflexionaError: the settings or the encoder cannot be read.
        """
        folder = self._chosen()
        return _said(encoder_id(folder), folder)

    def _chosen(self) -> Path:
        return encoder_folder(load_settings(self._data.settings).encoder)

    def _serving(self) -> tuple[Encoder, Path, Path | None]:
        """The encoder to serve with and its folder; and the chosen folder, where its index is still to be made."""
        chosen, included = self._chosen(), encoder_folder("")
        if chosen == included:
            return self._included, included, None
        wanted = encoder_id(chosen)
        made_by, lay_in = IndexFolder(self._data).made_by()
        if made_by == wanted:
            return self._opened(chosen), chosen, None
        if lay_in and made_by != self._included.id:
            with suppress(ModelError):  # it has gone, or cannot be run any more
                earlier = self._opened(Path(lay_in))
                if earlier.id == made_by:
                    return earlier, Path(lay_in), chosen
        return self._included, included, chosen

    def _opened(self, folder: Path) -> Encoder:
        known = encoder_id(folder)
        for encoder in (self._included, self._loaded):
            if encoder.id == known:
                return encoder
        self._loaded = open_encoder(folder)
        return self._loaded


def _library_encoder(folder: Path) -> Encoder:
    with imports.ALONE:
        return LibraryEncoder(folder)


def _said(known: str, folder: Path) -> str:
    """An encoder by its id, with what it puts before each text."""
    wanted = prefixes(folder)
    return f"{known}, antepone «{wanted.query}» y «{wanted.passage}»" if any(wanted) else known


def _waiting(chosen: Path) -> str:
    return (
        f"El índice del codificador «{chosen.name}» todavía no está hecho: mientras tanto se busca con el anterior. Se "
        "prepara con la ventana de Reflexiona abierta, o ahora mismo con «reflexiona corpus reindexa»."
    )

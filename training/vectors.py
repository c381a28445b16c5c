"""Encodes the shipped corpus through sentence-transformers and writes `models/included/corpus`.

    python -m training.vectors

To be run after every change of an article or of the included encoder; a test says when it was forgotten.
"""

from __future__ import annotations

from reflexiona.adapters.sentence_transformers import LibraryEncoder, library_version
from reflexiona.corpus.library import load_library, passage_hash
from reflexiona.corpus.shipped import save_shipped
from reflexiona.indexing.encoding import encode_passages
from reflexiona.paths import resource


def main() -> int:
    """Writes the vectors of every passage and says how many."""
    library = load_library()
    encoder = LibraryEncoder(resource("models", "included", "encoder"))
    vectors = encode_passages(encoder, list(library))
    save_shipped(
        resource("models", "included", "corpus"),
        encoder=encoder.id,
        made_with=f"sentence-transformers {library_version()}",
        hashes=[passage_hash(passage) for passage in library],
        vectors=vectors,
    )
    print(f"{len(vectors)} passages, {encoder.dimension} dimensions, by {encoder.id}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Derived indexes: built from the corpus, opened for reading, thrown away without loss."""

"""The article corpus: reading, validating and splitting it."""

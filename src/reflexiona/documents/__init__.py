"""The person's own documents: read, cleaned, split into passages, and kept as ground state in the data folder."""

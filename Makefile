# Two commands do everything on a fresh machine: `make run` and `make test`.
.PHONY: run test check resistencia vectores prepara prepara-pruebas clean

BIN := .venv/bin

run: prepara
	@$(BIN)/reflexiona

test: prepara-pruebas check
	@$(BIN)/python -m pytest

# What CI runs before the tests: lint, types, import rules, sizes, the corpus.
check: prepara-pruebas
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m reflexiona.corpus.check

# What `make test` does not look at: long fault campaigns, and what depends on the calendar (law and help lines).
resistencia: prepara-pruebas
	@$(BIN)/python -m tests.resistencia.models
	@$(BIN)/python -m tests.resistencia.windows
	@$(BIN)/python -m tests.resistencia.answers
	@$(BIN)/python -m reflexiona.corpus.check --hoy

# Vectors of the shipped corpus; after any change of an article.
vectores: prepara-pruebas
	@$(BIN)/python -m training.vectors

prepara:
	@bash scripts/prepara.sh

prepara-pruebas:
	@bash scripts/prepara.sh pruebas

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache

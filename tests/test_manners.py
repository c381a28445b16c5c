"""Sizes are held by a machine: every admired program of this kind grew one giant because nothing measured it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION, MOST_METHODS = 300, 50, 15


def nodes(kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> Iterator[tuple[str, ast.AST]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kind):
                yield str(path.relative_to(ROOT)), node


def test_files_are_short() -> None:
    both = [*FILES, *TESTS]
    assert {str(p.relative_to(ROOT)): n for p in both if (n := len(p.read_text().splitlines())) > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    functions = nodes((ast.FunctionDef, ast.AsyncFunctionDef))
    assert [
        (path, node.name)
        for path, node in functions
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ] == []


def test_classes_are_small() -> None:
    assert [
        (path, node.name)
        for path, node in nodes(ast.ClassDef)
        if isinstance(node, ast.ClassDef)
        and sum(isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) for child in node.body) > MOST_METHODS
    ] == []


def test_no_grab_bag_names() -> None:
    assert [p.name for p in FILES if {"utils", "helpers", "manager", "misc", "common"} & set(p.stem.split("_"))] == []


def test_every_module_says_why_it_exists() -> None:
    assert [p.name for p in FILES if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))] == []

"""Files and functions stay small enough to be read at one sitting."""

import ast
from collections.abc import Iterator
from statistics import median

import pytest

from tests.guards.sources import Source, sources

LONGEST_FILE = 400
LONGEST_TEST_FILE = 600
LONGEST_FUNCTION = 40
LONGEST_CONVERSATION = 250
MOST_POSITIONAL = 4
DEEPEST = 3
NESTING = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(source: Source) -> Iterator[Function]:
    """Yield every function of a file."""
    for node in ast.walk(source.tree):
        if isinstance(node, Function):
            yield node


def length(function: Function) -> int:
    """Return a function's lines, from its name to its end, without decorators and docstring."""
    first = function.body[0]
    has_docstring = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    docstring = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def depth(node: ast.AST) -> int:
    """Return how deep the blocks inside `node` are nested; an elif is not a deeper one."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.Lambda | ast.ClassDef):
            continue
        below = depth(child)
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        deepest = max(deepest, below + (isinstance(child, NESTING) and not is_elif))
    return deepest


def own_positional(function: Function) -> int:
    """Return how many arguments may be given by position, self and cls aside."""
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    return len([name for name in names if name not in {"self", "cls"}])


@pytest.mark.parametrize("source", sources(), ids=lambda one: one.path)
def test_a_file_and_its_functions_stay_small(source: Source) -> None:
    limit = LONGEST_TEST_FILE if source.is_test else LONGEST_FILE
    if source.path.startswith("bot/conversations/"):
        limit = LONGEST_CONVERSATION
    lines = len(source.text.splitlines())
    assert lines <= limit, f"{source.path} has {lines} lines"
    for function in functions(source):
        where = f"{source.path}:{function.lineno} {function.name}"
        assert length(function) <= LONGEST_FUNCTION, f"{where} has {length(function)} lines"
        assert depth(function) <= DEEPEST, f"{where} nests {depth(function)} deep"
        if not source.is_test:
            assert own_positional(function) <= MOST_POSITIONAL, f"{where}: too many arguments"


def test_most_functions_are_short() -> None:
    lengths = sorted(
        length(function)
        for source in sources()
        if not source.is_test
        for function in functions(source)
    )
    assert median(lengths) <= 8
    assert lengths[int(len(lengths) * 0.9)] <= 20


@pytest.mark.parametrize(
    "source", [one for one in sources() if not one.is_test], ids=lambda one: one.path
)
def test_every_module_and_public_function_says_what_it_is(source: Source) -> None:
    assert ast.get_docstring(source.tree), f"{source.path} has no docstring"
    missing = [
        f"{source.path}:{node.lineno} {node.name}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not _is_local(source.tree, node)
        and not ast.get_docstring(node)
    ]
    assert not missing, f"no docstring: {missing}"


def _is_local(tree: ast.Module, node: ast.AST) -> bool:
    """Whether a definition stands inside a function."""
    return any(
        node in ast.walk(function) and node is not function
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    )

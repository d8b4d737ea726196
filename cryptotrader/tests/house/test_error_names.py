"""No code compares an error's text: a database writes it in the language of its operator."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.db import connection

from cryptotrader.tests.house.test_architecture import ROOT, SOURCES

DATABASE_ERRORS = {
    "DatabaseError", "DataError", "Error", "IntegrityError", "InterfaceError", "InternalError", "NotSupportedError",
    "OperationalError", "ProgrammingError",
}  # fmt: skip
"""Django's classes, which psycopg shares; psycopg's other errors are written `psycopg.errors.…`."""

TEXTS = {"args", "message", "message_primary", "message_detail", "message_hint"}
MAKE_TEXT = {"str", "repr", "format", "message_of"}
LOOK_INTO_TEXT = {
    "startswith", "endswith", "find", "rfind", "index", "count", "match", "search", "fullmatch", "findall",
}  # fmt: skip

Scope = ast.FunctionDef | ast.AsyncFunctionDef


def comparisons(tree: ast.Module, *, databases_only: bool) -> list[int]:
    """Returns the lines that compare or search the text of a caught error, or a test's expectation of it."""
    found = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call) and _expects_text(node)}
    for scope in (node for node in ast.walk(tree) if isinstance(node, Scope)):
        errors, texts = set(_caught(scope, databases_only)), set[str]()
        if not errors:
            continue
        for node in (node for node in ast.walk(scope) if isinstance(node, ast.Assign)):
            names = {target.id for target in node.targets if isinstance(target, ast.Name)}
            errors |= names if _names(node.value, errors) else set()
            texts |= names if any(_is_text(part, errors, texts) for part in ast.walk(node.value)) else set()
        expressions = (node for node in ast.walk(scope) if isinstance(node, ast.expr))
        found |= {node.lineno for node in expressions if _compares(node, errors, texts)}
    return sorted(found)


def _caught(scope: Scope, databases_only: bool) -> Iterator[str]:
    """Yields the names of its caught errors."""
    for node in ast.walk(scope):
        if isinstance(node, ast.ExceptHandler) and node.name and node.type:
            if not databases_only or _is_of_a_database(node.type):
                yield node.name
        elif isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
            expected = _expected(node.context_expr)
            if expected is not None and (not databases_only or _is_of_a_database(expected)):
                yield node.optional_vars.id


def _expected(node: ast.expr) -> ast.expr | None:
    """Returns the kind of error that `pytest.raises(…)` expects."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "raises":
        return node.args[0]
    return None


def _is_of_a_database(kind: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id in DATABASE_ERRORS | {"psycopg"} for node in ast.walk(kind))


def _expects_text(node: ast.Call) -> bool:
    expected = _expected(node)
    of_a_database = expected is not None and _is_of_a_database(expected)
    return of_a_database and any(keyword.arg == "match" for keyword in node.keywords)


def _compares(node: ast.expr, errors: set[str], texts: set[str]) -> bool:
    compared: list[ast.expr] = []
    if isinstance(node, ast.Compare):
        compared = [node.left, *node.comparators]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOOK_INTO_TEXT:
        compared = [node.func.value, *node.args]
    return any(_is_text(part, errors, texts) for each in compared for part in ast.walk(each))


def _is_text(node: ast.AST, errors: set[str], texts: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in texts
    if isinstance(node, ast.Attribute):
        return node.attr in TEXTS and _names(node.value, errors)
    if isinstance(node, ast.FormattedValue):
        return _names(node.value, errors)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKE_TEXT:
        return any(_names(argument, errors) for argument in node.args)
    return False


def _names(node: ast.expr, errors: set[str]) -> bool:
    """Whether it is one of these errors, or a part of it such as `caught.value` and `error.__cause__.diag`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in errors


def test_no_text_of_an_error_is_compared() -> None:
    """Tests may read the texts of our own errors, but not those of a database."""
    texts = {path: path.read_text() for path in SOURCES}
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path, text in texts.items()
        if "except" in text or "raises" in text  # else it catches none
        for line in comparisons(ast.parse(text), databases_only="tests" in path.parts)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "if 'one_wallet_each' in str(error): pass",
        "if not any(name in str(error) for name in NAMES): pass",
        "if error.args[0] == 'no': pass",
        "if error.__cause__.diag.message_primary == 'no': pass",
        "if message_of(error).startswith('no'): pass",
        "if re.search('no', f'{error}'): pass",
        "text = str(error).lower(); found = 'no' in text",
        "cause = error.__cause__; found = cause.diag.message_primary == 'no'",
    ],
)
def test_a_comparison_is_found(line: str) -> None:
    source = f"def act():\n    try: pass\n    except IntegrityError as error:\n        {line}\n"
    assert comparisons(ast.parse(source), databases_only=True) == [4]
    assert comparisons(ast.parse(source.replace("IntegrityError", "OSError")), databases_only=True) == []
    assert comparisons(ast.parse(source.replace("IntegrityError", "OSError")), databases_only=False) == [4]


@pytest.mark.parametrize("kind", ["IntegrityError", "(OSError, psycopg.errors.UniqueViolation)"])
def test_a_text_that_a_test_expects_is_found(kind: str) -> None:
    expected = f"def act():\n    with pytest.raises({kind}, match='no'):\n        pass\n"
    looked_at = (
        f"def act():\n    with pytest.raises({kind}) as caught:\n        pass\n    assert 'no' in str(caught.value)\n"
    )
    assert comparisons(ast.parse(expected), databases_only=True) == [2]
    assert comparisons(ast.parse(looked_at), databases_only=True) == [4]


def test_each_refusal_of_our_functions_has_a_name_and_a_code(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, prosrc FROM pg_proc p WHERE pronamespace = 'public'::regnamespace"
            " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        )
        functions = dict(cursor.fetchall())
    refusals = [
        (name, words) for name, body in functions.items() for words in re.findall(r"\bRAISE EXCEPTION\b[^;]*;", body)
    ]
    assert len(refusals) > 20
    nameless = [
        refusal for refusal in refusals if not re.search(r"\bERRCODE = .*\bCONSTRAINT = ", refusal[1], re.DOTALL)
    ]
    assert nameless == []

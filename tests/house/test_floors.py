"""The floors of the house: who knows whom, where things lie, and how big they are."""

import ast
import statistics
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.play.databases import ROOT

FLOORS = ["domain", "db", "realtime", "sophie", "gateways", "actions", "schema", "resolvers", "web", "workers", "cli"]
MODULES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in MODULES}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

HTTP = {"httpx", "httpx2", "aiohttp", "requests", "urllib3", "websockets"}
MAIL = {"aiosmtplib", "smtplib", "imaplib"}
MODELS = {"pydantic_ai", "openai", "anthropic"}
# What only these floors may import. The demo, which plays the carrier and its leads, posts webhooks with httpx.
ALLOWED = {
    **dict.fromkeys(("databases", "asyncpg"), ("db/",)),
    **dict.fromkeys(("broadcaster", "redis"), ("realtime/",)),
    **dict.fromkeys(("twilio", "obstore", "python_calamine"), ("gateways/",)),
    **dict.fromkeys(HTTP | MAIL | MODELS, ("gateways/",)),
    "httpx": ("gateways/", "cli/demo/"),
    **dict.fromkeys(("strawberry", "graphql"), ("schema/", "resolvers/", "web/")),
    "starlette": ("web/", "cli/"),
    **dict.fromkeys(("typer", "pydantic_settings", "rich"), ("cli/",)),
}
FORBIDDEN_WORDS = {"utils", "util", "common", "core", "helpers", "helper", "services", "service", "managers", "manager"}
LONGEST_FILE, LONGEST_FUNCTION = 400, 40


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno
    return node.end_lineno - node.lineno + 1


def test_the_contracts_of_import_linter_hold() -> None:
    linted = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert "0 broken" in linted.stdout


def test_every_floor_stands_under_the_contract_and_in_the_package() -> None:
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == set(FLOORS)
    assert set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(FLOORS)
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"bench", "tests"} == set(FLOORS)


@pytest.mark.parametrize("library", sorted(ALLOWED))
def test_a_library_is_imported_only_where_it_belongs(library: str) -> None:
    importers = [path for path, tree in TREES.items() if library in {name.split(".")[0] for name in imported(tree)}]
    assert [path for path in importers if not path.startswith(ALLOWED[library])] == []


def test_settings_are_read_in_the_cli_alone() -> None:
    def reads_environment(tree: ast.AST) -> bool:
        names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        names |= {name.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in node.names}
        return bool(names & {"environ", "environb", "getenv", "getenvb"})

    assert [path for path, tree in TREES.items() if reads_environment(tree) and not path.startswith("cli/")] == []


def test_no_folder_or_file_has_a_name_that_says_nothing() -> None:
    named = {part for path in TREES for part in Path(path).with_suffix("").parts}
    assert named & FORBIDDEN_WORDS == set()


def test_no_folder_has_one_file() -> None:
    folders = Counter(
        path.parent.relative_to(ROOT).as_posix()
        for floor in FLOORS
        for path in (ROOT / floor).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and path.name != "__init__.py"
    )
    assert [folder for folder, count in folders.items() if count == 1] == []


def test_no_file_only_re_exports() -> None:
    """A file that does nothing but import is a door to nowhere; one that imports for its effect does it for itself."""

    def only_imports(tree: ast.Module) -> bool:
        rest = [node for node in tree.body if not _is_text(node) and not _is_all(node)]
        froms = [node for node in rest if isinstance(node, ast.Import | ast.ImportFrom)]
        return bool(froms) and len(froms) == len(rest)

    found = {path for path, tree in TREES.items() if only_imports(tree)}
    assert found <= {"schema/__init__.py"}, "the one that lets the enums be described before a type meets them"


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_all(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"


def test_every_module_begins_with_a_sentence() -> None:
    def begins_badly(tree: ast.Module) -> bool:
        first = (ast.get_docstring(tree) or "").split("\n\n")[0]
        return not first.endswith((".", "?"))

    assert [path for path, tree in TREES.items() if begins_badly(tree)] == []


def test_files_and_functions_are_short(capsys: pytest.CaptureFixture[str]) -> None:
    files = {path: len((ROOT / path).read_text("utf-8").splitlines()) for path in TREES}
    bodies = {f"{path}:{node.name}": length(node) for path, tree in TREES.items() for node in functions(tree)}
    sql = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8").count("\n") for path in ROOT.glob("db/**/*.sql")}
    sql.pop("db/schema.sql", None)  # generated
    with capsys.disabled():
        sys.stdout.write(
            f"\n  files: median {statistics.median(files.values()):.0f} lines, longest {max(files.values())};"
            f" functions: median {statistics.median(bodies.values()):.0f}, longest {max(bodies.values())}\n"
        )
    assert {path: lines for path, lines in (files | sql).items() if lines > LONGEST_FILE} == {}
    assert {name: lines for name, lines in bodies.items() if lines > LONGEST_FUNCTION} == {}


def test_tests_and_bench_keep_the_same_measure() -> None:
    paths = [path for folder in ("tests", "bench") for path in (ROOT / folder).rglob("*.py")]
    trees = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}
    long_files = [path.name for path in paths if len(path.read_text("utf-8").splitlines()) > LONGEST_FILE]
    long_functions = [f"{path}:{f.name}" for path, tree in trees.items() for f in functions(tree) if length(f) > 40]
    assert (long_files, long_functions) == ([], [])


def test_the_package_named_schema_is_never_installed() -> None:
    """PyPI's `schema` would put a `schema.py` or a folder over ours."""
    lines = [line.partition("==") for path in ROOT.glob("requirements*.lock") for line in path.read_text().splitlines()]
    locked = {name.strip() for name, equals, _ in lines if equals}
    assert len(locked) > 30, "the locks were read wrongly"
    assert not locked & set(FLOORS), "a package of this name would take the place of a floor"
    wanted = {item.split(">")[0].split("[")[0].strip() for item in PROJECT["project"]["dependencies"]}
    assert "schema" not in wanted

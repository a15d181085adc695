"""The house: which way imports run, for the single files at the root that import-linter cannot see."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = {path.parent.name for path in ROOT.glob("*/__init__.py")}
MODULES = {path.stem for path in ROOT.glob("*.py")}
MAY_IMPORT = {
    "settings": {"domain"},
    "telemetry": set(),
    "database": {"domain", "settings", "storage"},
    "models": PACKAGES - {"evals", "protocols"} | {"settings"},
    "wiring": PACKAGES - {"evals", "protocols"} | {"database", "models", "settings", "telemetry"},
    "doctor": {"agent", "database", "domain", "prompts", "settings"},
    "keys": {"database", "domain", "settings", "storage"},
    "serving": PACKAGES - {"evals"} | {"doctor", "settings", "wiring"},
    "server": {"doctor", "domain", "keys", "serving", "settings", "telemetry"},
    "worker": PACKAGES - {"evals", "protocols"} | {"settings", "telemetry", "wiring"},
}
HOMES = {
    "fastapi": {"serving"},
    "starlette": {"serving"},
    "uvicorn": {"serving"},
    "psycopg": {"database", "wiring"},
    "psycopg_pool": {"wiring"},
    "langgraph": {"wiring"},
    "langchain": {"wiring"},
    "langchain_core": {"wiring"},
    "langchain_openai": set(),
    "sklearn": set(),
    "onnxruntime": set(),
}
NO_NAMES_FOR_FILES = {"utils", "util", "helpers", "helper", "common", "services", "managers", "misc", "base"}


def imported(path):
    """The first names of all modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (name.name.split(".")[0] for name in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.split(".")[0]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_the_files_at_the_root_import_downwards_only(module):
    ours = set(imported(ROOT / f"{module}.py")) & (PACKAGES | MODULES)

    assert ours <= MAY_IMPORT[module]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_the_files_at_the_root_leave_each_library_in_its_home(module):
    strangers = {library for library in imported(ROOT / f"{module}.py") if module not in HOMES.get(library, {module})}

    assert not strangers


def test_every_package_stands_under_the_contracts():
    assert set(PYPROJECT["tool"]["importlinter"]["root_packages"]) == PACKAGES - {"tests"}


def test_a_package_begins_with_one_sentence_and_nothing_else():
    talkative = {
        package
        for package in PACKAGES - {"prompts", "tests"}
        if len(ast.parse((ROOT / package / "__init__.py").read_text()).body) != 1
    }

    assert not talkative


def test_no_file_has_a_name_that_says_nothing():
    assert not [path for path in tracked("*.py") if path.stem in NO_NAMES_FOR_FILES]


def test_no_test_patches_our_own_code():
    patches = re.compile(r"unittest\.mock|\bMagicMock\b")

    assert not [path for path in tracked("*.py") if path != Path(__file__) and patches.search(path.read_text())]


def test_the_lock_names_public_registries_only():
    hosts = set(re.findall(r"https?://([^/\"]+)", (ROOT / "uv.lock").read_text()))

    assert hosts <= {"pypi.org", "files.pythonhosted.org"}


def tracked(pattern):
    """The files that git keeps, or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", pattern],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return [ROOT / name for name in listed if (ROOT / name).is_file()]

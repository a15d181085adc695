"""The documents, held against what they speak of."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import get_args

import httpx2
import pytest

from domain.events import Event
from settings import Settings
from tools.registry import TOOLS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
LONGEST_START = 60
ELSEWHERE = {"DATABASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"}


@pytest.fixture(scope="module")
def url():
    """The address of a server that was started as the README says, on a home of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    home = Path(tempfile.mkdtemp(prefix="metacortex-docs-"))
    # The embedded server runs as a user of its own where we are root; it has to reach its folder.
    home.chmod(0o755)
    ours = {name: value for name, value in os.environ.items() if not name.startswith("METACORTEX_")}
    environment = {name: value for name, value in ours.items() if name not in ELSEWHERE}
    said = (home / "said").open("w+")
    process = subprocess.Popen(
        [sys.executable, "server.py", "--port", str(port)],
        cwd=ROOT,
        env=environment | {"METACORTEX_HOME": str(home)},
        stdout=said,
        stderr=subprocess.STDOUT,
    )
    try:
        until = time.monotonic() + LONGEST_START
        while not is_ready(address):
            assert process.poll() is None and time.monotonic() < until, (home / "said").read_text()
            time.sleep(0.1)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        said.close()
        shutil.rmtree(home, ignore_errors=True)


def test_the_tree_is_the_tree():
    said = re.findall(r"^(\S+)  +\S", re.search(r"```\n(.*?)```", section("The tree"), re.DOTALL)[1], re.MULTILINE)

    kept = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    there = {name.split("/")[0] + "/" * ("/" in name) for name in kept if (ROOT / name).exists()}

    assert said == sorted(there)


def test_every_setting_is_documented_and_no_other():
    prefix = Settings.model_config["env_prefix"]
    names = {
        str(field.validation_alias.choices[0]) if field.validation_alias else f"{prefix}{name.upper()}"
        for name, field in Settings.model_fields.items()
    }

    assert code(first_cells(section("Settings")).replace(",", "")) == names


def test_every_default_of_a_setting_is_the_one_that_is_said():
    rows = [[cell.strip() for cell in line.split("|")[1:3]] for line in section("Settings").splitlines()]
    said = dict(row for row in rows if len(row) == 2 and row[1].startswith("`"))

    defaults = {
        f"`METACORTEX_{name.upper()}`": f"`{field.default}`"
        for name, field in Settings.model_fields.items()
        if f"`METACORTEX_{name.upper()}`" in said
    }

    assert said == defaults
    assert said


def test_every_tool_is_documented_and_no_other():
    rows = "\n".join(line for line in section("Tools").splitlines() if line.startswith("|"))

    assert code(rows.replace(",", "")) == set(TOOLS)


def test_every_event_is_documented_and_no_other():
    events = {kind.__name__ for kind in get_args(Event)}

    assert code(first_cells(section("What arrives in a stream")).replace(",", "")) == events


def test_every_route_is_documented_and_no_other(url):
    said = {
        (method, path)
        for methods, path in re.findall(r"`([A-Z/]+) (/\S*)`", section("HTTP"))
        for method in methods.split("/")
    }

    paths = httpx2.get(f"{url}/openapi.json").json()["paths"]
    there = {(method.upper(), path) for path, methods in paths.items() for method in methods}

    assert said == there - {("GET", "/")}


def test_the_curl_streams_a_turn(url):
    if shutil.which("curl") is None:
        pytest.skip("there is no curl on this machine")
    block = next(block for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) if block.startswith("curl"))

    answer = subprocess.run(
        ["bash", "-c", block.replace("http://127.0.0.1:8000", url)], capture_output=True, text=True, timeout=60
    )

    events = [json.loads(line.removeprefix("data: ")) for line in answer.stdout.splitlines() if line[:5] == "data:"]
    assert events, answer
    assert events[0]["type"] == "RUN_STARTED"
    assert "add_tasks" in [event.get("toolCallName") for event in events]
    assert "dentist" in "".join(event["delta"] for event in events if event["type"] == "TEXT_MESSAGE_CONTENT")
    assert events[-1] == events[-1] | {"type": "RUN_FINISHED", "outcome": {"type": "success"}}
    assert len(block.strip().splitlines()) == 5


def test_the_two_commands_are_all_the_set_up_there_is():
    block = re.search(r"```sh\n(.*?)```", section("Start"), re.DOTALL)[1]

    commands = [line.split("#")[0].strip() for line in block.splitlines()]

    assert commands == ["pip install -q uv && uv run server.py", "pip install -q uv && uv run --group dev pytest"]


def test_ci_takes_its_test_command_from_the_readme():
    ci = (ROOT / ".ci" / "run").read_text()
    taken = re.search(r"^tests=\$\((.*)\)$", ci, re.MULTILINE)[1]

    command = subprocess.run(["bash", "-c", taken], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert command == "pip install -q uv && uv run --group dev pytest\n"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("page", [ROOT / "README.md", *DECISIONS], ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page):
    ours = "|".join(re.escape(path.name) for path in ROOT.iterdir() if path.is_dir() and path.name[0] != ".")
    named = re.findall(rf"`((?:(?:{ours})/[\w./-]*)|\w+\.(?:py|toml|lock))`", page.read_text(encoding="utf-8"))

    assert not [name for name in named if not (ROOT / name).exists()]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_says_context_decision_consequences_and_alternatives(page):
    headings = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)

    assert headings == ["Context", "Decision", "Consequences", "Alternatives"]


@pytest.mark.parametrize("page", [ROOT / "README.md", *DECISIONS], ids=lambda page: page.name)
def test_prose_has_one_sentence_a_line(page):
    prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert not [
        line for line in prose.splitlines() if line[:1] not in "|0123456789" and re.search(r"[a-z`)]\. [A-Z]", line)
    ]


def section(title):
    """The words of the README between that heading and the next."""
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)[1]


def code(text):
    """What stands in backticks, split at spaces."""
    return set(" ".join(re.findall(r"`([^`\n]+)`", text)).split())


def first_cells(text):
    """The first cells of a table's rows."""
    return "\n".join(line.split("|")[1] for line in text.splitlines() if line.startswith("|"))


def is_ready(address):
    """True once the server answers that it is."""
    try:
        return httpx2.get(f"{address}/health/ready", timeout=2).status_code == 200
    except httpx2.TransportError:
        return False

"""AG-UI's own clients, of today and of before 1.0, drive the server through a task, a deletion and a cited answer."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT.parent / "shared" / "clients"
YES = '{"*": {"status": "resolved", "payload": {"approved": true}}}'
SAID = ["buy milk", "delete the milk task", "note: the plumber comes on Thursdays", "when does the plumber come?"]


@pytest.fixture
def address():
    home = Path(tempfile.mkdtemp(prefix="metacortex-"))
    home.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "server.py", "--port", "0"],
        cwd=ROOT,
        env=os.environ | {"METACORTEX_HOME": str(home), "METACORTEX_MODEL": "offline"},
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process.stdout.readline().split()[2].rstrip(",")
    process.terminate()
    process.wait(timeout=30)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(params=["agui", "agui-0059"])
def client(request, tmp_path):
    source = CLIENTS / request.param
    if not source.is_dir():
        pytest.skip("the client programs are not beside this checkout")
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    for file in source.glob("*.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=tmp_path, check=True, timeout=100)
    return tmp_path / "agui-client.mjs"


@pytest.mark.timeout(240)
def test_the_client_takes_every_run_without_a_complaint(client, address):
    says = [word for text in SAID for word in ("--message", text)]

    driven = subprocess.run(
        ["node", client.name, f"{address}/agui", "--resume", YES, *says],
        cwd=client.parent,
        capture_output=True,
        text=True,
        timeout=100,
    )

    assert driven.returncode == 0, driven.stdout[-2000:]
    assert "!!!" not in driven.stdout
    assert driven.stdout.count("terminal=RUN_FINISHED") == len(SAID) + 1
    assert "metacortex.citations" in driven.stdout

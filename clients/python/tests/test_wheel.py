"""The wheel, installed in an empty environment, does what the README shows."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_server import RealServer
from seed_page import REPOSITORY
from test_readme import BLOCKS

PACKAGE = REPOSITORY / "clients" / "python"


def run(command: list[str], folder: Path, **settings: str) -> str:
    """Runs a command in an environment with an empty home and nothing of this one but the PATH."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **settings}
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    run([*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", "dist", str(PACKAGE)], folder)
    (built,) = (folder / "dist").glob("guestlist_client-*-py3-none-any.whl")
    return built


def test_the_wheel_holds_the_package_and_says_that_it_is_typed(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "guestlist/py.typed" in names
    packed = {name for name in names if name.startswith("guestlist/")}
    source = {
        path.relative_to(PACKAGE / "src").as_posix()
        for path in (PACKAGE / "src" / "guestlist").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == source


def test_installed_from_the_wheel_the_lines_of_the_readme_run(
    wheel: Path, tmp_path: Path, server: RealServer, invite_codes: Iterator[str]
) -> None:
    run([sys.executable, "-m", "venv", "venv"], tmp_path)
    python = str(tmp_path / "venv" / "bin" / "python")
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    run([*pip, "install", f"{wheel}[verify]"], tmp_path)
    changes = {
        "http://localhost:3000": server.url,
        "alice@example.com": "packed@example.com",
        "alice@new.example": "packed@new.example",
        "alice-bot": "packed-bot",
        '"alice"': '"packed"',
        "ABC123": next(invite_codes),
        '"user-id"': 'me["id"]',
        '"account-id"': "account_id",
        # Only somebody who signed in elsewhere has a linked account: the test makes one.
        "\naccounts = ": '\nprint(me["id"], flush=True)\naccount_id = input()\naccounts = ',
    }
    # A web application of its own, run by another test: FastAPI does not come with the package.
    blocks = [block for block in BLOCKS if "import FastAPI" not in block]
    lines = "\n".join([*blocks, "import guestlist", "print(guestlist.__file__)"])
    for shown, used in changes.items():
        lines = lines.replace(shown, used)
    (tmp_path / "readme.py").write_text(lines, encoding="utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "NO_PROXY": "127.0.0.1",
        "GUESTLIST_SERVER": str(REPOSITORY),
    }
    process = subprocess.Popen(
        [python, "readme.py"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    user_id = process.stdout.readline().strip()
    account_id = server.link_account(user_id) if user_id else ""
    printed, errors = process.communicate(f"{account_id}\n", timeout=60)
    assert process.returncode == 0, errors
    assert "403 invite_used_up" in printed
    assert str(tmp_path / "venv") in printed.splitlines()[-1]

"""What the README shows runs, from the top to the bottom."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from real_server import RealServer
from seed_page import python_blocks, substituted

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_readme_shows_the_whole_seed_page() -> None:
    for block in python_blocks().values():
        assert substituted(block) + "\n" in BLOCKS


def test_the_readme_runs(
    server: RealServer,
    invite_codes: Iterator[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    changes = {
        "http://localhost:3000": server.url,
        "alice@example.com": "reader@example.com",
        "alice@new.example": "reader@new.example",
        "alice-bot": "reader-bot",
        '"alice"': '"reader"',
        "ABC123": next(invite_codes),
    }
    scope: dict[str, Any] = {}
    with ExitStack() as clients:
        for block in BLOCKS:
            if block.startswith("profile = "):
                changes["user-id"] = scope["me"]["id"]
            if block.startswith("accounts = "):
                changes["account-id"] = server.link_account(scope["me"]["id"])
            for shown, used in changes.items():
                block = block.replace(shown, used)
            exec(compile(block, "README.md", "exec"), scope)
            clients.callback(scope["client"].close)
            if "robot" in scope:
                clients.callback(scope["robot"].close)
    assert scope["profile"]["displayName"] == "New Name"
    assert len(scope["accounts"]) == 1
    assert scope["config"]["registration"] == {"inviteRequired": True}
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("403 invite_used_up ")
    assert printed[1] == "401"

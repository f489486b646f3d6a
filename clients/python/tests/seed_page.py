"""The reference page that the product implements, and the Python in it."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]

_START = re.compile(r"(?:[a-z_]+ = )?client\.([a-z_]+)\(")
_NEXT = re.compile(r"[a-z_]+ = ")


def python_blocks() -> dict[str, str]:
    """Each Python block of the page, as it stands there, by the method that it calls.

    A block begins with a call, goes on until its brackets are closed, and takes along the
    assignments that follow. TypeScript's lines begin with `const` or `await`.
    """
    page = (REPOSITORY / "tests" / "seed" / "authentication.txt").read_text(encoding="utf-8")
    lines = page.splitlines()
    blocks: dict[str, str] = {}
    while lines:
        line = lines.pop(0)
        start = _START.match(line)
        if start is None:
            continue
        block = [line]
        while "".join(block).count("(") > "".join(block).count(")"):
            block.append(lines.pop(0))
        while lines and _NEXT.match(lines[0]) and not _START.match(lines[0]):
            block.append(lines.pop(0))
        assert start[1] not in blocks
        blocks[start[1]] = "\n".join(block)
    return blocks


def substituted(block: str, **ids: str) -> str:
    """The block with the contract's table of substitutions (section 1), and no other change."""
    block = block.replace("[email\xa0protected]", "alice@example.com")
    block = block.replace('password="secret"', 'password="secure-password"')
    for placeholder, value in ids.items():
        block = block.replace(f'"{placeholder.replace("_", "-")}"', f'"{value}"')
    return block

import os
from pathlib import Path

VARIABLE = "GUESTLIST_SERVER"
SCRIPT = "scripts/test-server.ts"


def find_checkout(server: str | os.PathLike[str] | None) -> Path:
    """The checkout of Guestlist whose server to start.

    The given folder, else that of `GUESTLIST_SERVER`, else the one that this package lies in.
    """
    if server is not None:
        return _checked(server, "server")
    variable = os.environ.get(VARIABLE)
    if variable:
        return _checked(variable, VARIABLE)
    for folder in Path(__file__).resolve().parents:
        if (folder / SCRIPT).is_file():
            return folder
    raise FileNotFoundError(
        f"Set {VARIABLE} to the folder of a Guestlist checkout, or give it as the argument server."
    )


def _checked(folder: str | os.PathLike[str], name: str) -> Path:
    path = Path(folder).resolve()
    if not (path / SCRIPT).is_file():
        raise FileNotFoundError(f"{name} must be the folder of a Guestlist checkout: {path} is not")
    return path

"""Writes a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` in the place of the file, or make it, by one rename: whoever is killed on the way leaves the former one. A link stays one.
    Raises OSError, with nothing left behind."""
    target = path.resolve()
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
        beside = Path(folder) / target.name
        beside.write_bytes(data)
        os.replace(beside, target)

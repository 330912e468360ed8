# SPDX-License-Identifier: Apache-2.0
"""Files that only the bot's own system user may read: tokens, seeds, the recovery key."""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write a file with mode 0600, whole or not at all, and on the disk before this returns. Blocks."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_private(path: Path) -> str | None:
    """The file's text; None when there is no such file. Blocks."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None

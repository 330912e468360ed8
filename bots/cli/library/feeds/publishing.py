# SPDX-License-Identifier: Apache-2.0
"""`kithroom library feed export`: the community's own entries, signed."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from bots.cli.publisher import publisher_key
from bots.cli.sorry import Sorry
from bots.cli.workbench import put
from bots.core.settings import load_community
from bots.core.signing import signed
from bots.resources.exchange import to_feed
from bots.resources.exchange.feed import LARGEST


def publish(folder: Path, key_file: Path, now: datetime, target: Path | None) -> str:
    """The feed as text, also written to `target` if there is one. Raises Sorry, SettingsError."""
    community = load_community(folder)
    made = to_feed(
        community.library,
        title=community.name,
        home=community.door,
        language=community.default_language,
        made=now,
    )
    text = json.dumps(signed(made, publisher_key(key_file, folder)), ensure_ascii=False, indent=1) + "\n"
    if len(text.encode()) > LARGEST:
        raise Sorry(f"The library is larger than {LARGEST // 1_000_000} MB, and nobody could take that in.")
    if target is not None:
        put(target.parent, {Path(target.name): text})
        # For everybody to read, whatever this program's other files are: a web server runs as somebody else.
        target.chmod(0o644)
    return text

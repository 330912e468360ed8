# SPDX-License-Identifier: Apache-2.0
"""`kithroom codes`: invite codes for the door, on paper or as lines."""

from __future__ import annotations

import asyncio
import re
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bots.cli.installation.database import open_database
from bots.cli.installation.deployment import load_deployment
from bots.cli.running.door import door_of
from bots.cli.sorry import Sorry
from bots.core.settings import load_catalogue
from bots.door.codes import Codes, new_code
from bots.door.records import LONGEST

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def lasting(text: str) -> timedelta:
    """How long `12h`, `30d` or `2w` is. Raises Sorry."""
    found = re.fullmatch(r"([1-9]\d{0,3})([hdw])", text)
    if found is None or int(found[1]) * _UNITS[found[2]] > LONGEST:
        raise Sorry(f"`{text}` is not how long: write hours, days or weeks, such as 12h, 30d or 2w; a year at most.")
    return int(found[1]) * _UNITS[found[2]]


async def make_codes(
    config: Path, count: int, uses: int, good_for: timedelta, *, pdf: Path | None, language: str | None
) -> tuple[list[str], datetime]:
    """Make codes that are good from now on, and the sheet with them. Gives them, and until when they are good.

    The database keeps hashes of them only: who loses the sheet makes new ones. Raises Sorry, SettingsError.
    """
    deployment = load_deployment(config)
    settings = door_of(deployment, config)
    if settings.invites == "off":
        raise Sorry(f"The door takes no codes: `invites` is `off` in {config}.")
    now = datetime.now(UTC)
    codes = [new_code(secrets.choice) for _ in range(count)]
    if pdf is not None:
        from bots.door.sheet import sheet

        community = deployment.load_community()
        catalogue = load_catalogue(community)
        spoken = language or community.default_language
        # On the disk before the codes are good: a sheet that could not be written leaves none behind.
        drawn = sheet(codes, settings.address, now + good_for, catalogue, spoken)
        await asyncio.to_thread(pdf.write_bytes, drawn)
    async with open_database(deployment) as store:
        await Codes(store).add(codes, uses=uses, until=now + good_for, now=now)
    return codes, now + good_for

# SPDX-License-Identifier: Apache-2.0
"""`kithroom status` in front of a real Synapse: what lacks in each room, as the homeserver has it at that moment."""

import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from bots.cli.installation.database import open_database
from bots.cli.installation.deployment import load_deployment
from bots.cli.installation.last_settings import FILE, load_or_last
from bots.cli.rooms import make_so, organiser
from bots.cli.status import show
from bots.core.actions import BotName
from bots.core.documents import SettingsError
from bots.core.matrix.http import Http, path
from bots.core.matrix.private_files import write_private
from bots.core.records import Readability

pytestmark = pytest.mark.real

EXAMPLE = Path(__file__).parents[2] / "config"


@pytest.fixture
def installed(tmp_path, synapse, new_account):
    """A community of one condition, as an operator makes it. Gives its file, and the accounts."""
    accounts = {name: new_account(name) for name in (*map(str, BotName), "organiser")}
    for name, account in accounts.items():
        write_private(tmp_path / "secrets" / name / "password", account.password)
    shutil.copytree(EXAMPLE, tmp_path / "config")
    (tmp_path / "config/community.yaml").write_text(
        yaml.safe_dump(
            {
                "name": "Test",
                "slug": f"status-{accounts['organiser'].user_id[1:].partition(':')[0]}",
                "languages": ["en"],
                "lobby": {"name": "Lobby"},
                "moderators_room": {"name": "Office"},
                "conditions": [{"id": "asthma", "name": "Asthma", "room_name": "Harbour", "room_topic": "Calm"}],
            }
        )
    )
    for folder in ("library", "helplines", "slang", "words", "transcripts"):
        shutil.rmtree(tmp_path / "config" / folder)
    settings = {
        "homeserver": synapse.url,
        "community": "config",
        "state": "state",
        "secrets": "secrets",
        "organiser": accounts["organiser"].user_id,
        "bots": {bot.value: accounts[bot.value].user_id for bot in BotName},
    }
    file = tmp_path / "kithroom.yaml"
    file.write_text(yaml.safe_dump(settings), "utf-8")
    return file, accounts


async def shown(file):
    console = Console(record=True, width=200, file=io.StringIO())
    return await show(file, console), console.export_text()


async def test_what_lacks_in_each_room_is_shown_and_that_nothing_does(installed, synapse):
    file, accounts = installed
    deployment = load_deployment(file)
    async with organiser(deployment) as http:
        rooms = (await make_so(deployment, deployment.load_community(), http)).rooms
    well, text = await shown(file)
    assert not well
    assert text.count("not in it") == 3
    for bot in (BotName.MODERATION, BotName.WELCOME):
        async with Http(synapse.url, accounts[bot.value].access_token) as http:
            for room_id in rooms.values():
                await http.request("POST", path("join", room_id), {})
    async with open_database(deployment) as store, store.transaction(BotName.MODERATION, datetime.now(UTC)) as kept:
        day = datetime.now(UTC).date().isoformat()
        await kept.remember(Readability(room_id=rooms["condition:asthma"], day=day, read=30, unread=10))
    well, text = await shown(file)
    assert well
    harbour = next(line for line in text.splitlines() if "Harbour" in line)
    assert "60" in harbour
    assert "25.0 % of 40" in harbour
    assert "Waits to be done: welcome 0, moderation 0, resources 0" in text
    # A mistake in the settings hides nothing: the bots run on those of the last time as well.
    load_or_last(deployment.community, deployment.state, deployment.community_in)
    settings = deployment.community / "community.yaml"
    settings.write_text(settings.read_text("utf-8") + "modes: act\n", "utf-8")
    well, text = await shown(file)
    assert well
    first, mistake, *_ = text.splitlines()
    assert first.startswith("The settings have mistakes, so this is by those of ")
    assert "There is no setting called `modes`" in mistake
    (deployment.state / FILE).unlink()
    with pytest.raises(SettingsError):
        await shown(file)

# SPDX-License-Identifier: Apache-2.0
"""Guidelines in several files, and what single rooms change about them."""

from __future__ import annotations

from contextlib import nullcontext
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from bots.cli import rooms
from bots.cli.rooms import own_guidelines
from bots.core.actions import BotName
from bots.core.community import FirstStep
from bots.core.documents import SettingsError
from bots.core.homeserver.desired import Cast
from bots.core.homeserver.plan import Actual
from bots.core.settings import load_community
from core.test_settings import COMMUNITY, GUIDELINES

MORE = """\
guidelines:
  - id: quiet
    text: Nothing at night.
    why: People sleep.
    source: us
    reminder: It is late.
    watched_by: {noise: tell, identity.phone: off}
    words: [moon water]
    patterns: ['\\bmoon ?juice\\b']
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "guidelines").mkdir()
    (tmp_path / "community.yaml").write_text(COMMUNITY)
    (tmp_path / "guidelines/guidelines.yaml").write_text(GUIDELINES)
    (tmp_path / "guidelines/nights.yaml").write_text(MORE)
    return tmp_path


def place_of_a_condition(folder):
    return load_community(folder).conditions[0].id


def in_room(folder, text, *, condition=None):
    room = folder / "guidelines" / (condition or place_of_a_condition(folder))
    room.mkdir(exist_ok=True)
    (room / "here.yaml").write_text(text)
    return room.name


def mistake(folder):
    with pytest.raises(SettingsError) as error:
        load_community(folder)
    (one,) = error.value.mistakes
    return one


def test_several_files_are_one_list_with_the_main_one_first(folder):
    items = load_community(folder).guidelines.items
    assert items[-1].id == "quiet"
    assert len(items) > 1
    assert items[-1].reminder == {"en": "It is late."}
    assert items[-1].words == ("moon water",)


def test_the_longest_name_says_what_happens_first(folder):
    quiet = load_community(folder).guidelines.items[-1]
    assert quiet.first_step("noise.flood") is FirstStep.TELL
    assert quiet.first_step("identity.phone") is FirstStep.OFF
    assert quiet.first_step("identity.email") is FirstStep.REMIND
    assert quiet.first_step("something.new") is FirstStep.TELL


def test_a_room_changes_leaves_out_and_adds(folder):
    change = """\
without: []
guidelines:
  - id: quiet
    reminder: Here, too.
    watched_by: {noise: off}
    words: [owl]
  - id: owls
    text: No owls.
    why: They hoot.
    source: us
"""
    place = in_room(folder, change)
    community = load_community(folder)
    here = community.guidelines_in(place)
    assert here.named("quiet").text == community.guidelines.named("quiet").text
    assert here.named("quiet").reminder == {"en": "Here, too."}
    assert here.named("quiet").first_step("noise.flood") is FirstStep.OFF
    assert here.named("quiet").first_step("identity.phone") is FirstStep.OFF
    assert here.named("quiet").words == ("moon water", "owl")
    assert here.named("owls").text == {"en": "No owls."}
    assert community.guidelines_in("lobby") is community.guidelines
    assert own_guidelines(community) == [f"Guidelines in {place}: quiet changed, owls added"]


def test_a_room_can_leave_one_out(folder):
    place = in_room(folder, "without: [quiet]\n")
    community = load_community(folder)
    assert community.guidelines_in(place).named("quiet") is None
    assert own_guidelines(community) == [f"Guidelines in {place}: quiet left out"]


async def test_plan_shows_what_a_room_changes(folder, monkeypatch):
    place = in_room(folder, "without: [quiet]\n")
    bots = {bot: f"@{bot.value}:kith.test" for bot in BotName}
    cast = Cast(organiser="@organiser:kith.test", bots=bots)
    deployment = SimpleNamespace(cast=cast, load_community=lambda: load_community(folder))

    async def look(*_):
        return Actual(), ()

    monkeypatch.setattr(rooms, "load_deployment", lambda _: deployment)
    monkeypatch.setattr(rooms, "organiser", lambda _: nullcontext())
    monkeypatch.setattr(rooms, "look", look)
    shown = StringIO()
    assert not await rooms.show_plan(folder, Console(file=shown))
    assert f"Guidelines in {place}: quiet left out" in shown.getvalue()


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("'\\bmoon ?juice\\b'", "'moon(juice'", 9, "is not a pattern"),
        ("'\\bmoon ?juice\\b'", "'(?=moon)x'", 9, "is not a pattern"),
        ("'\\bmoon ?juice\\b'", "'moon*|'", 9, "is found in everything"),
        ("'\\bmoon ?juice\\b'", "'((a{1,100}){1,100}){1,10}'", 9, "is not a pattern"),
        ("'\\bmoon ?juice\\b'", r"'\pL{1,200}'", 9, "is not a pattern"),
        ("'\\bmoon ?juice\\b'", f"'{'moon' * 76}'", 9, "is too long"),
        ("noise: tell", "noize: tell", 7, "No detector is called"),
        ("noise: tell", "noise: shout", 7, "is not one of"),
        ("identity.phone: off", "identity.phone: hold", 7, "Nothing that `identity.phone` sees is held"),
        ("moon water", "x", 8, ""),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(folder, old, new, line, says):
    file = folder / "guidelines/nights.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    found = mistake(folder)
    assert (found.file, found.line) == (file, line)
    assert says in found.message


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("without: [quite]\n", "no guideline `quite` to leave out"),
        ("guidelines: [{id: quite, reminder: hm}]\n", "no guideline `quite` to change"),
        ("guidelines: [{id: quiet, text: hm}]\n", "`text` and a `why`"),
    ],
)
def test_a_room_can_only_change_what_there_is(folder, change, says):
    in_room(folder, change)
    assert says in mistake(folder).message


def test_there_is_no_room_of_that_name(folder):
    in_room(folder, "without: []\n", condition="no-such-room")
    assert "There is no room `no-such-room`" in mistake(folder).message


def test_two_files_share_no_id(folder):
    (folder / "guidelines/again.yaml").write_text(MORE)
    assert "taken already" in mistake(folder).message

# SPDX-License-Identifier: Apache-2.0
"""Whole conversations, readable: who does what, what the bot says (keys of its catalogue) and does."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bots.core.actions import Send, Words
from bots.core.community import Federation
from bots.core.language import Catalogue, shipped_words
from bots.core.rooms import Member, MembershipState
from bots.core.settings import load_community
from fakes.welcome_scene import ANA, COMMUNITY, LOBBY, PRIVATE, START, Scene

FILES = sorted((Path(__file__).parent / "transcripts").glob("*.yaml"))
EXAMPLE = Path(__file__).parents[2] / "config"
CATALOGUE = Catalogue.load(shipped_words(), ["en"])


def _scene(setting):
    community = COMMUNITY
    if federation := setting.get("federation"):
        community = replace(community, federation=Federation(federation), allies=tuple(setting.get("allies", ())))
    if age := setting.get("minimum_age"):
        community = replace(community, minimum_age=age)
    if setting.get("helplines"):
        community = replace(community, countries=load_community(EXAMPLE).countries)
    if languages := setting.get("languages"):
        community = replace(community, languages=tuple(languages))
    return Scene(
        community=community,
        person=setting.get("person", ANA),
        missing_rooms=frozenset(setting.get("missing_rooms", ())),
        seen_as=Member(MembershipState.JOIN, setting.get("name"), bool(setting.get("picture"))),
        devices=tuple(setting.get("devices", ())),
        office=setting.get("office", True),
        now=START,
    )


async def _play(scene, move, what):  # noqa: C901 — one line for each thing a person can do
    match move:
        case "joins":
            await scene.joins(LOBBY if what == "lobby" else f"!{what}")
        case "leaves":
            await scene.leaves({"lobby": LOBBY, "chat": PRIVATE}[what])
        case "knocks":
            await scene.knocks_at(f"!{what}", "I have MS and nobody knows")
        case "votes":
            await scene.votes(str(what))
        case "turns down":
            await scene.turns_down(f"!{what}")
        case "invites":
            await scene.invites_the_bot()
        case "says":
            await scene.says(what * 1000 if what.endswith("… ") else what)
        case "says in the lobby":
            await scene.says(what, room_id=LOBBY)
        case "edits":
            await scene.says(what, replaces=scene.conversation.unclear or "$older")
        case "taps":
            await scene.taps(what)
        case "picks":
            await {"the sign": scene.picks_the_sign}[what]()
        case "writes unreadably":
            await scene.writes_unreadably()
        case "time passes":
            await scene.lets_time_pass(**what)
        case "shows":
            await scene.shows()
        case "is refused":
            await scene.is_refused(what, Send if "KITHROOM" in what else next(_inviting(scene)))
        case "waits":
            scene.waits(days=what)
            scene.last = ()
        case _:
            pytest.fail(f"nobody knows how to play {move!r}")


def _inviting(scene):
    return (type(action) for action in scene.last if type(action).__name__ == "Invite")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_the_conversation_goes_like_this(file):
    transcript = yaml.safe_load(file.read_text())
    scene = _scene(transcript.get("setting", {}))
    for number, beat in enumerate(map(dict, transcript["beats"]), start=1):
        bot, does, taps = beat.pop("bot", []), beat.pop("does", []), beat.pop("buttons", None)
        ((move, what),) = beat.items()
        await _play(scene, move, what)
        where = f"{file.name}, beat {number}: {move} {what!r}"
        assert scene.said == bot, where
        assert scene.done == does, where
        if taps is not None:
            assert scene.buttons == tuple(taps), where
        for send in scene.sends:
            words = (part for part in send.parts if isinstance(part, Words))
            assert all(CATALOGUE.render(part, "en").body for part in words), where


def test_there_are_transcripts():
    assert FILES

# SPDX-License-Identifier: Apache-2.0
"""Each command without what it needs, or with a number that is none: one sentence tells what to do; no more is done."""

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from bots.core.actions import BotName, Redact
from bots.core.commands import spec_of
from bots.moderation.commands import COMMANDS
from bots.moderation.crisis.commands import ANSWERS, DUTY
from bots.moderation.records import Proposal
from bots.moderation.telling import appeal_label
from fakes.moderation_scene import ANA, BEN, HARBOUR, MIA, MO, OFFICE, Scene

# What is said to a command alone, and to one with `#99`, which nothing has. None: it needs nothing, and is not asked.
WHO, UNKNOWN = "refused.who", "refused.unknown"
ALONE = {
    **dict.fromkeys(("note", "warn", "mute", "hold", "unmute", "remove", "ban", "unban"), (WHO, UNKNOWN)),
    "undo": ("refused.nothing_of_yours", UNKNOWN),
    **dict.fromkeys(("close", "take", "second"), ("refused.which_case", UNKNOWN)),
    "confirm": ("refused.no_ban_waits", "refused.nothing_asked"),
    **dict.fromkeys(("grant", "keep"), ("refused.which_appeal", "refused.no_appeal")),
    "slow": ("refused.which_room", "refused.which_room"),
    "lock": (None, "refused.which_room"),
    "unlock": ("refused.nothing", "refused.which_room"),
    "report": ("report.which", "report.which"),
    **dict.fromkeys(("guidelines", "why", "help", "status", "lists"), (None, None)),
    "subscribe": ("lists.which", None),
    "unsubscribe": ("lists.which.unsubscribe", "lists.unknown"),
    "server": ("servers.none", "servers.which"),
    **dict.fromkeys(("publish", "unpublish"), ("own_list.no.off", "own_list.no.off")),
    "on-call": ("crisis.duty.answer", "crisis.duty.how"),
    **dict.fromkeys(("pass", "takeout", "stays"), ("refused.which_alert", "refused.which_alert")),
}
IN_A_ROOM = {"slow", "lock", "unlock"}
FOR_EVERYBODY = {"report", "guidelines", "why", "help"}
ASKED = [
    (f"!{name}{number}", said)
    for name, answers in ALONE.items()
    for number, said in zip(("", " #99"), answers, strict=True)
    if said is not None
]
WORDS = Path(__file__).parents[2] / "bots/moderation/words/en.yaml"


@pytest.fixture
def scene():
    return Scene()


def test_every_command_is_in_the_table():
    names = {spec_of(kind).name for kind in (*COMMANDS.types, *DUTY.types, *ANSWERS.types)}
    assert names == set(ALONE)


async def test_a_command_alone_is_answered_in_the_moderators_room(scene):
    for text, said in ASKED:
        await scene.says(MO, text, OFFICE)
        assert said in scene.office, text
        assert scene.deeds == [], text
    assert scene.decisions == []


async def test_and_there_or_in_private_where_it_was_written_in_a_members_room(scene):
    for text, said in ASKED:
        if text[1:].split()[0] not in IN_A_ROOM:
            await scene.says(MO, text, HARBOUR)
            assert said in (*scene.office, *scene.told(MO)), text
            assert [type(a) for a in scene.decided].count(Redact) == 1, f"nobody else is to see {text}"
            assert scene.deeds == [], text


async def test_a_member_hears_in_private_that_it_is_for_moderators(scene):
    for name in sorted(set(ALONE) - FOR_EVERYBODY - {spec_of(kind).name for kind in ANSWERS.types} | {"take"}):
        await scene.says(BEN, f"!{name}", HARBOUR)
        assert scene.told(BEN) == ["refused.not_moderator"], name
        assert scene.office == [], name


@pytest.mark.parametrize("said", sorted({said for _, said in ASKED if "which" in said or said in (WHO, UNKNOWN)}))
def test_the_sentence_shows_how_it_is_written(said):
    text = yaml.safe_load(WORDS.read_text("utf-8"))[f"moderation.{said}"]
    assert "`" in text or "{typed}" in text


async def test_an_appeal_can_be_answered_from_a_members_room_with_its_number(scene):
    await scene.replies(MO, "!mute 5h", to=ANA)
    (decision,) = scene.decisions
    await scene.asks_again(ANA, decision.number, "it was a joke")
    assert (BotName.MODERATION, appeal_label(decision.order)) in scene.store.tables.labels
    await scene.says(MIA, f"!keep #{decision.number} please rest", HARBOUR)
    assert scene.told(ANA) == ["appeal.answer.kept"]
    assert isinstance(scene.decided[0], Redact)


@pytest.mark.parametrize("number", ["", " #99"])
async def test_of_several_bans_that_wait_somebody_must_say_which(scene, number):
    for of, who in enumerate((ANA, BEN), start=1):
        until = scene.now + timedelta(hours=1)
        await scene.remembers(Proposal(number=of, target=who, by=MO, room_ids=(HARBOUR,), until=until))
    await scene.says(MIA, f"!confirm{number}", OFFICE)
    assert scene.office == ["refused.nothing_asked" if number else "refused.which_ban"]


@pytest.mark.parametrize("word", ["takeout", "!stays"])
async def test_what_an_alert_does_not_ask_for_is_answered_in_its_thread(scene, word):
    await scene.says(ANA, "I want to kill myself tonight")
    await scene.says(MO, word, OFFICE, thread=scene.said_with("moderation.crisis.alert.immediate"))
    assert scene.office == ["crisis.not_for_this"]
    assert not [a for a in scene.last if isinstance(a, Redact)]

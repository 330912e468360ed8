# SPDX-License-Identifier: Apache-2.0
"""Whatever anybody says, in whatever order."""

import asyncio
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bots.core.actions import InPrivateChat, InRoom, Invite, OwnWords, Words
from bots.core.community import Federation
from bots.core.language import Catalogue, shipped_words
from bots.core.records import AgreedWords
from bots.welcome.answers import load
from bots.welcome.conversation.machine import MOST_MESSAGES, Interview
from bots.welcome.conversation.matching import Matcher
from bots.welcome.conversation.turn import Said, World
from bots.welcome.records import Conversation, Pause, Step
from bots.welcome.showing import Account
from bots.welcome.wording import HEALTH_VERSION, Wording
from fakes.welcome_scene import COMMUNITY, OFFICE, PRIVATE, Scene, with_federation

WORDS = load(["en"])
CANARY = "zebrafinch"
CATALOGUE = Catalogue.load(shipped_words(), ["en"])

_known = st.sampled_from(sorted(WORDS.intents))
_conditions = st.sampled_from(sorted(Matcher(COMMUNITY.conditions, WORDS).names))
_commands = st.sampled_from(["!help", "!mydata", "!forget", "!leave", "!language", "!language xx", "!find x", "!"])
_texts = st.one_of(
    _known,
    _conditions,
    _commands,
    st.sampled_from(["1", "2", "1 and 2", "yes", "ok", "not sure", "none", "my cat has epilepsy", "diabetes", "sugar"]),
    st.text(max_size=50),
    st.just("word " * 2000),
).map(lambda text: f"{text} " if text.startswith("!") else text)
_moves = st.lists(
    st.one_of(
        st.tuples(st.just("says"), _texts),
        st.tuples(st.just("says"), _texts.map(lambda text: f"{CANARY} {text} {CANARY}")),
        st.tuples(st.just("edits"), _texts),
        st.tuples(st.just("taps"), st.sampled_from(["✅", "❌", "1⃣", "2⃣", "👍🏽", "🦆", CANARY])),
        st.tuples(st.just("taps an old button"), st.sampled_from(["✅", "1⃣"])),
        st.tuples(st.just("picks the sign"), st.none()),
        st.tuples(st.just("writes unreadably"), st.none()),
        st.tuples(st.just("lets time pass"), st.integers(0, 200)),
        st.tuples(st.just("shows"), st.none()),
        st.tuples(st.just("joins the lobby"), st.none()),
        st.tuples(st.just("leaves the lobby"), st.none()),
        st.tuples(st.just("leaves the chat"), st.none()),
        st.tuples(st.just("enters"), st.sampled_from(COMMUNITY.conditions)),
        st.tuples(st.just("invites the bot"), st.none()),
        st.tuples(st.just("is refused"), st.sampled_from(["M_FORBIDDEN", "M_INVITE_BLOCKED", "M_UNKNOWN"])),
        st.tuples(st.just("waits"), st.integers(0, 400)),
    ),
    max_size=25,
)
# Most of what can go wrong goes wrong behind the first three questions.
_moves = st.tuples(st.sampled_from([[], [("says", "yes")] * 3]), _moves).map(lambda parts: [*parts[0], *parts[1]])


async def _do(scene, move, what):  # noqa: C901 — one line for each thing a person can do
    invited = any(isinstance(action, Invite) for action in scene.last)
    scene.last = scene.last if move == "is refused" and invited else ()
    in_chat = PRIVATE in scene.views
    match move:
        case "says" if in_chat:
            await scene.says(what)
        case "edits" if in_chat and scene.conversation:
            await scene.says(what, replaces=scene.conversation.unclear or "$other")
        case "taps" if in_chat and scene.question:
            await scene.taps(what)
        case "taps an old button" if in_chat and scene.labels:
            await scene.taps(what, target=next(iter(scene.labels)))
        case "picks the sign" if in_chat and scene.conversation and scene.question:
            await scene.picks_the_sign()
        case "writes unreadably" if in_chat:
            await scene.writes_unreadably()
        case "lets time pass":
            await scene.lets_time_pass(hours=what)
        case "shows" if in_chat:
            await scene.shows()
        case "joins the lobby":
            await scene.joins()
        case "leaves the lobby":
            await scene.leaves()
        case "leaves the chat" if in_chat:
            await scene.leaves(PRIVATE)
        case "enters" if f"!{what.id}" in scene.views:
            await scene.joins(f"!{what.id}")
        case "invites the bot":
            await scene.invites_the_bot()
        case "is refused" if scene.last:
            await scene.is_refused(what)
        case "waits":
            scene.waits(days=what)


def _strings(value):
    match value:
        case Words(params=params):
            for param in params.values():
                yield from _strings(param)
        case tuple():
            for item in value:
                yield from _strings(item)
        case str():
            yield value


def _check(scene, before, asked_for, before_now):
    sends = scene.sends
    assert (
        len([s for s in sends if not s.choices and not s.parts[0].key.startswith("welcome.newcomer")]) <= MOST_MESSAGES
        or scene.now != before_now
    )
    for send in sends:
        if send.place == InRoom(OFFICE):
            # The one place that hears words of theirs: they asked for it a moment ago.
            assert before.step is Step.MISSING
            assert scene.person not in repr(send)
            continue
        if isinstance(send.place, InPrivateChat):
            assert send.place.user == scene.person
        elif send.place.room_id != PRIVATE:
            part, *lines = send.parts
            assert part.key in ("welcome.newcomer", "welcome.newcomers", "welcome.newcomer.own")
            assert set(part.params) <= {"count"}
            assert len(lines) == (part.key == "welcome.newcomer.own")
            # The performer asks the homeserver whether it is so: see tests/runtime/test_own_words.py.
            assert all(
                scene.records[AgreedWords, (scene.person, send.place.room_id)].event_id == line.event_id
                for line in lines
            )
        assert not send.mentions
        assert all(CANARY not in string for part in send.parts for string in _strings(part))
        for part in send.parts:
            if isinstance(part, OwnWords):
                assert part.user == scene.person
            else:
                assert CATALOGUE.render(part, "en").body
    for invite in (a for a in scene.last if isinstance(a, Invite)):
        assert invite.user == scene.person
        assert before is not None
        assert scene.conversation.agreed == scene.community.guidelines.version
        assert before.agreed == scene.community.guidelines.version
        assert scene.conversation.adult
        assert scene.conversation.health == HEALTH_VERSION
        assert scene.conversation.reads
        assert scene.conversation.heard
        assert scene.views[invite.room_id].condition in scene.conversation.chosen.split()
        assert scene.views[invite.room_id].condition in asked_for


@settings(max_examples=300, deadline=None)
@given(
    _moves, st.sampled_from([COMMUNITY, replace(COMMUNITY, languages=("en", "es")), with_federation(Federation.OPEN)])
)
def test_nobody_is_let_in_unasked_addressed_in_public_quoted_or_drowned_in_messages(moves, community):
    async def play():
        scene = Scene(community=community)
        asked_for: set[str] = set()
        await scene.joins()
        for move, what in moves:
            before, now = scene.conversation, scene.now
            if before is not None:
                asked_for |= {*before.offered.split(), *before.chosen.split()}
            if move in ("says", "edits"):
                asked_for |= set(Matcher(community.conditions, WORDS).find(what).certain)
            await _do(scene, move, what)
            _check(scene, before, asked_for, now)

    asyncio.run(play())


@settings(max_examples=100, deadline=None)
@given(_moves)
def test_stop_always_stops_and_coming_back_asks_the_same_question(moves):
    async def play():
        scene = Scene()
        await scene.joins()
        for move, what in moves:
            await _do(scene, move, what)
        if PRIVATE not in scene.views or scene.conversation is None:
            return
        await scene.says("anything")
        if scene.conversation is None:
            return
        held = scene.conversation
        question = Wording(COMMUNITY, "").ask(replace(held, pause=Pause.NONE))
        await scene.says("stop")
        assert scene.said == [["stopped"]]
        assert scene.done == []
        await scene.says("")
        assert scene.conversation.pause is Pause.STOPPED
        scene.waits(days=7)
        await scene.says("yes")
        assert scene.done == []
        assert scene.sends[0].parts[1:] == question.parts
        assert scene.sends[0].buttons == question.buttons
        assert scene.conversation.step is held.step

    asyncio.run(play())


@given(_moves)
@settings(max_examples=100, deadline=None)
def test_accounts_elsewhere_are_let_into_no_closed_room(moves):
    async def play():
        scene = Scene(person="@ana:other.test")
        await scene.joins()
        for move, what in moves:
            await _do(scene, move, what)
            assert not any(isinstance(action, Invite) for action in scene.last)

    asyncio.run(play())


@given(st.sampled_from(Step), st.sampled_from(Pause), st.text(), st.text())
def test_every_state_answers_every_text(step, pause, offered, text):
    scene = Scene()
    interview = Interview(COMMUNITY, WORDS)
    world = World(
        now=scene.now,
        server="kith.test",
        ours="kith.test",
        rooms=frozenset(),
        inside=frozenset(),
        account=Account(user_id=scene.person),
    )
    conversation = Conversation(
        user=scene.person, step=step, pause=pause, offered=offered, agreed=1, asked_at=scene.now
    )
    turn = interview.step(conversation, Said(text, "$e"), world)
    assert 1 <= len(turn.says) <= MOST_MESSAGES

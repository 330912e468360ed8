# SPDX-License-Identifier: Apache-2.0
"""What somebody had sent before it was in force that they are held: it is as clear as the first, and goes as well."""

from dataclasses import replace
from datetime import timedelta

from bots.core.actions import BotName, Quote, Redact
from bots.core.community import FirstStep, Guideline, Guidelines
from bots.core.events import Redaction
from bots.core.transport import TransportError
from bots.moderation.records import Kind
from fakes.house import BEN, House
from fakes.moderation_scene import ANA, MO, Scene
from fakes.welcome_scene import COMMUNITY

RULES = Guidelines(
    version=1,
    items=(
        Guideline(id="kind", text={"en": "Be kind."}, why={"en": "So."}, source="us"),
        Guideline(
            id="no-selling",
            text={"en": "Sell nothing."},
            why={"en": "So."},
            source="us",
            watched_by={"selling": FirstStep.HOLD},
        ),
    ),
)
CLEAR = "Get rich quick! Send me bitcoin, double your money in 24 hours, guaranteed returns"


def scene():
    return Scene(community=replace(COMMUNITY, guidelines=RULES))


def taken(here):
    return [action for action in here.all if isinstance(action, Redact)]


async def spams(here, times, text=CLEAR):
    ids = []
    for number in range(times):
        ids.append(f"$spam{number}")
        await here.says(ANA, f"{text} {number}", event_id=ids[-1])
    return ids


async def test_each_of_three_adverts_in_one_breath_is_shown_and_then_gone_and_they_are_held_once():
    here = scene()
    ids = await spams(here, 3)
    assert [each.kind for each in here.decisions] == [Kind.HOLD]
    assert [each.event_id for each in taken(here)] == ids
    shown = {
        part.event_id: send.label
        for send in here.sent.values()
        for part in send.parts
        if isinstance(part, Quote) and send.label is not None
    }
    assert [each.after for each in taken(here)] == [shown[event_id] for event_id in ids]
    assert len(here.cases) == 1


async def test_what_the_thread_shows_no_more_of_stays_for_moderators_to_see():
    here = scene()
    ids = await spams(here, 9)
    assert [each.event_id for each in taken(here)] == ids[:6]


async def test_all_of_a_flood_goes_though_the_rest_of_it_comes_after_they_are_held():
    here = scene()
    ids = []
    for number in range(60):
        here.now += timedelta(milliseconds=200)
        ids.append(f"$line{number}")
        await here.says(ANA, f"another line, and it is number {number}", event_id=ids[-1])
    assert [each.kind for each in here.decisions] == [Kind.HOLD]
    assert sorted(each.event_id for each in taken(here)) == sorted(ids)


async def test_a_cry_for_help_that_was_on_its_way_stays():
    here = scene()
    for number in range(45):
        here.now += timedelta(milliseconds=200)
        await here.says(ANA, f"another line, and it is number {number}")
    gone = len(taken(here))
    await here.says(ANA, "I want to kill myself, I can't go on like this any more")
    assert len(taken(here)) == gone


async def test_who_writes_long_after_they_were_held_was_let_go_by_hand():
    here = scene()
    await spams(here, 1)
    here.now += timedelta(minutes=5)
    await here.says(ANA, f"{CLEAR} again")
    assert len(taken(here)) == 1


async def test_what_a_moderator_muted_somebody_for_takes_nothing_else_away():
    here = scene()
    await here.replies(MO, "!mute 2h", ANA)
    await spams(here, 1)
    assert [each for each in taken(here) if each.sender == ANA] == []


class Unheard:
    """A homeserver that is slow to take what is said in one room."""

    def __init__(self, transport):
        self._transport = transport
        self.slow_in = None

    async def send(self, room_id, message, transaction_id):
        if room_id == self.slow_in:
            raise TransportError("M_UNKNOWN", "later", status=503, retryable=True)
        return await self._transport.send(room_id, message, transaction_id)

    def __getattr__(self, name):
        return getattr(self._transport, name)


async def test_nobody_goes_on_writing_and_nothing_else_waits_while_what_they_wrote_is_not_shown_yet():
    house = await House.built(guidelines=RULES)
    transport = Unheard(house.running[BotName.MODERATION].transport)
    house.runs(wrap_transport=lambda each: transport if each.user_id == transport.user_id else each)
    await house.settles()
    transport.slow_in = house.office
    advert, rude = house.says(BEN, CLEAR), house.says(ANA, "you fool")
    await house.settles()
    assert house.level(BEN) == -1
    await house.orders(MO, "!mute 2h", reply_to=rude)
    assert house.level(ANA) == -1
    assert advert not in {each.target for each in house.did(Redaction)}
    transport.slow_in = None
    for _ in range(5):
        await house.waits(seconds=2)
    assert advert in {each.target for each in house.did(Redaction)}

# SPDX-License-Identifier: Apache-2.0
"""From what is written to what is done: moderators are told, somebody is reminded, clear spam waits; and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.core.actions import Ban, Examine, InPrivateChat, InRoom, Redact, Remove, Send, SetPower, Words
from bots.core.community import HOLDING, FirstStep, Guideline, Guidelines
from bots.core.events import Media, MessageKind
from bots.moderation.crisis import assess
from bots.moderation.crisis.surroundings import heard
from bots.moderation.detectors.finding import Finding
from bots.moderation.passages import reading
from bots.moderation.passages.folding import fold
from bots.moderation.records import Kind
from bots.moderation.watching.records import Pace
from bots.moderation.watching.respond import NOTHING, Author, respond
from fakes.moderation_scene import ANA, BEN, BOT, BOTS, HARBOUR, LOBBY, MO, OFFICE, ORGANISER, Scene
from fakes.welcome_scene import COMMUNITY


def rule(name, **more):
    return Guideline(id=name, text={"en": f"Rule {name}."}, why={"en": "So."}, source="us", **more)


RULES = Guidelines(
    version=1,
    items=(
        rule("kind"),
        rule("privacy", reminder={"en": "Maybe too much."}),
        rule("no-selling", words=("moon water",), patterns=(r"\bbuy ?now\b",)),
    ),
)
NUMBER = "call me on 07700 900123"
SPAM = "Earn money from home, guaranteed, write to my page now"


def scene(rules=RULES, **more):
    return Scene(community=replace(COMMUNITY, guidelines=rules, **more))


def known(here, who=ANA):
    """Who has been here for long and wrote often."""
    pace = Pace(sender=who, room_id=HARBOUR, first_at=here.now - timedelta(days=9), messages=5, recent="")
    here.store.tables.records[Pace, (here.pseudonym(who), HARBOUR)] = replace(pace, sender=here.pseudonym(who))
    return here


async def test_a_message_is_read_and_listened_to_once_whoever_asks(monkeypatch):
    read, listened = [], []
    monkeypatch.setattr(reading, "fold", lambda text: read.append(text) or fold(text))
    monkeypatch.setattr(assess, "heard", lambda *parsed: listened.append(parsed) or heard(*parsed))
    here = scene()
    await here.says(MO, "!slow 10s", HARBOUR)
    text, kept = "some words that nobody has said before", len(COMMUNITY.languages)
    read.clear()
    listened.clear()
    await here.says(ANA, text)
    await here.says(ANA, f"{text}, either")
    assert read == [text, f"{text}, either"]
    assert len(listened) == 2 * kept


async def test_moderators_are_told_with_buttons_and_the_author_is_reminded():
    here = await known(scene()).says(ANA, NUMBER)
    (case,) = here.cases
    assert (case.target, case.reports, case.guidelines) == (ANA, 0, ("privacy",))
    assert "case.noticed.remind" in here.office
    assert here.told(ANA) == ["remind"]
    (reminder,) = [a for a in here.last if isinstance(a, Send) and a.place == InPrivateChat(ANA)]
    assert reminder.parts[0].params == {"reminder": "Maybe too much."}
    assert here.deeds == []


async def test_nobody_is_reminded_of_one_thing_twice_in_a_week():
    here = await known(scene()).says(ANA, NUMBER)
    await here.says(ANA, NUMBER)
    assert here.told(ANA) == []
    await here.waits(days=8)
    await here.says(ANA, NUMBER)
    assert here.told(ANA) == ["remind"]


@pytest.mark.parametrize("who", [MO, ORGANISER, *sorted(BOTS)])
async def test_moderators_organisers_and_bots_are_not_looked_at(who):
    here = await scene().says(who, NUMBER)
    assert here.cases == []
    assert here.all == []


async def test_a_moderator_of_one_room_is_not_looked_at_in_another():
    here = scene()
    assert (await here.says("@leo:kith.test", NUMBER, HARBOUR)).cases == []


async def test_several_findings_on_one_message_are_one_case_and_an_edit_joins_it():
    here = known(scene())
    await here.says(ANA, f"{NUMBER} or ana.s84@gmail.com")
    first = here.authors and next(event for (room, event), who in here.authors.items() if who == ANA)
    await here.says(ANA, f"moon water! {NUMBER}", replaces=first)
    (case,) = here.cases
    assert case.guidelines == ("privacy", "no-selling")


async def test_an_edit_that_turns_harmless_into_harmful_is_looked_at():
    here = known(scene())
    await here.says(ANA, "hello")
    first = next(event for (room, event), who in here.authors.items() if who == ANA)
    await here.waits(hours=1)
    await here.says(ANA, NUMBER, replaces=first)
    assert [case.event_id for case in here.cases] == [first]


async def test_an_edit_of_somebody_elses_message_is_a_case_of_its_own():
    here = known(scene())
    bens = here.wrote(BEN)
    await here.says(ANA, NUMBER, replaces=bens)
    (case,) = here.cases
    assert case.event_id != bens
    assert case.target == ANA


async def test_an_organisers_words_and_patterns():
    here = known(scene())
    for text in ("I sell MOON  wáter", "m o o n   w a t e r", "buynow", "BUY NOW!"):
        await here.waits(hours=1)
        await here.says(ANA, text)
        assert "case.noticed" in here.office, text
    await here.says(ANA, "the moon is in the water")
    assert len(here.cases) == 4


async def test_a_command_is_not_looked_at():
    here = await known(scene()).reports(ANA, BEN, remark=NUMBER)
    assert [case.reports for case in here.cases] == [1]


async def test_a_rule_that_the_room_does_not_have_is_not_watched_for():
    here = await known(scene(Guidelines(version=1, items=(rule("kind"),)))).says(ANA, NUMBER)
    assert here.cases == []


async def flood(here, who=ANA, text="la la la, who of us sings the loudest", times=6, room=HARBOUR, **more):
    for _ in range(times):
        here.now += timedelta(seconds=1)
        await here.says(who, text, room, **more)
    return here


async def test_the_same_thing_again_and_again_from_somebody_new_waits_for_a_moderator():
    here = await flood(scene(), times=5)
    redacted = {a.event_id for a in here.all if isinstance(a, Redact)}
    assert redacted == {event for (room, event), who in here.authors.items() if who == ANA and room == HARBOUR}
    (decision,) = here.decisions
    assert (decision.kind, decision.target, decision.active) == (Kind.HOLD, ANA, True)
    assert here.level(ANA) == -1
    assert decision.until == here.now + timedelta(hours=24)
    said = {part.key for send in here.sent.values() for part in send.parts if isinstance(part, Words)}
    assert "moderation.case.noticed.hold" in said
    assert "moderation.hold.noise.duplicates" in {a.why for a in here.all if isinstance(a, Redact)}


async def test_one_tap_lets_them_go_with_an_apology():
    here = await flood(scene(), times=5)
    await here.taps(MO, "↩️", here.said_with("moderation.done.hold.until"))
    assert here.level(ANA) is None
    assert "tell.undo.hold" in here.told(ANA)


async def test_the_same_from_somebody_who_is_known_is_only_told():
    here = await flood(known(scene()), times=9)
    assert here.decisions == []
    assert not [a for a in here.all if isinstance(a, Redact)]
    assert len(here.cases) == 1, "one flood is one case"


async def test_a_cry_for_help_is_never_taken_away():
    here = await flood(scene(), text="I want to kill myself, I can't go on like this any more", times=9)
    assert here.decisions == []
    assert not [a for a in here.all if isinstance(a, Redact)]


async def test_many_short_lines_are_never_taken_away():
    here = scene()
    for number in range(30):
        here.now += timedelta(seconds=1)
        await here.says(ANA, f"and another thing {number}")
    assert here.decisions == []
    assert len(here.cases) == 1


async def test_a_flood_that_cannot_be_read_is_told_and_held_against_nobody():
    here = scene()
    for _ in range(45):
        here.now += timedelta(milliseconds=300)
        await here.is_unreadable(ANA)
    assert here.decisions == []
    assert len(here.cases) == 1
    assert here.told_anybody == set()


async def test_a_message_whose_key_comes_late_counts_once():
    here = scene()
    await here.is_unreadable(ANA)
    (pace,) = [each for (kind, _), each in here.store.tables.records.items() if kind is Pace]
    event_id = next(event for (_, event), who in here.authors.items() if who == ANA)
    await here.says(ANA, "here I am", event_id=event_id)
    (again,) = [each for (kind, _), each in here.store.tables.records.items() if kind is Pace]
    assert pace.messages == again.messages == 1


async def test_what_is_kept_of_a_message_is_not_what_it_says():
    here = await scene().says(ANA, "my secret garden has a blue gate and two trees")
    (pace,) = [each for (kind, _), each in here.store.tables.records.items() if kind is Pace]
    assert "garden" not in repr(pace)
    assert "gate" not in pace.recent


async def test_calling_everybody_and_walls():
    here = known(scene())
    await here.says(ANA, "hi", mentions=frozenset(f"@m{n}:kith.test" for n in range(9)))
    assert [case.guidelines for case in here.cases] == [("kind",)]
    here = await known(scene()).says(ANA, "\n" * 60 + "x")
    assert [case.guidelines for case in here.cases] == [("kind",)]


async def test_who_is_held_is_not_held_again():
    here = await flood(scene(), times=9)
    assert len(here.decisions) == 1


async def test_where_the_bot_lacks_the_power_moderators_are_told_and_nothing_is_taken_away():
    here = scene()
    here.gives_power(BOT, 10)
    await flood(here, times=9)
    assert here.decisions == []
    assert not [a for a in here.all if isinstance(a, Redact)]
    assert len(here.cases) == 1


async def wave(here, many, seconds=2):
    here.views[LOBBY] = replace(here.views[LOBBY], join_rule="public")
    for number in range(many):
        here.now += timedelta(seconds=seconds)
        await here.joins(f"@new{number}:kith.test", LOBBY)
    return here


async def test_many_who_come_at_once_are_told_once():
    here = await wave(scene(), 12)
    said = [a for a in here.all if isinstance(a, Send) and a.place == InRoom(OFFICE)]
    assert [send.parts[0].key for send in said] == ["moderation.wave"]
    assert here.deeds == []


async def test_few_who_come_are_no_wave_and_neither_are_those_who_were_here():
    assert not [a for a in (await wave(scene(), 7)).all if isinstance(a, Send)]
    assert not [a for a in (await wave(scene(), 19, seconds=60)).all if isinstance(a, Send)]


FINDINGS = st.lists(
    st.builds(
        Finding,
        detector=st.sampled_from(("identity.phone", "selling.link", "noise.flood", "harm.method", "words.kind", "new")),
        guideline=st.sampled_from(("kind", "privacy", "no-selling", "unknown")),
        start=st.just(0),
        end=st.just(1),
        confidence=st.sampled_from((0.0, 0.49, 0.5, 0.89, 0.9, 1.0)),
        weighed=st.booleans(),
    ),
    max_size=6,
)
STEPS = st.dictionaries(st.sampled_from(("identity", "selling", "noise", "harm", "words")), st.sampled_from(FirstStep))
AUTHORS = st.builds(
    Author,
    spared=st.sampled_from((False, False, True)),
    new_here=st.sampled_from((True, True, False)),
    certain=st.booleans(),
    cry=st.booleans(),
    reminded=st.frozensets(st.sampled_from(("kind", "privacy"))),
)


@given(FINDINGS, st.lists(STEPS, min_size=3, max_size=3), AUTHORS)
def test_there_are_three_answers_and_no_fourth(findings, steps, author):
    rules = replace(
        RULES, items=tuple(replace(item, watched_by=step) for item, step in zip(RULES.items, steps, strict=True))
    )
    answer = respond(findings, rules, author)
    if author.spared:
        assert answer == NOTHING
    assert set(answer.tell) <= set(findings)
    for each in (answer.remind, answer.hold):
        assert each is None or each in answer.tell, "whatever is done, moderators hear of it"
        assert each is None or not each.weighed, "nothing is done by weight alone"
    if author.cry:
        assert not any(each.weighed for each in answer.tell)
    if answer.hold is not None:
        assert author.new_here
        assert author.certain
        assert not author.cry
        assert answer.hold.confidence >= 0.9
        assert answer.hold.detector.partition(".")[0] in HOLDING
        assert answer.remind is None
    if answer.remind is not None:
        assert not author.cry
        assert answer.remind.guideline not in author.reminded


CLEAR = Finding(detector="selling.link", guideline="no-selling", start=0, end=1, confidence=1.0)
PHONE = Finding(detector="identity.phone", guideline="privacy", start=0, end=1, confidence=1.0)


@pytest.mark.parametrize(
    ("author", "held", "reminded"),
    [
        (Author(spared=False, new_here=True), True, True),
        (Author(spared=False, new_here=True, cry=True), False, False),
        (Author(spared=False, new_here=True, certain=False), False, False),
        (Author(spared=False, new_here=False), False, True),
    ],
)
def test_of_a_cry_and_of_what_may_not_be_theirs_people_are_told_and_nothing_else_happens(author, held, reminded):
    steps = {"no-selling": {"selling": FirstStep.HOLD}, "privacy": {"identity": FirstStep.REMIND}}
    rules = replace(RULES, items=tuple(replace(item, watched_by=steps.get(item.id, {})) for item in RULES.items))
    for finding in (CLEAR, PHONE):
        assert respond([finding], rules, author).tell == (finding,)
    assert (respond([CLEAR], rules, author).hold is CLEAR) is held
    assert (respond([PHONE], rules, author).remind is PHONE) is reminded


TEXTS = st.sampled_from((NUMBER, SPAM, "hello", "moon water", "I want to die", "x" * 30, "buy now", "\n" * 60))


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from((ANA, BEN, MO, ORGANISER)), TEXTS, st.integers(0, 20)), max_size=15),
    st.lists(STEPS, min_size=3, max_size=3),
)
async def test_whatever_is_written_nobody_is_removed_or_banned_and_nothing_is_said_in_the_room(steps, watched_by):
    here = scene(
        replace(
            RULES, items=tuple(replace(item, watched_by=by) for item, by in zip(RULES.items, watched_by, strict=True))
        )
    )
    for who, text, seconds in steps:
        here.now += timedelta(seconds=seconds)
        await here.says(who, text)
    for action in here.all:
        assert not isinstance(action, Remove | Ban)
        if isinstance(action, Send):
            assert action.place == InRoom(OFFICE) or isinstance(action.place, InPrivateChat)
        if isinstance(action, Redact):
            assert action.sender in (ANA, BEN)
        if isinstance(action, SetPower):
            assert action.user in (ANA, BEN)
    assert {each.kind for each in here.decisions} <= {Kind.HOLD}


async def test_watching_in_a_room_of_others_is_none():
    here = known(scene())
    here.views["!else"] = replace(here.views[HARBOUR], room_id="!else", role="other")
    await here.says(ANA, NUMBER, "!else")
    assert here.all == []


PHOTOGRAPH = Media(mimetype="image/jpeg", filename="IMG_1.jpg", size=9)


async def test_a_picture_that_says_where_it_was_taken_is_a_case_and_a_reminder():
    here = known(scene())
    here.broken[Examine] = "KITHROOM_TELLS_PLACE"
    await here.says(ANA, "", kind=MessageKind.MEDIA, media=PHOTOGRAPH)
    assert [case.guidelines for case in here.cases] == [("privacy",)]
    assert here.told(ANA) == ["remind"]
    assert not [a for a in here.all if isinstance(a, Redact)]


@pytest.mark.parametrize("errcode", [None, "M_NOT_FOUND", "KITHROOM_REFUSED"])
async def test_a_picture_that_says_nothing_is_none(errcode):
    here = known(scene())
    if errcode:
        here.broken[Examine] = errcode
    await here.says(ANA, "", kind=MessageKind.MEDIA, media=PHOTOGRAPH)
    assert here.cases == []


async def test_what_moderators_send_and_what_is_no_picture_is_not_looked_into():
    here = known(scene())
    await here.says(MO, "", kind=MessageKind.MEDIA, media=PHOTOGRAPH)
    await here.says(ANA, "", kind=MessageKind.MEDIA, media=replace(PHOTOGRAPH, mimetype="audio/ogg"))
    rules = replace(
        RULES, items=tuple(replace(item, watched_by={"identity.file": FirstStep.OFF}) for item in RULES.items)
    )
    there = await known(scene(rules)).says(ANA, "", kind=MessageKind.MEDIA, media=PHOTOGRAPH)
    assert not [a for a in (*here.all, *there.all) if isinstance(a, Examine)]


async def test_a_message_of_the_longest_kind_is_looked_at_beside_everything_else(monkeypatch):
    here, aside = known(scene()), []

    async def beside(work):
        aside.append(work)
        return work()

    monkeypatch.setattr(here, "aside", beside)
    await here.says(ANA, NUMBER)
    assert aside == []
    await here.says(ANA, "word " * 2_000 + NUMBER)
    assert len(aside) == 1
    assert "case.more" in here.office


async def test_where_moderators_have_no_room_nothing_is_held():
    here = scene()
    del here.views[OFFICE]
    await flood(here, times=9)
    assert here.decisions == []
    assert not [a for a in here.all if isinstance(a, Redact)]

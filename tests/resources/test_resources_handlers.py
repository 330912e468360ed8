# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bots.core.actions import (
    BotName,
    Edit,
    EventRef,
    InPrivateChat,
    InRoom,
    Join,
    LabelRef,
    Leave,
    Log,
    Priority,
    Remember,
    Send,
)
from bots.core.community import Contact, Country, Helpline
from bots.core.events import Membership, Message, Outcome
from bots.core.helplines import current, find_country
from bots.core.library import Kind, Resource
from bots.core.records import SpokenLanguage
from bots.core.rooms import Member, MembershipState, RoomRole, RoomView
from bots.resources.bot import make_bot
from bots.resources.library import MADE_ANEW
from bots.resources.records import Answered, MissingWord
from fakes.communities import BARE
from fakes.ears import by_plain_words

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ME, ANA, STRANGER = "@resources:x", "@ana:x", "@stranger:x"
IN = Member(MembershipState.JOIN)


def line(name, verified=date(2026, 10, 1)):
    return Helpline(
        id=name,
        name=name,
        kind="crisis",
        contacts=(Contact(method="phone", dial="116 123", hours={"en": "day and night"}),),
        what_happens={"en": "A volunteer listens."},
        source="https://example.org",
        verified_at=verified,
        verified_by="somebody",
    )


IRELAND = Country(
    code="ie", name={"en": "Ireland"}, emergency="112 or 999", helplines=(line("One"),), names_used=("Eire",)
)
COMMUNITY = replace(
    BARE,
    library=(
        Resource(
            id="gf",
            title={"en": "Travelling gluten free"},
            summary={"en": "Cards and airlines."},
            url="https://example.org",
            source={"en": "A charity"},
            kind=Kind.ARTICLE,
            languages=("en",),
            reviewed=date(2026, 1, 1),
            reviewed_by="a nurse",
            review_by=date(2027, 1, 1),
        ),
    ),
    countries=(IRELAND,),
    keep_missing_words=True,
)
ROOM = RoomView(room_id="!room", role=RoomRole.CONDITION, members={ME: IN, ANA: IN, "@bo:x": IN}, encrypted=True)
CHAT = RoomView(room_id="!chat", members={ME: IN, ANA: IN}, encrypted=True)


class Library:
    """A reader over given rooms and records."""

    def __init__(self, *records):
        self.now, self.me, self.bots = NOW, ME, frozenset({ME})
        self.records = {(type(r), *(getattr(r, name) for name in r.key)): r for r in records}

    def room(self, room_id):
        return {ROOM.room_id: ROOM, CHAT.room_id: CHAT}.get(room_id)

    def pseudonym(self, user):
        return user

    async def event_id(self, label):
        return None

    async def message_sender(self, room_id, event_id):
        return ANA

    def rooms(self, role):
        return (ROOM,) if role is RoomRole.CONDITION else ()

    async def find(self, record, **where):
        return ()

    async def get(self, record, *key):
        return self.records.get((record, *key))

    async def label(self, event_id):
        return None

    async def aside(self, work):
        return work()


_BOTS = {}


def bot_of(community):
    """The bot for this community, made once: making it means indexing the library."""
    if id(community) not in _BOTS:
        _BOTS[id(community)] = (community, make_bot(community, by_plain_words))
    return _BOTS[id(community)][1]


async def react_to(event, *records, community=COMMUNITY):
    """What it does, but for remembering that there was an answer (test_resources_following_up)."""
    actions = await all_done_about(event, *records, community=community)
    return [a for a in actions if not (isinstance(a, Remember) and isinstance(a.record, Answered))]


async def all_done_about(event, *records, community=COMMUNITY):
    actions = []
    for handler in bot_of(community).handlers:
        if isinstance(event, handler.event):
            actions += handler.decide(event, await handler.gather(event, Library(*records)))
    return actions


def said(text, room=ROOM, **more):
    return Message(room_id=room.room_id, event_id="$q", sender=ANA, sent_at=NOW, text=text, encrypted=True, **more)


def keys(send):
    return [part.key for part in send.parts]


async def test_a_question_in_a_room_is_answered_in_a_thread_on_it():
    (send,) = await react_to(said("!find gluten free travel"))

    assert (send.place, send.thread) == (InRoom("!room"), EventRef("$q"))
    assert keys(send) == ["resources.found", "resources.entry", "resources.found.note", "resources.found.taps"]
    (words,) = send.parts[1].params["because"].params["words"]
    assert words.params["words"] == "gluten, free, travel"


async def test_a_question_in_a_thread_is_answered_in_that_thread():
    (send,) = await react_to(said("!find gluten", thread="$root"))

    assert send.thread == EventRef("$root")


async def test_an_entry_past_its_review_says_so():
    old = replace(COMMUNITY, library=(replace(COMMUNITY.library[0], review_by=date(2026, 11, 1)),))

    (send,) = await react_to(said("!find gluten"), community=old)

    assert send.parts[1].params["origin"].key == "resources.origin.due"


async def test_talk_in_a_room_is_left_alone():
    assert await react_to(said("gluten free travel")) == []


async def test_a_plain_question_in_a_chat_of_two_is_answered():
    (send,) = await react_to(said("gluten free travel?", CHAT))

    assert send.thread is None
    assert keys(send)[0] == "resources.found"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("gluten free travel?", "resources.not_encrypted"),
        ("!find gluten", "resources.not_encrypted"),
        ("!card breathing", "resources.not_encrypted"),
        ("hello", "resources.not_encrypted"),
        ("!hack I freeze the caps", "resources.not_encrypted"),
        ("!mytips", "resources.not_encrypted"),
        ("helplines ireland", "core.helplines.emergency"),
        ("I want to die", "core.crisis.why.thoughts"),
    ],
)
async def test_in_a_chat_that_is_not_encrypted_only_people_to_call_are_told(text, answer):
    class Plain(Library):
        def room(self, room_id):
            return replace(CHAT, encrypted=False)

    event, answers = said(text, CHAT), []
    for handler in bot_of(COMMUNITY).handlers:
        if handler.event is Message:
            answers += handler.decide(event, await handler.gather(event, Plain()))
    assert keys(answers[0])[0] == answer


async def test_a_command_from_a_session_that_is_not_the_senders_is_no_command():
    assert await react_to(said("!find gluten", authentic=False)) == []


async def test_an_index_that_breaks_while_it_is_asked_is_made_anew_and_the_operator_is_told():
    community = replace(COMMUNITY)
    library = bot_of(community).handlers[0].gather.__self__.library
    library._index._shelf._db.executescript("DROP TABLE titles")

    send, log = await react_to(said("!find gluten"), community=community)

    assert keys(send)[0] == "resources.found"
    assert (type(log), log.sentence) == (Log, MADE_ANEW)
    assert [type(action) for action in await react_to(said("!find gluten"), community=community)] == [Send]


async def test_an_edit_that_is_not_its_senders_leaves_the_answer_as_it_is():
    answered = Answered(question="$first", room_id="!room", asker=ANA)

    assert await all_done_about(said("!find gluten", replaces="$first", authentic=False), answered) == []
    edit, _ = await all_done_about(said("!find gluten", replaces="$first"), answered)
    assert (type(edit), edit.target) == (Edit, LabelRef("answer:$first"))


async def test_nothing_found_is_said_kindly():
    (send,) = await react_to(said("!find zebrafish"), community=replace(COMMUNITY, keep_missing_words=False))

    assert keys(send) == ["resources.nothing"]


async def test_only_plain_words_are_kept_and_counted_by_the_month():
    question = "!find zebrafish, 4711 ana@smithers.org Doctor Jones https://hiding.place/secret"
    _, *kept = await react_to(said(question), MissingWord(word="zebrafish", month="2026-11", count=4))

    assert [k.record for k in kept] == [MissingWord(word="zebrafish", month="2026-11", count=5)]
    _, *kept = await react_to(said("!find nefropatía"))
    assert [k.record.word for k in kept] == ["nefropatía"]


async def test_no_word_is_kept_unless_the_organiser_switched_it_on():
    actions = await react_to(said("!find zebrafish"), community=replace(COMMUNITY, keep_missing_words=False))

    assert [type(a) for a in actions] == [Send]


async def test_helplines_asked_for_in_a_room_are_told_in_private_by_the_welcome_bot():
    (send,) = await react_to(said("!helplines Éire"))

    assert (send.place, send.voice) == (InPrivateChat(ANA), BotName.WELCOME)
    assert keys(send)[:2] == ["core.helplines.emergency", "core.helplines.line"]


async def test_without_a_private_chat_helplines_are_answered_in_the_thread():
    (send,) = await react_to(said("!helplines ireland"))

    (again,) = await react_to(Outcome(id="1", action=send, ok=False, errcode="KITHROOM_NO_PRIVATE_CHAT"))

    assert (again.place, again.thread, again.parts) == (InRoom("!room"), EventRef("$q"), send.parts)
    assert await react_to(Outcome(id="1", action=send, ok=True)) == []


@pytest.mark.parametrize("asked", ["!helplines", "!helplines atlantis"])
async def test_an_unclear_country_is_asked_for_and_never_guessed(asked):
    (send,) = await react_to(said(asked, CHAT))

    assert keys(send) == ["core.crisis.emergency.anywhere", "core.helplines.which"]


@pytest.mark.parametrize("text", ["!helplines Botswana", "helplines in botswana", "Botswana"])
async def test_whose_country_is_not_there_is_not_asked_for_it_again(text):
    (send,) = await react_to(said(text, CHAT))

    assert keys(send) == ["core.crisis.emergency.anywhere", "core.helplines.elsewhere"]
    assert send.parts[1].params == {"country": "Botswana"}


@pytest.mark.parametrize(
    "text",
    [
        "who can I call?",
        "I need somebody to talk to",
        "I want to talk to someone right now",
        "emergency number",
        "Wen kann ich anrufen?",
        "¿Con quién puedo hablar?",
        "À qui puis-je parler ?",
        "preciso falar com alguém",
    ],
)
async def test_whoever_wants_to_talk_to_somebody_is_told_of_people(text):
    (send,) = await react_to(said(text, CHAT))

    assert (keys(send)[-1], send.priority) == ("core.helplines.which", Priority.CRISIS)


@pytest.mark.parametrize("text", ["IE", "ireland", "the Ireland", "eire", " Éire "])
def test_a_country_is_known_by_code_name_and_other_names(text):
    assert find_country((IRELAND,), text) is IRELAND


@pytest.mark.parametrize(
    "text",
    ["helplines ireland", "Helpline for Ireland, please", "is there a crisis line in Éire?", "IE hotline", "Ireland"],
)
async def test_helplines_are_found_in_plain_words_in_private(text):
    (send,) = await react_to(said(text, CHAT))

    assert (keys(send)[0], send.priority) == ("core.helplines.emergency", Priority.CRISIS)


async def test_the_helpline_of_something_the_library_has_is_looked_up():
    (send,) = await react_to(said("is there a gluten helpline?", CHAT))

    assert keys(send)[0] == "resources.found"


@pytest.mark.parametrize("text", ["helplines", "a helpline, please", "hotline for atlantis"])
async def test_in_plain_words_a_country_is_never_guessed_either(text):
    (send,) = await react_to(said(text, CHAT))

    assert keys(send)[-1] == "core.helplines.which"


@pytest.mark.parametrize(
    "text", ["I want to kill myself", "i dont want to live like this", "I’m suicidal", "!find overdose"]
)
async def test_whoever_writes_of_dying_gets_people_and_no_articles(text):
    send, passed_on = await react_to(said(text, CHAT))
    assert keys(send)[:2] == ["core.crisis.why.thoughts", "core.crisis.emergency.anywhere"]
    assert send.priority is Priority.CRISIS
    assert (passed_on.voice, passed_on.payload["person"]) == (BotName.MODERATION, ANA)
    assert text not in str(passed_on)


async def test_in_a_room_such_words_are_for_the_moderation_bot():
    assert await react_to(said("!find how to kill myself")) == []


@pytest.mark.parametrize("text", ["hello", "help", "what can you do", "!help", "!foo bar", "??"])
async def test_a_greeting_or_a_command_that_is_none_is_answered_with_what_can_be_asked(text):
    (send,) = await react_to(said(text, CHAT))

    assert keys(send) == ["resources.how"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("!hepline ireland", "core.helplines.emergency"),
        ("!helplnes Ireland", "core.helplines.emergency"),
        ("!fnd gluten", "resources.found"),
        ("!topcs", "resources.topics.none"),
        ("!helo", "resources.how"),
        ("!sve it helped", "resources.how"),
        ("!hepled", "resources.how"),
    ],
)
async def test_a_command_with_a_slip_in_it_is_understood_in_private_if_it_only_looks_up(text, key):
    (send,) = await react_to(said(text, CHAT))
    assert keys(send)[0] == key
    in_a_room = await react_to(said(text))
    if key == "core.helplines.emergency":
        assert [(each.place, keys(each)[0]) for each in in_a_room] == [(InPrivateChat(ANA), key)]
    else:
        assert in_a_room == [], "it may be another bot's"


@pytest.mark.parametrize("text", ["Thank you!", "thanks so much for that", "Vielen Dank", "muchas gracias", "merci 🙏"])
async def test_thanks_are_answered_as_thanks(text):
    (send,) = await react_to(said(text, CHAT))

    assert keys(send) == ["resources.thanks"]


@pytest.mark.parametrize("text", ["😭😭😭", "💔", "☹️", "😢🏽 …"])
async def test_tears_without_a_word_are_answered_with_people(text):
    (send,) = await react_to(said(text, CHAT))

    assert keys(send) == ["resources.low.private"]


@pytest.mark.parametrize("text", ["👍", "🎉", "…", "123"])
async def test_what_has_no_words_is_no_question(text):
    assert await react_to(said(text, CHAT)) == []


def test_at_most_three_lines_and_none_that_nobody_checked_for_two_years():
    old = line("old", NOW.date() - timedelta(days=731))
    country = replace(IRELAND, helplines=(old, line("a"), line("b"), line("c"), line("d")))

    assert [h.name for h in current(country, NOW.date())] == ["a", "b", "c"]


def invitation(sender, *, direct=True, user=ME):
    return Membership(
        room_id="!new", event_id="$i", sender=sender, sent_at=NOW, user=user, now=MembershipState.INVITE, direct=direct
    )


async def test_a_member_may_take_the_bot_aside_and_is_greeted_there():
    (join,) = await react_to(invitation(ANA))

    assert isinstance(join, Join)
    (hello,) = await react_to(Outcome(id="1", action=join, ok=True))
    assert keys(hello) == ["resources.hello"]


async def test_the_invitation_read_again_in_the_rooms_past_is_no_second_one():
    assert await react_to(replace(invitation(ANA), room_id=CHAT.room_id)) == []


async def test_a_strangers_invitation_is_declined():
    assert [type(a) for a in await react_to(invitation(STRANGER))] == [Leave]


async def test_other_peoples_invitations_are_not_its_business():
    assert await react_to(invitation(ANA, user="@bo:x")) == []
    assert await react_to(invitation(STRANGER, direct=False)) == []


async def test_what_nobody_has_checked_is_not_said_to_be_checked():
    unread = replace(COMMUNITY.library[0], reviewed=None, reviewed_by=None)
    uncalled = replace(IRELAND, helplines=(replace(line("One"), verified_at=None, verified_by=None),))
    starter = replace(COMMUNITY, library=(unread,), countries=(uncalled,))

    (found,) = await react_to(said("!find gluten", CHAT), community=starter)
    (lines,) = await react_to(said("!helplines ie", CHAT), community=starter)

    assert found.parts[1].params["origin"].key == "resources.origin.unchecked"
    assert keys(lines)[1] == "core.helplines.line.unchecked"


def speaking(language):
    return SpokenLanguage(user=ANA, language=language)


def in_spanish():
    """The same community, in two languages."""
    (entry,) = COMMUNITY.library
    titled = replace(entry, title={**entry.title, "es": "Viajar sin gluten"})
    return replace(COMMUNITY, languages=("en", "es"), library=(titled,))


async def test_in_a_chat_of_two_the_answer_is_in_the_language_that_the_other_chose():
    (send,) = await react_to(said("viajar sin gluten", CHAT), speaking("es"), community=in_spanish())

    assert {part.language for part in send.parts} == {"es"}
    assert send.parts[1].params["title"] == "Viajar sin gluten"


async def test_in_a_room_the_answer_is_in_the_room_s_language_and_not_in_the_asker_s():
    (send,) = await react_to(said("!find gluten"), speaking("es"), community=in_spanish())

    assert {part.language for part in send.parts} == {None}
    assert send.parts[1].params["title"] == "Travelling gluten free"


async def test_helplines_told_in_private_are_told_in_the_asker_s_language():
    (send,) = await react_to(said("!helplines irlanda"), speaking("es"), community=in_spanish())

    assert {part.language for part in send.parts} == {"es"}
    assert send.parts[0].params["country"] == "Irlanda"


async def test_the_bot_says_hello_in_the_language_of_who_took_it_aside():
    came = Outcome(id="1", action=Join(why="resources.private", room_id="!chat"), ok=True)
    (send,) = await react_to(came, speaking("es"))

    assert send.parts[0].language == "es"

# SPDX-License-Identifier: Apache-2.0
"""Whatever is said and whoever says it: no tip without its author's yes and a moderator's, and none that is a cry."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bots.core.actions import InPrivateChat, InRoom, LookAt, ReadWords, Remember, Send
from bots.core.events import Message
from bots.core.rooms import RoomRole, RoomView
from bots.core.tips import Judged, Said, Save
from bots.resources.wisdom.authors import Authors
from bots.resources.wisdom.facts import Facts, OfMessage
from bots.resources.wisdom.judging import Approve, Case, Judging, judgement_in
from bots.resources.wisdom.records import OfferedTip, SharedTip, Stage
from bots.resources.wisdom.saving import Saving
from fakes.ears import by_marks
from fakes.welcome_scene import COMMUNITY

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANA, BEN, MO, OFFICE = "@ana:x", "@ben:x", "@mo:x", "!office"
ROOM = RoomView(room_id="!harbour:x", role=RoomRole.CONDITION, condition="type-1-diabetes", name="Harbour")
SAVING = Saving(COMMUNITY, by_marks, lambda text, _where: ("phone",) if "5" in text else ())
AUTHORS, JUDGING = Authors(COMMUNITY, SAVING), Judging(SAVING.away)

cries = st.sampled_from(["[T2] so tired", "[T3] tonight", "[TX] my friend", "[TU] how", "[T-MED] chest"])
SAYINGS = "yes|no|name|👍||ok then|!hack caps|!hack|!mytips|!takeback 7|https://a.org/b it|5|!save it"
JUDGEMENTS = "approve|decline: so|!edit better|out|!out|!duplicate of caps|edit"
# What the ears of these tests go by is in brackets.
talk = st.text(st.characters(exclude_characters="[]"), max_size=30)
words = st.sampled_from(f"{SAYINGS}|{JUDGEMENTS}".split("|")) | talk
keys = st.sampled_from(["", "✅", "🙋", "❌", "👯", "🎉"])
numbers = st.none() | st.integers(6, 8)
offers = st.builds(
    OfferedTip,
    number=st.just(7),
    author=st.just(ANA),
    stage=st.sampled_from(Stage),
    at=st.just(NOW),
    language=st.just("en"),
    room_id=st.just("!harbour:x"),
    event_id=st.just("$tip"),
    time=st.integers(0, 2),
    words=st.sampled_from(["Freeze the caps.", "Page"]),
    better=st.just("Cold caps click."),
    editor=st.just(MO),
    chat=st.sampled_from(["", "!two"]),
)
tips = st.builds(
    SharedTip,
    number=st.just(7),
    author=st.just(ANA),
    language=st.just("en"),
    added=st.just(NOW),
    reviewed=st.just(NOW.date()),
    review_by=st.sampled_from([NOW.date(), (NOW + timedelta(days=365)).date()]),
    reviewer=st.just(MO),
    words=st.just("Freeze the caps."),
)
saids = st.builds(
    Said,
    who=st.just(ANA),
    event_id=st.just("$s"),
    words=words,
    key=keys,
    number=numbers,
    time=numbers,
    chat=st.just(""),
)


def facts(who=ANA, *, offered=(), shared=(), **more):
    return Facts(
        now=NOW, who=who, spoken=None, nickname="Otter", office=OFFICE, awake=True, changes=3, number=9,
        offered=tuple(offered), shared=tuple(shared), **more,
    )  # fmt: skip


def of(kind, actions):
    return [a.record for a in actions if isinstance(a, Remember) and isinstance(a.record, kind)]


def heard_by(actions):
    return {a.place.user if isinstance(a.place, InPrivateChat) else a.place.room_id for a in actions if type(a) is Send}


def said_in_the_office(actions):
    return repr([a for a in actions if isinstance(a, Send) and a.place == InRoom(OFFICE)])


@given(saids, st.none() | offers)
def test_an_author_puts_nothing_into_the_library_that_no_moderator_put_into_words(said, offer):
    actions = AUTHORS.decide(said, facts(offered=[offer] if offer else []))
    if of(SharedTip, actions):
        assert offer is not None
        assert offer.stage is Stage.PROPOSED
        assert of(SharedTip, actions)[0].words == offer.better
    assert heard_by(actions) <= {ANA, "!two", OFFICE}
    assert ANA not in said_in_the_office(actions)
    # Moderators get a card for what was shown to its author, and for nothing else.
    if any(record.stage is Stage.QUEUED for record in of(OfferedTip, actions)):
        assert offer is not None
        assert offer.stage in (Stage.SHOWN, Stage.PROPOSED)


@given(words, keys, st.booleans(), st.none() | offers, st.none() | tips)
def test_only_a_moderators_yes_puts_a_tip_into_the_library_and_only_once(text, key, moderates, offer, tip):
    said = Judged(by=MO, event_id="$j", number=7, moderates=moderates, words=text, key=key)
    if (meant := judgement_in(said)) is None:
        return
    tip = None if offer is not None else tip
    author = facts(offered=[offer] if offer else [], shared=[tip] if tip else []) if offer or tip else None
    case = Case(said=said, meant=meant, offer=offer, tip=tip, author=author)
    actions = JUDGING.decide(case, OFFICE)
    if of(SharedTip, actions):
        assert moderates
        assert isinstance(meant, Approve)
        assert tip is not None or (offer is not None and offer.stage is Stage.QUEUED)
    if not moderates:
        assert heard_by(actions) == {OFFICE}
        assert not [a for a in actions if not isinstance(a, Send)]
    assert heard_by(actions) <= {ANA, "!two", OFFICE}
    assert ANA not in said_in_the_office(actions)
    # Whoever is second finds it as the first left it.
    for record in of(SharedTip, actions):
        late = replace(case, offer=None, tip=record, author=facts(shared=[record]))
        assert not of(SharedTip, JUDGING.decide(late, OFFICE))


@given(cries, words, offers)
def test_a_cry_is_heard_and_nothing_of_it_is_kept(cry, rest, offer):
    for text, why in ((f"{cry} {rest}", ""), (rest, cry)):
        actions = SAVING.given(text, replace(offer, why=why), facts(offered=[offer]))
        assert not of(OfferedTip, actions)
        assert not [a for a in actions if isinstance(a, LookAt)]
        assert OFFICE not in heard_by(actions)
        assert [a.kind for a in actions if hasattr(a, "kind")] == ["crisis.heard"]


@given(cries, words, numbers, numbers, offers)
def test_a_cry_in_private_is_heard_whatever_else_it_asks_for(cry, rest, number, time, offer):
    said = Said(who=ANA, event_id="$s", words=f"{rest} {cry}", number=number, time=time, chat="!two")
    actions = AUTHORS.decide(said, facts(offered=[offer]))
    assert heard_by(actions) == {"!two"}
    assert [a.kind for a in actions if hasattr(a, "kind")] == ["crisis.heard"]
    assert not of(OfferedTip, actions)


@given(words, st.sampled_from([ANA, BEN, None]), st.booleans(), st.booleans(), st.integers(0, 6))
def test_nobodys_words_are_read_without_their_own_wish(why, sender, by_a_bot, known, wishes):
    event = Message(room_id=ROOM.room_id, event_id="$c", sender=ANA, sent_at=NOW, text=f"!save {why}", reply_to="$m")
    about = OfMessage(sender=sender, by_a_bot=by_a_bot, known=known, wishes=wishes, wished=0)
    actions = SAVING.save(event, Save(why=why), ROOM, facts(of_message=about))
    assert [a.sender for a in actions if isinstance(a, ReadWords)] in ([], [ANA])
    for offer in of(OfferedTip, actions):
        assert not offer.words
        assert offer.author == sender
        assert (offer.stage is Stage.ASKED) == (sender == BEN)
    assert not of(SharedTip, actions)
    assert heard_by(actions) <= {ANA, BEN}

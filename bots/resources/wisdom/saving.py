# SPDX-License-Identifier: Apache-2.0
"""`!save` in a room, and what comes back of it: the words of the message, or that nobody could be asked. Pure.

One's own message is read, and shown to oneself. Somebody else is asked first, and without their yes nothing happens.
A message that sounds like a cry for help is no tip: it is heard as one, and nothing of it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bots.core.actions import Action, LookAt, Priority, ReadWords, Remember, Send, Words
from bots.core.community import Community
from bots.core.crisis.hearing import Hear, Heard, Where
from bots.core.crisis.note import Person, answer
from bots.core.crisis.tiers import NOTED, Assessment
from bots.core.events import Event, Message, Outcome
from bots.core.pages import GONE, NOT_PUBLIC, Seen, calls_itself_none, from_json, link_in
from bots.core.rooms import RoomView, permalink, place_of
from bots.core.tips import WHY, Said, Save, ask_label
from bots.resources.wisdom.facts import Facts, GivesAway
from bots.resources.wisdom.records import OfferedTip, Stage
from bots.resources.wisdom.savers import to_saver
from bots.resources.wisdom.steps import ask, command_gone, give_up, no_chat, read, waiting
from bots.resources.wisdom.telling import LONGEST, TWO_BUTTONS, Listener, preview, to_author

# So many tips of one person can wait at a time, and so many wishes of others somebody hears of within weeks.
MOST_WAITING = 5
MOST_WISHES = 3


@dataclass(frozen=True)
class Saving:
    """What comes of words that are to be kept, for one community."""

    community: Community
    hear: Hear
    gives_away: GivesAway

    # `!save` in a room.

    def save(self, event: Message, command: Save, room: RoomView, facts: Facts) -> tuple[Action, ...]:
        """Read one's own message, or ask whoever wrote it."""
        if self._cries(event.text, event, facts).tier in NOTED:
            # The moderation bot hears the room.
            return ()
        return (command_gone(event), *self._saved(event, command, room, facts))

    def _saved(self, event: Message, command: Save, room: RoomView, facts: Facts) -> tuple[Action, ...]:
        about, listener = facts.of_message, facts.listener()
        if event.reply_to is None or about is None or about.sender is None:
            return (to_saver(listener, Words("wisdom.which"), event.room_id, event.reply_to),)
        if about.by_a_bot:
            return (to_saver(listener, Words("wisdom.a_bots"), event.room_id, event.reply_to),)
        if about.known:
            return (to_saver(listener, Words("wisdom.known"), event.room_id, event.reply_to),)
        if waiting(facts) >= MOST_WAITING or about.wished >= MOST_WAITING:
            many = Words("wisdom.many", {"count": MOST_WAITING})
            return (to_saver(listener, many, event.room_id, event.reply_to),)
        offer = OfferedTip(
            number=facts.number,
            author=about.sender,
            stage=Stage.READING,
            at=facts.now,
            language=self.community.language_in(place_of(room.role, room.condition)),
            room_id=room.room_id,
            event_id=event.reply_to,
            condition=room.condition,
            why=command.why[:LONGEST],
        )
        if about.sender == event.sender:
            return (Remember(why=WHY, record=offer), read(offer))
        if about.wishes >= MOST_WISHES:
            return (to_saver(listener, Words("wisdom.asked.not"), event.room_id, event.reply_to),)
        asked = replace(offer, stage=Stage.ASKED, saver=event.sender, why="", time=1)
        link = permalink(room.room_id, event.reply_to, room.room_id.partition(":")[2])
        question = Words("wisdom.asked", {"room": room.name or "", "link": link})
        memo = f"{WHY}|{offer.number}|{event.sender}"
        label = ask_label(offer.number, asked.time)
        return (
            *ask(asked, facts),
            to_author(Listener(user=about.sender), question, label=label, buttons=TWO_BUTTONS, memo=memo),
        )

    # What comes back.

    def came_back(self, event: Outcome, facts: Facts, offer: OfferedTip) -> tuple[Action, ...]:
        """The words, the page, or that somebody could not be spoken to."""
        match event.action:
            case ReadWords():
                return self._words_came(event, facts, offer)
            case LookAt():
                return self._page_came(event, facts, offer)
            case Send(memo=str(memo)) if offer.stage is Stage.ASKED:
                return self._was_asked(event, memo.rpartition("|")[2], offer, facts)
            case Send() if not event.ok:
                return (*give_up(offer, facts), *no_chat(offer))
        return ()

    def _was_asked(self, event: Outcome, saver: str, offer: OfferedTip, facts: Facts) -> tuple[Action, ...]:
        words = Words("wisdom.asked.told" if event.ok else "wisdom.asked.not")
        told = to_saver(Listener(user=saver), words, offer.room_id or "", offer.event_id)
        return (*(() if event.ok else give_up(offer, facts)), told)

    def _words_came(self, event: Outcome, facts: Facts, offer: OfferedTip) -> tuple[Action, ...]:
        words = (event.result or "").strip()
        if not event.ok or not words:
            return (*give_up(offer, facts), to_author(facts.listener(offer.chat), Words("wisdom.unread")))
        return self.given(words, offer, facts)

    def given(self, text: str, offer: OfferedTip, facts: Facts) -> tuple[Action, ...]:
        """Words that somebody gives: heard, if they are a cry; else shown to them, after a look at their link."""
        heard = self._cries(f"{text}\n{offer.why}", offer, facts)
        if heard.tier in NOTED:
            event_id = offer.event_id or f"tip:{offer.number}"
            return (*give_up(offer, facts), *self._people(heard, offer.chat, event_id, facts))
        listener = facts.listener(offer.chat)
        link = link_in(text)
        words = link[1] if link is not None else text
        if len(words) > LONGEST:
            too_long = Words("wisdom.long", {"count": len(words), "most": LONGEST})
            # What was shown before stays as it was.
            return (*(give_up(offer, facts) if offer.stage is Stage.READING else ()), to_author(listener, too_long))
        if link is None:
            return self.shown(replace(offer, words=words, link="", link_title=""), facts)
        reading = replace(offer, stage=Stage.READING, words=words, link=link[0], link_title="")
        look = LookAt(why=WHY, url=link[0], memo=str(offer.number), follow_up=True)
        return (Remember(why=WHY, record=reading), look)

    def _page_came(self, event: Outcome, facts: Facts, offer: OfferedTip) -> tuple[Action, ...]:
        seen = from_json(event.result) if event.ok and event.result else Seen(at=facts.now)
        listener = facts.listener(offer.chat)
        if seen.status in GONE or seen.trouble == NOT_PUBLIC or calls_itself_none(seen.title):
            return (*give_up(offer, facts), to_author(listener, Words("wisdom.no_page", {"link": offer.link})))
        titled = replace(offer, link_title=seen.title or "")
        if not titled.words and not titled.link_title:
            return (*give_up(offer, facts), to_author(listener, Words("wisdom.no_words", {"link": offer.link})))
        return self.shown(titled, facts, unseen=seen.title is None)

    def shown(self, offer: OfferedTip, facts: Facts, *, unseen: bool = False) -> tuple[Action, ...]:
        """Show somebody what would be kept of theirs."""
        again = replace(offer, stage=Stage.SHOWN, time=offer.time + 1)
        away = self.away(again)
        return (*ask(again, facts), preview(again, facts.listener(offer.chat), facts.nickname, away, unseen=unseen))

    def away(self, offer: OfferedTip) -> tuple[str, ...]:
        """What in it may give somebody away."""
        text = f"{offer.words}\n{offer.why}\n{offer.link}"
        return self.gives_away(text, self._where(offer))

    # A cry for help.

    def _cries(self, text: str, what: Event | OfferedTip, facts: Facts) -> Assessment:
        room_id = what.room_id or ""
        event_id = what.event_id or ""
        said = Message(room_id=room_id, event_id=event_id, sender=facts.who, sent_at=facts.now, text=text)
        return self.hear(said, self._where(what, facts))

    def _where(self, what: Event | OfferedTip, facts: Facts | None = None) -> Where:
        own = (what.language,) if isinstance(what, OfferedTip) else ()
        spoken = (facts.spoken,) if facts is not None and facts.spoken else ()
        languages = tuple(dict.fromkeys((*spoken, *own, *self.community.languages)))
        condition = what.condition if isinstance(what, OfferedTip) else None
        at = what.at if isinstance(what, OfferedTip) else what.sent_at
        return Where(now=at, languages=languages, condition=condition)

    def heard_as_a_cry(self, said: Said, facts: Facts) -> tuple[Action, ...]:
        """Whom to call, for somebody whose words in private sound near to danger, whatever else they ask for."""
        message = Message(
            room_id=said.chat, event_id=said.event_id, sender=said.who, sent_at=facts.now, text=said.words
        )
        heard = self.hear(message, self._where(message, facts))
        return self._people(heard, said.chat, said.event_id, facts) if heard.tier in NOTED else ()

    def _people(self, heard: Assessment, chat: str, event_id: str, facts: Facts) -> tuple[Action, ...]:
        person, today = Person(language=facts.spoken), facts.now.date()
        parts = answer(self.community, heard.tier, person, today, awake=facts.awake)
        return (
            to_author(facts.listener(chat), *parts, priority=Priority.CRISIS),
            Heard(person=facts.who, assessment=heard, event_id=event_id, at=facts.now).passed_on(),
        )

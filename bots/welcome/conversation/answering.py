# SPDX-License-Identifier: Apache-2.0
"""What one answer means, whatever was asked: what always works, what comes before the question, and the question."""

from __future__ import annotations

from dataclasses import replace

from bots.core.actions import Words
from bots.core.community import Community
from bots.core.helplines import find_country, told
from bots.core.language.names import meant, own_name
from bots.welcome.answers import Intent
from bots.welcome.conversation.arranging import Arranging
from bots.welcome.conversation.turn import Mistyped, Said, Showed, Speak, Turn, World
from bots.welcome.known import agreed_to, erased, kept
from bots.welcome.records import Conversation, Pause, Polls, Step
from bots.welcome.wording import HEALTH_VERSION, Say, Wording

_PAUSED = (Pause.STOPPED, Pause.LATER)
# Until these are answered, nothing else is asked.
_FIRST = (Step.AGE, Step.YOUNG, Step.GUIDELINES, Step.HEALTH)


_LONGEST_CODE = 3
# In words.
_LONGEST_DONE, _LONGEST_WISH = 4, 12
# There, what somebody writes is for others, or no room is open to them: it is answered as what it is there.
_SPEAKS_OTHERWISE = (Step.LINE, Step.PREVIEW, Step.MISSING, Step.YOUNG, Step.ELSEWHERE)


class Answering(Arranging):
    """One input, at one state."""

    def turn(self) -> Turn:
        """The answer."""
        turn = (
            self._in_an_emergency()
            or self._when_any_word_does()
            or self._when_not_asked_yet()
            or self._about_oneself()
            or self._at_any_word()
            or self._at_any_time()
            or self._when_held_up()
            or self._when_not_let_on()
            or self._answer()
        )
        return replace(turn, language=self._language)

    # What always works, whatever was asked.

    def _in_an_emergency(self) -> Turn | None:
        if (lines := self._helplines()) is not None:
            return Turn(conversation=self._before, says=(Say(lines, urgent=True),))
        if self._intent is Intent.URGENT:
            return Turn(conversation=self._before, says=(Say(self._people_to_call(), urgent=True),))
        return None

    def _when_any_word_does(self) -> Turn | None:
        """Any word shows that the bot can read it, also one that has a meaning elsewhere."""
        waiting = self._before.step is Step.READ and self._before.reads and self._before.pause is Pause.NONE
        if not waiting or self._intent not in (None, Intent.HELLO, Intent.THANKS, Intent.YES):
            return None
        return self._when_not_let_on() or self._on_any_word()

    def _when_not_asked_yet(self) -> Turn | None:
        """Nobody says yes to what they have not seen: a second yes, or one that crossed the question, is none to it."""
        if self._world.asked or self._intent not in (Intent.YES, Intent.NO):
            return None
        return Turn(conversation=self._before)

    def _at_any_word(self) -> Turn | None:
        match self._intent:
            case Intent.STOP:
                self._now = replace(self._now, pause=Pause.STOPPED)
                return self._tell(self._say.words("stopped"))
            case Intent.LATER:
                self._now = replace(self._now, pause=Pause.LATER)
                return self._tell(self._say.words("later"))
            case Intent.HELP:
                return self._aside(*self._say.help())
            case Intent.WHAT:
                return self._aside(self._say.words("what", community=self._community.name))
            case Intent.THANKS:
                return self._aside(self._say.words("thanks"))
            case Intent.POLLS | Intent.NO_POLLS:
                polls = Polls.ALL if self._intent is Intent.POLLS else Polls.NONE
                self._now = replace(self._now, polls=polls)
                return self._aside(self._say.words(f"polls.{polls}"), poll=True)
            case Intent.HELLO if self._before.pause not in _PAUSED:
                return self._aside(self._say.words("hello"))
        return None

    def _at_any_time(self) -> Turn | None:
        match self._came:
            case Speak(language=language):
                return self._speak(language)
            case Said(text=text) if self._before.step is not Step.LANGUAGE and self._names_a_language(text):
                return self._speak(text)
            case Said(text=text) if self._before.closed and self._says_done(text):
                past = tuple(self._before.closed.split())
                return replace(self._aside(self._say.words("history.trying")), past=past)
            case Said(text=text) if self._wants_a_person(text):
                return self._where_people_are()
            case Mistyped():
                return self._aside(self._say.words("unknown_command"))
            case Showed():
                return self._aside(self._say.words("only_words"))
        return None

    def _helplines(self) -> tuple[Words, ...] | None:
        """People to call, for somebody who asks for them or whose words leave no doubt."""
        if not isinstance(self._came, Said):
            return None
        country = self._vocabulary.asking.country(self._came.text)
        if country:
            return told(self._community, country, self._world.now.date(), self._language or None)
        if country is not None or self._vocabulary.asking.distressed(self._came.text):
            return self._people_to_call()
        return None

    def _people_to_call(self) -> tuple[Words, ...]:
        """Where the person said they live; else how to find out."""
        country = find_country(self._community.countries, self._before.country) if self._before.country else None
        if country is None:
            return (self._say.words("urgent"),)
        today = self._world.now.date()
        return told(self._community, country.code, today, self._language or None)

    def _says_done(self, text: str) -> bool:
        """That they have confirmed their device. A longer text speaks of something else."""
        return len(text.split()) <= _LONGEST_DONE and self._vocabulary.pick("confirmed", text) is not None

    def _names_a_language(self, text: str) -> bool:
        """By its name. A code alone may be a word of another language: "no", "it"."""
        languages = self._community.languages
        return len(languages) > 1 and len(text.strip()) > _LONGEST_CODE and meant(text, languages) is not None

    def _speak(self, language: str) -> Turn:
        languages = self._community.languages
        code = meant(language, languages)
        if code is not None and len(languages) > 1:
            self._now_in(code)
            return self._in_their_language()
        if len(languages) > 1:
            names = [own_name(each) for each in languages]
            return self._aside(self._say.words("language.which", languages=", ".join(names), example=names[-1]))
        return self._aside(self._say.words("language.only"))

    def _in_their_language(self) -> Turn:
        """What they are asked to agree to is told in it, too; to somebody who has only come, all of it."""
        told = self._say.words("language.set")
        if not self._is_asked():
            return self._tell(told)
        if self._before.step is not Step.AGE or self._before.pause is not Pause.NONE:
            return self._ask(told)
        turn = self._ask(*foreign(self._say, self._world))
        return replace(turn, says=(Say((told, self._say.greeting())), *turn.says))

    def _wants_a_person(self, text: str) -> bool:
        """Whether somebody asks for people to talk to; what they have may be named in the same breath."""
        if self._before.step in _SPEAKS_OTHERWISE or len(text.split()) > _LONGEST_WISH:
            return False
        found = self._found()
        return self._vocabulary.pick("person", text) is not None and not (found.certain or found.likely)

    def _where_people_are(self) -> Turn:
        if self._before.chosen:
            return self._aside(self._say.words("person.inside"))
        told = self._say.words("person")
        return (
            self._aside(told) if self._is_asked() or self._before.pause in _PAUSED else self._go(Step.CONDITION, told)
        )

    # What comes before the question.

    def _when_held_up(self) -> Turn | None:
        if self._before.pause in (Pause.CONFIRM_FORGET, Pause.CONFIRM_LEAVE):
            if self._intent is Intent.YES:
                return self._gone(leave=self._before.pause is Pause.CONFIRM_LEAVE)
            self._now = replace(self._now, pause=Pause.NONE)
            return self._ask(self._say.words("forget.kept"), whole=False)
        if self._before.pause in _PAUSED:
            return resume(self._community, self._now, self._world, "resumed")
        return None

    def _about_oneself(self) -> Turn | None:
        """What is known about the person, and how to take it away."""
        match self._intent:
            case Intent.FORGET | Intent.LEAVE:
                pause = Pause.CONFIRM_FORGET if self._intent is Intent.FORGET else Pause.CONFIRM_LEAVE
                self._now = replace(self._now, pause=pause, round=self._now.round + 1)
                return self._ask()
            case Intent.MYDATA:
                return self._aside(*kept(self._say, self._before, self._world.kept))
            case Intent.COPY:
                return replace(self._aside(self._say.words("copy.coming")), copy=True)
            case Intent.RECEIPT:
                return self._aside(*agreed_to(self._say, self._world.receipts))
            case Intent.CHECK:
                shows = self._what_shows() or (self._say.words("shows.nothing"),)
                return self._aside(*shows, self._say.words("shows.end"))
        return None

    def _gone(self, *, leave: bool) -> Turn:
        """The receipt, and goodbye."""
        said = [self._say.words("leave.done" if leave else "forget.done")]
        if leave and self._world.by_hand:
            said.insert(0, self._say.words("leave.by_hand", rooms=", ".join(self._world.by_hand)))
        says = Say((*erased(self._say, self._world.kept), *said))
        return Turn(conversation=self._now, says=(says,), leave=leave, erase=True)

    def _when_not_let_on(self) -> Turn | None:
        """The homeserver is not reached (any more), or what was agreed to is not what it is now."""
        if not self._world.is_reached_by(self._community):
            self._now = replace(self._now, step=Step.ELSEWHERE)
            return self._tell(self._say.words("elsewhere", server=self._world.server, ours=self._world.ours))
        if self._now.step is Step.ELSEWHERE:
            return self._go(Step.AGE)
        if self._now.step in _FIRST:
            return None
        if not self._now.adult:
            return self._go(Step.AGE)
        if self._now.agreed < self._community.guidelines.version:
            return self._go(Step.GUIDELINES, self._say.words("guidelines.changed"))
        if self._now.health < HEALTH_VERSION:
            return self._go(Step.HEALTH)
        return None

    # The answers.

    def _answer(self) -> Turn:
        answers = {
            Step.AGE: self._on_age,
            Step.YOUNG: self._on_young,
            Step.GUIDELINES: self._on_guidelines,
            Step.HEALTH: self._on_health,
            Step.CONDITION: self._on_condition,
            Step.CHOOSE: self._on_choice,
            Step.MISSING: self._on_missing,
            Step.READ: self._on_reading,
            Step.APP: self._on_app,
            Step.WHO: self._on_who,
            Step.INTRODUCE: self._on_introduction,
            Step.LINE: self._on_line,
            Step.PREVIEW: self._on_preview,
            Step.DAYS: self._on_days,
            Step.COUNTRY: self._on_arrangement,
            Step.LANGUAGE: self._on_arrangement,
            Step.CLOCK: self._on_arrangement,
            Step.QUIET: self._on_arrangement,
        }
        return answers.get(self._now.step, self._on_done)()


def foreign(say: Wording, world: World) -> tuple[Words, ...]:
    """What somebody hears first whose account is elsewhere."""
    return () if world.server == world.ours else (say.words("foreign", server=world.server),)


def resume(community: Community, conversation: Conversation, world: World, key: str) -> Turn:
    """Say `welcome.<key>` and ask what was asked last, whatever held it up."""
    conversation = replace(conversation, pause=Pause.NONE)
    say = Wording(community, world.language)
    if conversation.step is Step.ELSEWHERE:
        elsewhere = say.words("elsewhere", server=world.server, ours=world.ours)
        return Turn(conversation=conversation, says=(Say((say.words(key), elsewhere)),))
    return Turn(conversation=conversation, says=(say.ask(conversation, say.words(key)),))

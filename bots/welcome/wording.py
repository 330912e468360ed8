# SPDX-License-Identifier: Apache-2.0
"""What the welcome bot can say, as keys of its catalogue. No parameter ever holds what somebody wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bots.core.actions import OwnWords, Param, Part, Words
from bots.core.community import Community, Condition, in_language
from bots.core.language.names import own_name
from bots.welcome.records import Conversation, Pause, Polls, Step, Who

YES, NO, PEN = "✅", "❌", "✍️"
# One tap each; further down a list, one writes the number.
NUMBERS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣")
# They rise when the meaning of `welcome.health.ask` or `welcome.days.ask` changes; people are then asked again.
HEALTH_VERSION, NOTES_VERSION, SETTINGS_VERSION = 1, 1, 1
# By MSC3381 there may be 20; one of them says that none of the others fits.
MOST_IN_A_POLL = 19
APPS = ("web", "phone", "other")
# Things that have an emoji and a short name: who picks the one that was named can read the name.
SIGNS = {"fish": "🐟", "star": "⭐", "tree": "🌳", "boat": "⛵", "moon": "🌙", "bird": "🐦"}
_SIGNS_SHOWN = 3
# A list of so many is told again with its question.
_FEW = 4
# What a button is called in a poll; pictures are called nothing else there.
_IN_A_POLL = {YES: "poll.yes", NO: "poll.no", PEN: "poll.own"}
# What is asked once more, by what holds the question up.
_CONFIRM = {Pause.CONFIRM_FORGET: "forget", Pause.CONFIRM_LEAVE: "leave"}
# Questions that are one sentence, with the buttons under them.
_PLAIN_QUESTIONS = {
    Step.HEALTH: ("health.ask", (YES, NO)),
    Step.CONDITION: ("condition.ask", ()),
    Step.MISSING: ("missing.ask", ()),
    Step.INTRODUCE: ("introduce.ask", (YES, NO, PEN)),
    Step.LINE: ("line.ask", ()),
    Step.DAYS: ("days.ask", (YES, NO)),
    Step.COUNTRY: ("settings.country", ()),
    Step.CLOCK: ("settings.clock", ()),
    Step.QUIET: ("settings.quiet", (YES, NO)),
    Step.DONE: ("done", ()),
    Step.ELSEWHERE: ("done", ()),
}

# What they are when they have been read a moment ago.
_SHORTER = {"health.ask": "health.again", "introduce.ask": "introduce.again", "days.ask": "days.again"}


@dataclass(frozen=True, slots=True)
class Say:
    """One message: a paragraph for each of `parts`, reactions to tap under it, and the question that they answer.

    `choices` are what can be picked in a poll that follows: an answer to one is encrypted, a reaction is not.

    `asks` is None where no answer is awaited.
    """

    parts: tuple[Part, ...]
    asks: str | None = None
    buttons: tuple[str, ...] = ()
    choices: tuple[Words, ...] = ()
    urgent: bool = False


def question_id(conversation: Conversation) -> str:
    """What the question at hand is called in the label of its message. Never the same for two questions in a row."""
    asked = _CONFIRM.get(conversation.pause, conversation.step.value)
    return f"{asked}.{conversation.round}"


def sign_asked(round_: int) -> str:
    """The thing to pick in this round: not always in the same place, and not in the first one at the first try."""
    return _signs_shown(round_)[(round_ // 2 + 2) % _SIGNS_SHOWN]


def _signs_shown(round_: int) -> tuple[str, ...]:
    signs = list(SIGNS)
    return tuple(signs[(round_ + step * 2) % len(signs)] for step in range(_SIGNS_SHOWN))


def introduction(user: str, line: str) -> tuple[Part, ...]:
    """What a room hears, in its own language, of somebody who wrote a line for it."""
    return Words("welcome.newcomer.own"), OwnWords(user, line)


@dataclass(frozen=True)
class Wording:
    """Says it in one person's language."""

    community: Community
    language: str

    def words(self, key: str, **params: Param) -> Words:
        """The sentence `welcome.<key>`."""
        return Words(f"welcome.{key}", params, self.language or None)

    def condition(self, condition: Condition) -> str:
        """What members are told the condition is called."""
        default = self.community.default_language
        return in_language(condition.name, self.language or default, default)

    def greeting(self) -> Words:
        """Who speaks, what is kept, and what this chat is not."""
        return self.words("greeting", community=self.community.name)

    def languages(self) -> tuple[Words, ...]:
        """That one can talk in other languages, said in each of them."""
        others = (
            code for code in self.community.languages if code != (self.language or self.community.default_language)
        )
        return tuple(Words("welcome.language.offer", {"name": own_name(code)}, code) for code in others)

    def conditions(self, ids: Sequence[str]) -> list[Condition]:
        """Those of `ids` that the community still has."""
        return [condition for i in ids if (condition := self.community.condition(i))]

    def ask(self, conversation: Conversation, *before: Words, whole: bool = True, poll: bool = True) -> Say:
        """The question at hand, after the paragraphs `before`.

        Without `whole`, what was told with it is not told again; without `poll`, the one that stands there will do.
        """
        asks, _ = self._question(conversation, whole=whole)
        choices = self._choices(conversation) if poll else ()
        return Say((*before, *asks), question_id(conversation), self.buttons(conversation), choices)

    def buttons(self, conversation: Conversation) -> tuple[str, ...]:
        """What can be tapped under the question at hand."""
        several = self._several(conversation)
        in_a_poll = conversation.polls is not Polls.NONE and len(several) <= MOST_IN_A_POLL
        _, buttons = self._question(conversation, whole=False)
        return buttons if in_a_poll or not several else NUMBERS[: len(several)]

    def counted(self, conversation: Conversation) -> tuple[str, ...]:
        """What a number means, written or picked in a poll: the button, or the choice, that stands there."""
        several = self._several(conversation)
        numbers = tuple(str(number) for number, _ in enumerate(several, start=1))
        none_of_these = (NO,) if conversation.step is Step.CHOOSE else ()
        return (*numbers, *none_of_these) if several else self.buttons(conversation)

    def _choices(self, conversation: Conversation) -> tuple[Words, ...]:
        """What can be picked in a poll; more than `MOST_IN_A_POLL` are written."""
        several = self._several(conversation)
        if conversation.polls is Polls.NONE or len(several) > MOST_IN_A_POLL:
            return ()
        if several:
            return (*several, self.words("poll.none")) if conversation.step is Step.CHOOSE else several
        buttons = self.buttons(conversation) if conversation.polls is Polls.ALL else ()
        return tuple(
            self.words(_IN_A_POLL[key]) if key in _IN_A_POLL else self.words("poll.choice", choice=key)
            for key in buttons
        )

    def _several(self, conversation: Conversation) -> tuple[Words, ...]:
        """Where one of several is picked: what there is to pick, in the order of the numbers."""
        if conversation.pause is not Pause.NONE:
            return ()
        match conversation.step:
            case Step.WHO:
                return tuple(self.words(f"who.{name}") for name in Who)
            case Step.APP:
                return tuple(self.words(f"read.app.{name}") for name in APPS)
            case Step.LANGUAGE:
                return self._names_of_languages()
            case Step.CHOOSE:
                offered = self.conditions(conversation.offered.split())
                named = tuple(self.words("poll.choice", choice=self.condition(each)) for each in offered)
                return named if len(named) > 1 else ()
            case _:
                return ()

    def _question(self, conversation: Conversation, *, whole: bool) -> tuple[tuple[Part, ...], tuple[str, ...]]:
        if conversation.pause in _CONFIRM:
            return (self.words(f"{_CONFIRM[conversation.pause]}.ask"),), (YES, NO)
        if conversation.step in _PLAIN_QUESTIONS:
            key, buttons = _PLAIN_QUESTIONS[conversation.step]
            return (self.words(key if whole else _SHORTER.get(key, key)),), buttons
        age = self.community.minimum_age
        match conversation.step:
            case Step.AGE:
                return (self.words("age.ask", age=age),), (YES, NO)
            case Step.YOUNG:
                return (self.words("young.ask", age=age),), ()
            case Step.GUIDELINES:
                told = self.guidelines(conversation.agreed) if whole else ()
                return (*told, self.words("guidelines.ask")), (YES, NO)
            case Step.PREVIEW:
                shown = (self.words("line.shown"), *introduction(conversation.user, conversation.line))
                return (*(shown if whole else ()), self.words("line.confirm")), (YES, NO)
            case Step.CHOOSE:
                return self._choice(self.conditions(conversation.offered.split()), whole=whole)
            case Step.READ:
                return self._reading(conversation)
            case Step.APP:
                return self._numbered_choice("read.app", APPS)
            case Step.LANGUAGE:
                return (self.words("settings.language"), *self._numbered_options(self._names_of_languages())), ()
            case _:
                return self._numbered_choice("who", tuple(Who))

    def _reading(self, conversation: Conversation) -> tuple[tuple[Words, ...], tuple[str, ...]]:
        if conversation.reads:
            return (self.words("read.write"),), ()
        sign = self.words(f"read.sign.{sign_asked(conversation.round)}")
        shown = tuple(SIGNS[name] for name in _signs_shown(conversation.round))
        return (self.words("read.ask", sign=sign),), shown

    def _numbered_choice(self, question: str, choices: Sequence[str]) -> tuple[tuple[Words, ...], tuple[str, ...]]:
        options = self._numbered_options(self.words(f"{question}.{name}") for name in choices)
        return (self.words(f"{question}.ask"), *options), ()

    def _names_of_languages(self) -> tuple[Words, ...]:
        return tuple(self.words("poll.choice", choice=own_name(code)) for code in self.community.languages)

    def _numbered_options(self, choices: Iterable[Words]) -> tuple[Words, ...]:
        return tuple(
            self.words("pick.option", number=number, choice=choice) for number, choice in enumerate(choices, start=1)
        )

    def _choice(self, offered: Sequence[Condition], *, whole: bool) -> tuple[tuple[Words, ...], tuple[str, ...]]:
        if not whole and len(offered) > _FEW:
            return (self.words("choose.again"),), ()
        if len(offered) == 1:
            return (self.words("choose.one", condition=self.condition(offered[0])),), (YES, NO)
        options = (
            self.words("choose.option", number=number, condition=self.condition(condition))
            for number, condition in enumerate(offered, start=1)
        )
        return (*options, self.words("choose.many")), ()

    def guidelines(self, agreed: int) -> tuple[Words, ...]:
        """Those that somebody has not seen who agreed to this version (0: none yet), with their numbers."""
        return (self.words("guidelines.intro"), *self._numbered(agreed, why=False))

    def reasons(self, agreed: int) -> tuple[Words, ...]:
        """Why each of them is there, by the same numbers."""
        return (self.words("guidelines.why"), *self._numbered(agreed, why=True))

    def _numbered(self, agreed: int, *, why: bool) -> tuple[Words, ...]:
        default = self.community.default_language
        changed = self.community.guidelines.changed_since(agreed)
        return tuple(
            self.words(
                "guideline",
                number=number,
                text=in_language(item.why if why else item.text, self.language or default, default),
            )
            for number, item in changed
        )

    def locked(self, condition: Condition) -> Words:
        """That a room takes nobody in for the moment, and that the invitation comes by itself."""
        return self.words("locked", room=condition.room_name, condition=self.condition(condition))

    def second_account(self) -> Words:
        """That two rooms can be kept apart by two accounts, and where to make another one."""
        door = self.community.door
        return self.words("second.door", door=door) if door else self.words("second")

    def other_server(self, server: str) -> Words:
        """That an account from elsewhere is known elsewhere, and where to make one that is not."""
        door = self.community.door
        if door:
            return self.words("shows.other_server.door", server=server, door=door)
        return self.words("shows.other_server", server=server)

    def reading_steps(self, app: str) -> tuple[Words, ...]:
        """How to get to read each other, in an app of this kind."""
        return (self.words(f"read.steps.{app}"), self.words("read.steps.then"))

    def closed_past(self, app: str, room: str) -> tuple[Words, ...]:
        """That the room's past waits for a confirmed device, and how one confirms it in an app of this kind."""
        steps = self.words(f"read.steps.{app}")
        return self.words("history.closed", room=room), steps, self.words("history.closed.then")

    def help(self) -> tuple[Words, ...]:
        """What one can write."""
        more = (self.words("help.language"),) if len(self.community.languages) > 1 else ()
        return (self.words("help"), *more)

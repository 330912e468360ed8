# SPDX-License-Identifier: Apache-2.0
"""One input at one state: what there is to go by, and the ways to end a turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bots.core.actions import Words
from bots.core.community import Community
from bots.welcome.answers import Intent, Vocabulary
from bots.welcome.conversation.matching import Found, Matcher
from bots.welcome.conversation.turn import Called, Input, Said, Tapped, Turn, World
from bots.welcome.records import Conversation, Pause, Step, Who
from bots.welcome.showing import what_shows
from bots.welcome.wording import Say, Wording

# What is asked once only, and may be left out.
_ONCE = (Step.WHO, Step.DAYS)


class Turning:
    """`_before` is where the conversation stood, `_now` where it stands as the turn goes on."""

    def __init__(
        self,
        community: Community,
        vocabulary: Vocabulary,
        matcher: Matcher,
        conversation: Conversation,
        came: Input,
        world: World,
    ) -> None:
        self._community = community
        self._vocabulary = vocabulary
        self._matcher = matcher
        self._before = conversation
        self._now = replace(conversation, unclear="", reminded=False)
        self._came = came
        self._world = world
        self._language = world.language
        self._say = Wording(community, world.language)
        self._text = self._answer_given()
        self._intent = self._meaning()

    # What came.

    def _answer_given(self) -> str:
        """What was written or tapped; for the number of a button, that button."""
        if not isinstance(self._came, Said | Tapped):
            return ""
        written = self._came.text if isinstance(self._came, Said) else self._came.key
        counted = self._say.counted(self._before)
        numbers = self._vocabulary.choice(written, len(counted))
        return counted[numbers[0] - 1] if len(numbers) == 1 else written

    def _meaning(self) -> Intent | None:
        if isinstance(self._came, Called):
            return self._came.intent
        return self._vocabulary.intent(self._text) if self._text else None

    def _found(self) -> Found:
        return self._matcher.find(self._came.text) if isinstance(self._came, Said) else Found()

    def _picked(self, offered: Sequence[str]) -> list[str]:
        return [offered[number - 1] for number in self._vocabulary.choice(self._text, len(offered))]

    def _one_of(self, question: str, choices: Sequence[str]) -> str | None:
        """The one choice that was tapped, numbered or written."""
        numbered = self._picked(choices)
        return numbered[0] if len(numbered) == 1 else self._vocabulary.pick(question, self._text)

    def _now_in(self, language: str) -> None:
        """From here on in this language; in the community's own, if it is empty."""
        self._language = language
        self._say = Wording(self._community, language)

    # Ways to end a turn.

    def _go(self, step: Step, *before: Words) -> Turn:
        """To another question."""
        offered = self._now.offered if step is Step.CHOOSE else ""
        asked = with_more(self._now.asked, [step]) if step in _ONCE else self._now.asked
        self._now = replace(self._now, step=step, offered=offered, asked=asked, round=self._now.round + 1)
        return self._tell(*before, self._say.words("done")) if step is Step.DONE else self._ask(*before)

    def _rest(self, *words: Words) -> Turn:
        """To no question."""
        self._now = replace(self._now, step=Step.DONE, offered="", round=self._now.round + 1)
        return self._tell(*words)

    def _go_on(self, *before: Words) -> Turn:
        """To what may still be asked of somebody who has been let in, at the pace that fits them."""
        asked = self._now.asked.split()
        if Step.WHO not in asked:
            return self._go(Step.WHO, *before)
        if self._now.who == Who.LOOKING:
            self._now = replace(self._now, unannounced="")
            return self._go(Step.DONE, *before)
        if self._now.unannounced:
            return self._go(Step.INTRODUCE, *before)
        return self._go(Step.DONE if Step.DAYS in asked else Step.DAYS, *before)

    def _ask(self, *before: Words, whole: bool = True, poll: bool = True) -> Turn:
        return Turn(conversation=self._now, says=(self._say.ask(self._now, *before, whole=whole, poll=poll),))

    def _tell(self, *words: Words) -> Turn:
        return Turn(conversation=self._now, says=(Say(words),))

    def _what_shows(self) -> tuple[Words, ...]:
        """What the person's account gives away, if anything."""
        world = self._world
        return what_shows(self._community, self._say, world.account, world.ours, world.now.date())

    def _unclear(self, key: str) -> Turn:
        if isinstance(self._came, Said):
            self._now = replace(self._now, unclear=self._came.event_id)
        return self._ask(self._say.words(key), whole=False, poll=False)

    def _aside(self, *words: Words, poll: bool = False) -> Turn:
        """Say something, and the question again, unless none is open."""
        return self._ask(*words, whole=False, poll=poll) if self._is_asked() else self._tell(*words)

    def _is_asked(self) -> bool:
        """Whether a question waits for an answer."""
        nothing_open = self._before.pause is Pause.NONE and self._before.step in (Step.DONE, Step.ELSEWHERE)
        return not nothing_open and self._before.pause not in (Pause.STOPPED, Pause.LATER)


def with_more(ids: str, more: Sequence[str]) -> str:
    """`ids` (spaces between them) with `more`, each once."""
    return " ".join(dict.fromkeys([*ids.split(), *more]))

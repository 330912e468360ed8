# SPDX-License-Identifier: Apache-2.0
"""What the welcome bot can say, as keys of its catalogue. No parameter ever holds what somebody wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bots.core.actions import Param, Words
from bots.core.community import Community, Condition, in_language
from bots.welcome.records import Conversation, Pause, Step

YES, NO = "✅", "❌"
# One tap each; further down a list, one writes the number.
NUMBERS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣")


@dataclass(frozen=True, slots=True)
class Say:
    """One message: a paragraph for each of `parts`, reactions to tap under it, and the question that they answer.

    `asks` is None where no answer is awaited.
    """

    parts: tuple[Words, ...]
    asks: str | None = None
    buttons: tuple[str, ...] = ()
    urgent: bool = False


def question_id(conversation: Conversation) -> str:
    """What the question at hand is called in the label of its message. Never the same for two questions in a row."""
    asked = "forget" if conversation.pause is Pause.CONFIRM_FORGET else conversation.step.value
    return f"{asked}.{conversation.round}"


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

    def conditions(self, ids: Sequence[str]) -> list[Condition]:
        """Those of `ids` that the community still has."""
        return [condition for i in ids if (condition := self.community.condition(i))]

    def ask(self, conversation: Conversation, *before: Words, whole: bool = True) -> Say:
        """The question at hand, after the paragraphs `before`. Without `whole`, the guidelines are not told again."""
        asks, buttons = self._question(conversation, whole=whole)
        return Say((*before, *asks), question_id(conversation), buttons)

    def _question(self, conversation: Conversation, *, whole: bool) -> tuple[tuple[Words, ...], tuple[str, ...]]:
        if conversation.pause is Pause.CONFIRM_FORGET:
            return (self.words("forget.ask"),), (YES, NO)
        match conversation.step:
            case Step.GUIDELINES:
                told = self.guidelines() if whole else ()
                return (*told, self.words("guidelines.ask")), (YES,)
            case Step.CONDITION:
                return (self.words("condition.ask"),), ()
            case Step.CHOOSE:
                return self._choice(self.conditions(conversation.offered.split()))
            case Step.INTRODUCE:
                return (self.words("introduce.ask"),), (YES, NO)
            case _:
                return (self.words("done"),), ()

    def _choice(self, offered: Sequence[Condition]) -> tuple[tuple[Words, ...], tuple[str, ...]]:
        if len(offered) == 1:
            return (self.words("choose.one", condition=self.condition(offered[0])),), (YES, NO)
        options = (
            self.words("choose.option", number=number, condition=self.condition(condition))
            for number, condition in enumerate(offered, start=1)
        )
        return (*options, self.words("choose.many")), NUMBERS[: len(offered)]

    def guidelines(self) -> tuple[Words, ...]:
        """All of them, numbered."""
        return (self.words("guidelines.intro"), *self._numbered(why=False))

    def reasons(self) -> tuple[Words, ...]:
        """Why each of them is there, by the same numbers."""
        return (self.words("guidelines.why"), *self._numbered(why=True))

    def _numbered(self, *, why: bool) -> tuple[Words, ...]:
        default = self.community.default_language
        texts = (item.why if why else item.text for item in self.community.guidelines.items)
        return tuple(
            self.words("guideline", number=number, text=in_language(text, self.language or default, default))
            for number, text in enumerate(texts, start=1)
        )

    def help(self) -> tuple[Words, ...]:
        """What one can write."""
        more = (self.words("help.language"),) if len(self.community.languages) > 1 else ()
        return (self.words("help"), *more)

    def kept(self, conversation: Conversation) -> tuple[Words, ...]:
        """What the bot keeps about the person."""
        names = [self.condition(c) for c in self.conditions(conversation.chosen.split())]
        told = [self.words("mydata.intro"), self.words("mydata.name"), self.words("mydata.step")]
        if conversation.agreed:
            told.append(self.words("mydata.agreed", version=conversation.agreed))
        if names:
            told.append(self.words("mydata.conditions", conditions=", ".join(names)))
        if conversation.language:
            told.append(self.words("mydata.language"))
        return (*told, self.words("mydata.end"))

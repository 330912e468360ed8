# SPDX-License-Identifier: Apache-2.0
"""What one answer means at one question, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bots.core.actions import Words
from bots.core.community import Community
from bots.core.helplines import told
from bots.welcome.answers import Intent, Vocabulary
from bots.welcome.matching import Found, Matcher, Unnamed
from bots.welcome.records import Conversation, Pause, Step
from bots.welcome.turn import Called, Input, Mistyped, Said, Showed, Speak, Tapped, Turn, World
from bots.welcome.wording import Say, Wording


class Answering:
    """One input, at one state."""

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
        self._now = replace(conversation, unclear="")
        self._came = came
        self._world = world
        self._say = Wording(community, conversation.language)
        self._intent = self._meaning()

    def turn(self) -> Turn:
        """The answer."""
        return self._at_any_time() or self._when_held_up() or self._when_not_let_on() or self._answer()

    def _meaning(self) -> Intent | None:
        match self._came:
            case Called(intent=intent):
                return intent
            case Said(text=text) | Tapped(key=text):
                return self._vocabulary.intent(text)
            case _:
                return None

    # What always works, whatever was asked.

    def _at_any_time(self) -> Turn | None:
        if (lines := self._helplines()) is not None:
            return Turn(conversation=self._before, says=(Say(lines, urgent=True),))
        match self._intent:
            case Intent.URGENT:
                return Turn(conversation=self._before, says=(Say((self._say.words("urgent"),), urgent=True),))
            case Intent.STOP | Intent.LATER:
                self._now = replace(self._now, pause=Pause.STOPPED)
                key = "stopped" if self._intent is Intent.STOP else "later"
                return self._tell(self._say.words(key))
            case Intent.FORGET | Intent.LEAVE:
                self._now = replace(self._now, pause=Pause.CONFIRM_FORGET, round=self._now.round + 1)
                return self._ask()
            case Intent.MYDATA:
                return self._aside(*self._say.kept(self._before))
            case Intent.HELP:
                return self._aside(*self._say.help())
            case Intent.THANKS:
                return self._aside(self._say.words("thanks"))
            case Intent.HELLO if self._before.pause is not Pause.STOPPED:
                return self._aside(self._say.words("hello"))
        match self._came:
            case Speak(language=language):
                return self._speak(language)
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
            return told(self._community, country, self._world.now.date(), self._before.language or None)
        if country is not None or self._vocabulary.asking.distressed(self._came.text):
            return (self._say.words("urgent"),)
        return None

    def _aside(self, *words: Words) -> Turn:
        """Say something, and the question again, unless none is open."""
        nothing_open = self._before.pause is Pause.NONE and self._before.step in (Step.DONE, Step.ELSEWHERE)
        if nothing_open or self._before.pause is Pause.STOPPED:
            return self._tell(*words)
        return self._ask(*words, whole=False)

    def _speak(self, language: str) -> Turn:
        languages = self._community.languages
        if language in languages and len(languages) > 1:
            self._now = replace(self._now, language=language)
            self._say = Wording(self._community, language)
            return self._aside(self._say.words("language.set"))
        if len(languages) > 1:
            example = languages[-1]
            return self._aside(self._say.words("language.which", languages=", ".join(languages), example=example))
        return self._aside(self._say.words("language.only"))

    # What comes before the question.

    def _when_held_up(self) -> Turn | None:
        if self._before.pause is Pause.CONFIRM_FORGET:
            if self._intent is Intent.YES:
                return Turn(conversation=self._now, says=(Say((self._say.words("forget.done"),)),), erase=True)
            self._now = replace(self._now, pause=Pause.NONE)
            return self._ask(self._say.words("forget.kept"), whole=False)
        if self._before.pause is Pause.STOPPED:
            return resume(self._community, self._now, self._world, "resumed")
        return None

    def _when_not_let_on(self) -> Turn | None:
        """The homeserver is not reached (any more), or the guidelines are not those that were agreed to."""
        if not self._world.is_reached_by(self._community):
            self._now = replace(self._now, step=Step.ELSEWHERE)
            return self._tell(self._say.words("elsewhere", server=self._world.server, ours=self._world.ours))
        if self._now.step is Step.ELSEWHERE:
            return self._go(Step.GUIDELINES)
        if self._now.step is not Step.GUIDELINES and self._now.agreed < self._community.guidelines.version:
            return self._go(Step.GUIDELINES, self._say.words("guidelines.changed"))
        return None

    # The answers.

    def _answer(self) -> Turn:
        match self._now.step:
            case Step.GUIDELINES:
                return self._on_guidelines()
            case Step.CONDITION:
                return self._on_condition()
            case Step.CHOOSE:
                return self._on_choice()
            case Step.INTRODUCE:
                return self._on_introduction()
            case _:
                return self._on_done()

    def _on_guidelines(self) -> Turn:
        match self._intent:
            case Intent.YES:
                self._now = replace(self._now, agreed=self._community.guidelines.version)
                return self._go(Step.DONE) if self._now.chosen else self._go(Step.CONDITION)
            case Intent.NO | Intent.SKIP:
                return self._tell(self._say.words("guidelines.no"))
            case Intent.WHY | Intent.MORE:
                return self._ask(*self._say.reasons(), whole=False)
            case Intent.BACK | Intent.AGAIN | Intent.LIST:
                return self._ask()
        found = self._found()
        named = found.certain or found.likely
        return self._unclear("guidelines.first" if named else "guidelines.unclear")

    def _on_condition(self) -> Turn:
        match self._intent:
            case Intent.BACK:
                self._now = replace(self._now, agreed=0)
                return self._go(Step.GUIDELINES)
            case Intent.SKIP:
                return self._skipped()
            case Intent.LIST | Intent.MORE:
                return self._offer([condition.id for condition in self._community.conditions])
            case Intent.NO:
                return self._ask(self._say.words("condition.none"), whole=False)
            case Intent.AGAIN if self._now.chosen:
                return self._again()
            case Intent.YES:
                return self._ask()
        return self._named(self._found()) or self._unclear("condition.unclear")

    def _on_choice(self) -> Turn:
        offered = [c.id for c in self._say.conditions(self._now.offered.split())]
        if picked := self._picked(offered):
            return self._admit(picked)
        match self._intent:
            case Intent.YES if len(offered) == 1:
                return self._admit(offered)
            case Intent.NO | Intent.BACK:
                return self._go(Step.CONDITION, self._say.words("condition.other"))
            case Intent.SKIP:
                return self._skipped()
            case Intent.LIST | Intent.MORE:
                return self._offer([condition.id for condition in self._community.conditions])
        if not offered:
            return self._go(Step.CONDITION)
        return self._named(self._found()) or self._unclear("choose.unclear")

    def _on_introduction(self) -> Turn:
        match self._intent:
            case Intent.YES:
                return self._introduced()
            case Intent.NO | Intent.SKIP:
                self._now = replace(self._now, unannounced="")
                return self._go(Step.DONE, self._say.words("introduce.no"))
            case Intent.BACK | Intent.MORE:
                return self._go(Step.CONDITION)
            case Intent.AGAIN:
                return self._again()
        return self._by_the_way() or self._unclear("introduce.unclear")

    def _on_done(self) -> Turn:
        match self._intent:
            case Intent.MORE | Intent.BACK:
                return self._go(Step.CONDITION)
            case Intent.LIST:
                return self._offer([condition.id for condition in self._community.conditions])
            case Intent.AGAIN:
                return self._again()
        return self._by_the_way() or self._tell(self._say.words("done.unclear"))

    # Conditions.

    def _found(self) -> Found:
        return self._matcher.find(self._came.text) if isinstance(self._came, Said) else Found()

    def _picked(self, offered: Sequence[str]) -> list[str]:
        if not isinstance(self._came, Said | Tapped):
            return []
        text = self._came.text if isinstance(self._came, Said) else self._came.key
        return [offered[number - 1] for number in self._vocabulary.choice(text, len(offered))]

    def _named(self, found: Found) -> Turn | None:
        thanks = self._say.words("condition.thanks")
        if found.certain:
            return self._admit(found.certain, found.likely)
        if found.likely:
            return self._offer(found.likely, thanks)
        match found.unnamed:
            case Unnamed.NONE_OF_THESE:
                self._now = replace(self._now, step=Step.CONDITION, offered="")
                return self._ask(self._say.words("condition.none"))
            case Unnamed.ANIMAL:
                return self._unclear("condition.animal")
            case Unnamed.UNSURE:
                every = [condition.id for condition in self._community.conditions]
                return self._offer(every, self._say.words("condition.unsure"))
        return None

    def _by_the_way(self) -> Turn | None:
        """A condition named when nobody asked is asked about, never assumed."""
        found = self._found()
        named = [i for i in (*found.certain, *found.likely) if i not in self._now.chosen.split()]
        return self._offer(named) if named else None

    def _offer(self, ids: Sequence[str], *before: Words) -> Turn:
        self._now = replace(self._now, offered=" ".join(ids))
        return self._go(Step.CHOOSE, *before)

    def _introduced(self) -> Turn:
        """The rooms the person is in hear it now, the others when they come in."""
        new = self._now.unannounced.split()
        inside = [i for i in new if i in self._world.inside]
        waiting = _with(self._now.introduce, [i for i in new if i not in inside])
        self._now = replace(self._now, unannounced="", introduce=waiting)
        return replace(self._go(Step.DONE, self._say.words("introduce.yes")), introduce=tuple(inside))

    def _skipped(self) -> Turn:
        if self._now.chosen:
            return self._go_on()
        self._now = replace(self._now, step=Step.DONE, offered="", round=self._now.round + 1)
        return self._tell(self._say.words("condition.skipped"))

    def _go_on(self) -> Turn:
        return self._go(Step.INTRODUCE) if self._now.unannounced else self._go(Step.DONE)

    def _admit(self, ids: Sequence[str], unclear: Sequence[str] = ()) -> Turn:
        """Invite, then ask about what was not clear, or whether to be introduced."""
        told, admit = self._invitations(ids, "admitted")
        self._now = replace(
            self._now,
            chosen=_with(self._now.chosen, ids),
            unannounced=_with(self._now.unannounced, admit),
        )
        then = self._offer(unclear) if unclear else self._go_on()
        nowhere = then.conversation.step is Step.DONE and not self._world.inside.intersection(ids)
        after = () if nowhere else then.says
        return replace(then, says=(Say(tuple(told)), *after), admit=tuple(admit))

    def _again(self) -> Turn:
        told, admit = self._invitations(self._now.chosen.split(), "again.sent")
        if not told:
            return self._aside(self._say.words("again.nothing"))
        return replace(self._aside(*told), admit=tuple(admit))

    def _invitations(self, ids: Sequence[str], key: str) -> tuple[list[Words], list[str]]:
        told: list[Words] = []
        admit: list[str] = []
        for condition in self._say.conditions(ids):
            name = self._say.condition(condition)
            if condition.id in self._world.inside:
                told.append(self._say.words("inside", room=condition.room_name, condition=name))
            elif condition.id not in self._world.rooms:
                told.append(self._say.words("no_room", condition=name))
            else:
                told.append(self._say.words(key, room=condition.room_name, condition=name))
                admit.append(condition.id)
        return told, admit

    # Ways to end a turn.

    def _go(self, step: Step, *before: Words) -> Turn:
        """To another question."""
        offered = self._now.offered if step is Step.CHOOSE else ""
        self._now = replace(self._now, step=step, offered=offered, round=self._now.round + 1)
        return self._tell(*before, self._say.words("done")) if step is Step.DONE else self._ask(*before)

    def _ask(self, *before: Words, whole: bool = True) -> Turn:
        return Turn(conversation=self._now, says=(self._say.ask(self._now, *before, whole=whole),))

    def _tell(self, *words: Words) -> Turn:
        return Turn(conversation=self._now, says=(Say(words),))

    def _unclear(self, key: str) -> Turn:
        if isinstance(self._came, Said):
            self._now = replace(self._now, unclear=self._came.event_id)
        return self._ask(self._say.words(key), whole=False)


def resume(community: Community, conversation: Conversation, world: World, key: str) -> Turn:
    """Say `welcome.<key>` and ask what was asked last, whatever held it up."""
    conversation = replace(conversation, pause=Pause.NONE)
    say = Wording(community, conversation.language)
    if conversation.step is Step.ELSEWHERE:
        elsewhere = say.words("elsewhere", server=world.server, ours=world.ours)
        return Turn(conversation=conversation, says=(Say((say.words(key), elsewhere)),))
    return Turn(conversation=conversation, says=(say.ask(conversation, say.words(key)),))


def _with(ids: str, more: Sequence[str]) -> str:
    return " ".join(dict.fromkeys([*ids.split(), *more]))

# SPDX-License-Identifier: Apache-2.0
"""The conversation with one newcomer: a pure state machine.

(where it stands, what came, what is so) → (where it stands then, what is said, what is done).
Of its own accord it says one reminder after a silence, and the notes that somebody asked for.
It answers everything with at most `MOST_MESSAGES` messages.
It lets nobody in who has not agreed to the guidelines as they are now, or whom it can't read, or who can't read it,
and only where they asked to be let in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from bots.core.community import Community
from bots.welcome.answers import Vocabulary
from bots.welcome.conversation.answering import Answering, foreign, resume
from bots.welcome.conversation.matching import Matcher
from bots.welcome.conversation.turn import Input, Said, Tapped, Turn, World
from bots.welcome.conversation.turning import with_more
from bots.welcome.records import Conversation, Pause, Polls, Step, Who
from bots.welcome.wording import HEALTH_VERSION, Say, Wording, question_id

MOST_MESSAGES = 3
# Who was spoken to within this time sees our chat: a hundred invitations, or knocks, are answered once.
JUST_NOW = timedelta(minutes=10)
# A note is said on these days after somebody asked for them.
NOTE_DAYS = (1, 3, 7)


@dataclass(frozen=True)
class Interview:
    """The conversation, for one community."""

    community: Community
    vocabulary: Vocabulary

    @cached_property
    def matcher(self) -> Matcher:
        """Finds conditions in words."""
        return Matcher(self.community.conditions, self.vocabulary)

    def begin(self, user: str, world: World, *before: str) -> Turn:
        """Greet somebody who is not known, after the sentences called `before`."""
        say = Wording(self.community, world.language)
        first = (say.words(key) for key in before)
        greeting = Say((*first, say.greeting(), *say.languages()))
        step = Step.AGE if world.is_reached_by(self.community) else Step.ELSEWHERE
        conversation = Conversation(user=user, step=step, asked_at=world.now)
        if step is Step.ELSEWHERE:
            return Turn(
                conversation=conversation,
                says=(greeting, Say((say.words("elsewhere", server=world.server, ours=world.ours),))),
            )
        return Turn(conversation=conversation, says=(greeting, say.ask(conversation, *foreign(say, world))))

    def may_enter(self, conversation: Conversation, condition: str) -> bool:
        """Whether they were let into that room before, and nothing stands against it now."""
        agreed = conversation.adult and conversation.agreed >= self.community.guidelines.version
        return condition in conversation.chosen.split() and agreed and conversation.health >= HEALTH_VERSION

    def resume(self, conversation: Conversation, world: World, key: str) -> Turn:
        """Say `welcome.<key>` and ask what was asked last; in a new private chat if the person left the old one."""
        conversation = replace(conversation, chat_left=False, asked_at=world.now)
        return resume(self.community, conversation, world, key)

    def held(self, conversation: Conversation, condition: str, world: World, key: str) -> Turn:
        """Say `welcome.<key>`, and that the room takes nobody in for the moment: it is not about them."""
        say = Wording(self.community, world.language)
        conversation = replace(
            conversation, chat_left=False, held=with_more(conversation.held, [condition]), asked_at=world.now
        )
        rooms = (say.locked(known) for known in say.conditions([condition]))
        return Turn(conversation=conversation, says=(Say((say.words(key), *rooms)),))

    def remind(self, conversation: Conversation, world: World) -> Turn:
        """Ask once more, softly, what was asked last."""
        return resume(self.community, replace(conversation, reminded=True), world, "reminder")

    def unreadable(self, conversation: Conversation, world: World) -> Turn:
        """The person wrote something that can't be read here: help with their app."""
        say = Wording(self.community, world.language)
        conversation = replace(conversation, heard=False)
        told = say.words("read.unreadable")
        if conversation.step in (Step.ELSEWHERE, Step.YOUNG, Step.DONE) or conversation.pause is not Pause.NONE:
            return Turn(conversation=conversation, says=(Say((told,)),))
        if conversation.step is Step.READ:
            conversation = replace(conversation, step=Step.APP, round=conversation.round + 1)
        return Turn(conversation=conversation, says=(say.ask(conversation, told),))

    def note(self, conversation: Conversation, day: int, world: World) -> Turn:
        """A few words on one of the first days, to somebody who asked for them; the last one ends it."""
        say = Wording(self.community, world.language)
        if day == NOTE_DAYS[-1]:
            conversation = replace(conversation, notes=0, unheard="")
        said = [say.words(f"note.{day}")]
        if conversation.who in (Who.NEW, Who.CARING):
            said.append(say.words(f"note.{day}.{conversation.who}"))
        return Turn(conversation=conversation, says=(Say((*said, say.words("note.end"))),))

    def shut_out(self, conversation: Conversation, world: World) -> Turn:
        """Their homeserver is not let in any more, and they were taken out of the rooms."""
        say = Wording(self.community, world.language)
        elsewhere = say.words("elsewhere", server=world.server, ours=world.ours)
        conversation = replace(conversation, step=Step.ELSEWHERE, asked_at=world.now)
        return Turn(conversation=conversation, says=(Say((elsewhere,)),))

    def about_invitation(
        self, conversation: Conversation, condition: str, what: str, world: World, *, link: str = ""
    ) -> Turn:
        """What became of an invitation: "blocked", "failed", "lost", "missed", "refused" or by an "other_hand"."""
        say = Wording(self.community, world.language)
        rooms = (say.words(f"invite.{what}", room=known.room_name, link=link) for known in say.conditions([condition]))
        return Turn(conversation=conversation, says=tuple(Say((words,)) for words in rooms))

    def unsaid(self, conversation: Conversation, conditions: Sequence[str], world: World) -> Turn:
        """The line that they said yes to was not said in the rooms of these conditions."""
        say = Wording(self.community, world.language)
        rooms = (say.words("line.unsaid", room=known.room_name) for known in say.conditions(conditions))
        return Turn(conversation=conversation, says=tuple(Say((words,)) for words in rooms))

    def step(self, conversation: Conversation, came: Input, world: World) -> Turn:
        """What comes of `came`. Whatever it is, they could read something."""
        conversation = replace(conversation, hinted=False)
        if isinstance(came, Tapped) and came.question != question_id(conversation):
            return Turn(conversation=conversation)
        if isinstance(came, Said) and came.edits is not None and came.edits != conversation.unclear:
            return Turn(conversation=conversation)
        if not isinstance(came, Tapped) or came.encrypted:
            conversation = replace(conversation, heard=True)
        if isinstance(came, Tapped) and came.encrypted and conversation.polls is Polls.CHOICES:
            conversation = replace(conversation, polls=Polls.ALL)
        turn = Answering(self.community, self.vocabulary, self.matcher, conversation, came, world).turn()
        if isinstance(came, Said) and came.edits is not None and turn.conversation.unclear == came.event_id:
            return Turn(conversation=conversation)
        if not turn.says:
            return turn
        return replace(turn, conversation=replace(turn.conversation, asked_at=world.now))

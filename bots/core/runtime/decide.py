# SPDX-License-Identifier: Apache-2.0
"""From an event to what it changes, inside one transaction: gather, decide, write down.

The same for what a sync brings, for ticks that are due and for outcomes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import get_args

import structlog

from bots.core.actions import (
    Action,
    Audit,
    BotName,
    Cancel,
    Edit,
    Erase,
    Forget,
    InPrivateChat,
    Join,
    Leave,
    Log,
    LookAt,
    Outward,
    Redact,
    Remember,
    Schedule,
    Send,
    SendCopy,
    SetTopic,
    TakeBack,
)
from bots.core.bot import Bot, Handler
from bots.core.events import AnyEvent
from bots.core.rooms import RoomRole
from bots.core.runtime.metrics import Metrics
from bots.core.runtime.observe import OBSERVED, Observed, Watching, hold_back, would_have
from bots.core.runtime.outcomes import OUTCOME_KIND, outcome_payload
from bots.core.runtime.payload import to_json
from bots.core.runtime.ports import StoreAwayError, Waiting
from bots.core.runtime.reader import StoreReader
from bots.core.transport import TransportError

_OUTWARD = get_args(Outward)


def transaction_id(bot: BotName, source: str, handler: int, action: int) -> str:
    """The transaction id of one action: the same decision about the same event always gives the same one."""
    digest = hashlib.sha256("\0".join((bot, source, str(handler), str(action))).encode()).hexdigest()
    return f"k{digest[:40]}"


class Decider:
    """Runs one bot's handlers. What goes wrong in one of them stays there: its writes are undone, the others go on.

    What `watching` holds back is shown to the moderators, and not done. `heard` hears of everything that is decided
    and not held back.
    """

    def __init__(self, bot: Bot, metrics: Metrics, watching: Watching | None = None) -> None:
        self._bot = bot
        self._metrics = metrics
        self._watching = watching or Watching()
        self.heard: Callable[[Action], None] = lambda _: None
        self._log = structlog.get_logger().bind(bot=bot.name.value)

    def hears(self, kind: type[AnyEvent]) -> bool:
        """Whether any handler is for such events."""
        return any(handler.event is kind for handler in self._bot.handlers)

    def targets(self, event: AnyEvent) -> Iterable[str]:
        """The event ids whose senders the handlers will ask for."""
        for number, handler in self._handlers(event):
            try:
                target = handler.target(event)
            except Exception as error:  # noqa: BLE001 — a policy's bug is contained, whatever it raises
                self._complain(number, event, error)
            else:
                if target is not None:
                    yield target

    async def decide(self, event: AnyEvent, source: str, reader: StoreReader) -> None:
        """Let every matching handler decide on `event`, and write down what it decided.

        `source` is the event's identity, from which the actions' transaction ids are made.
        """
        self._metrics.events.inc()
        for number, handler in self._handlers(event):
            enqueued = len(reader.enqueued)
            try:
                actions = tuple(handler.decide(event, await handler.gather(event, reader)))
                if not actions:
                    continue
                async with reader.transaction.savepoint():
                    await self._write_all(actions, source, number, reader)
                for erased in (action.user for action in actions if isinstance(action, Erase)):
                    reader.forget_chat_with(erased)
            except StoreAwayError:
                # Nobody's bug: the whole batch is decided on again.
                raise
            except Exception as error:  # noqa: BLE001 — a policy's bug is contained, whatever it raises
                del reader.enqueued[enqueued:]
                self._complain(number, event, error)

    async def _write_all(self, actions: Sequence[Action], source: str, handler: int, reader: StoreReader) -> None:
        def id_of(place: int) -> str:
            return transaction_id(self._bot.name, source, handler, place)

        if not self._watching:
            for place, action in enumerate(actions):
                await self.write(action, id_of(place), reader)
            return
        office = next((room.room_id for room in reader.rooms(RoomRole.MODERATORS)), None)
        observed = hold_back(actions, self._watching, office)
        for place, action in observed.passes:
            await self.write(action, id_of(place), reader)
        await self._tell_what_was_held(observed, office, id_of, reader)

    async def _tell_what_was_held(
        self, observed: Observed, office: str | None, id_of: Callable[[int], str], reader: StoreReader
    ) -> None:
        """Whoever asked for an outcome hears that it failed, and the moderators what would have been done."""
        for place, action in observed.held:
            self._log.info("only observed", action=type(action).__name__, rule=action.why)
            if action.follow_up and not isinstance(action, Schedule):
                error = TransportError(OBSERVED, "it is only observed")
                await reader.transaction.schedule(
                    id_of(place), OUTCOME_KIND, reader.now, outcome_payload(to_json(action), error)
                )
                reader.scheduled = True

        def name(room_id: str) -> str:
            view = reader.room(room_id)
            return (view.name if view else None) or room_id

        line = would_have([action for _, action in observed.held], office, name)
        if line is not None:
            await self.write(line, id_of(len(observed.passes) + len(observed.held)), reader)

    async def write(self, action: Action, id_: str, reader: StoreReader) -> None:
        """Do the bookkeeping at once; put the rest into the outbox of the bot whose voice it is."""
        tx = reader.transaction
        self.heard(action)
        match action:
            case Remember(record=record):
                await tx.remember(record)
            case Forget(record=record, key=key):
                await tx.forget(record, *key)
            case Erase(user=user):
                await tx.erase(user)
            case Schedule(id=tick, kind=kind, at=at, payload=payload, voice=voice):
                await tx.schedule(tick, kind, at, payload, bot=voice)
                reader.scheduled = True
            case Cancel(id=tick):
                await tx.cancel(tick)
            case Audit():
                await tx.audit(action)
            case Log():
                self._note(action)
            case _:
                await self._enqueue(action, id_, reader)

    async def _enqueue(self, action: Outward, id_: str, reader: StoreReader) -> None:
        voice = voice_of(action, self._bot.name)
        row = Waiting(
            transaction_id=id_,
            asked_by=self._bot.name,
            place=lane_of(action, reader),
            priority=int(action.priority),
            not_before=action.not_before,
            created_at=reader.now,
            payload=to_json(action),
        )
        await reader.transaction.enqueue(
            voice,
            transaction_id=id_,
            place=row.place,
            priority=row.priority,
            not_before=row.not_before,
            payload=row.payload,
        )
        if voice is self._bot.name:
            reader.enqueued.append(row)

    def _note(self, line: Log) -> None:
        if line.alarm:
            self._metrics.alarms.inc()
        say = self._log.error if line.alarm else self._log.info
        say(line.sentence, rule=line.why, **line.fields)

    def _handlers(self, event: AnyEvent) -> Iterable[tuple[int, Handler[AnyEvent, object]]]:
        return ((number, h) for number, h in enumerate(self._bot.handlers) if isinstance(event, h.event))

    def _complain(self, handler: int, event: AnyEvent, error: Exception) -> None:
        self._metrics.handler_errors.inc()
        self._log.error(
            "a handler failed", handler=handler, event_type=type(event).__name__, error_type=type(error).__name__
        )


def voice_of(action: Outward, decided_by: BotName) -> BotName:
    """Who carries it out: in private chats the welcome bot, whoever decided."""
    match action:
        case SendCopy() | SetTopic() | Send(place=InPrivateChat()):
            return BotName.WELCOME
        case _:
            return action.voice or decided_by


def lane_of(action: Outward, reader: StoreReader) -> str:
    """The queue in which the action keeps its order.

    What is said in one place is said in order, and the bot leaves after it has spoken.
    What is done to people and events goes beside that: no redaction waits for a message that can't be encrypted yet,
    and where one does wait for what it takes out to be shown, nobody's mute waits with it.
    """
    match action:
        case Send(place=InPrivateChat(user=user)) | SendCopy(user=user):
            return reader.chat_lane(user)
        case SetTopic(user=user):
            # It is for whom nothing could be said to yet, and waits for nothing.
            return f"topic:{reader.pseudonym(user)}"
        case Send() | Edit() | TakeBack() | Join() | Leave():
            room_id = action.place.room_id if isinstance(action, Send) else action.room_id  # type: ignore[union-attr]
            view = reader.room(room_id)
            private = view.private_with if view else None
            return reader.chat_lane(private) if private else room_id
        case LookAt():
            return "pages"
        case Redact(after=str(after)):
            return f"{action.room_id}/act/{after}"
        case _:
            return f"{action.room_id}/act"

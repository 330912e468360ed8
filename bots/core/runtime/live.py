# SPDX-License-Identifier: Apache-2.0
"""Doing it, on the homeserver.

The hard invariants are asked here, after everything is known and before anything is sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bots.core.actions import (
    BotName,
    Edit,
    EventRef,
    Examine,
    InPrivateChat,
    InRoom,
    Join,
    LabelRef,
    LookAt,
    Outward,
    ReadWords,
    Redact,
    Ref,
    Send,
    SendCopy,
    SetTopic,
    ShareHistory,
    TakeBack,
    Words,
)
from bots.core.events import MessageKind
from bots.core.kept import as_json, readable
from bots.core.language import Catalogue
from bots.core.metadata import ERRCODES
from bots.core.pages import Seen, to_json
from bots.core.rooms import MembershipState, RoomRole, RoomView
from bots.core.runtime.invariants import Circumstances, refusal
from bots.core.runtime.own_words import Written
from bots.core.runtime.ports import Directory
from bots.core.runtime.room_changes import HERE, change, check_for_listeners, stands
from bots.core.runtime.speaking import NOTHING, Speaking
from bots.core.transport import Outgoing, OutgoingFile, Transport, TransportError

REFUSED = "KITHROOM_REFUSED"
NO_PRIVATE_CHAT = "KITHROOM_NO_PRIVATE_CHAT"
NOT_LOOKED = "KITHROOM_NOT_LOOKED"
# How often (once a second) a redaction asks whether what it takes out has been quoted.
LONGEST_WAIT = 30
_PRIVATE_CHAT_NAME = Words("core.private_chat_name")


@dataclass
class Live:
    """Does it, on the homeserver.

    `sharing` are the ids of the conditions whose rooms share their history.
    `look` looks at a web address (None: this bot looks at none).
    `already_sent`: by transaction id, the events of sends and edits that a sync has shown.
    """

    voice: BotName
    transport: Transport
    directory: Directory
    catalogue: Catalogue
    bots: frozenset[str]
    sharing: frozenset[str] = frozenset()
    look: Callable[[str], Awaitable[Seen]] | None = None
    already_sent: dict[str, str] = field(default_factory=dict)
    _waited: dict[str, int] = field(default_factory=dict)
    # Sends that have brought an invitation to a private chat on its way.
    _invited: set[str] = field(default_factory=set)

    def homeserver_is_back(self) -> None:
        """While it was away nothing could have been quoted: whoever waits for that waits anew."""
        self._waited.clear()

    @property
    def _speaking(self) -> Speaking:
        return Speaking(self.transport, self.directory, self.catalogue)

    async def carry_out(self, action: Outward, transaction_id: str) -> str | None:
        """Do it."""
        if isinstance(action, Send):
            return await self._send(action, transaction_id)
        if isinstance(action, Edit | TakeBack):
            return await self._change_its_own(action, transaction_id)
        if isinstance(action, SendCopy):
            await self._send_copy(action, transaction_id)
            return None
        if isinstance(action, SetTopic):
            await self._set_topic(action)
            return None
        if isinstance(action, Join):
            return await self._join(action)
        if isinstance(action, Examine | ReadWords | LookAt):
            return await self._look_into(action)
        view = await self.directory.view(action.room_id)
        sender = None
        if isinstance(action, Redact):
            await self._until_quoted(action, transaction_id)
            sender = await self.transport.event_sender(action.room_id, action.event_id)
            if sender is None:
                raise TransportError("M_NOT_FOUND", "there is no such event")
        inviter = None
        if isinstance(action, ShareHistory):
            inviter = await self.transport.inviter(action.room_id, action.user)
        self._check(action, view, sender, inviter)
        if isinstance(action, Redact):
            await self.transport.redact(action.room_id, action.event_id, transaction_id)
        else:
            await change(action, self.transport)
        return None

    async def _join(self, action: Join) -> str:
        """Come in; gives the room's id, which is another than what was asked for where that was an alias."""
        view = await self.directory.view(action.room_id)
        self._check(action, view)
        if view is not None and stands(view, self.transport.user_id, MembershipState.JOIN):
            return action.room_id
        return await self.transport.join(action.room_id, action.via)

    async def _until_quoted(self, redact: Redact, transaction_id: str) -> None:
        """What moderators are to see is quoted before it is gone. Raises to be asked again a little later."""
        if redact.after is None or await self.directory.event_id(redact.after, redact.after_voice) is not None:
            self._waited.pop(transaction_id, None)
            return
        waited = self._waited[transaction_id] = self._waited.get(transaction_id, 0) + 1
        if waited <= LONGEST_WAIT:
            raise TransportError("KITHROOM_NOT_QUOTED", "it is not quoted yet", retryable=True, retry_after=1.0)
        self._waited.pop(transaction_id, None)

    async def _look_into(self, action: Examine | ReadWords | LookAt) -> str | None:
        match action:
            case Examine():
                await self._examine(action)
                return None
            case ReadWords():
                return await self._read_words(action)
            case LookAt(url=url):
                if self.look is None:
                    raise TransportError(NOT_LOOKED, "this bot looks at no pages")
                return to_json(await self.look(url))

    async def _examine(self, action: Examine) -> None:
        found = await self.transport.file_tells(action.room_id, action.event_id)
        for tells, errcode in ERRCODES.items():
            if tells in found:
                raise TransportError(errcode, "the file says who took it, or where")

    async def _read_words(self, action: ReadWords) -> str:
        sender = await self.transport.event_sender(action.room_id, action.event_id)
        self._check(action, await self.directory.view(action.room_id), sender)
        message = await self.transport.event(action.room_id, action.event_id)
        theirs = message is not None and message.sender == action.sender and message.authentic
        if message is None or not theirs or message.kind is not MessageKind.TEXT:
            raise TransportError("M_NOT_FOUND", "there are no such words")
        return message.text

    def _check(
        self,
        action: Outward,
        view: RoomView | None,
        sender: str | None = None,
        inviter: str | None = None,
        written: Written = NOTHING,
    ) -> None:
        at = Circumstances(
            voice=self.voice,
            me=self.transport.user_id,
            bots=self.bots,
            room=view,
            sender=sender,
            inviter=inviter,
            shares=self._shares(view),
            written=written,
        )
        if (sentence := refusal(action, at)) is not None:
            raise TransportError(REFUSED, sentence)

    def _shares(self, view: RoomView | None) -> bool:
        return view is not None and view.role is RoomRole.CONDITION and view.condition in self.sharing

    async def _send(self, send: Send, transaction_id: str) -> str:
        # Asked before anything is opened or fetched for it, and again of the room that it turns out to be.
        view = await self._known_view(send)
        written = await self._speaking.written(send)
        self._check(send, view, written=written)
        check_for_listeners(view, self.bots)
        room_id = await self._room_of(send, transaction_id)
        event_id = self.already_sent.get(transaction_id)
        if event_id is None:
            message = Outgoing(
                rendered=await self._speaking.rendered(send.parts, send.place, written.message, view),
                reply_to=await self._event(send.reply_to),
                thread=await self._thread(send.thread, room_id),
                mentions=send.mentions,
                choices=await self._speaking.choices(send),
                shared_history=self._shares(view),
            )
            event_id = await self.transport.send(room_id, message, transaction_id)
        for number, key in enumerate(send.buttons):
            await self._react(room_id, event_id, key, f"{transaction_id}.{number}")
        self.already_sent.pop(transaction_id, None)
        self._invited.discard(transaction_id)
        return event_id

    async def _change_its_own(self, action: Edit | TakeBack, transaction_id: str) -> str | None:
        view = await self.directory.view(action.room_id)
        target = await self._event(action.target)
        sender = await self.transport.event_sender(action.room_id, target) if target is not None else None
        if target is None or sender is None:
            if isinstance(action, TakeBack):
                return None
            raise TransportError("M_NOT_FOUND", "there is no such event")
        self._check(action, view, sender)
        if isinstance(action, Edit):
            check_for_listeners(view, self.bots)
            return await self._edit(action, target, view, transaction_id)
        await self.transport.redact(action.room_id, target, transaction_id)
        return None

    async def _edit(self, edit: Edit, target: str, view: RoomView | None, transaction_id: str) -> str:
        event_id = self.already_sent.pop(transaction_id, None)
        if event_id is not None:
            return event_id
        rendered = await self._speaking.rendered(edit.parts, InRoom(edit.room_id), view=view)
        message = Outgoing(rendered=rendered, replaces=target, shared_history=self._shares(view))
        return await self.transport.send(edit.room_id, message, transaction_id)

    async def _send_copy(self, action: SendCopy, transaction_id: str) -> None:
        room_id = await self.directory.private_chat(action.user)
        self._check(action, await self.directory.view(room_id) if room_id else None)
        assert room_id is not None  # or it would have been refused
        holdings = await self.directory.holdings(action.user)
        manner = await self.directory.manner(InPrivateChat(action.user))
        text = readable(holdings, self.catalogue, manner.language)
        for name, mimetype, content in (
            ("my-data.txt", "text/plain", text),
            ("my-data.json", "application/json", as_json(holdings)),
        ):
            file = OutgoingFile(name=name, mimetype=mimetype, content=content.encode())
            await self.transport.send_file(room_id, file, f"{transaction_id}.{name.rpartition('.')[2]}")

    async def _set_topic(self, action: SetTopic) -> None:
        room_id = await self.directory.private_chat(action.user)
        self._check(action, await self.directory.view(room_id) if room_id else None)
        assert room_id is not None  # or it would have been refused
        manner = await self.directory.manner(InPrivateChat(action.user))
        said = (self.catalogue.render(words, manner.language).body for words in action.parts)
        await self.transport.set_topic(room_id, "\n\n".join(said))

    async def _known_view(self, send: Send) -> RoomView | None:
        if isinstance(send.place, InPrivateChat):
            return None
        return await self.directory.view(send.place.room_id)

    async def _room_of(self, send: Send, transaction_id: str) -> str:
        """The room to speak in: for a private chat found, or made, or entered again by the person it is with.

        Whoever turns the invitation down is not invited again for the same words.
        """
        if not isinstance(send.place, InPrivateChat):
            return send.place.room_id
        user = send.place.user
        room_id = await self.directory.private_chat(user)
        view = await self.directory.view(room_id) if room_id else None
        # Of a room that was made a moment ago no sync has told yet, or not to the end: the invitation stands.
        gone = view is not None and user in view.members and not stands(view, user, *HERE)
        if room_id is None or gone:
            if not send.place.open:
                raise TransportError(NO_PRIVATE_CHAT, "there is no private chat with this person")
            if room_id is not None:
                if transaction_id in self._invited and await self.transport.membership(room_id, user) not in HERE:
                    self._invited.discard(transaction_id)
                    raise TransportError(NO_PRIVATE_CHAT, "the person does not want a private chat")
                await self.transport.invite(room_id, user)
                self._invited.add(transaction_id)
                return room_id
            manner = await self.directory.manner(send.place)
            name = self.catalogue.render(_PRIVATE_CHAT_NAME, manner.language).body
            room_id = await self.transport.create_private_chat(user, await self.directory.marker(user), name)
            await self.directory.remember_private_chat(user, room_id)
            self._invited.add(transaction_id)
        return room_id

    async def _event(self, ref: Ref | None) -> str | None:
        """The event id; None for a label that nothing was sent under: better said beside the thread than not at all."""
        if ref is None:
            return None
        return await self.directory.event_id(ref.label) if isinstance(ref, LabelRef) else ref.event_id

    async def _thread(self, ref: Ref | None, room_id: str) -> str | None:
        """The thread's root, if it is in this room: a thread of a room that was replaced is seen by nobody."""
        root = await self._event(ref)
        if root is None or isinstance(ref, EventRef):
            return root
        return root if await self.transport.event_sender(room_id, root) is not None else None

    async def _react(self, room_id: str, event_id: str, key: str, transaction_id: str) -> None:
        try:
            await self.transport.react(room_id, event_id, key, transaction_id)
        except TransportError as error:
            if error.errcode != "M_DUPLICATE_ANNOTATION":
                raise

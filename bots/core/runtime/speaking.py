# SPDX-License-Identifier: Apache-2.0
"""What is said, in the language and the words of the place where it is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bots.core.actions import GivenBack, InPrivateChat, OwnWords, Part, Place, Quote, Send, Words
from bots.core.events import Message
from bots.core.language import Catalogue, Manner
from bots.core.language.markup import Rendered
from bots.core.rooms import RoomView
from bots.core.runtime.giving_back import given_back
from bots.core.runtime.own_words import Written, own_line
from bots.core.runtime.ports import Directory
from bots.core.runtime.quoting import in_own_words, quoted
from bots.core.transport import Transport, TransportError

NOT_AS_WRITTEN = "KITHROOM_NOT_AS_WRITTEN"
NOTHING = Written()
"""There are no words of somebody's own."""


@dataclass(frozen=True)
class Speaking:
    """Fetches what is quoted when it is said, and renders the rest from the catalogue."""

    transport: Transport
    directory: Directory
    catalogue: Catalogue

    async def written(self, send: Send) -> Written:
        """The line of somebody's own that is to be said or given back, if there is one."""
        given = given_back(send.parts)
        if given is not None:
            room_id = await self.directory.private_chat(given.user)
            message = await self.transport.event(given.room_id, given.event_id)
            if message is None:
                raise TransportError(NOT_AS_WRITTEN, "what is to be given back is gone, or can't be read")
            return Written(chat=await self.directory.view(room_id) if room_id else None, message=message)
        line = own_line(send.parts)
        if line is None:
            return NOTHING
        room_id = await self.directory.private_chat(line.user)
        chat = await self.directory.view(room_id) if room_id else None
        message = await self.transport.as_written(chat.room_id, line.event_id) if chat else None
        if isinstance(send.place, InPrivateChat):
            return Written(chat=chat, message=message)
        if message is None:
            raise TransportError(NOT_AS_WRITTEN, "the line was changed or taken back after the person's yes")
        agreed = await self.directory.agreed_words(line.user, send.place.room_id)
        return Written(chat=chat, message=message, agreed=agreed)

    async def rendered(
        self, said: Sequence[Part], place: Place, own: Message | None = None, view: RoomView | None = None
    ) -> Rendered:
        """The parts as they are said in a place (a room that is known already: `view`).

        `own` are the words of somebody's own among them.
        """
        manner = await self.directory.manner(place, view)
        parts = [each for part in said for each in await self._part(part, manner, own)]
        return Rendered("\n\n".join(part.body for part in parts), "".join(part.html for part in parts))

    async def choices(self, send: Send) -> tuple[str, ...]:
        """What one can choose from, in words."""
        if not send.choices:
            return ()
        manner = await self.directory.manner(send.place)
        rendered = (self.catalogue.render(words, manner.language, place=manner.place) for words in send.choices)
        return tuple(each.body for each in rendered)

    async def _part(self, part: Part, manner: Manner, own: Message | None) -> list[Rendered]:
        match part:
            case Words():
                said: Sequence[Words | Rendered] = (part,)
            case OwnWords():
                said = in_own_words(own)
            case GivenBack(room_id=room_id, event_id=event_id):
                said = quoted(Quote(room_id, event_id), own)
            case Quote():
                said = quoted(part, await self.transport.event(part.room_id, part.event_id))
        return [
            self.catalogue.render(each, manner.language, place=manner.place) if isinstance(each, Words) else each
            for each in said
        ]

# SPDX-License-Identifier: Apache-2.0
"""From a message to what can be read in it: a passage for each part that says something of its own.

What decoding took away already is not here: the quoted part of a reply, the star of an edit.
An edit is read like a new message.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bots.core.events import Message, MessageKind
from bots.moderation.passages.folding import fold
from bots.moderation.passages.passage import Field, Passage, View
from bots.moderation.passages.unmasking import straight, unmask
from bots.moderation.passages.visible import shown

_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_SAYS_NOTHING = re.compile(r"[\W_]+")


@lru_cache(maxsize=1)
def passages(message: Message) -> tuple[Passage, ...]:
    """The text or the caption; the formatted text where it says something else; and the file's name.

    Several ask about a message one after the other: it is read once.
    """
    field = Field.CAPTION if message.kind is MessageKind.MEDIA else Field.BODY
    read = [passage(message.text, field)] if message.text else []
    if message.formatted is not None:
        formatted = passage(shown(message.formatted), Field.FORMATTED)
        if not read or _said(formatted) not in _said(read[0]):
            read.append(formatted)
    if message.media is not None and message.media.filename:
        read.append(passage(message.media.filename, Field.FILENAME))
    return tuple(read)


def passage(text: str, field: Field = Field.BODY) -> Passage:
    """One text, made ready for detectors."""
    folded, origin = fold(text)
    meant = straight(text)
    alike = folded if meant == text else fold(meant)[0]
    behind = unmask(alike, origin) or (None if alike == folded else (alike, origin))
    return Passage(
        text=text,
        folded=folded,
        origin=origin,
        field=field,
        unmasked=View(*behind) if behind else None,
        quoted=tuple(line.span() for line in _QUOTED_LINE.finditer(text)) if ">" in text else (),
    )


def _said(read: Passage) -> str:
    """What is left when layout and marks of Markdown are no difference."""
    return _SAYS_NOTHING.sub("", read.folded)

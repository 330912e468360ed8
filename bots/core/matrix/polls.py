# SPDX-License-Identifier: Apache-2.0
"""Polls (MSC3381) as what they say: a question and its answers, one a line, under whichever names an app wrote them.

Nobody's poll is of any use to a policy but to be read. Pure; whatever a stranger sends, the answer is text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

# Under the stable name, and under the one that today's apps send.
_POLLS = ("m.poll", "org.matrix.msc3381.poll.start")
_TEXT = "org.matrix.msc1767.text"
# MSC3381: what is beyond the first twenty is not shown.
_MOST_ANSWERS = 20


def as_message(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a poll as that of a message with the same words; one that replaces another, too."""
    new = content.get("m.new_content")
    return {
        "msgtype": "m.text",
        "body": "\n".join(dict.fromkeys(_lines(content))),
        **({"m.new_content": as_message({**new, "m.new_content": None})} if isinstance(new, Mapping) else {}),
        **{key: content[key] for key in ("m.relates_to", "m.mentions") if key in content},
    }


def _lines(content: Mapping[str, Any]) -> Iterator[str]:
    for name in _POLLS:
        poll = content.get(name)
        if not isinstance(poll, Mapping):
            continue
        yield from _texts(poll.get("question"))
        answers = poll.get("answers")
        for answer in islice(answers, _MOST_ANSWERS) if isinstance(answers, list) else ():
            yield from _texts(answer)


def _texts(block: object) -> Iterator[str]:
    if not isinstance(block, Mapping):
        return
    forms = block.get("m.text")
    first = forms[0] if isinstance(forms, list) and forms else None
    for text in (first.get("body") if isinstance(first, Mapping) else None, block.get(_TEXT), block.get("body")):
        if isinstance(text, str) and text:
            yield text

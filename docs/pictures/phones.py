# SPDX-License-Identifier: Apache-2.0
"""Draws a conversation as chat bubbles on phones, in SVG: light or dark as the reader's system is."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import groupby


@dataclass(frozen=True)
class Said:
    """One message as the newcomer's client shows it.

    `markup` is Matrix's HTML; `thread` the message that it is in a thread on.
    `taps` are the reactions under it, with how many of each; `replies` how many messages its thread has.
    Of more than `most` lines the first and the last are shown.
    """

    id: str
    who: str
    own: bool
    bot: bool
    markup: str
    thread: str | None
    taps: tuple[tuple[str, int], ...] = ()
    replies: int = 0
    most: int = 6


@dataclass(frozen=True)
class Screen:
    """A part of a room, or a thread; `caption` is ours, all else was there."""

    caption: str
    title: str
    said: Sequence[Said]


SIZE, LINE, PARAGRAPH, GAP = 14, 19, 5, 7
PHONE, BETWEEN, MARGIN, HEADER, CAPTION = 344, 28, 10, 46, 34
AVATAR, PADDING, ROUND = 26, 11, 14
WIDEST = PHONE - 2 * MARGIN - AVATAR - 8 - 2 * PADDING - 18
# A longer message is shown by its first lines and its last, with a mark between.
FIRST, LAST = 4, 1
SHORTENED = "⋯"

# Thousandths of an em, after Helvetica; a system's own font may be a little narrower.
_WIDTHS = {
    222: "ijl'|",
    278: "ftI.,:;!/ ",
    333: 'r()-`"',
    500: "ckszvxyJ",
    610: "FTZL",
    667: "ABEKPSVXY",
    722: "wCDHNRU",
    778: "GOQ",
    833: "mM",
    944: "W@",
}
_WIDTH = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_BROAD = 0x2190

STYLE = """
  text { font: 14px -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: #1d2530 }
  .b { font-weight: 600 } .small { font-size: 12px; fill: #5a6472 } .caption { font-size: 15px; fill: #57606a }
  .phone { fill: #f6f4f0; stroke: #cfc9bf } .line { stroke: #ded8cd } .title { font-weight: 600 }
  .theirs { fill: #ffffff; stroke: #e3ded4 } .bots { fill: #e6efe9; stroke: #cfdfd5 }
  .own { fill: #dbe7f6; stroke: #c3d5ec }
  .tap { fill: #ffffff; stroke: #b9c2cc } .face { fill: #b98a5e } .botface { fill: #4f8a6d } .initial { fill: #ffffff }
  .lock { fill: #4f8a6d; stroke: #4f8a6d }
  @media (prefers-color-scheme: dark) {
    text { fill: #e8e6e1 } .small { fill: #a3adb8 } .caption { fill: #9aa4af }
    .phone { fill: #1b1f24; stroke: #3a424b } .line { stroke: #333b44 }
    .theirs { fill: #2a3037; stroke: #3a424b } .bots { fill: #22352c; stroke: #33503f }
    .own { fill: #23364e; stroke: #35506f }
    .tap { fill: #2a3037; stroke: #55606b } .initial { fill: #ffffff } .lock { fill: #7fbf9d; stroke: #7fbf9d }
  }
"""

Run = tuple[str, bool]


class _Lines(HTMLParser):
    """Matrix's HTML to lines of runs, each run with whether it is bold; an empty line between paragraphs."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[list[Run]] = [[]]
        self._bold = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self._bold += tag == "strong"
        if tag == "br" or (tag in ("p", "blockquote") and self.lines != [[]]):
            self.lines.append([])

    def handle_endtag(self, tag: str) -> None:
        self._bold -= tag == "strong"

    def handle_data(self, data: str) -> None:
        self.lines[-1].append((data, self._bold > 0))


def lines_of(markup: str, most: int) -> list[list[Run]]:
    """The lines of a message; of a long one, the first and the last."""
    parser = _Lines()
    parser.feed(markup)
    parser.close()
    lines = parser.lines
    return lines if len(lines) <= most else [*lines[:FIRST], [(SHORTENED, False)], *lines[-LAST:]]


def width_of(text: str, *, bold: bool = False, size: float = SIZE) -> float:
    """About how wide a text is, in pixels."""
    ems = sum(1400 if ord(letter) >= _BROAD else _WIDTH.get(letter, 556) for letter in text)
    return ems / 1000 * size * (1.08 if bold else 1.02)


def wrapped(line: Sequence[Run], widest: float) -> list[list[Run]]:
    """A line in as many as it takes; an address that is too long is broken where it must be."""
    rows: list[list[Run]] = [[]]
    used = 0.0
    for word in _words(line):
        width = sum(width_of(text, bold=bold) for text, bold in word)
        space = width_of(" ") if rows[-1] else 0.0
        if rows[-1] and used + space + width > widest:
            rows.append([])
            used = space = 0.0
        if space:
            rows[-1].append((" ", False))
        rows[-1].extend(word)
        used += space + width
    return rows


def balanced(lines: Sequence[Sequence[Run]]) -> list[list[list[Run]]]:
    """Each line in its rows, as narrow as they can all be without a row more: no word stands alone."""

    def at(widest: float) -> list[list[list[Run]]]:
        return [wrapped(line, widest) for line in lines]

    best, rows = at(WIDEST), sum(map(len, at(WIDEST)))
    for widest in range(WIDEST, WIDEST // 2, -4):
        narrower = at(widest)
        if sum(map(len, narrower)) > rows:
            break
        best = narrower
    return best


def _words(line: Sequence[Run]) -> Iterator[list[Run]]:
    """What stands between spaces, whatever is bold in it."""
    word: list[Run] = []
    for text, bold in line:
        first, *others = text.split(" ")
        if first:
            word.append((first, bold))
        for other in others:
            if word:
                yield word
            word = [(other, bold)] if other else []
    if word:
        yield word


def _text(x: float, y: float, row: Iterable[Run], kind: str = "") -> str:
    spans = []
    for bold, runs in groupby(row, key=lambda run: run[1]):
        text = html.escape("".join(text for text, _ in runs), quote=False)
        spans.append(f'<tspan class="b">{text}</tspan>' if bold else text)
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{named} xml:space="preserve">{"".join(spans)}</text>'


def _box(x: float, y: float, width: float, height: float, kind: str, round_: float = ROUND) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{round_}" class="{kind}"/>'


def _bubble(said: Said, y: float, *, first: bool) -> tuple[list[str], float]:
    """One message from `y` on, and where the next may begin. `first` of several by the same person has their name."""
    lines = balanced(lines_of(said.markup, said.most))
    rows = [row for line in lines for row in line]
    width = max(sum(width_of(text, bold=bold) for text, bold in row) for row in rows) + 2 * PADDING + 4
    left = PHONE - MARGIN - width if said.own else MARGIN + AVATAR + 8
    drawn = []
    if first and not said.own:
        face = "botface" if said.bot else "face"
        drawn.append(_box(MARGIN, y + 16, AVATAR, AVATAR, face, 7 if said.bot else AVATAR / 2))
        middle = MARGIN + AVATAR / 2
        drawn.append(
            f'<text x="{middle}" y="{y + 34}" class="initial b" text-anchor="middle">{said.who[0].upper()}</text>'
        )
        drawn.append(_text(left + 2, y + 11, [(said.who, False)], "small"))
        y += 16
    height = len(rows) * LINE + (len(lines) - 1) * PARAGRAPH + 2 * PADDING - 5
    drawn.append(_box(left, y, width, height, "own" if said.own else "bots" if said.bot else "theirs"))
    line_y = y + PADDING + 11
    for line in lines:
        for row in line:
            drawn.append(_text(left + PADDING, line_y, row))
            line_y += LINE
        line_y += PARAGRAPH
    y += height
    chips = [f"{key} {count}" for key, count in said.taps]
    if said.replies:
        chips.append(f"{said.replies} replies")
    x = left + 8
    for chip in chips:
        wide = width_of(chip, size=12) + 16
        if x + wide > PHONE - MARGIN:
            x, y = left + 8, y + 26
        drawn += [_box(x, y - 4, wide, 22, "tap", 11), _text(x + 8, y + 11, [(chip, False)], "small")]
        x += wide + 6
    return drawn, y + (22 if chips else 0) + GAP


def _phone(screen: Screen) -> tuple[list[str], float]:
    """What is on one phone, and down to where."""
    drawn, y, before = [], float(HEADER + 12), ""
    for said in screen.said:
        bubble, y = _bubble(said, y + (5 if before and said.who != before else 0), first=said.who != before)
        drawn += bubble
        before = said.who
    return drawn, y + 6


def draw(screens: Sequence[Screen]) -> str:
    """The picture: two phones a row."""
    parts, top = [], 0.0
    for number in range(0, len(screens), 2):
        row = [(screen, *_phone(screen)) for screen in screens[number : number + 2]]
        height = max(height for _, _, height in row)
        for column, (screen, drawn, _) in enumerate(row):
            parts += [
                f'<g transform="translate({column * (PHONE + BETWEEN) + 1} {top:.0f})">',
                _text(MARGIN, 22, [(f"{number + column + 1}  {screen.caption}", False)], "caption"),
                f'<g transform="translate(0 {CAPTION})">',
                _box(0, 0, PHONE, height, "phone", 24),
                f'<path d="M0 {HEADER}H{PHONE}" class="line"/>',
                '<rect x="18" y="21" width="12" height="9" rx="2" class="lock"/>',
                '<path d="M20.5 21v-2.5a3.5 3.5 0 0 1 7 0V21" class="lock" style="fill:none;stroke-width:1.8"/>',
                _text(38, 30, [(screen.title, False)], "title"),
                *drawn,
                "</g></g>",
            ]
        top += CAPTION + height + BETWEEN
    width = 2 * PHONE + BETWEEN + 2
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top:.0f}"',
            f'     width="{width}" height="{top:.0f}" role="img" aria-labelledby="title transcript">',
            "<!-- SPDX-License-Identifier: Apache-2.0; made by conversation.py from a real conversation -->",
            '<title id="title">A newcomer is met, let in, and answered</title>',
            f'<desc id="transcript">{html.escape(_transcript(screens), quote=False)}</desc>',
            f"<style>{STYLE}</style>",
            *parts,
            "</svg>\n",
        ]
    )


def _transcript(screens: Sequence[Screen]) -> str:
    """All that is shown, for those who listen."""
    told = []
    for screen in screens:
        told.append(f"{screen.caption} ({screen.title})")
        for said in screen.said:
            text = " ".join("".join(text for text, _ in line) for line in lines_of(said.markup, said.most))
            taps = "".join(f" [{key} {count}]" for key, count in said.taps)
            told.append(f"{said.who}: {text}{taps}")
    return "\n".join(told)

# SPDX-License-Identifier: Apache-2.0
"""Markdown to the two forms of a Matrix message: plain text that reads well aloud, and HTML of a few known tags.

Only the catalogue's own sentences are Markdown. What fills their placeholders is put in afterwards, escaped,
so it can't become markup; the HTML is written token by token, so it holds no tag that is not named here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

PLACEHOLDER = re.compile(r"\{\{|\}\}|\{(?P<name>[a-z][a-z0-9_]*)(?::(?P<style>[a-z]+))?\}")

# Stand-ins for placeholders while Markdown is read: private-use characters, a start, digits, an end.
_START, _END = "\ue000", "\ue001"
_STAND_IN = re.compile(f"{_START}(\\d+){_END}")
_ALONE = re.compile(rf"^{_STAND_IN.pattern}$", re.MULTILINE)

# Overrides, embeddings and isolates reorder what stands around them;
# other controls have no business in a sentence.
_UNSAFE = re.compile("[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b-\u001f\u007f-\u009f\ue000\ue001\ud800-\udfff]")


class _Markdown(MarkdownIt):
    """Leaves addresses as written, so that stand-ins come through; `_Writer._href` judges them."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the base class's name
        return url

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - the base class's name
        return True


_MARKDOWN = _Markdown("commonmark", {"html": False}).disable(["html_block", "html_inline", "image", "code"])
_SAFE_TAGS = {
    "paragraph": "p",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "blockquote",
    "heading": "h4",
    "strong": "strong",
    "em": "em",
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it goes out: `body` for plain clients and screen readers, `html` for the rest."""

    body: str
    html: str


@dataclass(frozen=True, slots=True)
class Inline:
    """What fills a placeholder within a line."""

    body: str
    html: str


@dataclass(frozen=True, slots=True)
class Block:
    """What fills a placeholder with sentences of its own. Within a line, `inline` (its body, if None) is used."""

    content: Rendered
    inline: str | None = None


Piece = Inline | Block


def escaped(text: str) -> str:
    """`text` as HTML that shows just that, line ends included."""
    return html.escape(text, quote=False).replace("\n", "<br>")


def plain_text(text: str) -> Inline:
    """Somebody's text, made harmless: shown as it is, without control characters that reorder or hide."""
    safe = _UNSAFE.sub("", text.replace("\r\n", "\n")).replace("@room", "@\u2060room")
    return Inline(safe, escaped(safe))


def items(rendered: Sequence[Rendered], inline: str) -> Block:
    """A list of sentences; `inline` is how it reads within a line."""
    body = "\n".join(f"• {_indented(item.body, 2)}" for item in rendered)
    markup = "".join(f"<li>{_tight(item.html)}</li>" for item in rendered)
    return Block(Rendered(body, f"<ul>{markup}</ul>" if rendered else ""), inline)


def render_markdown(text: str, piece: Callable[[str, str], Piece]) -> Rendered:
    """`text` in both forms, each `{name:style}` filled with `piece(name, style)`.

    A line end is a line end, as in a chat. A block alone on its line stands apart from the lines around it.
    """
    pieces: list[Piece] = []

    def stand_in(match: re.Match[str]) -> str:
        if match["name"] is None:
            return match[0][0]
        pieces.append(piece(match["name"], match["style"] or ""))
        return f"{_START}{len(pieces) - 1}{_END}"

    def apart(match: re.Match[str]) -> str:
        return f"\n{match[0]}\n" if isinstance(pieces[int(match[1])], Block) else match[0]

    text = PLACEHOLDER.sub(stand_in, text)
    return _Writer(pieces).blocks(_parsed(_ALONE.sub(apart, text)))


@lru_cache(maxsize=1024)
def _parsed(text: str) -> tuple[Token, ...]:
    return tuple(_MARKDOWN.parse(text))


def _tight(markup: str) -> str:
    """A single paragraph without its tag."""
    single = re.fullmatch(r"<p>((?:(?!</?p>).)*)</p>", markup, re.DOTALL)
    return single[1] if single else markup


def _indented(body: str, width: int) -> str:
    return body.replace("\n", "\n" + " " * width)


class _Writer:
    """Both forms of a token stream, with the pieces in their places."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces

    def blocks(self, tokens: Sequence[Token]) -> Rendered:
        bodies: list[str] = []
        markup: list[str] = []
        tight = False
        position = 0
        while position < len(tokens):
            token = tokens[position]
            end = _closing(tokens, position)
            inside = tokens[position + 1 : end]
            if token.type == "paragraph_open":
                done = self._paragraph(inside[0])
                tight = tight or token.hidden
                markup.append(_tight(done.html) if token.hidden else done.html)
            else:
                done = self._block(token, inside)
                markup.append(done.html)
            if done.body:
                bodies.append(done.body)
            position = end + 1
        return Rendered(("\n" if tight else "\n\n").join(bodies), "".join(markup))

    def _block(self, token: Token, inside: Sequence[Token]) -> Rendered:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            return self._list(token, inside)
        if token.type == "fence":
            said, shown = self._filled(token.content.rstrip("\n"))
            return Rendered(said, f"<pre><code>{shown}</code></pre>")
        if token.type == "hr":
            return Rendered("", "<hr>")
        tag = _SAFE_TAGS[token.type.removesuffix("_open")]
        done = self._inline(inside[0]) if tag == "h4" else self.blocks(inside)
        return Rendered(done.body, f"<{tag}>{done.html}</{tag}>")

    def _list(self, token: Token, inside: Sequence[Token]) -> Rendered:
        number = int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None
        bodies: list[str] = []
        markup: list[str] = []
        position = 0
        while position < len(inside):
            end = _closing(inside, position)
            item = self.blocks(inside[position + 1 : end])
            marker = "• " if number is None else f"{number + len(bodies)}. "
            bodies.append(marker + _indented(item.body, len(marker)))
            markup.append(f"<li>{item.html}</li>")
            position = end + 1
        tag = "ul" if number is None else "ol"
        start = f' start="{number}"' if number is not None and number != 1 else ""
        return Rendered("\n".join(bodies), f"<{tag}{start}>{''.join(markup)}</{tag}>")

    def _paragraph(self, inline: Token) -> Rendered:
        alone = _STAND_IN.fullmatch(inline.content.strip())
        if alone and isinstance(piece := self._pieces[int(alone[1])], Block):
            return piece.content
        done = self._inline(inline)
        return Rendered(done.body, f"<p>{done.html}</p>" if done.html else "")

    def _inline(self, inline: Token) -> Rendered:
        body: list[str] = []
        markup: list[str] = []
        link: tuple[str, int] | None = None
        for token in inline.children or ():
            if token.type == "link_open":
                link = self._href(str(token.attrs.get("href", ""))), len(body)
                markup.append(f'<a href="{html.escape(link[0])}">' if link[0] else "")
            elif token.type == "link_close":
                assert link is not None
                said = "".join(body[link[1] :])
                body.append("" if not link[0] or said == link[0] else f" ({link[0]})")
                markup.append("</a>" if link[0] else "")
            elif token.type in ("softbreak", "hardbreak"):
                body.append("\n")
                markup.append("<br>")
            elif token.type in ("text", "code_inline", "text_special"):
                said, shown = self._filled(token.content)
                body.append(said)
                markup.append(f"<code>{shown}</code>" if token.type == "code_inline" else shown)
            else:
                name, _, edge = token.type.rpartition("_")
                markup.append(f"</{_SAFE_TAGS[name]}>" if edge == "close" else f"<{_SAFE_TAGS[name]}>")
        return Rendered("".join(body).strip(), "".join(markup).strip())

    def _filled(self, text: str) -> tuple[str, str]:
        def said(match: re.Match[str]) -> str:
            piece = self._pieces[int(match[1])]
            return piece.body if isinstance(piece, Inline) else _inline_body(piece)

        def shown(match: re.Match[str]) -> str:
            piece = self._pieces[int(match[1])]
            if isinstance(piece, Inline):
                return piece.html
            single = _tight(piece.content.html)
            return single if single != piece.content.html else escaped(_inline_body(piece))

        return _STAND_IN.sub(said, text), _STAND_IN.sub(shown, html.escape(text, quote=False))

    def _href(self, href: str) -> str:
        """Where a link may lead: a web or mail address. One that is not becomes no link at all.

        A piece that is the whole address must be one by itself, and not name a person:
        a link must not look like a mention.
        A piece that is part of one is percent-encoded.
        """
        whole = _STAND_IN.fullmatch(href)
        if whole:
            address = _body(self._pieces[int(whole[1])]).strip()
            address = quote(address, safe="/:?#[]@!$&'()*+,;=%~")
            address = "" if re.match(r"https?://matrix\.to/#/(@|%40)", address, re.IGNORECASE) else address
        else:
            address = _STAND_IN.sub(lambda match: quote(_body(self._pieces[int(match[1])]), safe=""), href)
        return address if re.match(r"(https?://|mailto:)", address, re.IGNORECASE) else ""


def _body(piece: Piece) -> str:
    return piece.body if isinstance(piece, Inline) else _inline_body(piece)


def _inline_body(piece: Block) -> str:
    return piece.content.body if piece.inline is None else piece.inline


def _closing(tokens: Sequence[Token], opening: int) -> int:
    """The index of the token that closes the one at `opening`; itself, if it needs none."""
    depth = 0
    for position in range(opening, len(tokens)):
        depth += tokens[position].nesting
        if depth == 0:
            return position
    raise ValueError("unbalanced tokens")

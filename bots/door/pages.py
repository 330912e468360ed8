# SPDX-License-Identifier: Apache-2.0
"""The pages: words and templates to HTML. Pure, but for the files that are read once."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import segno
from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bots.core.actions import Param, Words
from bots.core.anonymity import Finding
from bots.core.community import Community
from bots.core.language import Catalogue
from bots.door.choosing import Problem

_HERE = Path(__file__).parent
_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>", re.DOTALL)
IPHONE = "https://apps.apple.com/app/element-x-secure-chat-call/id1631335820"
ANDROID = "https://play.google.com/store/apps/details?id=io.element.android.x"
FDROID = "https://f-droid.org/packages/io.element.android.x/"
ELEMENT_WEB = "https://app.element.io/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the pages say about where they lead.

    `address` is where people reach the door; `server` is what their apps ask for, mostly the `server_name` itself.
    `lobby` is the lobby's room id (None while there is none). `invites` is "off", "optional" or "required".
    """

    community: Community
    address: str
    server_name: str
    server: str
    welcome: str
    lobby: str | None = None
    invites: str = "optional"
    element_web: str = ELEMENT_WEB


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load, named after its content, so that a browser may keep it for ever."""

    name: str
    content: bytes
    kind: str


def complete_languages(catalogue: Catalogue, community: Community) -> tuple[str, ...]:
    """Those of the community's languages in which the door has every sentence, its default language first if it can be.

    English, in which it was written, where there is none.
    """
    whole = {key for key in catalogue.entries.get("en", {}) if key.startswith("door.")}
    every = dict.fromkeys((community.default_language, *community.languages))
    return tuple(tag for tag in every if whole <= catalogue.entries.get(tag, {}).keys()) or ("en",)


class Pages:
    """Every page, in every language that is whole."""

    def __init__(self, place: Place, catalogue: Catalogue) -> None:
        self.place = place
        self.languages = complete_languages(catalogue, place.community)
        self._catalogue = catalogue
        self.assets = {asset.name: asset for asset in map(_asset, sorted((_HERE / "static").iterdir()))}
        self._static = {name.partition("-")[2]: name for name in self.assets}
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def show(self, page: str, language: str, title: Words, /, *, code: str = "", **more: Any) -> str:
        """The page (a template's name) as HTML. `code` is an invite code that is carried along."""
        path = more.pop("path", "/")
        more.setdefault("languages", [{"tag": tag, "name": self._name(tag)} for tag in self.languages])

        def say(key: str, **params: Param) -> Markup:
            return self.line(Words(key, params), language)

        def text(key: str, **params: Param) -> Markup:
            return self.words(Words(key, params), language)

        def plain(key: str) -> str:
            return self._catalogue.render(Words(key), language).body

        def link(where: str, tag: str = language) -> str:
            query = {"l": tag, **({"code": code} if code else {})}
            return f"{where}?{urlencode(query)}"

        return self._templates.get_template(f"{page}.html").render(
            say=say,
            text=text,
            plain=plain,
            link=link,
            here=lambda tag: link(path, tag),
            static=lambda name: f"/static/{self._static[name]}",
            qr=_qr,
            title=self._catalogue.render(title, language).body,
            community=self.place.community.name,
            language=language,
            direction="rtl" if Locale.parse(language, sep="-").text_direction == "rtl" else "ltr",
            server=self.place.server,
            code=code,
            **more,
        )

    def words(self, words: Words, language: str) -> Markup:
        """Sentences, as paragraphs."""
        return Markup(self._catalogue.render(words, language).html)  # noqa: S704 - ours, and what fills it is escaped

    def line(self, words: Words, language: str) -> Markup:
        """A sentence within a line."""
        return Markup(_PARAGRAPH.sub(r"\1", str(self.words(words, language))))  # noqa: S704 - as above

    def problem(self, problem: Problem, language: str) -> Markup:
        """Why a name can't be one."""
        return self.words(Words(f"door.problem.{problem}"), language)

    def findings(self, findings: Sequence[Finding], language: str) -> list[Markup]:
        """What a name gives away."""
        return [self.line(Words(f"door.finding.{finding}"), language) for finding in findings]

    def apps(self, language: str) -> Mapping[str, Any]:
        """What the page about apps needs: links that name the homeserver, and none that asks somebody else for it."""
        server, via = quote(self.place.server, safe=""), quote(self.place.server_name, safe=":")
        lobby = self.place.lobby
        return {
            "apps": {
                "iphone": IPHONE,
                "android": ANDROID,
                "fdroid": FDROID,
                "web": self.place.element_web,
                "open": f"https://mobile.element.io/element/?account_provider={server}",
            },
            # Matrix's own kind of address (spec, appendix "matrix: URI scheme"): the device opens it, no website does.
            "lobby": None if lobby is None else f"matrix:roomid/{quote(lobby[1:], safe=':')}?action=join&via={via}",
            "welcome": self.place.welcome,
            "page": f"{self.place.address}/apps?{urlencode({'l': language})}",
        }

    def _name(self, tag: str) -> str:
        return self._catalogue.render(Words("door.language"), tag).body


def _asset(file: Path) -> Asset:
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    kind = "text/javascript" if file.suffix == ".js" else mimetypes.guess_type(file.name)[0]
    return Asset(f"{digest}-{file.name}", content, kind or "application/octet-stream")


def _qr(content: str, alt: str) -> Markup:
    """A QR code as part of the page: no picture is fetched from anywhere."""
    code = segno.make(content, micro=False, error="m")
    drawn = code.svg_inline(border=4, omitsize=True, dark="#000", light="#fff", svgclass=None, lineclass=None)
    label = Markup('<svg role="img" aria-label="{}"').format(alt)
    return Markup(drawn.replace("<svg", str(label), 1))  # noqa: S704 - segno's own drawing

# SPDX-License-Identifier: Apache-2.0
"""The pages of the door. Pure, but for the files that are read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import segno
from markupsafe import Markup

from bots.core.actions import Words
from bots.core.anonymity import Finding
from bots.core.community import Community
from bots.core.language import Catalogue
from bots.door.choosing import Problem
from bots.door.rendering import Renderer

IPHONE = "https://apps.apple.com/app/element-x-secure-chat-call/id1631335820"
ANDROID = "https://play.google.com/store/apps/details?id=io.element.android.x"
FDROID = "https://f-droid.org/packages/io.element.android.x/"
ELEMENT_WEB = "https://app.element.io/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the pages say about where they lead.

    `address` is where people reach the door; `server` is what their apps ask for, mostly the `server_name` itself.
    `lobby` is the lobby's room id (None while there is none). `invites` is "off", "optional" or "required".
    `library` says whether the library can be looked at here, too.
    """

    community: Community
    address: str
    server_name: str
    server: str
    welcome: str
    lobby: str | None = None
    invites: str = "optional"
    library: bool = False
    element_web: str = ELEMENT_WEB


class Pages(Renderer):
    """Every page of the door, in every language that is whole."""

    def __init__(self, place: Place, catalogue: Catalogue) -> None:
        super().__init__(place.community, catalogue, static="/static/")
        self.place = place

    def show(self, page: str, language: str, title: Words, /, *, code: str = "", **more: Any) -> str:
        """The page (a template's name) as HTML. `code` is an invite code that is carried along."""
        path = more.pop("path", "/")

        def link(where: str, tag: str = language) -> str:
            query = {"l": tag, **({"code": code} if code else {})}
            return f"{where}?{urlencode(query)}"

        own = {"link": link, "qr": _qr, "server": self.place.server, "library": self.place.library, "code": code}
        return self.render(page, language, title, lambda tag: link(path, tag), own | more)

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


def _qr(content: str, alt: str) -> Markup:
    """A QR code as part of the page: no picture is fetched from anywhere."""
    code = segno.make(content, micro=False, error="m")
    drawn = code.svg_inline(border=4, omitsize=True, dark="#000", light="#fff", svgclass=None, lineclass=None)
    label = Markup('<svg role="img" aria-label="{}"').format(alt)
    return Markup(drawn.replace("<svg", str(label), 1))  # noqa: S704 - segno's own drawing

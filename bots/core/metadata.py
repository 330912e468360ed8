# SPDX-License-Identifier: Apache-2.0
"""What a picture or a video says about who took it and where, beside what it shows. Pure, over bytes.

Cameras write it as EXIF (a TIFF inside the file), some as XMP, and phones' videos as a position in the container.
Nothing is decoded: no pixel is unpacked, so no small file becomes a large one. Whatever is in the file, the answer is
what could be read of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from PIL.Image import Exif

from bots.core.actions import Examine, Priority
from bots.core.events import Event


class Tells(StrEnum):
    """What a file gives away."""

    PLACE = "place"  # where it was taken
    OWNER = "owner"  # whose camera it was: a name, or a number that only that camera has


# How an `Examine` tells what it found, the graver first.
ERRCODES = {Tells.PLACE: "KITHROOM_TELLS_PLACE", Tells.OWNER: "KITHROOM_TELLS_OWNER"}
# Where the TIFF begins: in JPEG and HEIC after `Exif`, in PNG and WebP in a chunk, and in a TIFF file at once.
_TIFF = re.compile(rb"(?:Exif\0\0|eXIf|EXIF.{4}(?:Exif\0\0)?|\A)(?=II\*\0|MM\0\*)", re.DOTALL)
_XMP_PLACE = re.compile(rb"exif:GPSL(?:at|ong)itude\s{0,4}(?:=\s{0,4}[\"']|>)\s{0,4}[\d-]")
# ISO 6709 in the containers of phones: `+48.8577+002.2950/`.
_VIDEO_PLACE = re.compile(rb"(?:\xa9xyz|location\.ISO6709).{0,400}?[+-]\d{2}(?:\.\d+)?[+-]\d{3}(?:\.\d+)?", re.DOTALL)
_GPS, _EXIF = 0x8825, 0x8769
_LATITUDE, _LONGITUDE = 2, 4
_OWNERS = {0: (0x013B, 0x9C9D, 0xC62F), _EXIF: (0xA430, 0xA431, 0xA435)}
# A file has one or two; a file that is made to keep us busy has as many as it likes.
_MOST = 3


def examine(event: Event, why: str) -> Examine:
    """Ask the file that came with an event, when nothing else is to be done; what it tells is the outcome."""
    return Examine(
        why=why,
        priority=Priority.BACKGROUND,
        follow_up=True,
        room_id=event.room_id,
        event_id=event.event_id,
        sender=event.sender,
    )


def tells(data: bytes) -> frozenset[Tells]:
    """What the file's data about itself says."""
    found: set[Tells] = set()
    for blob in _tiffs(data):
        found |= _in_exif(blob)
    if _XMP_PLACE.search(data) or _VIDEO_PLACE.search(data):
        found.add(Tells.PLACE)
    return frozenset(found)


def _tiffs(data: bytes) -> Iterator[bytes]:
    for number, begin in enumerate(_TIFF.finditer(data)):
        if number >= _MOST:
            return
        yield data[begin.end() :]


def _in_exif(blob: bytes) -> set[Tells]:
    found: set[Tells] = set()
    try:
        exif = Exif()
        exif.load(blob)
        gps = exif.get_ifd(_GPS)
        if gps.get(_LATITUDE) and gps.get(_LONGITUDE):
            found.add(Tells.PLACE)
        for directory, tags in _OWNERS.items():
            entries = exif.get_ifd(directory) if directory else exif
            if any(_says_something(entries.get(tag)) for tag in tags):
                found.add(Tells.OWNER)
    except Exception:  # noqa: BLE001 — whatever a stranger's file makes of the parser
        return found
    return found


def _says_something(value: object) -> bool:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")
    return bool(text.strip("\0 \ufffd0"))

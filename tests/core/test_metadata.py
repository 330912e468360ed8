# SPDX-License-Identifier: Apache-2.0
"""What a picture says of who took it and where is found in each of the usual containers, and costs nothing to ask."""

from __future__ import annotations

import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from bots.core.metadata import Tells, tells

PLACE, OWNER = frozenset({Tells.PLACE}), frozenset({Tells.OWNER})


def exif(*, place=False, owner=False, model=True):
    data = Image.Exif()
    if model:
        data[0x010F], data[0x0110] = "Fruit", "Phone 12"
    if place:
        degrees = tuple(IFDRational(each) for each in (51, 30, 12))
        data.get_ifd(0x8825).update({1: "N", 2: degrees, 3: "W", 4: degrees})
    if owner:
        data[0x013B] = "Ana Silva"
    return data


def picture(kind, data=None, **more):
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, kind, **({"exif": data} if data else {}), **more)
    return file.getvalue()


def heic(data):
    """Where phones put it: an item of the container, somewhere among the others."""
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 90 + b"\0\0\0\x06" + data.tobytes() + b"\0" * 40


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIC"])
@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"place": True}, PLACE),
        ({"owner": True}, OWNER),
        ({"place": True, "owner": True}, PLACE | OWNER),
        ({}, frozenset()),
    ],
)
def test_in_each_container(kind, data, found):
    made = exif(**data)
    if kind == "TIFF":
        assert tells(made.tobytes().removeprefix(b"Exif\0\0")) == found
    else:
        assert tells(heic(made) if kind == "HEIC" else picture(kind, made)) == found


def test_a_picture_without_anything_says_nothing():
    assert tells(picture("JPEG")) == tells(picture("PNG")) == tells(b"") == frozenset()


def test_the_number_of_a_camera_is_its_owners():
    data = exif()
    data.get_ifd(0x8769)[0xA431] = "0012345"
    assert tells(picture("JPEG", data)) == OWNER


def test_xmp_and_videos():
    assert tells(b'<rdf exif:GPSLatitude="51,30.2N" exif:GPSLongitude="0,7.6W"/>') == PLACE
    assert tells(b"....moov....\xa9xyz\0\x12\x15\xc7+48.8577+002.2950/....") == PLACE
    assert tells(b"com.apple.quicktime.location.ISO6709" + b"\0" * 60 + b"+48.8577+002.2950+035/") == PLACE
    assert tells(b"we met at +48 in the xyz") == frozenset()


@settings(max_examples=60)
@given(st.binary(max_size=300), st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_whatever_is_in_a_file_nothing_breaks(noise, at, patch):
    whole = picture("JPEG", exif(place=True, owner=True))
    tells(noise)
    tells(b"Exif\0\0II*\0" + noise)
    tells(whole[:at] + patch + whole[at + len(patch) :])
    tells(whole[:at])


@pytest.mark.parametrize(
    "data",
    [
        b"Exif\0\0II*\0\x08\0\0\0" * 200_000,
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x00\x00\x05\xff\xff\xff\xff\0\0\0\x08" * 60_000,
        b"location.ISO6709" * 150_000,
        b"exif:GPSLatitude" * 150_000,
    ],
    ids=["many", "large", "video", "xmp"],
)
def test_a_file_that_is_made_to_keep_us_busy_does_not(data):
    began = time.process_time()
    tells(data)
    assert time.process_time() - began < 2

# SPDX-License-Identifier: Apache-2.0
"""Settings that were read beforehand are those in the folder now, or they are read again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bots.cli.installation import beforehand
from bots.cli.installation.beforehand import catalogue_of, community_in, read_beforehand
from bots.cli.installation.deployment import community_folder
from bots.core.documents import SettingsError
from fakes.installation import write_installation

COMMUNITY = """\
name: Testers
slug: testers
languages: [en, de]
minimum_age: 18
lobby: {name: Lobby}
moderators_room: {name: Office, topic: Quiet}
federation: closed
conditions:
  - id: type-1-diabetes
    name: {en: Type 1 diabetes}
    room_name: Harbour
    room_topic: For all of us.
"""
GUIDELINES = """\
version: 1
guidelines:
  - {id: kind, text: Be kind., why: It helps., source: Everybody}
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "config"
    for name in ("guidelines", "words"):
        (folder / name).mkdir(parents=True)
    (folder / "community.yaml").write_text(COMMUNITY)
    (folder / "guidelines/guidelines.yaml").write_text(GUIDELINES)
    return folder


@pytest.fixture
def read(folder, monkeypatch):
    """`read()`: have the settings in `folder` read beforehand."""
    monkeypatch.setattr(beforehand, "_READ", {})

    def read():
        read_beforehand(folder)

    return read


def put(folder, before, after):
    file = folder / "community.yaml"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


def test_what_was_read_is_not_read_again(folder, read):
    read()
    assert community_in(folder) is community_in(folder)
    assert catalogue_of(community_in(folder)) is catalogue_of(community_in(folder))


def test_without_having_been_read_it_is_read_when_it_is_asked_for(folder, monkeypatch):
    monkeypatch.setattr(beforehand, "_READ", {})
    assert community_in(folder) == community_in(folder)
    assert community_in(folder) is not community_in(folder)


def test_a_changed_file_is_read_again(folder, read):
    read()
    put(folder, "minimum_age: 18", "minimum_age: 21")
    assert community_in(folder).minimum_age == 21


def test_a_new_file_is_read_too(folder, read):
    read()
    (folder / "words/en.yaml").write_text('welcome.help: "Ask anything."\n', "utf-8")
    assert community_in(folder).words["en"] == {"welcome.help": "Ask anything."}
    assert catalogue_of(community_in(folder)).entries["en"]["welcome.help"] == "Ask anything."


def test_a_file_that_is_gone_is_missed(folder, read):
    read()
    (folder / "community.yaml").unlink()
    with pytest.raises(SettingsError, match=r"community\.yaml"):
        community_in(folder)


def test_mistakes_are_told_by_whoever_asks(folder, read):
    put(folder, "minimum_age: 18", "minimum_aeg: 18")
    read()
    with pytest.raises(SettingsError, match="minimum_aeg"):
        community_in(folder)


def test_without_a_folder_there_is_nothing_to_read(tmp_path, monkeypatch):
    monkeypatch.setattr(beforehand, "_READ", {})
    read_beforehand(tmp_path / "nowhere")
    assert beforehand._READ == {}


def test_an_installation_says_where_its_community_is(folder, tmp_path):
    file = write_installation(tmp_path, community=str(folder))
    assert community_folder(file) == folder
    file.write_text("homeserver: [", "utf-8")
    assert community_folder(file) is None
    assert community_folder(tmp_path / "nowhere.yaml") is None


def test_other_languages_have_another_catalogue(folder, read):
    read()
    community = community_in(folder)
    other = replace(community, languages=("de",), default_language="de")
    assert catalogue_of(other).default_language == "de"
    assert catalogue_of(replace(community, moderators=("@mo:kith.test",))) is catalogue_of(community)

# SPDX-License-Identifier: Apache-2.0
"""A mistake in the settings does not stop the bots: they go on with those that were right the last time, and say so."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from bots.cli.installation.last_settings import FILE, load_or_last
from bots.core.documents import SettingsError

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(CONFIG, tmp_path / "config"))


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


def spoil(folder):
    file = folder / "community.yaml"
    file.write_text(file.read_text("utf-8").replace("minimum_age: 18", "minimum_aeg: 18"), "utf-8")


def test_settings_that_are_right_are_kept_and_used(folder, state):
    loaded = load_or_last(folder, state)
    assert loaded.mistakes == ()
    assert (state / FILE).exists()


def test_with_a_mistake_the_last_ones_are_used_and_every_mistake_is_told(folder, state):
    before = load_or_last(folder, state).community
    spoil(folder)
    (folder / "words/en.yaml").write_text("welcome.greting: Hi\n", "utf-8")
    loaded = load_or_last(folder, state)
    assert loaded.community == before
    assert loaded.settings_of is not None
    assert len(loaded.mistakes) == 2
    assert loaded.mistakes[0].startswith("community.yaml:")
    assert not any(str(folder) in mistake for mistake in loaded.mistakes)


def test_when_it_is_mended_the_new_ones_are_used(folder, state):
    load_or_last(folder, state)
    spoil(folder)
    load_or_last(folder, state)
    file = folder / "community.yaml"
    file.write_text(file.read_text("utf-8").replace("minimum_aeg: 18", "minimum_age: 21"), "utf-8")
    loaded = load_or_last(folder, state)
    assert (loaded.mistakes, loaded.community.minimum_age) == ((), 21)


def test_a_first_start_with_a_mistake_says_what_is_wrong(folder, state):
    spoil(folder)
    with pytest.raises(SettingsError, match="minimum_aeg"):
        load_or_last(folder, state)


def test_a_folder_that_is_gone_is_a_mistake_like_any_other(folder, state):
    before = load_or_last(folder, state).community
    shutil.rmtree(folder)
    assert load_or_last(folder, state).community == before


def test_a_full_disk_stops_no_start_and_is_not_filled_further(folder, state, monkeypatch):
    load_or_last(folder, state)
    before = (state / FILE).read_bytes()

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert load_or_last(folder, state).mistakes == ()
    assert [file.name for file in state.iterdir()] == [FILE]
    assert (state / FILE).read_bytes() == before

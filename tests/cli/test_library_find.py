# SPDX-License-Identifier: Apache-2.0
"""A librarian tries what would be found, without rooms and without a homeserver."""

import pytest
from click.testing import CliRunner

from bots.cli import main
from core.test_settings import LIBRARY
from fakes.neighbours import HEAT, community

# A helpline that is past its day.
OLD = LIBRARY.partition("\n")[2].replace("flying", "line").replace("2027", "2020").replace("2026", "2019")
OLD = OLD.replace("kind: life-hack", "kind: helpline\n    url: https://example.org/line")


@pytest.fixture
def find(tmp_path, monkeypatch):
    # The search by words is quick to set up; what meaning adds is tested where it is made.
    monkeypatch.setattr("bots.resources.library.installed_encoders", lambda: ())
    folder = community(tmp_path / "config", library=LIBRARY + HEAT + OLD)

    def run(*words, code=0):
        result = CliRunner().invoke(main, ["library", "find", *words, "--community", str(folder)])
        assert result.exit_code == code, (result.output, result.exception)
        return result.output

    return run


def test_what_is_found_is_named_by_its_id_and_says_why(find):
    first, *_ = find("insulin", "heet").splitlines()
    assert first == "1. Insulin in the heat (heat). It fits: insulin, heat."


def test_what_no_entry_has_is_said(find):
    output = find("xylophone")
    assert "Nothing fits" in output
    assert "In no entry: xylophone." in output


def test_what_members_would_not_see_is_not_shown(find):
    assert "(flying)" in find("flying")
    assert "(line)" not in find("flying")


def test_a_condition_that_is_none_is_told(find):
    assert "Did you mean `type-1-diabetes`?" in find("flying", "--condition", "typ-1-diabetes", code=1)

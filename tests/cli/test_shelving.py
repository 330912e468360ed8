# SPDX-License-Identifier: Apache-2.0
"""The library from other programs' files, and as such, by the command line."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bots.cli import main
from bots.core.settings import load_community

EXAMPLE = Path(__file__).parents[2] / "config"
ENTRY = {
    "id": "kettle",
    "title": "Tea first",
    "summary": "Put the kettle on.",
    "source": "Us",
    "kind": "life-hack",
    "languages": ["en"],
}


@pytest.fixture
def folder(tmp_path):
    """The example's rooms and guidelines, with a small library: reading all of it takes a while."""
    folder = tmp_path / "config"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("helplines", "transcripts", "words", "*-*.yaml"))
    return folder


def run(folder, *arguments):
    return CliRunner().invoke(main, ["library", *map(str, arguments), "--community", str(folder)])


def written(folder, name, entries):
    file = folder.parent / name
    file.write_text(json.dumps(entries))
    return file


def test_what_is_exported_is_taken_in_again(folder, tmp_path):
    for kind in ("json", "csv"):
        done = run(folder, "export", "--format", kind)
        assert done.exit_code == 0, done.output
        (tmp_path / f"all.{kind}").write_text(done.output)
    before = load_community(folder).library
    for kind in ("json", "csv"):
        shutil.rmtree(folder / "library")
        (folder / "library").mkdir()
        done = run(folder, "import", tmp_path / f"all.{kind}")
        assert done.exit_code == 0, done.output
        assert sorted(load_community(folder).library, key=lambda e: e.id) == sorted(before, key=lambda e: e.id)


def test_a_community_without_a_library_gets_one(folder):
    shutil.rmtree(folder / "library")
    done = run(folder, "import", written(folder, "tea.json", [ENTRY]))
    assert done.exit_code == 0, done.output
    assert [entry.id for entry in load_community(folder).library] == ["kettle"]


def test_a_file_without_entries_is_said_to_be_one(folder):
    done = run(folder, "import", written(folder, "nothing.json", []))
    assert "There are no entries in it. Nothing was written." in done.output


@pytest.mark.parametrize("command", [("check", "--offline"), ("find", "tea"), ("export",), ("site", "target")])
def test_a_folder_that_is_no_communitys_is_told_with_how_to_name_one(tmp_path, command):
    for folder in (tmp_path, tmp_path / "nowhere"):
        done = run(folder, *command)
        assert done.exit_code == 1
        assert "Name the community's folder with `--community FOLDER`" in done.output
        assert done.output.count("\n") == 1


def test_a_feed_is_printed(folder):
    assert run(folder, "export", "--format", "rss").output.count("<item>") == len(load_community(folder).library)


def test_a_mistake_keeps_one_entry_out_and_is_told(folder):
    file = written(
        folder,
        "new.json",
        [
            ENTRY,
            ENTRY | {"id": "Bad Id", "kind": "lifehack", "title": {"es": "Té"}, "summary": {"es": "Té."}},
            ENTRY | {"id": "stove"},
            ENTRY | {"id": "mime", "colour": 1},
        ],
    )
    done = run(folder, "import", file, "--review-by", "2027-05-01")
    assert done.exit_code == 1
    assert "Entry 2 (Bad Id): " in done.output
    assert done.output.count("in `en`, the default language, is missing") == 1, "what is wrong twice is said once"
    assert "Did you mean `life-hack`?" in done.output
    assert "Entry 4 (mime): There is no setting called `colour` here." in done.output
    assert "2 entries more" in done.output
    library = {entry.id: entry for entry in load_community(folder).library}
    assert library["kettle"].review_by.isoformat() == "2027-05-01"
    assert "stove" in library
    assert "Bad Id" not in library


def test_what_is_there_already_stays_as_it_is(folder):
    known = load_community(folder).library[0].id
    done = run(folder, "import", written(folder, "new.json", [ENTRY | {"id": known}]))
    assert done.exit_code == 0
    assert f"since the library has them: {known}" in done.output
    assert "Nothing was written." in done.output
    assert not (folder / "library/new.yaml").exists()


def test_an_id_that_comes_twice_comes_once(folder):
    done = run(folder, "import", written(folder, "new.json", [ENTRY, ENTRY]))
    assert "Entry 2 (kettle): The id `kettle` is taken already" in done.output
    assert "1 entry more" in done.output


def test_text_that_looks_like_yaml_is_text(folder):
    nasty = {"title": "a: b\n- c: !!python/object:os.system", "summary": "{{x}} # [", "source": "*alias"}
    assert run(folder, "import", written(folder, "new.json", [ENTRY | nasty])).exit_code == 0
    (entry,) = [entry for entry in load_community(folder).library if entry.id == "kettle"]
    assert (entry.title["en"], entry.summary["en"], entry.source["en"]) == tuple(nasty.values())


def test_a_formula_is_a_cell_of_text(folder, tmp_path):
    formula = '=HYPERLINK("https://evil.example","x")'
    run(folder, "import", written(folder, "new.json", [ENTRY | {"summary": formula}]))
    rows = list(csv.DictReader(run(folder, "export", "--format", "csv").output.splitlines()))
    assert [row["summary.en"] for row in rows if row["id"] == "kettle"] == ["'" + formula]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "https://"])
def test_only_addresses_of_web_pages_are_taken_in(folder, url):
    done = run(folder, "import", written(folder, "new.json", [ENTRY | {"url": url}]))
    assert done.exit_code == 1
    assert "is not a web address" in done.output


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("new.txt", b"", "should end in .json, .csv or .xml"),
        ("new.json", b"\xff\xfe", "is not written in UTF-8"),
        ("new.csv", b"a,b\n", "nothing is known of"),
        ("new.xml", b"<a/>", "begins with `a`"),
    ],
)
def test_a_file_that_is_none_is_told(folder, tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    done = run(folder, "import", tmp_path / name)
    assert done.exit_code == 1
    assert told in done.output


@pytest.mark.parametrize("name", ["windows.csv", "windows.json"])
def test_a_mark_that_some_programs_write_in_front_is_no_text(folder, tmp_path, name):
    columns = ("id", "title", "summary", "source", "kind")
    table = f"{','.join(columns)},languages\r\n{','.join(ENTRY[each] for each in columns)},en\r\n"
    (tmp_path / name).write_text(table if name.endswith("csv") else json.dumps([ENTRY]), encoding="utf-8-sig")
    done = run(folder, "import", tmp_path / name)
    assert done.exit_code == 0, done.output
    assert "kettle" in {entry.id for entry in load_community(folder).library}


def test_what_has_no_end_is_no_file(folder, tmp_path):
    os.mkfifo(tmp_path / "endless.csv")
    for file in (tmp_path / "endless.csv", "/dev/zero"):
        done = run(folder, "import", file)
        assert done.exit_code == 1
        assert f"{file} is not a file that can be read whole." in done.output


def test_a_file_of_that_name_is_not_written_over(folder):
    file = written(folder, "cards.json", [ENTRY])
    done = run(folder, "import", file)
    assert done.exit_code == 1
    assert "already" in done.output

# SPDX-License-Identifier: Apache-2.0
"""Two communities, one of which subscribes to the other's library: everything by the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bots.cli import main
from bots.cli.library.feeds import subscription as on_disk
from bots.core.settings import load_community
from bots.core.signing import public_key, signed
from fakes.neighbours import FLYING, HEAT, community, serving

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = public_key(KEY)
NOW = datetime.now(UTC).replace(microsecond=0)


class Neighbour:
    """Another community, and what it publishes."""

    def __init__(self, folder, laid, root):
        self.folder, self._laid = folder, laid
        self.url = f"{root}/feed.json"
        self.made = NOW - timedelta(days=30)

    def share(self, library=None, *, key=KEY, made=None, **more):
        """Publish the library, a minute later than the last time."""
        from bots.resources.exchange import to_feed

        if library is not None:
            (self.folder / "library/travel.yaml").write_text(library)
        self.made = made or self.made + timedelta(minutes=1)
        shared = load_community(self.folder)
        feed = to_feed(shared.library, title=shared.name, home=None, language="en", made=self.made)
        self.lay(json.dumps(signed(feed | more, key)).encode())

    def lay(self, answer):
        self._laid["/feed.json"] = answer

    @property
    def laid(self):
        return self._laid["/feed.json"]


@pytest.fixture
def there(tmp_path):
    with serving() as (laid, root):
        neighbour = Neighbour(community(tmp_path / "there", "The Friends"), laid, root)
        neighbour.share()
        yield neighbour


@pytest.fixture
def here(tmp_path) -> Path:
    return community(tmp_path / "here", library="resources: []\n")


def run(*words, code=0, given=None):
    result = CliRunner().invoke(main, ["library", "feed", *map(str, words)], input=given)
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def subscribe(here, there, *more, code=0, theirs=PUBLIC):
    return run("subscribe", "friends", there.url, "--community", here, "--local", "--theirs", theirs, *more, code=code)


def update(here, code=0):
    return run("update", "--community", here, "--local", code=code)


def preview(here, code):
    return run("preview", "friends", "--community", here, "--local", code=code)


def shelf(here):
    return here / "subscriptions/friends/library.yaml"


def shown(here):
    return {entry.id: entry for entry in load_community(here).library}


def everything(here):
    return {file: file.read_bytes() for file in here.rglob("*") if file.is_file()}


def test_what_is_exported_can_be_subscribed_to(tmp_path, here, there):
    key, feed = tmp_path / "secrets/key", tmp_path / "feed.json"
    run("export", "--community", there.folder, "--key", key, "--to", feed)
    assert key.stat().st_mode & 0o077 == 0
    assert feed.stat().st_mode & 0o777 == 0o644, "a web server can't read it"
    there.lay(feed.read_bytes())
    told = run("key", "--key", key).strip()
    output = subscribe(here, there, "--trust", "show", theirs=told)
    assert told in output
    assert {name: entry.shared_by for name, entry in shown(here).items()} == {
        "friends-flying": "The Friends",
        "friends-heat": "The Friends",
    }
    assert shown(here)["friends-heat"].text == {"en": "Wet the pot, and put it into the shade."}


def test_the_key_never_lies_in_what_is_shared(there):
    output = run("export", "--community", there.folder, "--key", there.folder / "key", code=1)
    assert "is a secret" in output
    assert not (there.folder / "key").exists()


def test_whose_key_it_is_is_asked_and_no_is_no(here, there):
    before = everything(here)
    output = run("subscribe", "friends", there.url, "--community", here, "--local", given="n\n", code=1)
    assert PUBLIC in output
    assert "friends-heat" in output
    assert everything(here) == before


def test_another_key_than_the_one_that_was_told_is_refused(here, there):
    before = everything(here)
    output = subscribe(here, there, theirs="A" * 43, code=1)
    assert "signed with another key" in output
    assert "than the one that you named" in output
    assert "source.yaml" not in output, "there is none yet"
    assert everything(here) == before


def test_a_key_that_is_made_is_said_to_be_new(tmp_path):
    made = CliRunner().invoke(main, ["library", "feed", "key", "--key", str(tmp_path / "typo.key")])
    assert f"There was no key in {tmp_path / 'typo.key'}: a new one was made." in made.stderr
    again = CliRunner().invoke(main, ["library", "feed", "key", "--key", str(tmp_path / "typo.key")])
    assert (again.stderr, again.stdout) == ("", made.stdout)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_is_said_to_be_none_and_stays(tmp_path, content):
    file = tmp_path / "picture.png"
    file.write_bytes(content)
    done = CliRunner().invoke(main, ["library", "feed", "key", "--key", str(file)], catch_exceptions=False)
    assert (done.exit_code, file.read_bytes()) == (1, content)
    assert f"{file} is not an Ed25519 key." in done.output


@pytest.mark.parametrize("url", ["friends", "ftp://friends.example/feed.json", "file:///etc/passwd"])
def test_what_is_no_web_address_is_said_to_be_none(here, url):
    output = run("subscribe", "friends", url, "--community", here, code=1)
    assert output == f"{url} is not a web address. It starts with https://\n"


def test_without_a_subscription_there_is_nothing_to_update(here):
    assert "There is no subscription." in update(here)


def test_entries_wait_for_a_yes(here, there):
    flying = FLYING.replace("    source: Us\n", "    source: Us\n    url: https://a.example/fly\n")
    there.share(flying + HEAT)
    output = subscribe(here, there)
    assert "2 waiting for your yes" in output
    assert "https://a.example/fly" in output, "nobody says yes to a title alone"
    assert shown(here) == {}
    run("approve", "friends", "friends-heat", "--community", here, "--local")
    assert list(shown(here)) == ["friends-heat"]
    run("approve", "friends", "--all", "--community", here, "--local")
    assert set(shown(here)) == {"friends-heat", "friends-flying"}
    there.share(flying + HEAT.replace("clay pot", "wet towel"))
    assert "1 waiting for your yes" in update(here)
    assert "clay pot" in shown(here)["friends-heat"].summary["en"], "the one that was approved stays"
    there.share(FLYING)
    assert "1 gone" in update(here)
    assert list(shown(here)) == ["friends-flying"], "what they take back goes at once"


def test_nothing_is_approved_that_they_do_not_share(here, there):
    subscribe(here, there)
    output = run("approve", "friends", "friends-magic", "--community", here, "--local", code=1)
    assert "friends-magic: they share nothing of that name." in output


def test_a_preview_tells_what_an_update_does_and_takes_nothing(here, there):
    subscribe(here, there, "--trust", "show")
    preview(here, code=0)
    there.share(HEAT.replace("  - id: heat", "resources:\n  - id: heat").replace("clay pot", "[bold]wet[/bold] towel"))
    before = everything(here)
    output = preview(here, code=2)
    assert everything(here) == before
    assert "[bold]wet" not in output
    assert "friends-heat" in output
    assert "1 changed, 1 gone" in output
    update(here)
    assert list(shown(here)) == ["friends-heat"]
    assert shown(here)["friends-heat"].summary["en"] == "A [bold]wet[/bold] towel keeps it cool."
    preview(here, code=0)


def test_what_was_edited_or_taken_out_here_stays_so(here, there):
    subscribe(here, there, "--trust", "show")
    text = shelf(here).read_text()
    start = text.index("  - id: friends-flying")
    end = text.index("  - id: friends-heat")
    shelf(here).write_text(text[:start] + text[end:].replace("clay pot", "clay pot (ask Ana)"))
    there.share(FLYING.replace("How to fly.", "How to fly now.") + HEAT.replace("clay pot", "wet towel"))
    output = update(here)
    assert "1 edited here, stays" in output
    assert "1 taken out here, stays out" in output
    assert shown(here)["friends-heat"].summary["en"] == "A clay pot (ask Ana) keeps it cool."
    assert "friends-flying" not in shown(here)
    update(here)
    assert "friends-flying" not in shown(here)
    run("approve", "friends", "friends-flying", "friends-heat", "--community", here, "--local")
    assert shown(here)["friends-flying"].summary["en"] == "How to fly now."
    assert shown(here)["friends-heat"].summary["en"] == "A wet towel keeps it cool."


def test_an_entry_of_our_own_goes_first(here, there):
    subscribe(here, there, "--trust", "show")
    (here / "library/own.yaml").write_text("resources:\n" + HEAT.replace("id: heat", "id: friends-heat"))
    assert shown(here)["friends-heat"].shared_by is None
    assert "yours in library/ is shown" in preview(here, code=0)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda raw: raw.replace(b"clay pot", b"bleach  "), "Its signature does not hold"),
        (lambda raw: raw[:-10], "It is not JSON"),
        (lambda _: b"[1, 2]", "It is not a JSON object"),
        (lambda _: b'{"a": ' + b"[" * 100_000, "It is nested too deeply"),
        (lambda _: b'{"a": 1.5}', "is not a whole one"),
        (lambda _: b'{"a": 1, "a": 2}', "there twice"),
        (lambda _: b"\xff\xfe{}", "UTF-8"),
        (lambda _: b'{"version": 1}', "Its signature does not hold"),
        (lambda _: b" " * 5_000_001, "is larger than 5 MB"),
        (lambda _: (500, {}, b""), "answered 500"),
        (lambda raw: (200, {"Content-Encoding": "gzip"}, raw), "compressed"),
        (lambda _: (302, {"Location": "/feed.json"}, b""), "leads in circles"),
        (lambda _: (302, {"Location": "file:///etc/passwd"}, b""), "is not an address of the public internet"),
    ],
)
def test_what_is_spoilt_is_refused_in_one_sentence_and_the_old_copy_stays(here, there, spoil, why):
    subscribe(here, there, "--trust", "show")
    before = everything(here)
    there.lay(spoil(there.laid))
    output = update(here, code=1)
    assert why in output
    assert len(output.strip().splitlines()) == 1
    assert everything(here) == before


def test_a_changed_key_is_refused_and_the_old_copy_stays(here, there):
    subscribe(here, there, "--trust", "show")
    before = everything(here)
    there.share(FLYING, key=Ed25519PrivateKey.from_private_bytes(bytes(32)))
    assert "is signed with another key" in update(here, code=1)
    assert everything(here) == before


@pytest.mark.parametrize("back", [timedelta(minutes=1), timedelta(0)])
def test_an_older_feed_is_not_taken_again(here, there, back):
    there.share(made=NOW)
    subscribe(here, there, "--trust", "show")
    before = everything(here)
    there.share(FLYING, made=NOW - back)
    assert "is not newer than what is here" in update(here, code=1)
    assert everything(here) == before


def test_a_feed_from_the_future_is_not_taken(here, there):
    there.share(made=NOW + timedelta(days=3))
    assert "a day that has not come yet" in subscribe(here, there, code=1)


@pytest.mark.parametrize(
    "entry",
    [
        {"url": "http://127.0.0.1/admin"},
        {"url": "http://router.local/"},
        {"url": "https://nhs.uk@evil.example/"},
        {"url": "javascript:alert(1)"},
        {"url": ["https://example.org/"]},
        {"title": {"en": "Safe\u202eelgnis"}},
        {"title": {"en": "x" * 301}},
        {"kind": "magic"},
        {"id": "../../etc"},
        {"id": "\x1b[2Jflying"},
        {"conditions": ["cancer"]},
        {"review_by": "soon"},
        {"summary": {"en": {"deep": "er"}}},
    ],
)
def test_a_bad_entry_is_named_and_left_out_and_the_others_come(here, there, entry):
    _publish_with(there, entry)
    output = subscribe(here, there, "--trust", "show")
    assert output.count("Left out:") == 1
    assert "\x1b" not in output
    assert list(shown(here)) == ["friends-heat"]


def _publish_with(there, entry):
    """The feed with its first entry changed, signed all the same: their librarian means us harm."""
    feed = json.loads(there.laid)
    feed["items"][0]["_kithroom"] |= entry
    del feed["_signature"]
    there.lay(json.dumps(signed(feed, KEY)).encode())


def test_what_can_not_be_read_today_stays_as_it_was(here, there):
    subscribe(here, there, "--trust", "show")
    before = shown(here)
    there.share()
    _publish_with(there, {"kind": "magic"})
    update(here)
    assert shown(here) == before


def test_an_update_mends_what_a_room_that_is_gone_left_behind(here, there):
    subscribe(here, there, "--trust", "show")
    file = here / "community.yaml"
    file.write_text(file.read_text().replace("type-1-diabetes", "type-2-diabetes"))
    assert list(shown(here)) == ["friends-heat"], "what is about that room alone is not shown to everybody"
    assert "1 gone" in update(here)
    assert list(shown(here)) == ["friends-heat"]


def test_text_that_looks_like_yaml_or_a_formula_is_text(here, there):
    evil = {"title": {"en": "=cmd|'/c calc'!A1"}, "summary": {"en": "x\n  - id: other\n    &a *a !!python/object"}}
    _publish_with(there, evil)
    subscribe(here, there, "--trust", "show")
    assert set(shown(here)) == {"friends-flying", "friends-heat"}
    assert shown(here)["friends-flying"].title == evil["title"]
    assert shown(here)["friends-flying"].summary == evil["summary"]
    table = CliRunner().invoke(main, ["library", "export", "--format", "csv", "--community", str(here)]).output
    assert ",'=cmd" in table or ",\"'=cmd" in table


def test_what_is_shared_with_us_is_not_passed_on(tmp_path, here, there):
    subscribe(here, there, "--trust", "show")
    run("key", "--key", tmp_path / "key")
    text = run("export", "--community", here, "--key", tmp_path / "key")
    assert json.loads(text)["items"] == []


def test_nothing_local_is_asked_by_default(here, there):
    output = run("subscribe", "friends", there.url, "--community", here, "--theirs", PUBLIC, code=1)
    assert "is not an address of the public internet" in output


def test_what_is_off_is_neither_shown_nor_asked_for(here, there):
    subscribe(here, there, "--trust", "show")
    source = here / "subscriptions/friends/source.yaml"
    source.write_text(source.read_text().replace('"show"', "off  # for now"))
    there.lay((500, {}, b""))
    assert update(here) == ""
    assert shown(here) == {}


def test_an_update_that_was_stopped_half_way_goes_on(here, there, monkeypatch):
    subscribe(here, there, "--trust", "show")
    third = HEAT.replace("id: heat", "id: cold")
    there.share(FLYING.replace("How to fly.", "How to fly now.") + HEAT + third)
    for survives in range(3):
        with monkeypatch.context() as patched:
            left = iter(range(survives))
            really = Path.replace

            def replace(self, target, left=left, really=really):
                if next(left, None) is None:
                    raise OSError(28, "No space left on device", str(target))
                return really(self, target)

            patched.setattr(Path, "replace", replace)
            assert "No space left" in update(here, code=1)
        load_community(here)
    there.share(FLYING.replace("How to fly.", "How to fly at last.") + HEAT + third)
    update(here)
    assert set(shown(here)) == {"friends-flying", "friends-heat", "friends-cold"}
    assert shown(here)["friends-flying"].summary["en"] == "How to fly at last."


def test_a_community_is_left_with_all_it_shared(here, there):
    subscribe(here, there, "--trust", "show")
    run("unsubscribe", "friends", "--community", here, "--yes")
    assert shown(here) == {}
    assert on_disk.names(here) == ()
    assert "There is no subscription called friends" in run("preview", "friends", "--community", here, code=1)


def test_what_somebody_spoilt_by_hand_can_be_left(here, there):
    subscribe(here, there, "--trust", "show")
    (here / "subscriptions/friends/taken.json").write_text("{")
    assert "unsubscribe and subscribe again" in update(here, code=1)
    run("unsubscribe", "friends", "--community", here, "--yes")
    subscribe(here, there, "--trust", "show")
    assert "There is no subscription called ../library" in run(
        "unsubscribe", "../library", "--community", here, "--yes", code=1
    )


def test_a_name_is_taken_once_and_leads_nowhere_else(here, there):
    subscribe(here, there)
    assert "already" in subscribe(here, there, code=1)
    for name in ("../out", "A", "x" * 31):
        assert "can't be a name" in run("subscribe", name, there.url, "--community", here, "--local", code=1)

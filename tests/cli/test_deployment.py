# SPDX-License-Identifier: Apache-2.0
"""The file of an installation: it names things, holds no secret, and says all its mistakes at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bots.cli.installation.deployment import load_deployment
from bots.cli.sorry import Sorry
from bots.core.actions import BotName
from bots.core.documents import SettingsError
from bots.core.matrix.login import AccessToken, Password

EXAMPLE = Path(__file__).parents[2] / "config"
GOOD = """\
homeserver: https://matrix.example.org/
community: config
state: /var/lib/kithroom
secrets: secrets
organiser: "@organiser:example.org"
bots:
  welcome: "@welcome:example.org"
  moderation: "@moderation:example.org"
  resources: "@resources:example.org"
health:
  welcome: 9101
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        file = tmp_path / "kithroom.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def mistakes(file):
    with pytest.raises(SettingsError) as error:
        load_deployment(file, {})
    return [(mistake.line, mistake.message, mistake.hint) for mistake in error.value.mistakes]


def test_paths_are_relative_to_the_file_and_the_url_has_no_slash_at_its_end(written, tmp_path):
    deployment = load_deployment(written(GOOD), {})
    assert deployment.homeserver == "https://matrix.example.org"
    assert deployment.community == tmp_path / "config"
    assert deployment.secrets_of("welcome") == tmp_path / "secrets" / "welcome"
    assert str(deployment.state) == "/var/lib/kithroom"
    assert deployment.health == {BotName.WELCOME: 9101}
    assert deployment.cast.server_name == "example.org"
    assert deployment.json_logs


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("password: hunter2\n", 12),
        ("welcome_token: abc\n", 12),
        ("database: postgresql://kithroom:hunter2@db/kithroom\n", 12),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(written, line, where):
    ((found, message, hint),) = mistakes(written(GOOD + line))
    assert found == where
    assert "no secret belongs into this file" in message
    assert "hunter2" not in message + hint
    assert "change it" in hint


def test_a_password_below_a_bot_is_refused_too(written):
    ((line, message, _),) = mistakes(written(GOOD + "  token: abc\n"))
    assert line == 12
    assert "`token` looks like a secret" in message


def test_all_mistakes_are_told_at_once_with_their_lines(written):
    text = GOOD.replace("https:", "ftp:").replace("9101", "99999").replace('"@welcome:example.org"', "welcome")
    found = mistakes(written(text + "homserver: x\nlogs: pretty\n"))
    assert [line for line, _, _ in found] == [1, 7, 11, 12, 13]
    assert "Did you mean `homeserver`?" in {hint for _, _, hint in found}


def test_what_is_missing_is_named(written):
    text = GOOD.replace('  resources: "@resources:example.org"\n', "").replace("state: /var/lib/kithroom\n", "")
    assert [message for _, message, _ in mistakes(written(text))] == ["`state` is missing.", "`resources` is missing."]


def test_moderators_of_the_installation_come_beside_those_of_the_community(written, tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "config")
    file = tmp_path / "config" / "community.yaml"
    file.write_text(file.read_text("utf-8").replace("moderators: []", 'moderators: ["@ana:example.org"]'), "utf-8")
    deployment = load_deployment(written(GOOD + 'moderators: ["@bo:example.org", "@ana:example.org"]\n'), {})
    assert deployment.load_community().moderators == ("@ana:example.org", "@bo:example.org")


def test_a_moderator_who_is_none_is_told_with_the_line(written):
    ((line, message, _),) = mistakes(written(GOOD + 'moderators:\n  - "@bo:example.org"\n  - ana\n'))
    assert (line, message) == (14, "`ana` is not a Matrix user id.")
    ((line, message, _),) = mistakes(written(GOOD + "moderators: ana\n"))
    assert (line, message) == (12, "`moderators` should be a list.")


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    ((_, message, _),) = mistakes(tmp_path / "nowhere.yaml")
    assert message == "There is no such file."


def test_the_environment_wins_over_files_and_a_token_over_a_password(written, tmp_path):
    deployment = load_deployment(written(GOOD), {"KITHROOM_DATABASE": "postgresql://u:p@db/k"})
    assert deployment.database == "postgresql://u:p@db/k"
    folder = tmp_path / "secrets" / "welcome"
    folder.mkdir(parents=True)
    (folder / "password").write_text("from the file\n")
    assert deployment.credentials("welcome", {}) == Password("from the file")
    assert deployment.credentials("welcome", {"KITHROOM_WELCOME_PASSWORD": "other"}) == Password("other")
    (folder / "token").write_text("syt_1\n")
    assert deployment.credentials("welcome", {"KITHROOM_WELCOME_PASSWORD": "other"}) == AccessToken("syt_1")
    assert load_deployment(written(GOOD), {"KITHROOM_SECRETS": "/run/secrets"}).secrets.as_posix() == "/run/secrets"


def test_without_credentials_the_sentence_says_where_they_could_be(written):
    with pytest.raises(Sorry, match="KITHROOM_MODERATION_PASSWORD"):
        load_deployment(written(GOOD), {}).credentials("moderation", {})


DOOR = """\
door:
  address: https://door.example.org/
  accounts: synapse
  account: "@door:example.org"
"""


def test_without_a_door_there_is_none(written):
    assert load_deployment(written(GOOD), {}).door is None


def test_a_door_needs_little(written):
    door = load_deployment(written(GOOD + DOOR), {}).door
    assert (door.address, door.host, door.port) == ("https://door.example.org", "127.0.0.1", 8010)
    assert (door.account, door.authentication_service, door.invites) == ("@door:example.org", None, "optional")
    assert (door.server, door.element_web, door.visitor_address, door.library) == (None, None, None, False)
    assert door.library_feed is None


def test_a_door_can_be_told_all_of_it(written, tmp_path):
    more = """\
door:
  address: https://door.example.org
  listen: "[::1]:8123"
  accounts: authentication-service
  authentication_service: https://auth.example.org
  invites: required
  server: matrix.example.org
  element_web: https://chat.example.org
  visitor_address: X-Real-IP
  library: on
  library_feed: shared/feed.json
"""
    deployment = load_deployment(written(GOOD + more), {})
    door = deployment.door
    assert (door.host, door.port, door.invites, door.server) == ("::1", 8123, "required", "matrix.example.org")
    assert (door.authentication_service, door.account) == ("https://auth.example.org", None)
    assert (door.element_web, door.visitor_address) == ("https://chat.example.org", "X-Real-IP")
    assert door.library
    assert door.library_feed == tmp_path / "shared/feed.json"
    assert deployment.door_client({"KITHROOM_DOOR_CLIENT": "id:a:b\n"}) == ("id", "a:b")
    with pytest.raises(Sorry, match="client_id:client_secret"):
        deployment.door_client({})


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("door: yes\n", ["`door` should have its settings."]),
        ("door:\n  accounts: synapse\n", ["`address` is missing.", "With these accounts, `account` is needed."]),
        (DOOR + "  listen: everywhere\n", ["`everywhere` is not where one can listen."]),
        (DOOR + "  listen: 127.0.0.1:99999\n", ["`127.0.0.1:99999` is not where one can listen."]),
        (DOOR + "  invites: maybe\n", ["`invites` is one of: optional, required, off."]),
        (DOOR + "  library: yes\n", ["`library` is one of: off, on."]),
        (DOOR + "  element_web: chat\n", ["`element_web` should be the address of Element."]),
        (DOOR + "  adress: x\n", ["There is no setting called `adress` here."]),
        (DOOR + "  client_secret: x\n", ["`client_secret` looks like a secret, and no secret belongs into this file."]),
        (DOOR.replace("@door:example.org", "door"), ["`door` is not a Matrix user id."]),
        (
            DOOR.replace("accounts: synapse", "accounts: dendrite"),
            ["`accounts` is one of: synapse, authentication-service."],
        ),
    ],
)
def test_what_is_wrong_with_a_door_is_said(written, text, wrong):
    assert [message for _, message, _ in mistakes(written(GOOD + text))] == wrong

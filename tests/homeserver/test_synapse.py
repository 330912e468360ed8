# SPDX-License-Identifier: Apache-2.0
"""The embedded Synapse: it starts, answers, resumes, federates, and never outlives its parent."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from bots.core.homeserver.process import claim_port, free_port
from bots.core.homeserver.synapse import HomeserverError, Synapse


def call(server, token, method, path, body=None):
    request = urllib.request.Request(
        server.url + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}"} if token else {},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_a_taken_port_gives_way_to_a_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) not in (0, port)
    assert free_port(port) == port


@pytest.mark.real
def test_of_two_that_start_at_once_on_one_port_the_second_takes_another(tmp_path):
    wanted = free_port()
    # Somebody has chosen the port, and does not listen on it yet.
    earlier = claim_port(wanted)
    assert earlier is not None
    with Synapse(tmp_path, server_name="kith.test", port=wanted) as later:
        assert later.port != wanted
        assert claim_port(later.port) is None
        assert later.register("ana").user_id == "@ana:kith.test"
    earlier.close()
    again = claim_port(wanted)
    assert again is not None
    again.close()


def test_a_first_start_that_was_stopped_among_the_tables_is_no_harm(tmp_path):
    server = Synapse(tmp_path, server_name="half.test")
    with pytest.raises(HomeserverError):
        server.start(timeout=0)
    with contextlib.closing(sqlite3.connect(tmp_path / "homeserver.db")) as database:
        database.execute("create table if not exists background_updates (half text)")
    with server:
        server.register("anna")
    with server, pytest.raises(HomeserverError):
        server.register("anna")


@pytest.mark.real
def test_an_account_is_made_with_the_shared_secret_and_only_once(synapse, new_account):
    account = new_account("anna")
    assert call(synapse, account.access_token, "GET", "/_matrix/client/v3/account/whoami")["user_id"] == account.user_id
    with pytest.raises(HomeserverError):
        synapse.register(account.user_id[1:].split(":")[0])


@pytest.mark.real
def test_a_stranger_learns_no_profile_and_finds_no_room_list(synapse, new_account):
    account = new_account("anna")
    for path in (
        f"/_matrix/client/v3/profile/{urllib.parse.quote(account.user_id)}",
        "/_matrix/client/v3/publicRooms",
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            call(synapse, None, "GET", path)
        refused.value.close()
        assert refused.value.code in (401, 403)


@pytest.mark.real
def test_the_same_folder_resumes_the_same_homeserver_on_another_port_even_after_a_power_cut(tmp_path):
    server = Synapse(tmp_path / "state", server_name="kith.test", unlimited=True)
    server.start()
    try:
        account = server.register("anna")
        server.kill()
        again = Synapse(tmp_path / "state", server_name="kith.test", unlimited=True)
        again.start()
        try:
            assert (tmp_path / "state" / "homeserver.yaml").stat().st_mode & 0o077 == 0
            me = call(again, account.access_token, "GET", "/_matrix/client/v3/account/whoami")
            assert me["user_id"] == "@anna:kith.test"
        finally:
            again.stop()
    finally:
        server.stop()


@pytest.mark.real
def test_it_dies_with_its_parent(tmp_path):
    script = (
        "import sys, time, pathlib\n"
        "from bots.core.homeserver.process import Child\n"
        f"child = Child('http.server', ['--bind', '127.0.0.1', '0'], log=pathlib.Path({str(tmp_path / 'log')!r}))\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    try:
        pid = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    deadline = time.monotonic() + 20
    while state_of(pid) != "Z":
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.05)


def state_of(pid):
    """The kernel's letter for what a process is doing; Z when it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"


@pytest.mark.real
def test_a_homeserver_that_cannot_start_says_where_to_look(tmp_path):
    server = Synapse(tmp_path / "state", server_name="not a server name")
    with pytest.raises(HomeserverError, match="stopped while starting"):
        server.start()
    assert not server.running


@pytest.mark.real
def test_an_invitation_crosses_from_one_homeserver_to_the_other(federated_pair):
    first, second = federated_pair.first, federated_pair.second
    anna, ben = first.register("anna"), second.register("ben")
    room = call(
        first,
        anna.access_token,
        "POST",
        "/_matrix/client/v3/createRoom",
        {"preset": "private_chat", "invite": [ben.user_id]},
    )["room_id"]
    assert (
        call(second, ben.access_token, "POST", f"/_matrix/client/v3/join/{urllib.parse.quote(room)}", {})["room_id"]
        == room
    )

# SPDX-License-Identifier: Apache-2.0
"""The processes that go on: bots and the door, forked, started, waited for and stopped."""

# SPDX-License-Identifier: Apache-2.0
"""The bots as they are, on a homeserver and a store in memory: for `kithroom simulate`, and for tests."""

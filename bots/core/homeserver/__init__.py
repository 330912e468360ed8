# SPDX-License-Identifier: Apache-2.0
"""A Synapse of one's own for kithroom up and for the tests, and the rooms of a community on any homeserver."""

# SPDX-License-Identifier: Apache-2.0
"""An embedded Synapse, for `kithroom up` and for the tests, and the rooms that a community needs on any homeserver."""

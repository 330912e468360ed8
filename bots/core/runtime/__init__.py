# SPDX-License-Identifier: Apache-2.0
"""The only place with effects: sync, decide, commit, perform."""

# SPDX-License-Identifier: Apache-2.0
"""Policy lists: what other communities recommend, and how far a moderator lets that reach here."""

# SPDX-License-Identifier: Apache-2.0
"""The way into rooms, and what comes right after: invitations, the room's past, a first message, an upgrade."""

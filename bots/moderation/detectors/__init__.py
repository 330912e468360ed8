# SPDX-License-Identifier: Apache-2.0
"""What notices that a guideline may be at stake: pure functions, each of which says what it saw, where, and how surely.

None acts, and none is asked what to do; people are.
"""

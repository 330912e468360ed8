# SPDX-License-Identifier: Apache-2.0
"""The conversation with one newcomer: a pure state machine, and what each of its questions makes of an answer."""

# SPDX-License-Identifier: Apache-2.0
"""The only place that knows nio: client, encryption, cross-signing, decoding, encoding."""

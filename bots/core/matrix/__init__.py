# SPDX-License-Identifier: Apache-2.0
"""The only place that knows nio: a hardened, cross-signed client for one account.

`opening.open_client` gives a `client.MatrixClient`, which is a `bots.core.transport.Transport`.
`http.Http` alone, without encryption, is for setting rooms up.
"""

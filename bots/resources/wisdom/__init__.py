# SPDX-License-Identifier: Apache-2.0
"""The community's own wisdom: what members give to the library, with their yes, and can take back."""

# SPDX-License-Identifier: Apache-2.0
"""The only place that knows SQLAlchemy: schema, migrations, sealed columns, who may erase what."""

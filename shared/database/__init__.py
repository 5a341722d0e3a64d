"""A room's own database: connection, plumbing tables, unit of work, migrations."""

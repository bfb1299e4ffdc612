"""The history of the tables, for Alembic; `db.migrate` runs it.

To change the tables: change `db/tables.py`, add a revision to `versions/` (numbered on, with a
`downgrade`), and leave those that were released as they are. A test compares both.
"""

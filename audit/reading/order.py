"""The entries of all logs of a platform in one order, as they came."""

from audit.reading.case_logs import Line, Reading
from db.log_order import in_order as rows_in_order
from db.row_types import LogLine


def in_order(reading: Reading) -> list[Line]:
    """All lines, each log in its own order; an assessment stands between its platform's notes of it."""
    lines = {(*line.place, line.entry.seq): line for log in reading.logs.values() for line in log}
    rows = [
        LogLine(
            platform_id=reading.platform_id,
            term=line.place.term,
            year=line.place.year,
            opening=line.place.opening,
            workflow_id=line.run.history.workflow_id,
            entry=line.entry,
        )
        for line in lines.values()
    ]
    return [lines[row.term, row.year, row.opening, row.entry.seq] for row in rows_in_order(rows)]

"""A plan as a file that is fetched, changed and handed in again: JSON, Markdown or a workbook."""

"""Whether a year's conclusion still counts: the assessment's own log does not say so, its platform's does."""

from workflows.vocabulary import Happening


def _notes_set_aside(name: Happening) -> str:
    """The entry that set aside the last of a platform's notes of a year, where none of them counts."""
    return f"""(SELECT max(note.set_aside_by) FROM log_entries AS note
        WHERE note.platform_id = a.platform_id AND note.term = a.term
          AND note.year = 0 AND note.opening = 0
          AND note.name = '{name}' AND (note.said ->> 'year')::int = a.year
        HAVING bool_and(note.set_aside_by IS NOT NULL))"""  # noqa: S608 - of a constant


YEAR_SET_ASIDE_BY = f"""coalesce(
    CASE WHEN a.ended_at IS NOT NULL THEN {_notes_set_aside(Happening.ASSESSMENT_ENDED)} END,
    {_notes_set_aside(Happening.ASSESSMENT_OPENED)})"""
"""Of `assessments AS a`: it fell with the listing on which it rested, or its end was set aside for the record
and the year was not opened again. A year counts when one of its openings does."""

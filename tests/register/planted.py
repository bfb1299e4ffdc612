"""A platform that says secrets wherever people write, and where they are found."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.tables import metadata
from tests.register.cases import Told, application, assessment_of, findings, listed
from tests.rules import builders
from tests.rules.builders import COMMISSION, DISTRICT, plan
from workflows.erasure_decisions import ErasedTerm
from workflows.vocabulary import AssessmentStage, Happening, HappeningOutcome

PERSON, OPINION, DOCUMENT = "Erased-Xylophone", "意见机密七七三一", "机密附件八八四二.pdf"
PLANTED = (PERSON, OPINION, DOCUMENT)
OF = ErasedTerm(platform_id="p-1", term=1)


def whole_life() -> tuple[Told, Told]:
    """A platform that says each secret wherever people write: listed, supported, assessed, and at its end."""
    answer = {"statement": OPINION, "documents": [{"name": DOCUMENT, "sha256": "ab" * 32}]}
    told = listed(
        application(
            plan=plan(OPINION),
            application_id=PERSON,
            conditions=dict.fromkeys(builders.application()["conditions"], answer),
        )
    )
    told.decide(
        "support",
        actor={**COMMISSION, "id": PERSON},
        title=OPINION,
        given_on=str(told.at.date()),
    )
    year = assessment_of(told)
    year.decide("self_report")
    year.decide("district_review", actor={**DISTRICT, "id": f"{PERSON}-2"})
    year.decide("evaluation", outcome="effective", findings=findings(OPINION))
    told.at = year.at
    ended = {"year": 1, "log_hash": year.case.log[-1].hash}
    told.record_event(Happening.ASSESSMENT_ENDED, ended, AssessmentStage("effective"))
    told.record_event(Happening.VALIDITY_ENDED, {}, HappeningOutcome.PERIOD_OVER)
    return told, year


async def planted_in(engine: AsyncEngine) -> set[str]:
    """Which of the secrets the tables hold, in whatever column."""
    found: set[str] = set()
    async with engine.connect() as connection:
        for table in metadata.sorted_tables:
            rows = await connection.execute(text(f'SELECT t::text FROM "{table.name}" AS t'))  # noqa: S608
            content = "\n".join(row[0] for row in rows)
            found |= {one for one in PLANTED if one in content}
    return found

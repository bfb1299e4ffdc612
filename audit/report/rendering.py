"""The report as one HTML page: no script, no network, nothing beside it."""

from collections.abc import Iterator

from jinja2 import Environment, PackageLoader, StrictUndefined

from activities.harmless_text import harmless
from audit.anchoring.proofs import Proof
from audit.claims import NOT_PROVEN, PROVES, ROSTER_GIVEN, SIGNED, UNSEALED, UNSEALED_ARE
from audit.dossier.coverage import Coverage, coverage_of
from audit.dossier.format import Head
from audit.dossier.lives import Life
from audit.history_sources import source
from audit.reading.authorship import Authorship, authorship_of
from audit.report.report_rows import Row
from audit.report.story import story
from starter.terminal import wording
from starter.terminal.chosen_language import speaking
from starter.terminal.language import say
from starter.terminal.signature_wording import people_words, short_fingerprint
from workflows.words import Language, Words

_ENVIRONMENT = Environment(
    loader=PackageLoader("audit.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    # What others wrote must neither turn the direction of reading nor look like something else.
    finalize=lambda value: harmless(value) if type(value) is str else value,
)


_STAMPED = 4
"""Keys in the stamp; a table has all, and whole."""


def _stamped(authorship: Authorship) -> list[str]:
    names = [short_fingerprint(one) for one in authorship.keys]
    left = len(names) - _STAMPED
    more = [say(f"and {left} more", f"另有 {left} 把")] if left > 0 else []
    return names[:_STAMPED] + more


def _holders(authorship: Authorship) -> Iterator[Words]:
    """What is proven of who held the keys, and what not."""
    if authorship.proven:
        yield ROSTER_GIVEN
    if len(authorship.proven) < len(authorship.signed):
        yield NOT_PROVEN


def _claim(head: Head, coverage: Coverage) -> Words:
    agrees = head.register_differs is not None and not head.register_differs
    return coverage.claim(register=agrees)


def render(life: Life, head: Head, proof: Proof | None, language: Language) -> str:
    """The report of a life; the same life and head give the same page."""
    authorship, coverage = authorship_of(life.logs), coverage_of(proof, life.all_logs)

    def signers(row: Row) -> str:
        people = authorship.people.get(row.number)
        return people_words(people) if people else row.signed_by

    with speaking(language):
        return _ENVIRONMENT.get_template("report.html.j2").render(
            story=story(life, head, proof),
            head=head,
            proof=proof,
            coverage=say(coverage.words),
            vouched=coverage.vouched,
            claim=say(_claim(head, coverage)),
            source=source,
            authorship=authorship,
            stamped=_stamped(authorship),
            holders=[say(one) for one in _holders(authorship)],
            signers=signers,
            proves=say(PROVES),
            signed=say(SIGNED),
            unsealed=say(UNSEALED),
            unsealed_are=say(UNSEALED_ARE),
            say=say,
            moment=wording.moment,
            language=language,
        )

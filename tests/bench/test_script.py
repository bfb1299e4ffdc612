"""What is said in the measured lives is taken: also by the second platform."""

from datetime import UTC, datetime

from bench.script import GETTING_IN, decided


def test_each_platform_has_a_certificate_number_of_its_own() -> None:
    """The register refuses a number that another platform has, and the run would end there."""
    now = datetime.now(UTC)
    listings = [decided(name, 0, now)[GETTING_IN - 1] for name in ("first", "second")]
    first, second = (listing["certificate_number"] for listing in listings)
    assert first != second

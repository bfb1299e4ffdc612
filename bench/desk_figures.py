"""How long the desk's pages take at both sizes, and their section in docs/performance.md."""

from dataclasses import dataclass

SMALL, LARGE = 1_000, 100_000
AT_MOST = 2.0
_HEADING = "## The desk at 1,000 and at 100,000 platforms"


@dataclass(frozen=True)
class PageTime:
    """How long a question takes at both sizes: medians, in milliseconds."""

    what: str
    small: float
    large: float

    @property
    def ratio(self) -> float:
        """Large to small."""
        return self.large / self.small

    @property
    def reached(self) -> bool:
        """Whether it stays within the ratio."""
        return self.ratio <= AT_MOST


def table(found: list[PageTime]) -> str:
    """The figures, as Markdown."""
    lines = [
        f"| | {SMALL:,} (ms) | {LARGE:,} (ms) | ratio | to reach | |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    words = {True: "reached", False: "**missed**"}
    lines += [
        f"| {one.what} | {one.small:.1f} | {one.large:.1f} | {one.ratio:.2f} |"
        f" ≤ {AT_MOST:g}× | {words[one.reached]} |"
        for one in found
    ]
    return "\n".join(lines)


def section(found: list[PageTime]) -> str:
    """The section, with its heading."""
    return f"""{_HEADING}

{table(found)}

Both registers lie in one PostgreSQL, and every question is asked of both in turn; medians of the whole
answer, from asking until the rows are read. Pages of 50. The platforms are copies of a few that were really
written, each with its own id, name, operator, district, field and dates. At either size sixty cases are overdue
and a district with few has twenty: what is rare must be found among many. A page goes along an index in its
own order and stops when it is full; a test reads the plans. Counts of the inbox are kept beside it, by triggers
of its table, in the transaction that changes it: by role, district, kind, field, year and whether overdue,
some hundred of them; those of an operator are its rows, along their index. How many platforms the register has
is kept in the same way, by district, field, stage and year of the listing; those of a list and those that are
overdue are counted along their indexes. Repeat it alone with `python -m bench.desk` (half a minute).
"""

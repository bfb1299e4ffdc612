"""A plain list of platforms, a line each, as a batch of decisions that number their certificates."""

import re
from collections.abc import Iterable, Mapping

from starter.commands.batch.formats import why
from starter.commands.batch.lines import Entry, Result
from starter.commands.notation import no_platform_id
from starter.desk.platform_names import may_be_id
from starter.errors import BadInput
from starter.tables.file_content import text_of_file
from workflows.words import Words

_BETWEEN = re.compile(r"[\s,，;；、]+")
_COLUMNS = ["platform", "certificate_number"]


class Names:
    """A platform a line, and its certificate number where it has one of its own; `#` begins a remark."""

    suffix = ".txt"

    def __init__(
        self,
        preset: Mapping[str, str],
        certificate_prefix: str | None,
        listed: Mapping[str, str] | None = None,
    ) -> None:
        """`preset` are fields of every decision; certificates without a number are numbered by a prefix.

        `listed`: the certificates of the platforms that the list has already, which they keep where these are
        of the prefix; who asks for others is refused, and told of nothing as done. The others go on from the
        last of them: a file that was corrected gives no number a second time.
        """
        self._preset = dict(preset)
        self._prefix = certificate_prefix
        self._listed = dict(listed or {})
        prefix = certificate_prefix or ""
        ends = [
            held.removeprefix(prefix) for held in self._listed.values() if held.startswith(prefix)
        ]
        self._last = max((int(end) for end in ends if end.isdecimal()), default=0)

    def read(self, content: str | bytes) -> list[Entry]:
        """See `Format`."""
        found: list[Entry] = []
        for number, line in enumerate(text_of_file(content, table=True).splitlines(), 1):
            words = line.partition("#")[0].split()
            if words and (found or not _is_heading(line)):
                found.append(self._entry(number, words))
        return found

    def _entry(self, number: int, words: list[str]) -> Entry:
        platform, *certificate = words
        if not may_be_id(platform):  # it takes no number of the list
            return Entry(
                number,
                {"platform": platform, "certificate_number": " ".join(certificate)},
                {"platform": platform},
                no_platform_id(platform),
            )
        if not certificate and self._prefix is not None:
            held = self._listed.get(platform, "")
            certificate = [held if held and held.startswith(self._prefix) else self._next()]
        given = {"platform": platform, "certificate_number": " ".join(certificate)}
        if len(certificate) == 1:
            return Entry(number, given, {**self._preset, **given})
        return Entry(
            number,
            given,
            {"platform": platform},
            Words(
                "write PLATFORM CERTIFICATE, or give --certificate-prefix",
                "应写作“平台编号 证书编号”，或使用 --certificate-prefix",
            ),
        )

    def _next(self) -> str:
        self._last += 1
        return f"{self._prefix}{self._last:03d}"

    def write(self, results: Iterable[Result]) -> str:
        """See `Format`."""
        rows = ((*result.entry.given.values(), f"# {why(result)}") for result in results)
        return "".join("  ".join(word for word in row if word) + "\n" for row in rows)


def _is_heading(line: str) -> bool:
    """Whether the first line names the columns, as people call them in a table.

    Raises:
        BadInput: they are those of a table, or in another order.
    """
    from starter.commands.batch.decision_headings import decision_headings  # noqa: PLC0415 - loads all models

    headings = decision_headings()
    named = [headings.name_of(one) for one in _BETWEEN.split(line.strip()) if one]
    if not set(named) & set(_COLUMNS):
        return False
    if named == _COLUMNS[: len(named)] and len(line.split()) == len(named):
        return True
    raise BadInput(
        "it is a table, with a heading: say --format csv. A list has lines of PLATFORM CERTIFICATE",
        "这是带表头的表格：请使用 --format csv。清单每行应写作“平台编号 证书编号”",
    )

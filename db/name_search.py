"""Finding platforms by a part of their name, operator or id; and what somebody may have meant who mistyped.

Both go through all platforms once, about a tenth of a second at 100,000: no extension of PostgreSQL is needed.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from db.asyncpg_connections import Parameters, Row, Source, connections, where
from db.reading import columns, read
from workflows.model import Record
from workflows.name_comparison import name_key, reading_key

LARGEST_PAGE = 500
NEAR = 3
"""Maximum number of platforms offered to whoever mistyped one."""
_LIKE_ENOUGH = 0.6
_LIKE_A_PART = 0.8
"""So much a part of an id or a name has to look like the words, which are then a mistyped part of it."""
_SHORTEST_PART = 4
_CANDIDATES = 60
_PIECES = 12


_PLAIN_ID = "translate(lower({}), '._-', '')"
"""Letters and digits of an id, which are of ASCII (`workflows.model.Identifier`)."""


class FoundPlatform(Record):
    """A platform that was found; `exact`: its whole id or its whole name is what was looked for."""

    platform_id: str
    name: str
    operator: str
    district: str
    field: str
    term: int
    stage: str
    exact: bool = False


class NearPlatform(Record):
    """A platform whose id or name looks like what was looked for."""

    platform_id: str
    name: str


class Found(Record):
    """How many platforms fit, and a page of them; where none fits, those that look like it."""

    total: int
    items: tuple[FoundPlatform, ...] = ()
    near: tuple[NearPlatform, ...] = ()


async def platform_of_id(source: Source, platform_id: str, *, district: str | None = None) -> Found:
    """The platform of exactly this id."""
    part = Parameters()
    conditions = [part("p.platform_id = {}", platform_id), *_within(part, district)]
    query = part.query("SELECT", _COLUMNS, "FROM platforms AS p", _TERM, where(conditions))
    rows = await connections(source).fetch(query.sql, *query.values)
    return Found(total=len(rows), items=tuple(read(FoundPlatform, row, exact=True) for row in rows))


async def ids_alike(source: Source, platform_id: str) -> tuple[FoundPlatform, ...]:
    """The other platforms whose ids differ from this one only in letter case or separators."""
    part = Parameters()
    query = part.query(
        "SELECT",
        _COLUMNS,
        "FROM platforms AS p",
        _TERM,
        where(
            [
                part("p.platform_id <> {}", platform_id),
                part(f"{_PLAIN_ID.format('p.platform_id')} = {_PLAIN_ID}", platform_id),
            ]
        ),
        part("ORDER BY p.platform_id LIMIT {}", NEAR),
    )
    rows = await connections(source).fetch(query.sql, *query.values)
    return tuple(read(FoundPlatform, row) for row in rows)


async def find_platforms(
    source: Source,
    words: str,
    *,
    district: str | None = None,
    after: str | None = None,
    limit: int = 20,
) -> Found:
    """Platforms of whose name, operator or id `words` are a part, what fits whole first, then by id.

    Letter case, width and spaces do not count. The page after is asked for with `after`: the last
    platform id of the page before.
    """
    key = search_key(words)
    if not key:
        return Found(total=0)
    part = Parameters()
    fits = part(
        "FROM (SELECT *, {} AS whole, {} AS part, {} AS start, {} AS body_part",
        *(key, _like(key), _begins(key), _like(name_key(words))),
    )
    inner = f"{fits} {_KEYED} {where(_within(part, district))}) AS p"
    query = part.query(
        "WITH found AS MATERIALIZED (SELECT p.platform_id, p.term,",
        _RANK,
        "AS rank",
        inner,
        _FITS,
        ") SELECT",
        _COLUMNS,
        ", found.rank < 2 AS exact, (SELECT count(*) FROM found)::int AS total",
        "FROM found JOIN platforms AS p ON p.platform_id = found.platform_id",
        _TERM,
        where([part(_AFTER, after)] if after is not None else []),
        part("ORDER BY found.rank, found.platform_id LIMIT {}", max(0, min(limit, LARGEST_PAGE))),
    )
    rows = await connections(source).fetch(query.sql, *query.values)
    if not rows and after is None:
        return Found(total=0, near=await similar_platforms(source, words, district=district))
    return Found(
        total=rows[0]["total"] if rows else 0,
        items=tuple(read(FoundPlatform, row) for row in rows),
    )


async def similar_platforms(
    source: Source, words: str, *, district: str | None = None
) -> tuple[NearPlatform, ...]:
    """The platforms whose ids look most like `words`; whose names do, where it is more than ASCII.

    The database chooses those that share the most pieces of it; which of them are alike is for difflib.
    """
    key = search_key(words)
    pieces = _pieces(key)
    if not pieces:
        return ()
    part = Parameters()
    seen = "lower(p.platform_id)" if key.isascii() else "p.name"
    shared = " + ".join(part(f"(strpos({seen}, {{}}) > 0)::int", piece) for piece in pieces)
    query = part.query(
        "SELECT platform_id, name FROM (SELECT p.platform_id, p.name,",
        shared,
        "AS shared FROM platforms AS p",
        where(_within(part, district)),
        ") AS each WHERE shared > 0 ORDER BY shared DESC,",
        part("abs(length(platform_id) - {}), platform_id LIMIT {}", len(key), _CANDIDATES),
    )
    rows = await connections(source).fetch(query.sql, *query.values)
    return tuple(read(NearPlatform, row) for row in _alike(key, rows)[:NEAR])


def search_key(words: str) -> str:
    """What is looked for, in the form in which letter case, width and spaces do not count."""
    return reading_key(words)


def _alike(key: str, rows: Sequence[Row]) -> list[Row]:
    """Those that are alike enough, the most alike first."""
    seen = "platform_id" if key.isascii() else "name"
    rated = [(_ratio(key, row[seen]), row) for row in rows]
    rated.sort(key=lambda one: -one[0])
    alike = [row for ratio, row in rated if ratio >= _LIKE_ENOUGH]
    return alike or ([] if key.isascii() else _with_its_longest_part(key, rows))


def _with_its_longest_part(key: str, rows: Sequence[Row]) -> list[Row]:
    """Those whose names have most of the words, as 氢能 of 氢能源; none where too many have it to be a hint."""
    matcher = SequenceMatcher(None, b=key, autojunk=False)
    rated = []
    for row in rows:
        matcher.set_seq1(search_key(row["name"]))
        rated.append((matcher.find_longest_match().size, row))
    most = max((size for size, _ in rated), default=0)
    found = [row for size, row in rated if size == most]
    return found if most * 2 >= len(key) and most > 1 and len(found) <= NEAR else []


def _ratio(key: str, text: str) -> float:
    """How much words look like a whole id or name, or like the part of it that is as long as they are."""
    seen, long = search_key(text), len(key)
    matcher = SequenceMatcher(None, b=key, autojunk=False)
    matcher.set_seq1(seen)
    whole = part = matcher.ratio()
    for begin in range(len(seen) - long + 1 if long >= _SHORTEST_PART else 0):
        matcher.set_seq1(seen[begin : begin + long])
        if matcher.real_quick_ratio() > part and matcher.quick_ratio() > part:
            part = max(part, matcher.ratio())
    return part if part >= _LIKE_A_PART else whole


def _pieces(key: str) -> list[str]:
    """Short parts of a text, from all over it: what is mistyped in one place shares the others."""
    size = 3 if key.isascii() and len(key) > 5 else 2
    every = list(dict.fromkeys(key[at : at + size] for at in range(len(key) - size + 1)))
    if len(every) <= _PIECES:
        return every or ([key] if key else [])
    ends = [round(number * len(every) / _PIECES) for number in range(_PIECES + 1)]
    return [every[begin] for begin, _ in pairwise(ends)]


def _plain(key: str) -> str:
    return key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _like(key: str) -> str:
    return f"%{_plain(key)}%"


def _begins(key: str) -> str:
    return f"{_plain(key)}%"


def _within(part: Parameters, district: str | None) -> list[str]:
    return [part("p.district = {}", district)] if district is not None else []


_COLUMNS = columns(FoundPlatform, of="p", but=("stage", "exact")) + ", t.stage"
_TERM = "JOIN terms AS t ON t.platform_id = p.platform_id AND t.term = p.term"
# Normalising is the dear part, and nearly every name is normal already.
_KEYED = """, lower(p.platform_id) AS id_key,
    replace(lower(CASE WHEN p.name IS NFKC NORMALIZED THEN p.name ELSE normalize(p.name, NFKC) END), ' ', '')
    AS name_key
    FROM platforms AS p"""
_FITS = """WHERE p.name_key LIKE p.part OR p.id_key LIKE p.part
    OR coalesce(p.operator_key, lower(p.operator)) LIKE p.body_part"""
_RANK = """CASE WHEN p.id_key = p.whole THEN 0 WHEN p.name_key = p.whole THEN 1
    WHEN p.id_key LIKE p.start OR p.name_key LIKE p.start THEN 2 ELSE 3 END"""
_AFTER = """(found.rank, found.platform_id) >
    (SELECT last.rank, last.platform_id FROM found AS last WHERE last.platform_id = {})"""

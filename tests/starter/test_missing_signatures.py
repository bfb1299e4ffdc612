"""`import --check` sees that nobody has signed what is brought in, where new cases demand that."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from starter.desk.profile import Profile, ProfileRole, ProfileSigning, write_profile
from starter.errors import Unreachable
from starter.signing.key_files import make_key
from tests.rules.builders import COMMISSION, application
from tests.starter.roster_office import Run
from tests.workflows.world import brought_in
from workflows.vocabulary import Role
from workflows.words import Words

QUESTIONS = "starter.commands.importing.missing_signatures.open_roster_questions"


class Asked:
    """A roster that has nobody, or none; how often it was asked whether there is one."""

    def __init__(self) -> None:
        """There is one."""
        self.holder: str | None = ""
        self.away: Unreachable | None = None
        self.times = 0

    async def roster_proof(self, person: str) -> Any:
        """Nobody stands in it."""

    async def roster_holder(self, public: str) -> str | None:
        """Whose key it is."""
        self.times += 1
        if self.away:
            raise self.away
        return self.holder


@pytest.fixture
def roster(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What is asked."""
    made = Asked()

    @asynccontextmanager
    async def questions() -> AsyncIterator[Asked]:
        yield made

    monkeypatch.setattr(QUESTIONS, questions)
    return made


def file(*, years: int = 1, **changes: Any) -> str:
    """A file with an application that brings nothing in, and one that does."""
    stood = brought_in(years, days=30)
    own = {"submitted_by": COMMISSION} | changes
    both = (
        application(application_id="a-1", platform_id="p-1"),
        application(application_id="a-2", platform_id="p-2", brought_in=stood, **own),
    )
    Path("a.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in both), encoding="utf-8")
    return "a.jsonl"


def be(person: str, *, key: bool) -> None:
    """Log in."""
    signing = None
    if key:
        path = Path(f"{person}.key").absolute()
        make_key(path)
        signing = ProfileSigning(key_file=str(path))
    role = ProfileRole(role=Role.COMMISSION, organisation=COMMISSION["organisation"])
    write_profile(Profile(id=person, roles=(role,), signing=signing))


@pytest.mark.parametrize(
    ("person", "key", "why"),
    [
        (None, False, Words("you have no profile", "没有个人配置")),
        ("kw-7", True, Words("your profile is that of kw-7", "个人配置为 kw-7")),
        (COMMISSION["id"], False, Words("your profile has no key", "个人配置中没有密钥")),
        (COMMISSION["id"], True, None),
    ],
)
def test_what_will_not_be_signed_is_a_problem_of_its_line(
    pingtai: Run, roster: Asked, person: str | None, key: bool, why: Words | None
) -> None:
    """Where there is a roster: named with its line and why; what the person's own key will sign is none."""
    if person:
        be(person, key=key)
    told = pingtai("import", file(), "--check", "--json")
    found = [json.loads(line) for line in told.stdout.splitlines()]
    if not why:
        assert (0, [{"applications": 2, "problems": 0}]) == (told.exit_code, found)
        return
    assert 2 == told.exit_code
    ((line, field, problem),) = [(one["line"], one["field"], one["problem"]) for one in found]
    assert (2, "brought_in") == (line, field)
    assert f"so {COMMISSION['id']} signs what is brought in, and {why.en}" in problem["en"]
    assert (why.zh in problem["zh"], "Nothing was started" in told.stderr) == (True, True)


def test_where_nobody_asks_for_a_signature(pingtai: Run, roster: Asked) -> None:
    """No roster, a policy without signatures, first terms: as before; asked once at most."""
    roster.holder = None
    assert 0 == pingtai("import", file(), "--check").exit_code
    assert 1 == roster.times
    roster.holder = ""
    free = file(policy={"authorship": "none"})
    assert 0 == pingtai("import", free, "--check").exit_code
    assert 0 == pingtai("import", file(), "--check", "--first-terms").exit_code
    assert 1 == roster.times


def test_a_register_that_is_away_is_said(pingtai: Run, roster: Asked) -> None:
    """The file itself is checked all the same; a file that brings nothing in needs nobody."""
    roster.away = Unreachable("nobody is there", "无人应答")
    told = pingtai("import", file(), "--check")
    assert 0 == told.exit_code
    assert "Not checked, whether what is brought in must be signed: nobody is there" in told.stderr
    assert (
        "未检查转入内容是否须签名：无人应答"
        in pingtai("import", file(), "--check", lang="zh").stderr
    )

"""The organisation that somebody enters is compared with those that the system knows."""

from collections.abc import Callable

import pytest
from click.testing import Result

from starter.desk.known_organisations import known_organisations, nearly
from starter.desk.profile import ProfileRole, read_profile
from workflows.vocabulary import District, Role

Run = Callable[..., Result]

DISTRICT = ProfileRole(role=Role.DISTRICT, organisation="密云区科委", district=District.MIYUN)
COMMISSION = ProfileRole(role=Role.COMMISSION, organisation="市科委")


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str | None]]:
    """The system knows two offices and a company; what it was asked."""
    asked: list[tuple[str, str | None]] = []

    def answer(role: str, district: str | None) -> list[str]:
        asked.append((role, district))
        return ["密云区科技主管部门"] if role == "district" else ["北京清栎膜技术服务有限公司"]

    monkeypatch.setattr("starter.commands.organisation_check.known_organisations", answer)
    return asked


def test_a_mistyped_organisation_is_not_kept(
    pingtai: Run, known: list[tuple[str, str | None]]
) -> None:
    """What resembles a known one is asked back, in both languages; who insists may; others are remarked on."""
    who = ("login", "--id", "kw-01", "--role", "district", "--district", "miyun", "--organisation")
    for lang, words in (
        ("en", "Did you mean 密云区科技主管部门?"),
        ("zh", "是否为“密云区科技主管部门”"),
    ):
        wrong = pingtai(*who, "密云区科技主管部", lang=lang)
        assert (2, True) == (wrong.exit_code, words in wrong.stderr)
        assert "--new-organisation" in wrong.stderr
    assert read_profile() is None
    assert ("district", "miyun") == known[0]
    assert 0 == pingtai(*who, "密云区科技主管部", "--new-organisation").exit_code
    assert "密云区科技主管部" == (read_profile() or pytest.fail()).roles[0].organisation
    right = pingtai("login", "--organisation", "密云区科技主管部门")
    assert (0, "") == (right.exit_code, right.stderr)
    other = pingtai("login", "--organisation", "密云区经济和信息化局", lang="en")
    assert (0, True) == (other.exit_code, "No case names" in other.stderr)
    assert "It names 密云区科技主管部门." in " ".join(other.stderr.split())
    chinese = pingtai("login", "--organisation", "密云区工业局", lang="zh")
    assert "已有记录的单位：密云区科技主管部门。" in chinese.stderr
    company = pingtai(
        "login", "--id", "op", "--role", "operator", "--organisation", "某公司", lang="zh"
    )
    assert "已有记录" not in company.stderr


def test_at_a_terminal_the_known_one_is_offered(
    pingtai: Run, known: list[tuple[str, str | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Yes takes it, no keeps what was typed; nobody has to type all again."""
    monkeypatch.setattr("starter.commands.organisation_check.at_terminal", lambda: True)
    who = (
        "login",
        "--id",
        "op-1",
        "--role",
        "operator",
        "--organisation",
        "北京清砾膜技术服务有限公司",
    )
    assert 0 == pingtai(*who, stdin="y\n").exit_code
    assert "北京清栎膜技术服务有限公司" == (read_profile() or pytest.fail()).roles[0].organisation
    assert 0 == pingtai(*who, stdin="n\n").exit_code
    assert "北京清砾膜技术服务有限公司" == (read_profile() or pytest.fail()).roles[0].organisation


def test_offices_of_districts_are_called_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the offices of other districts are called counts for one that has not decided yet."""

    async def answer(role: Role) -> list[tuple[str, str | None]]:
        assert Role.DISTRICT is role
        return [("密云区科技主管部门", "miyun"), ("怀柔区科委", "huairou"), ("无区", None)]

    monkeypatch.setattr("starter.desk.known_organisations._known", answer)
    known = known_organisations(Role.DISTRICT, District.HAIDIAN)
    assert ["无区", "海淀区科委", "海淀区科技主管部门"] == known


def test_without_a_register_nothing_is_compared() -> None:
    """Who has no system yet may say who they are."""
    assert [] == known_organisations(Role.COMMISSION, None)


def test_names_that_only_share_their_form_are_not_near() -> None:
    """Companies and offices are called alike: another one is no slip of the hand."""
    assert [] == nearly(
        "北京芮织柔性电子有限公司", ["北京清栎膜技术服务有限公司", "北京铸衡传动检测技术有限公司"]
    )
    assert ["海淀区科技主管部门"] == nearly("海淀科技主管部门", ["海淀区科技主管部门"])
    assert ["北京清栎膜技术服务有限公司"] == nearly(
        "北京清栎膜技术服务", ["北京清栎膜技术服务有限公司"]
    )
    assert [] == nearly("海淀区科技主管部门", ["海淀区科技主管部门", "海淀区科技主管部"])
    offices = ["市科委、中关村管委会"]
    assert offices == nearly("市科委", offices)
    assert ["北京清栎膜技术服务有限公司"] == nearly(
        "清栎膜技术公司", ["北京清栎膜技术服务有限公司"]
    )
    assert [] == nearly("北京公司", ["北京清栎膜技术服务有限公司"])


@pytest.mark.parametrize(
    ("typed", "known", "role", "near"),
    [
        ("海淀区科技局", ["海淀区科委"], Role.DISTRICT, ["海淀区科委"]),
        ("海淀科委", ["海淀区科技主管部门"], Role.DISTRICT, ["海淀区科技主管部门"]),
        ("北京市海淀区科信局", ["海淀区科委"], Role.DISTRICT, ["海淀区科委"]),
        ("北京市科技局", ["市科委、中关村管委会"], Role.COMMISSION, ["市科委、中关村管委会"]),
        ("密云区科技局", ["海淀区科委"], Role.DISTRICT, []),
        ("海淀区工业局", ["海淀区科委"], Role.DISTRICT, []),
        ("海淀区科技服务所", ["海淀区科创园公司"], Role.OPERATOR, []),
    ],
)
def test_a_place_has_one_office_for_an_affair(
    typed: str, known: list[str], role: Role, near: list[str]
) -> None:
    """By whatever name it goes; bodies that operate platforms are no offices."""
    assert near == nearly(typed, known, role)


def test_a_district_s_own_office_goes_before_those_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another district's name for it is not known where the district has decided."""

    async def answer(_: Role) -> list[tuple[str, str | None]]:
        return [("怀柔区科委", "huairou"), ("海淀区科技主管部门", "haidian")]

    monkeypatch.setattr("starter.desk.known_organisations._known", answer)
    known = known_organisations(Role.DISTRICT, District.HAIDIAN)
    assert ["海淀区科技主管部门"] == known
    assert known == nearly("海淀区科委", known, Role.DISTRICT)

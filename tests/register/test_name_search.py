"""Platforms found by a part of name, operator or id; and those that were perhaps meant."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.name_search import find_platforms, platform_of_id, similar_platforms
from db.register_store import PostgresRegister
from tests.register import cases

PLATFORMS = (
    ("bj-hydrogen", "氢能储运 材料测试平台", "北京沣泽氢安技术服务有限公司", "haidian"),
    ("bj-hydrogen-2", "氢能", "北京甲有限公司", "chaoyang"),
    ("bj-riscv-soc", "ＲＩＳＣ－V处理器（验证）平台", "北京开沅处理器技术中心", "haidian"),
    ("100_percent", "百分之百%平台", "Acme Labs", "haidian"),
)


@pytest.fixture
async def filled(engine: AsyncEngine, register: PostgresRegister) -> AsyncEngine:
    """Four platforms."""
    for platform_id, name, operator, district in PLATFORMS:
        told = cases.opened(
            cases.application(
                platform_id, name=name, district=district, operator={"name": operator}
            )
        )
        await register.write(cases.batch(told))
    return engine


async def ids(engine: AsyncEngine, words: str, **more: str | int | None) -> list[str]:
    """The ids of what is found."""
    found = await find_platforms(engine, words, **more)  # type: ignore[arg-type]
    return [one.platform_id for one in found.items]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("氢能储运", ["bj-hydrogen"]),
        ("储运材料", ["bj-hydrogen"]),  # the name has a space there
        ("risc-v", ["bj-riscv-soc"]),  # in full width in the name
        ("ＲＩＳＣ－Ｖ", ["bj-riscv-soc"]),
        ("处理器(验证)", ["bj-riscv-soc"]),
        ("BJ-RISCV", ["bj-riscv-soc"]),
        ("acmelabs", ["100_percent"]),
        ("沣泽", ["bj-hydrogen"]),
        ("100_", ["100_percent"]),
        ("100%", []),  # what stands for anything in LIKE stands for itself
        ("之百%", ["100_percent"]),
        ("氢_", ["bj-hydrogen"]),  # in its operator's name, in which signs do not count
        ("北京（沣泽）", ["bj-hydrogen"]),
        ("甲有限责任公司", ["bj-hydrogen-2"]),
        (" ", []),
        ("\x00", []),
    ],
)
async def test_a_part_of_name_operator_or_id_finds(
    filled: AsyncEngine, words: str, expected: list[str]
) -> None:
    """Width, case and spaces do not count."""
    assert expected == await ids(filled, words)


async def test_what_fits_whole_comes_first_and_pages_go_on(filled: AsyncEngine) -> None:
    """A whole name is before those that only contain it, whatever their ids."""
    whole = await find_platforms(filled, "氢能")
    assert [("bj-hydrogen-2", True), ("bj-hydrogen", False)] == [
        (one.platform_id, one.exact) for one in whole.items
    ]
    first = await find_platforms(filled, "bj-", limit=2)
    then = await find_platforms(filled, "bj-", limit=2, after=first.items[-1].platform_id)
    assert (3, 3) == (first.total, then.total)
    assert ["bj-hydrogen", "bj-hydrogen-2", "bj-riscv-soc"] == [
        one.platform_id for one in (*first.items, *then.items)
    ]


async def test_only_of_a_district(filled: AsyncEngine) -> None:
    """Neither what is found nor what is near says anything of another district."""
    assert ["bj-hydrogen"] == await ids(filled, "氢能", district="haidian")
    assert 0 == (await platform_of_id(filled, "bj-hydrogen-2", district="haidian")).total
    near = await similar_platforms(filled, "bj-hydrogem-2", district="haidian")
    assert ["bj-hydrogen"] == [one.platform_id for one in near]


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [
        ("bj-riscv-sco", "bj-riscv-soc"),
        ("bj-hydrogne", "bj-hydrogen"),
        ("bjriscvsoc", "bj-riscv-soc"),
        ("氢能储远材料", "bj-hydrogen"),
        ("hydrogn", "bj-hydrogen"),  # a part of the id, mistyped
        ("percnt", "100_percent"),
        ("材料侧试", "bj-hydrogen"),  # and of the name
        ("能储源", "bj-hydrogen"),  # most of the words are in the name
    ],
)
async def test_what_is_mistyped_is_near(filled: AsyncEngine, mistyped: str, meant: str) -> None:
    """The most alike is the first."""
    found = await find_platforms(filled, mistyped)
    assert 0 == found.total
    assert meant == found.near[0].platform_id


async def test_what_is_like_nothing_is_near_nothing(filled: AsyncEngine) -> None:
    """No guess is better than any guess."""
    for words in ("zzzz", "x", "量子", "", "sock"):  # one letter of four is another word
        assert () == await similar_platforms(filled, words)

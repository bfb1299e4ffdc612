"""`--panel` and `--vote` of an expert opinion: a panel that was kept, with the votes of today."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from starter.commands.notation import ALL, REST_WORDS
from starter.commands.word_choice import chinese_list, word
from starter.errors import BadInput
from starter.terminal.catalogue import made
from starter.terminal.language import say
from workflows.name_comparison import same_name
from workflows.refusal import Refused
from workflows.vocabulary import Vote
from workflows.words import Words, listed_zh

ABSENT = "absent"
"""Instead of a vote: who took no part is on no panel of the decision."""
_TOOK_NO_PART = frozenset((ABSENT, "took no part", "took_no_part", "未参加"))

PANEL_OPTIONS = (
    click.Option(
        ["--panel", "roster"],
        metavar="NAME",
        help="A panel that was kept (`pingtai panels`); with --vote for each expert. 专家组",
    ),
    click.Option(
        ["--vote", "votes"],
        multiple=True,
        metavar="NAME=VOTE",
        help=made(
            Words(
                f"An expert's vote; all=VOTE for those not named; NAME={ABSENT} leaves one out."
                f" With --panel. 专家意见: {', '.join(Vote)}",
                "专家意见，与 --panel 同用；未列明的专家用“其余=意见”，未参加的写“姓名=未参加”。"
                f"意见：{chinese_list(Vote)}",
            )
        ),
    ),
)

Expert = dict[str, str]
"""An expert as a decision names them; without `vote` while that is not known."""


def called_panel(roster: str | None, votes: Sequence[str]) -> list[Expert]:
    """The experts of a panel that was kept, with the votes that were said; none where no panel was named.

    Raises:
        BadInput: there is no such panel, or a vote is not written so, or is of nobody on it.
        InvalidMessage: the file of panels does not fit.
    """
    if roster is None:
        if votes:
            raise BadInput("--vote needs --panel", "--vote 须与 --panel 一并使用")
        return []
    said = dict(map(_vote, votes))
    for rest in said.keys() & {*REST_WORDS}:
        said[ALL] = said.pop(rest)
    from starter.desk.panels import find_panel  # noqa: PLC0415 - few call a panel that was kept

    experts = [one.model_dump(mode="json") for one in find_panel(roster).experts]
    unknown = {
        name
        for name in said.keys() - {ALL}
        if not any(same_name(name, one["name"]) for one in experts)
    }
    if unknown:
        name = min(unknown)
        raise BadInput(
            f"--vote {name}: nobody of this name is on panel {roster}",
            f"--vote {name}：专家组“{roster}”中无此人",
        )
    for one in experts:
        own = (vote for name, vote in said.items() if same_name(name, one["name"]))
        vote = next(own, said.get(ALL))
        if vote:
            one["vote"] = vote
    return [one for one in experts if one.get("vote") != ABSENT]


@contextmanager
def without_whom(experts: Sequence[Expert]) -> Iterator[None]:
    """Say of a panel that was called how to go on without an expert for whom it is refused."""
    try:
        yield
    except Refused as error:
        en, zh = error.refusal.en, error.refusal.zh
        for name in (one["name"] for one in experts):
            if en.startswith(f"{name} ") or zh.startswith(name):
                hint = Words(
                    f"To go on without {name}: --vote {name}={Vote.RECUSED} records that they stood"
                    f" aside, --vote {name}={ABSENT} leaves them out.",
                    f"{name}不参加表决的：--vote {name}={Vote.RECUSED.zh}（记为回避），"
                    f"或 --vote {name}=未参加（不列入专家组）。",
                )
                error.add_note(say(hint))
        raise


def complain_of_votes(experts: Sequence[Expert]) -> None:
    """Say whose votes are missing, where nobody can be asked.

    Raises:
        BadInput: somebody's is.
    """
    missing = [one["name"] for one in experts if "vote" not in one]
    if missing:
        raise BadInput(
            f"no vote of {', '.join(missing)}: give --vote NAME=VOTE",
            f"缺少以下专家的意见：{listed_zh(missing)}。请用 --vote 姓名=意见",
        )


def _vote(given: str) -> tuple[str, str]:
    name, equals, vote = given.partition("=")
    if not equals or not name.strip():
        raise BadInput(f"--vote {given}: write NAME=VOTE", f"--vote {given}：应写作 姓名=意见")
    if vote.strip().casefold() in _TOOK_NO_PART:
        return name.strip(), ABSENT
    return name.strip(), word(Vote, vote, f"--vote {given}")

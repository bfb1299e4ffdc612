"""The configuration: what it means, and that what does not fit is told with file, key and what is allowed."""

from datetime import timedelta
from pathlib import Path

import pytest

from activities.channels.email import EmailChannel
from activities.channels.file import FileChannel
from activities.channels.webhook import WebhookChannel
from activities.notice_delivery import Patience
from starter.errors import BadInput
from worker.notice_channels import load_notices

from .told import notice

SECRET = "whsec_MDEyMzQ1Njc4OS0wMTIzNDU2Nzg5LTAxMjM0NTY3ODk="  # noqa: S105
GOOD = """
[smtp]
host = "mail.kw.test"
from = "pingtai@kw.test"
username = "pingtai"
password_file = "smtp.secret"

[patience]
first_seconds = 5
give_up_after_hours = 24

[[recipients]]
name = "委"
role = "commission"
email = ["a@kw.test"]

[[recipients]]
name = "north"
roles = ["district"]
districts = ["haidian", "changping"]
events = ["overdue"]
webhook = "https://oa.haidian.test/in"
secret_env = "NORTH_SECRET"

[[recipients]]
name = "jia"
operator = "京芯共性平台运营有限公司"
file = "jia.jsonl"
"""


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The secrets that the good configuration names."""
    monkeypatch.setenv("NORTH_SECRET", SECRET)
    (tmp_path / "smtp.secret").write_text("hush-hush\n", encoding="utf-8")


def written(folder: Path, text: str) -> Path:
    """A configuration in a file."""
    path = folder / "notices.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_one(tmp_path: Path) -> None:
    """Recipients want what they were narrowed to, by their way; what is not said has its default."""
    (commission, north, jia), patience = load_notices(written(tmp_path, GOOD))
    assert Patience(timedelta(seconds=5), timedelta(hours=1), timedelta(hours=24)) == patience
    assert isinstance(commission.channel, EmailChannel)
    assert isinstance(north.channel, WebhookChannel)
    assert isinstance(jia.channel, FileChannel)
    ours = notice("overdue")
    theirs = notice("overdue", role="district", content={"operator": "乙"})
    assert [True, False, True] == [one.wants(ours) for one in (commission, north, jia)]
    assert [False, True, False] == [one.wants(theirs) for one in (commission, north, jia)]
    elsewhere = theirs.model_copy(update={"district": "fengtai"})
    other = theirs.model_copy(update={"event": "reminded"})
    assert [False, False] == [north.wants(elsewhere), north.wants(other)]


def test_an_operator_is_told_however_its_name_is_written(tmp_path: Path) -> None:
    """As the rules compare names: other brackets, another width, radicals; and no other company."""
    path = written(tmp_path, GOOD.replace("京芯共性平台运营有限公司", "示例工业（北京）有限公司"))
    (*_, jia), _ = load_notices(path)
    for told in ("示例⼯业(北京)有限公司", "示例工业北京有限责任公司"):
        assert jia.wants(notice("overdue", content={"operator": told}))
    for other in ("示例工业（北京）股份有限公司", "", None):
        assert not jia.wants(notice("overdue", content={"operator": other}))


async def test_files_are_beside_the_configuration(tmp_path: Path) -> None:
    """A relative path counts from the configuration, wherever the worker was started."""
    (*_, jia), _ = load_notices(written(tmp_path, GOOD))
    await jia.channel.send(notice("overdue"))
    assert (tmp_path / "jia.jsonl").is_file()


async def test_without_a_configuration(tmp_path: Path) -> None:
    """Nobody is told; but an embedded stack writes a file in its home, for everybody."""
    assert ((), Patience()) == load_notices(None)
    (everything,), _ = load_notices(None, tmp_path)
    assert everything.wants(notice("overdue"))
    await everything.channel.send(notice("overdue"))
    assert (tmp_path / "notices.jsonl").is_file()


@pytest.mark.parametrize(
    ("old", "new", "says", "zh"),
    [
        ('role = "commission"', 'role = "boss"', "recipients.0.role: Input should be 'operator',",
         "recipients.0.role：只能是 'operator'"),
        ("first_seconds", "frist_seconds", "patience.frist_seconds: Extra inputs are not permitted",
         "没有此字段"),
        ('"overdue"', '"late"', "north: events: there is no notice of 'late'; ",
         "没有“late”这种通知"),
        ('name = "jia"', 'name = "north"', "north is used twice", "名称重复（north）"),
        ('file = "jia.jsonl"', "", "exactly one of email, webhook, file; here: none", "现有：无"),
        ('file = "jia.jsonl"', 'file = "x"\nemail = ["a@b.c"]', "here: email, file", "现有：email、file"),
        ('secret_env = "NORTH_SECRET"', "", "exactly one of secret_env and secret_file", "之一"),
        ('secret_env = "NORTH_SECRET"', 'secret = "hush"', "secret: Extra inputs", "没有此字段"),
        ('"NORTH_SECRET"', '"NOT_THERE"', "north: secret_env = NOT_THERE is empty", "NOT_THERE 为空"),
        ('"smtp.secret"', '"none"', "smtp: cannot read password_file = none: No such file",
         "password_file = none 无法读取"),
        ("https://oa", "http://oa", "http is for this machine only", "http 只能用于本机"),
        ("https://oa", "https://u:hush@oa", "the URL must not hold a user or password", "不得有用户名和口令"),
        ("https://oa.haidian.test/in", "oa.haidian.test", "write https://host/path", "请写 https://"),
        ("https://oa.haidian.test/in", "ftp://oa/", "write https://host/path", "请写 https://"),
        ('"a@kw.test"', '"a@kw.test\\r\\nBcc: x@y.z"', "recipients.0.email.0: String should match",
         "格式不符"),
        ('"a@kw.test"', '"A<a@kw.test"', "A<a@kw.test is not a plain address", "不是单纯的邮箱地址"),
        ('[smtp]\nhost = "mail.kw.test"', "[smtp]", "smtp.host: Field required", "缺少此项"),
        ('username = "pingtai"\n', "", "a username has exactly one of", "不写则都不写"),
        ('from = "p', 'tls = "none"\nfrom = "p', "a password would travel readable", "明文传送"),
        ('from = "p', 'port = "25"\nfrom = "p', "smtp.port: Input should be a valid integer",
         "smtp.port：应为整数"),
        ("first_seconds = 5", "first_seconds = 0", "first_seconds: Input should be greater than",
         "不得小于 0.1"),
        ("first_seconds = 5", "longest_seconds = 1", "first_seconds is longer", "大于"),
        ('roles = ["district"]', 'roles = ["district"]\nrole = "district"', "role or roles, not both",
         "只写一个"),
        ("[patience]", "[patience", "cannot be read: Expected ']'", "无法读取"),
    ],
)  # fmt: skip
def test_what_does_not_fit(tmp_path: Path, old: str, new: str, says: str, zh: str) -> None:
    """Each mistake names the file and what is wrong, in both languages, and shows no secret."""
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(BadInput) as refused:
        load_notices(path)
    error = refused.value
    assert error.words.en.startswith(str(path))
    assert str(path) in error.words.zh
    assert says in error.words.en
    assert zh in error.words.zh
    assert "hush" not in error.words.en + error.words.zh


@pytest.mark.parametrize("secret", ["x9-y8", "whsec_***", "whsec_c2hvcnQ="])
def test_a_weak_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    """A secret that is short, or no base64, is refused and not shown."""
    monkeypatch.setenv("NORTH_SECRET", secret)
    with pytest.raises(BadInput, match=r"north: the webhook's secret cannot be used") as refused:
        load_notices(written(tmp_path, GOOD))
    assert secret not in refused.value.words.en + refused.value.words.zh


@pytest.mark.parametrize(
    "allowed",
    [
        ("https://oa.haidian.test", "http://127.0.0.1:8000"),
        ("https://oa.haidian.test", "http://[::1]:8000"),
        ("https://oa.haidian.test", "http://localhost"),
        ('webhook = "https:', 'insecure = true\nwebhook = "http:'),
        ('from = "p', 'tls = "none"\ninsecure = true\nfrom = "p'),
    ],
)
def test_plain_only_where_it_is_said(tmp_path: Path, allowed: tuple[str, str]) -> None:
    """To this machine, or with `insecure = true`, what is sent may be readable."""
    recipients, _ = load_notices(written(tmp_path, GOOD.replace(*allowed, 1)))
    assert 3 == len(recipients)


def test_a_file_that_is_not_there_or_too_large(tmp_path: Path) -> None:
    """Neither is read, and the setting that names it is told."""
    with pytest.raises(BadInput, match=r"\(PINGTAI_NOTICES\) cannot be read: No such file"):
        load_notices(tmp_path / "none.toml")
    with pytest.raises(BadInput, match="larger than 262,144 bytes"):
        load_notices(written(tmp_path, "#" * 300_000))

"""A history that was rewritten from end to end around a decision that the rules would have refused."""

from audit.reading.case_logs import read_runs
from audit.reading.check_histories import check_reading
from audit.replay.replaying import Replaying
from audit.replay.together import assemble_platform
from tests.audit.forging import said_otherwise
from tests.audit.lives import SHORT, recorded
from workflows.log_id import LogId


async def test_what_the_rules_refuse() -> None:
    """An expert of the operator: message, log and hashes agree, and the true code does not do the same."""
    first = recorded(SHORT, "0.4.0")[0]
    log = read_runs(SHORT, [first]).entries(LogId(1))
    operator = log[0].said["operator"]["name"]
    [opinion] = [one for one in log if one.name == "expert_opinion"]
    expert = opinion.said["panel"][0]["organisation"]
    forged = said_otherwise(first, expert, operator)
    reading = read_runs(SHORT, [forged])
    true = {one.words.en for one in check_reading(read_runs(SHORT, [first]))}
    assert {one.words.en for one in check_reading(reading)} <= true, "nothing contradicts it"
    assert reading.entries(LogId(1))[-1].hash != log[-1].hash
    async with Replaying() as replaying:
        replay = assemble_platform(SHORT, [await replaying.replay(forged)])
    told = str(replay.runs[0].divergence)
    assert "the history starts the activity" in told, told

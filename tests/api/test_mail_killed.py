"""A worker is killed with an e-mail in its hands: it is not sent twice, and whoever wrote it is told."""

import asyncpg

from tests.play.mailing import mail_address, mailed, thread, write
from tests.play.past import end_leases
from tests.play.process import free_port, process
from tests.play.tenant import Tenant
from tests.play.waiting import until


async def test_killed_while_the_server_thinks(idle: Tenant) -> None:
    postbox, owner = idle.house.postbox, await asyncpg.connect(idle.house.database_url)
    await mail_address(idle)
    conversation, _ = await thread(idle)
    sent = await write(idle.agent, conversation, subject="Your roof")
    postbox.may_take.clear()
    async with process(idle.house, free_port(), "work") as worker:

        async def is_thinking() -> bool:
            return postbox.thinks

        await until(is_thinking, 60)
        worker.kill()
        await worker.wait()
    assert (await mailed(idle, sent["id"]))["status"] == "SENDING"
    postbox.may_take.set()
    await end_leases(idle, owner)
    async with process(idle.house, free_port(), "work"):

        async def has_failed() -> bool:
            return bool((await mailed(idle, sent["id"]))["status"] == "FAILED")

        await until(has_failed, 60)
    found = await mailed(idle, sent["id"])
    assert found["errorMessage"].startswith("It may have arrived, or not, so it is not sent again.")
    assert postbox.tried == 1
    await owner.close()

"""Pokes: each wakes those whom its news concerns, once, in every process."""

import asyncio
from uuid import UUID

from domain.analytics import EventKind
from realtime.pokes import News, Pokes
from tests.play.soaking import under_way
from tests.play.tenant import Tenant
from tests.play.waiting import until


def listening(tenant: Tenant) -> tuple[Pokes, list[tuple[News, UUID]]]:
    pokes, heard = Pokes(tenant.house.parts.database, tenant.house.database_url), list[tuple[News, UUID]]()
    for news in News:

        def hear(organizations: set[UUID], news: News = news) -> None:
            heard.extend((news, one) for one in organizations if one == tenant.organization_id)

        pokes.on_poke(news, hear)
    return pokes, heard


async def test_who_pokes_is_not_poked_by_it_and_others_hear_what_there_is(tenant: Tenant) -> None:
    (near, heard_near), (far, heard_far) = listening(tenant), listening(tenant)
    async with under_way([asyncio.create_task(pokes.run()) for pokes in (near, far)]):

        async def is_listening() -> bool:
            near.poke(tenant.organization_id, {News.FEED})
            return bool(heard_far)

        await until(is_listening)
        await asyncio.sleep(0.1)  # in which what is under way arrives
        heard_near.clear()
        heard_far.clear()
        near.committed(tenant.organization_id, {EventKind.MESSAGE_SENT, EventKind.LEAD_CHANGED})
        all = (News.FEED, News.SENDING, News.MAILING, News.LINKEDIN, News.REVIEWING)
        wanted = {(news, tenant.organization_id) for news in all}
        assert set(heard_near) == wanted and len(heard_near) == len(wanted)

        async def is_told() -> bool:
            return len(heard_far) >= len(wanted)

        await until(is_told)
        await asyncio.sleep(0.1)  # in which an echo would come
        assert set(heard_far) == wanted and len(heard_near) == len(heard_far) == len(wanted)

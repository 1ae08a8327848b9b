"""Every statement the engine writes names its organization wherever it touches a tenant's table."""

import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from graphql import GraphQLSchema, get_named_type

from domain.analytics import Signal, SignalKind
from domain.people import LeadScope, Rights
from resolvers.schema import Schema
from tests.house.asking import Asking, Past, asking, filters_of, lists, make_past, orders, selection
from tests.house.walls import breaches_of_plan, breaches_of_text, generic_plan
from tests.play.past import bare

SOON, LATER = ((datetime.now(UTC) + timedelta(days=days)).isoformat() for days in (2, 3))


def roots(schema: GraphQLSchema, past: Past) -> Iterator[str]:
    """Every root field of a query, with everything below it."""
    query = schema.query_type
    assert query
    for name, definition in query.fields.items():
        ones = {"lead": past.lead, "member": past.colleague, "customer": past.customer}
        ones |= {"enrollment": past.enrollment, "phoneNumber": past.phone_number, "task": past.task}
        ones |= {"campaign": past.campaign, "campaignPolicy": past.campaign_policy}
        ones |= {"messageTemplate": past.message_template, "lesson": past.lesson, "prompt": past.prompt}
        ones |= {"promptTemplate": past.prompt_template, "promptVersion": past.prompt_version}
        ones |= {"territory": past.territory, "draft": past.draft, "replay": past.replay}
        ones |= {"bulkOperation": past.bulk_operation, "export": past.export}
        ones |= {"dataset": past.dataset, "import": past.an_import, "booking": past.booking}
        one = ones.get(name, past.conversation)
        given = {"id": f'id: "{one}"', "ids": f'ids: ["{past.lead}", "{past.conversation}"]', "first": "first: 2"}
        given["campaignId"] = f'campaignId: "{past.campaign}"'
        given["lessonId"] = f'lessonId: "{past.lesson}"'
        given["promptVersionId"] = f'promptVersionId: "{past.trial_version}"'
        given["leadIds"] = f'leadIds: ["{past.lead}"]'
        arguments = ", ".join(given[argument] for argument in definition.args if argument in given)
        type_ = get_named_type(definition.type)
        kinds = ("Conversation", "Lead") if type_.name == "Node" else (type_.name,)
        for kind in kinds:  # each by itself: together they would be too long a document
            below = "" if kind == "Cursor" else selection(schema, schema.type_map[kind], 2)
            below = f"{{ ... on {kind} {below} }}" if type_.name == "Node" else below
            yield f"{{ {name}{arguments and f'({arguments})'} {below} }}"


def pages(schema: GraphQLSchema) -> Iterator[str]:
    """Every list with every filter, alone, inverted and joined."""
    for name, definition in lists(schema).items():
        for one in filters_of(definition):
            yield f"{{ {name}(first: 3, filter: {{{one}}}) {{ nodes {{ id }} totalCount }} }}"
            yield f"{{ {name}(filter: {{or: [{{{one}}}, {{not: {{{one}}}}}]}}) {{ nodes {{ id }} }} }}"
            if "search" in definition.args:
                yield f'{{ {name}(search: "a", filter: {{{one}}}) {{ nodes {{ id }} totalCount }} }}'


# What every mutation is given; of an organization in which everything has happened once.
INPUTS = {
    "addLead": '{fullName: "Ann van Dyke", phone: "07700 900123", note: "Likes to be called."}',
    "changeLead": '{leadId: "%(lead)s", title: null, customFields: {a: 1}}',
    "addLeadNote": '{leadId: "%(lead)s", body: "Likes to be called."}',
    "moveLead": '{leadId: "%(lead)s", pipelineStageId: "%(stage)s"}',
    "archiveLead": '{leadId: "%(lead)s"}',
    "restoreLead": '{leadId: "%(lead)s"}',
    "takeOverLead": '{leadId: "%(lead)s"}',
    "handBackLead": '{leadId: "%(lead)s"}',
    "optOutLead": '{leadId: "%(lead)s"}',
    "optInLead": '{leadId: "%(lead)s", reason: "They called."}',
    "qualifyLead": '{leadId: "%(lead)s"}',
    "markLeadLost": '{leadId: "%(lead)s"}',
    "reopenLead": '{leadId: "%(lead)s"}',
    "tagLeads": '{leadIds: ["%(lead)s"], tags: ["b"]}',
    "untagLeads": '{leadIds: ["%(lead)s"], tags: ["b"]}',
    "assignLeads": '{leadIds: ["%(lead)s"], ownerId: null}',
    "addStage": '{name: "Another"}',
    "changeStage": '{pipelineStageId: "%(stage)s", name: "Renamed"}',
    "reorderStages": "{pipelineStageIds: %(stages)s}",
    "makeStageDefault": '{pipelineStageId: "%(stage)s"}',
    "deleteStage": '{pipelineStageId: "%(default_stage)s", successorId: "%(stage)s"}',
    "addTerritory": '{name: "The North", postcodePrefixes: ["NE"], memberIds: ["%(colleague)s"]}',
    "changeTerritory": '{territoryId: "%(territory)s", countries: ["FR"]}',
    "archiveTerritory": '{territoryId: "%(territory)s"}',
    "setScoreReasons": '{reasons: [{label: "Has replied", points: 20, condition: REPLIED}]}',
    "sendMessage": '{%(thread)s, body: "Yes.", idempotencyKey: "1"}',
    "startConversation": '{leadId: "%(lead)s", channel: SMS}',
    "markConversationRead": "{%(thread)s}",
    "inviteMember": '{email: "new@example.com", role: AGENT}',
    "revokeStaffInvitation": '{staffInvitationId: "%(invitation)s"}',
    "changeMember": '{memberId: "%(colleague)s", role: MANAGER}',
    "changeProfile": '{name: "Olivia"}',
    "suspendMember": '{memberId: "%(colleague)s"}',
    "reinstateMember": '{memberId: "%(colleague)s"}',
    "removeMember": '{memberId: "%(colleague)s"}',
    "changeOrganization": '{name: "Another"}',
    "createApiKey": '{name: "A program", permissions: [INBOX_READ]}',
    "revokeApiKey": '{apiKeyId: "%(api_key)s"}',
    "undoMerge": '{leadMergeId: "%(lead_merge)s"}',
    "mergeLeads": '{leadId: "%(lead)s", otherLeadId: "%(other_lead)s"}',
    "convertLead": '{leadId: "%(lead)s"}',
    "addCustomer": '{firstName: "Cleo"}',
    "changeCustomer": '{customerId: "%(customer)s", gender: null}',
    "revokeCustomerInvitation": '{customerInvitationId: "%(customer_invitation)s"}',
    "inviteCustomer": '{customerId: "%(customer)s"}',
    "eraseCustomer": '{customerId: "%(old_customer)s"}',
    "eraseLead": '{leadId: "%(lead)s"}',
    "createOrganization": '{slug: "another-%(slug)s", name: "Another"}',
    "storeCredential": '{kind: SECRET, provider: OTHER, name: "A text", secrets: [{name: "value", value: "x"}]}',
    "activateCredential": '{credentialId: "%(credential)s"}',
    "deactivateCredential": '{credentialId: "%(credential)s"}',
    "deleteCredential": '{credentialId: "%(credential)s"}',
    "createImport": '{datasetId: "%(dataset)s", fileName: "people.csv"}',
    "prepareUpload": '{importId: "%(an_import)s"}',
    "linkImportOutcome": '{importId: "%(an_import)s"}',
    "rehearseImport": '{importId: "%(an_import)s"}',
    "beginImport": '{importId: "%(an_import)s"}',
    "cancelImport": '{importId: "%(an_import)s"}',
    "beginBulkOperation": '{verb: ARCHIVE, filter: {tag: {eq: "a"}}}',
    "cancelBulkOperation": '{bulkOperationId: "%(bulk_operation)s"}',
    "createExport": "{list: {leads: {lifecycle: {eq: NEW}}}}",
    "cancelExport": '{exportId: "%(export)s"}',
    "linkExport": '{exportId: "%(export)s"}',
    "addCampaignPolicy": '{name: "Gentle", sendingStart: "10:00", sendingEnd: "16:00"}',
    "changeCampaignPolicy": '{campaignPolicyId: "%(campaign_policy)s", messagesPerDay: 9}',
    "changePhoneNumber": '{phoneNumberId: "%(phone_number)s", messagingService: null}',
    "pausePhoneNumber": '{phoneNumberId: "%(phone_number)s"}',
    "resumePhoneNumber": '{phoneNumberId: "%(phone_number)s"}',
    "archiveCampaignPolicy": '{campaignPolicyId: "%(free_policy)s"}',
    "addMessageTemplate": '{name: "Thanks", channel: SMS, body: "Thank you.", tag: "thanked"}',
    "changeMessageTemplate": '{messageTemplateId: "%(message_template)s", body: "Hello {{name}}."}',
    "renderMessageTemplate": '{messageTemplateId: "%(message_template)s", leadId: "%(lead)s"}',
    "archiveMessageTemplate": '{messageTemplateId: "%(message_template)s"}',
    "draftCampaign": '{kind: DRIP, name: "Another"}',
    "changeCampaign": '{campaignId: "%(campaign)s", name: "Renamed"}',
    "setCampaignSteps": '{campaignId: "%(campaign)s", steps: [{channel: SMS, body: "Hello."}]}',
    "enrollLeads": '{campaignId: "%(drip)s", leadIds: ["%(lead)s"]}',
    "pauseEnrollment": '{enrollmentId: "%(enrollment)s"}',
    "resumeEnrollment": '{enrollmentId: "%(enrollment)s"}',
    "completeTask": '{taskId: "%(task)s", outcome: WRONG_NUMBER, note: "It is a shop."}',
    "reopenTask": '{taskId: "%(task)s"}',
    "cancelEnrollment": '{enrollmentId: "%(enrollment)s"}',
    "copyCampaign": '{campaignId: "%(campaign)s", name: "A copy"}',
    "activateCampaign": '{campaignId: "%(campaign)s"}',
    "pauseCampaign": '{campaignId: "%(campaign)s"}',
    "resumeCampaign": '{campaignId: "%(campaign)s"}',
    "completeCampaign": '{campaignId: "%(campaign)s"}',
    "archiveCampaign": '{campaignId: "%(campaign)s"}',
    "createDataset": '{name: "Another"}',
    "changeDataset": '{datasetId: "%(dataset)s", lawfulBasis: CONSENT}',
    "startDataset": '{datasetId: "%(dataset)s"}',
    "archiveDataset": '{datasetId: "%(dataset)s"}',
    "restoreDataset": '{datasetId: "%(dataset)s"}',
    "addLeadsToDataset": '{datasetId: "%(dataset)s", leadIds: ["%(lead)s"]}',
    "removeLeadsFromDataset": '{datasetId: "%(dataset)s", leadIds: ["%(lead)s"]}',
    "bookCall": f'{{leadId: "%(lead)s", startsAt: "{SOON}"}}',
    "rescheduleBooking": f'{{bookingId: "%(booking)s", startsAt: "{LATER}"}}',
    "cancelBooking": '{bookingId: "%(booking)s"}',
    "deleteOrganization": '{slug: "not this one"}',
    "signalTyping": "{%(thread)s}",
    "editDraft": '{draftId: "%(draft)s", body: "Which day?"}',
    "acceptDraft": '{draftId: "%(draft)s"}',
    "rejectDraft": '{draftId: "%(draft)s", reason: "Too long."}',
    "suggestReply": "{%(thread)s}",
    "approveInsight": '{insightId: "%(other_insight)s"}',
    "teachSophie": '{insightId: "%(insight)s", feedback: "Say more."}',
    "addLesson": '{type: NEVER_RULE, title: "Never say hello twice", tags: ["a"], priority: 3}',
    "importLessons": '{lessons: [{type: BEST_PRACTICE, title: "Say hello"}]}',
    "changeLesson": '{lessonId: "%(lesson)s", title: "Never say hello"}',
    "activateLesson": '{lessonId: "%(lesson)s"}',
    "tryLesson": '{lessonId: "%(old_lesson)s"}',
    "archiveLesson": '{lessonId: "%(old_lesson)s"}',
    "previewPrompt": '{origin: {promptTemplateId: "%(prompt_template)s"}}',
    "createPrompt": '{name: "Another", origin: {promptId: "%(prompt)s"}, datasetId: "%(dataset)s"}',
    "changePrompt": '{promptId: "%(prompt)s", name: "Renamed"}',
    "archivePrompt": '{promptId: "%(old_prompt)s"}',
    "writePromptVersion": '{promptId: "%(prompt)s", sections: [{section: TONE, content: "Warm."}], reason: "Why not."}',
    "applyLessons": '{promptId: "%(prompt)s", lessonIds: ["%(lesson)s"]}',
    "removeLessons": '{promptId: "%(prompt)s", lessonIds: ["%(lesson)s"]}',
    "addPromptTemplate": """{name: "Mine", description: "A beginning.", category: "a", sections: [
      {section: CONTEXT, content: "a"}, {section: GOAL, content: "a"}, {section: TONE, content: "a"},
      {section: KNOWLEDGE, content: "a"}, {section: OBJECTIONS, content: "a"}, {section: BOUNDARIES, content: "a"}]}""",
    "changePromptTemplate": '{promptTemplateId: "%(prompt_template)s", name: "Renamed"}',
    "archivePromptTemplate": '{promptTemplateId: "%(old_template)s"}',
    "deployPromptVersion": '{promptVersionId: "%(trial_version)s"}',
    "replayPromptVersion": '{promptVersionId: "%(trial_version)s", datasetId: "%(dataset)s"}',
    "cancelReplay": '{replayId: "%(replay)s"}',
    "rollBackPrompt": '{promptId: "%(prompt)s"}',
    "viewInsight": '{insightId: "%(insight)s"}',
    "dismissInsight": '{insightId: "%(insight)s", reason: "It is fine."}',
    "assignConversation": '{%(thread)s, assigneeId: "member_%(member)s"}',
}


def mutations(schema: GraphQLSchema, past: Past) -> Iterator[str]:
    thread = f'conversationId: "{past.conversation}"'
    facts = {**asdict(past), "thread": thread, "slug": past.member.hex[-8:]}
    type_ = schema.mutation_type
    assert type_
    for name, definition in type_.fields.items():
        given = f"(input: {INPUTS[name] % facts})" if definition.args else ""
        yield f"mutation {{ {name}{given} {selection(schema, get_named_type(definition.type), 2)} }}"


def subscriptions(schema: GraphQLSchema, past: Past) -> Iterator[str]:
    conversation = f'conversationId: "{past.conversation}"'
    type_ = schema.subscription_type
    assert type_
    for name, definition in type_.fields.items():
        needed = f", {conversation}" if "conversationId" in definition.args else ""
        below = selection(schema, get_named_type(definition.type), 2, with_lists=False)
        given = f'(after: "0"{needed})' if "after" in definition.args else ""
        yield f"subscription {{ {name}{given} {below} }}"
    for one in (conversation, "assignedToMe: true"):
        yield f'subscription {{ inboxEvents(after: "0", filter: {{{one}}}) {{ __typename }} }}'


async def turn_pages(asker: Asking) -> None:
    """Every list in every order, forwards and backwards, from the start and from a cursor."""
    for name, definition in lists(asker.graphql).items():
        for order in orders(definition):
            by = f"order: [{order}]"
            for size, way in (("first", "after"), ("last", "before")):
                answer = await asker.ask(
                    f"{{ {name}({size}: 1, {by}) {{ edges {{ cursor }} pageInfo {{ endCursor }} }} }}"
                )
                cursor = re.findall(rb'"cursor":"([^"]+)"', asker.bytes_of(answer))[0].decode()
                await asker.ask(f'{{ {name}({size}: 3, {way}: "{cursor}", {by}) {{ nodes {{ id }} }} }}')


async def search(asker: Asking, past: Past) -> None:
    """Every list that can be searched, from the start and from a cursor, and where it hangs on another row."""
    for name in (name for name, definition in lists(asker.graphql).items() if "search" in definition.args):
        for size, way in (("first", "after"), ("last", "before")):
            page = f'{{ {name}({size}: 1, search: "hello%s) {{ edges {{ cursor }} totalCount }} }}'
            answer = await asker.ask(page % '"')
            cursor = re.findall(rb'"cursor":"([^"]+)"', asker.bytes_of(answer))[0].decode()
            await asker.ask(page % f'", {way}: "{cursor}"')
    await asker.ask(
        f'{{ conversation(id: "{past.conversation}") {{ messages(search: "hello") {{ nodes {{ id }} totalCount }} }} }}'
    )


async def type_something(asker: Asking, past: Past) -> None:
    """Who is there is shown first; then what they do."""
    type_ = asker.graphql.type_map["InboxSignal"]
    document = f"subscription {{ inboxSignals {selection(asker.graphql, type_, 2, with_lists=False)} }}"
    shown = await asker.schema.stream(document, None, asker.context)
    await anext(shown)
    ids = (past.actor.organization_id, bare(past.conversation), past.member)
    asker.context.live.signals.send(Signal(SignalKind.MEMBER_TYPING, *ids, True, datetime.now(UTC)))
    typing = await anext(shown)
    assert not typing.errors
    await shown.aclose()


@pytest.fixture(scope="session")
async def said(house_url: str, schema: Schema) -> list[str]:
    """Every statement of a caller who asks everything, as it reached the database."""
    async with asking(house_url, schema) as asker:
        past = await make_past(asker.context.database)
        asker.context.actor = past.actor
        asker.seen.clear()
        for document in (*roots(asker.graphql, past), *pages(asker.graphql), *mutations(asker.graphql, past)):
            await asker.ask(document)
        await turn_pages(asker)
        await search(asker, past)
        for document in subscriptions(asker.graphql, past):
            await asker.hear(document)
        await type_something(asker, past)
        return sorted({item.query for item in asker.seen if not item.query.startswith(("BEGIN", "COMMIT", "ROLLBACK"))})


@pytest.fixture(scope="session")
async def said_by_the_limited(house_url: str, schema: Schema) -> list[str]:
    """Every read of somebody who sees some leads, of one dataset."""
    async with asking(house_url, schema) as asker:
        past = await make_past(asker.context.database)
        asker.seen.clear()
        for scope in LeadScope:
            rights = Rights(lead_scope=scope, dataset_ids=frozenset({bare(past.dataset)}))
            asker.context.actor = replace(past.actor, rights=rights)
            reads = [*roots(asker.graphql, past), *pages(asker.graphql)]
            for document in reads:
                if not document.startswith(("{ auditLogs", "{ import")):  # which they may not read
                    await asker.ask(document)
            await asker.hear('subscription { inboxEvents(after: "0") { __typename } }')
        return sorted({item.query for item in asker.seen if not item.query.startswith(("BEGIN", "COMMIT", "ROLLBACK"))})


async def test_what_the_limited_say_names_its_organization_and_brings_the_limit(
    owner: asyncpg.Connection, said_by_the_limited: list[str]
) -> None:
    reads = [sql for sql in said_by_the_limited if "row_to_json" in sql]
    assert len(reads) > 50
    assert [sql for sql in reads if not re.search(r"begin_request\(\$1, \$2, '\w+', \$\d+::uuid\[\]\)", sql)] == []
    assert {sql: found for sql in said_by_the_limited if (found := breaches_of_text(sql))} == {}
    plans = {sql: await generic_plan(owner, sql) for sql in said_by_the_limited}
    assert {sql: found for sql, plan in plans.items() if (found := breaches_of_plan(plan))} == {}


async def test_a_caller_who_asks_everything_makes_the_engine_write_much(said: list[str]) -> None:
    compiled = [sql for sql in said if "row_to_json" in sql]
    assert len(compiled) > 100
    assert any(sql.startswith("select (select row_to_json") for sql in compiled), "the answer of a mutation is missing"
    assert any(" from events " in sql for sql in compiled), "the answer of a subscription is missing"


async def test_every_statement_that_was_said_names_its_organization(said: list[str]) -> None:
    assert {sql: breaches for sql in said if (breaches := breaches_of_text(sql))} == {}


async def test_every_plan_looks_at_the_rows_of_one_organization(owner: asyncpg.Connection, said: list[str]) -> None:
    plans = {sql: await generic_plan(owner, sql) for sql in said}
    assert {sql: breaches for sql, plan in plans.items() if (breaches := breaches_of_plan(plan))} == {}


async def test_every_read_carries_its_context_along(said: list[str]) -> None:
    reads = [
        sql for sql in said if sql.startswith("with ctx as materialized (select begin_request($1, $2, 'ALL') as ok)")
    ]
    assert len(reads) > 100
    assert [sql for sql in reads if "ctx.ok" not in sql.partition("lateral")[2]] == []
    bare_reads = [sql for sql in said if sql.startswith("select") and "row_to_json" in sql]
    assert 0 < len(bare_reads) <= 50, "only what a mutation answers finds its context set"

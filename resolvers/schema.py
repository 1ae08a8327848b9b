"""The schema: types and root fields put together, executed over cached documents by the selection executor."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import orjson
import strawberry
from graphql import ExecutionResult, GraphQLError, OperationType, execute
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.execution import ExecutionResult as Answer
from strawberry.types.execution import PreExecutionError
from strawberry.utils.await_maybe import await_maybe

from resolvers.analytics import AnalyticsQuery, AnalyticsSubscription
from resolvers.answers import SELECTING
from resolvers.bookings import BookingsMutation, BookingsQuery
from resolvers.bulk import BulkMutation, BulkQuery
from resolvers.campaign_policies import CampaignPoliciesMutation, CampaignPoliciesQuery
from resolvers.campaigns import CampaignsMutation, CampaignsQuery
from resolvers.context import Context
from resolvers.conversations import ConversationsMutation, ConversationsQuery
from resolvers.credentials import CredentialsMutation, CredentialsQuery
from resolvers.customers import CustomersMutation, CustomersQuery
from resolvers.datasets import DatasetsMutation, DatasetsQuery
from resolvers.deploying import DeployingMutation, DeployingQuery
from resolvers.documents import Document, Documents
from resolvers.drafts import DraftsMutation, DraftsQuery
from resolvers.enrollments import EnrollmentsMutation, EnrollmentsQuery
from resolvers.errors import Unauthenticated, present
from resolvers.executor import SelectionExecutor
from resolvers.exporting import ExportsMutation, ExportsQuery
from resolvers.following import Subscribed, subscribe
from resolvers.imports import ImportsMutation, ImportsQuery
from resolvers.lead_facts import LeadFactsMutation
from resolvers.lead_turns import LeadTurnsMutation
from resolvers.leads import LeadsMutation, LeadsQuery
from resolvers.learning import LearningMutation, LearningQuery
from resolvers.lessons import LessonsMutation, LessonsQuery
from resolvers.many_leads import ManyLeadsMutation
from resolvers.members import MembersMutation
from resolvers.merging import MergingMutation
from resolvers.message_templates import MessageTemplatesMutation, MessageTemplatesQuery
from resolvers.nodes import NodesQuery
from resolvers.opting import OptingMutation
from resolvers.organizations import OrganizationsMutation
from resolvers.people import PeopleQuery
from resolvers.phone_numbers import PhoneNumbersMutation, PhoneNumbersQuery
from resolvers.pipeline import PipelineMutation, PipelineQuery
from resolvers.previewing import PreviewingQuery
from resolvers.prompt_templates import PromptTemplatesMutation, PromptTemplatesQuery
from resolvers.prompts import PromptsMutation, PromptsQuery
from resolvers.replays import ReplaysMutation, ReplaysQuery
from resolvers.tasks import TasksMutation, TasksQuery
from resolvers.territories import TerritoriesMutation, TerritoriesQuery
from schema.scalars import SCALARS

ANY_OPERATION = frozenset(OperationType)


@strawberry.type(description="Reading. Every field answers for the caller's organization alone.")
class Query(
    PeopleQuery,
    CredentialsQuery,
    ConversationsQuery,
    LeadsQuery,
    PipelineQuery,
    TerritoriesQuery,
    CustomersQuery,
    DatasetsQuery,
    BookingsQuery,
    ImportsQuery,
    BulkQuery,
    CampaignsQuery,
    CampaignPoliciesQuery,
    PreviewingQuery,
    MessageTemplatesQuery,
    EnrollmentsQuery,
    PhoneNumbersQuery,
    TasksQuery,
    ExportsQuery,
    LearningQuery,
    LessonsQuery,
    DraftsQuery,
    PromptsQuery,
    PromptTemplatesQuery,
    DeployingQuery,
    ReplaysQuery,
    NodesQuery,
    AnalyticsQuery,
):
    pass


@strawberry.type(description="Acting. Every field is one unit of work: it happens whole or not at all.")
class Mutation(
    ConversationsMutation,
    LeadsMutation,
    LeadFactsMutation,
    LeadTurnsMutation,
    OptingMutation,
    ManyLeadsMutation,
    PipelineMutation,
    TerritoriesMutation,
    CustomersMutation,
    DatasetsMutation,
    BookingsMutation,
    ImportsMutation,
    BulkMutation,
    CampaignsMutation,
    CampaignPoliciesMutation,
    MessageTemplatesMutation,
    EnrollmentsMutation,
    PhoneNumbersMutation,
    TasksMutation,
    ExportsMutation,
    LearningMutation,
    LessonsMutation,
    DraftsMutation,
    PromptsMutation,
    PromptTemplatesMutation,
    DeployingMutation,
    ReplaysMutation,
    MergingMutation,
    MembersMutation,
    OrganizationsMutation,
    CredentialsMutation,
):
    pass


@strawberry.type(description="Hearing. Every stream resumes from a cursor without a gap and without a repeat.")
class Subscription(AnalyticsSubscription):
    pass


class Schema(strawberry.Schema):
    """Strawberry's schema on the leaner path: a known text goes straight from the cache to the executor."""

    def __init__(
        self, query: type = Query, mutation: type = Mutation, subscription: type | None = Subscription
    ) -> None:
        config = StrawberryConfig(scalar_map=SCALARS)
        super().__init__(query, mutation, subscription, config=config)
        self.documents = Documents(self._schema)
        for field in self._schema.query_type.fields.values() if self._schema.query_type else ():
            metadata = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].metadata
            field.resolve = metadata.get(SELECTING, field.resolve)

    def operation_type(self, asked: dict[str, Any]) -> OperationType | None:
        """What a request asks for, where its text is valid."""
        document = self.documents.get(asked["query"])
        operation = document.operation(asked.get("operationName")) if isinstance(document, Document) else None
        return operation.operation if operation else None

    def prepare(
        self, query: str | None, operation_name: str | None, context: Context, allowed: frozenset[OperationType]
    ) -> Document | list[GraphQLError]:
        """The document to execute, or why it cannot be: no text, bad text, unknown operation, nobody known."""
        document = self.documents.get(query or "")
        if isinstance(document, list):
            return document
        operation = document.operation(operation_name)
        if operation is None:
            return [GraphQLError("Name one of the document's operations as `operationName`.")]
        if operation.operation.value not in {type_.value for type_ in allowed}:
            return [GraphQLError(f"A {operation.operation.value} cannot be sent this way.")]
        if not context.admits(operation):
            return [GraphQLError(context.unknown, original_error=Unauthenticated(context.unknown))]
        return document

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: str | None = None,
        allowed_operation_types: Any = ANY_OPERATION,
        operation_extensions: dict[str, Any] | None = None,
    ) -> Answer | PreExecutionError:
        context: Context = context_value
        document = self.prepare(query, operation_name, context, allowed_operation_types)
        if isinstance(document, list):
            return PreExecutionError(data=None, errors=[present(error, context.request_id) for error in document])
        answering = context.answering(document)
        result = await await_maybe(
            execute(
                self._schema,
                document.node,
                variable_values=variable_values,
                operation_name=operation_name,
                context_value=answering,
                executor_class=SelectionExecutor,
            )
        )
        return _answer(result, answering)

    def open_subscription(
        self, query: str, variable_values: dict[str, Any] | None, context: Context, operation_name: str | None
    ) -> Subscribed | list[GraphQLError] | None:
        """What a subscription asks of the feed, or what is wrong with it; None where the text is not a subscription."""
        document = self.prepare(query, operation_name, context, ANY_OPERATION)
        operation = document.operation(operation_name) if isinstance(document, Document) else None
        if not isinstance(document, Document) or not operation or operation.operation is not OperationType.SUBSCRIPTION:
            return None
        return subscribe(self._schema, context.answering(document), variable_values, operation_name)

    async def stream(  # type: ignore[override]
        self,
        query: str,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: str | None = None,
        **_: Any,
    ) -> AsyncGenerator[Answer | PreExecutionError, None]:
        """The answers to any operation one by one: a query has one, a subscription one per event."""
        found = self.open_subscription(query, variable_values, context_value, operation_name)
        if found is None:
            return _once(self.execute(query, variable_values, context_value, None, operation_name))
        return _events(found)


async def _once(answer: Any) -> AsyncGenerator[Answer | PreExecutionError, None]:
    yield await answer


async def _events(found: Subscribed | list[GraphQLError]) -> AsyncGenerator[Answer | PreExecutionError, None]:
    if isinstance(found, list):
        yield PreExecutionError(data=None, errors=found)
        return
    try:
        async with aclosing(found.follow()) as events:
            async for event in events:
                yield Answer(data={found.key: orjson.Fragment(event)}, errors=None)
    except Exception as error:
        yield Answer(data=None, errors=[found.located(error)])


def _answer(result: ExecutionResult, context: Context) -> Answer | PreExecutionError:
    """Errors as clients may see them; what could not begin is told apart from what went wrong on the way."""
    errors = [present(error, context.request_id) for error in result.errors or ()]
    if result.data is None and errors and all(error.path is None for error in errors):
        return PreExecutionError(data=None, errors=errors)
    return Answer(data=result.data, errors=errors or None, extensions={"cost": context.cost})

"""Reading conversations and messages, and answering in them."""

from typing import Annotated, Any

import strawberry

from actions.conversations import (
    assign_conversation,
    mark_conversation_read,
    send_message,
    signal_typing,
    start_conversation,
)
from db.conversations import CONVERSATIONS, MESSAGES
from db.session import Session
from domain.conversations import Channel
from domain.ids import read_id
from resolvers.answers import What, making, many, one
from schema.conversations import Conversation, Message
from schema.paging import Connection
from schema.refusals import Refused


@strawberry.type
class ConversationsQuery:
    conversations: Connection[Conversation] = many(
        CONVERSATIONS,
        "The inbox: the conversation with the newest message first unless ordered otherwise. Needs INBOX_READ.",
    )
    conversation: Conversation | None = one(
        CONVERSATIONS, "One conversation; null when there is none with this id. Needs INBOX_READ."
    )
    messages: Connection[Message] = many(
        MESSAGES, "Every message, newest first unless ordered otherwise. Needs INBOX_READ."
    )


@strawberry.input(description="A text or an e-mail to send.")
class SendMessageInput:
    conversation_id: strawberry.ID = strawberry.field(description="Where to answer.")
    body: str = strawberry.field(description="What to say; at most 1,600 characters, in an e-mail 100,000.")
    subject: str | None = strawberry.field(
        default=None,
        description="What an e-mail is about, at most 250 characters. Left out it goes on about what the last one was "
        "about; a text has none.",
    )
    message_template_id: strawberry.ID | None = strawberry.field(
        default=None, description="The template that the body was written by, which counts as used. It adds no words."
    )
    idempotency_key: str = strawberry.field(
        description="Chosen by the client, one per text: sent again with the same input it answers the same message."
    )


@strawberry.input(description="Somebody to write to first.")
class StartConversationInput:
    lead_id: strawberry.ID = strawberry.field(description="Whom.")
    channel: Channel = strawberry.field(description="How: SMS, WHATSAPP or EMAIL.")


@strawberry.input(description="A conversation that somebody has looked at.")
class MarkConversationReadInput:
    conversation_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="Who answers a conversation from now on.")
class AssignConversationInput:
    conversation_id: strawberry.ID = strawberry.field(description="Which.")
    assignee_id: strawberry.ID | None = strawberry.field(description="A member; null puts it back into the pool.")


@strawberry.input(description="Somebody writes, or has stopped.")
class SignalTypingInput:
    conversation_id: strawberry.ID = strawberry.field(description="Where.")
    is_typing: bool = strawberry.field(default=True, description="False when they have stopped.")


SignalTypingResult = Annotated[
    Conversation | Refused,
    strawberry.union("SignalTypingResult", description="The conversation, or why nobody was shown anything."),
]
SendMessageResult = Annotated[
    Message | Refused, strawberry.union("SendMessageResult", description="The queued message, or why there is none.")
]
StartConversationResult = Annotated[
    Conversation | Refused,
    strawberry.union("StartConversationResult", description="The open conversation, or why there is none."),
]
MarkConversationReadResult = Annotated[
    Conversation | Refused,
    strawberry.union("MarkConversationReadResult", description="The conversation, or why nothing was changed."),
]
AssignConversationResult = Annotated[
    Conversation | Refused,
    strawberry.union("AssignConversationResult", description="The conversation, or why nothing was changed."),
]


@strawberry.type
class ConversationsMutation:
    @strawberry.mutation(
        description="Sends a text or an e-mail. It is queued when this answers; events tell its further way. "
        "Needs INBOX_READ and MESSAGES_SEND."
    )
    def send_message(self, input: Annotated[SendMessageInput, What]) -> SendMessageResult:
        def run(session: Session) -> Any:
            conversation = read_id("conversation", input.conversation_id, "conversationId")
            named = input.message_template_id
            template = read_id("message_template", named, "messageTemplateId") if named else None
            said = (input.body, input.idempotency_key)
            return send_message(session, conversation, *said, subject=input.subject, template_id=template)

        return making(MESSAGES, run)

    @strawberry.mutation(
        description="Opens a conversation with a lead, to write in first; one that is open already is answered. "
        "Needs INBOX_READ and MESSAGES_SEND."
    )
    def start_conversation(self, input: Annotated[StartConversationInput, What]) -> StartConversationResult:
        def run(session: Session) -> Any:
            return start_conversation(session, read_id("lead", input.lead_id, "leadId"), input.channel)

        return making(CONVERSATIONS, run)

    @strawberry.mutation(description="Sets the count of unread messages to zero. Needs INBOX_READ.")
    def mark_conversation_read(self, input: Annotated[MarkConversationReadInput, What]) -> MarkConversationReadResult:
        def run(session: Session) -> Any:
            return mark_conversation_read(session, read_id("conversation", input.conversation_id, "conversationId"))

        return making(CONVERSATIONS, run)

    @strawberry.mutation(
        description="Charges somebody with a conversation, or nobody. Needs INBOX_READ and CONVERSATIONS_ASSIGN."
    )
    def assign_conversation(self, input: Annotated[AssignConversationInput, What]) -> AssignConversationResult:
        def run(session: Session) -> Any:
            conversation = read_id("conversation", input.conversation_id, "conversationId")
            assignee = read_id("member", input.assignee_id, "assigneeId") if input.assignee_id else None
            return assign_conversation(session, conversation, assignee)

        return making(CONVERSATIONS, run)

    @strawberry.mutation(
        description="Shows colleagues that you write; say it again every few seconds. Nothing is stored. "
        "Needs INBOX_READ and MESSAGES_SEND."
    )
    def signal_typing(self, input: Annotated[SignalTypingInput, What]) -> SignalTypingResult:
        def run(session: Session) -> Any:
            conversation = read_id("conversation", input.conversation_id, "conversationId")
            return signal_typing(session, conversation, input.is_typing)

        return making(CONVERSATIONS, run)

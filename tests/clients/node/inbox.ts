import { type FeedEvent } from "./live-feed.ts";

const ROW = `fragment Row on Conversation {
  id status unreadCount
  lead { id name phone }
  lastMessage { id body direction status }
}`;

export const INBOX = `query Inbox {
  eventCursor
  conversations(first: 50) { nodes { ...Row } }
} ${ROW}`;

export const CHANGES = `subscription Changes($after: Cursor!) {
  inboxEvents(after: $after) {
    __typename
    ... on Event { id cursor }
    ... on MessageReceived { conversation { ...Row } }
    ... on MessageSent { conversation { ...Row } }
    ... on MessageStatusChanged { conversation { ...Row } }
    ... on ConversationRead { conversation { ...Row } }
    ... on ConversationAssigned { conversation { ...Row } }
    ... on ConversationChanged { conversation { ...Row } }
  }
} ${ROW}`;

export interface Row {
  id: string;
  status: string;
  unreadCount: number;
  lead: { id: string; name: string; phone: string | null };
  lastMessage: { id: string; body: string; direction: string; status: string } | null;
}

export interface Snapshot {
  eventCursor: string;
  conversations: { nodes: Row[] };
}

export interface Change extends FeedEvent {
  __typename: string;
  conversation?: Row;
}

export class Inbox {
  rows = new Map<string, Row>();

  replace({ conversations }: Snapshot): void {
    this.rows = new Map(conversations.nodes.map((row) => [row.id, row]));
  }

  /** Puts the row in its place. It is whole, so that it does no harm to do so twice. */
  change({ conversation }: Change): void {
    if (conversation) this.rows.set(conversation.id, conversation);
  }
}

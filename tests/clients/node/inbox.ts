import { type FeedEvent } from "./live-feed.ts";

const ROW = `fragment Row on Conversation {
  id version status unreadCount
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
    ... on LeadWithdrawn { leadId }
  }
} ${ROW}`;

export interface Row {
  id: string;
  version: number;
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
  leadId?: string;
}

export class Inbox {
  rows = new Map<string, Row>();

  replace({ conversations }: Snapshot): void {
    this.rows = new Map(conversations.nodes.map((row) => [row.id, row]));
  }

  /** Puts a row in its place, unless a newer reading of it is there; drops what is out of sight. */
  change({ conversation: row, leadId }: Change): void {
    if (row && !((this.rows.get(row.id)?.version ?? 0) > row.version)) this.rows.set(row.id, row);
    for (const { id, lead } of this.rows.values()) if (lead.id === leadId) this.rows.delete(id);
  }
}

#!/usr/bin/env node
// The feed as Node serves it: graphql-ws over ws, one execution per subscriber, one emitter for all of them.
//
// Prints two ports: that of the sockets, and that where each line is the JSON of an event to publish.
// Ends when it is told to.

import { EventEmitter, on } from "node:events";
import { createServer } from "node:http";
import { createServer as createControl } from "node:net";
import { createInterface } from "node:readline";
import { buildSchema } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

const schema = buildSchema(`
  scalar DateTime
  scalar Cursor
  enum EventKind { MESSAGE_RECEIVED MESSAGE_SENT }
  input InboxEventFilter { kinds: [EventKind!], conversationId: ID }
  type Lead { id: ID!, name: String! }
  type Conversation { id: ID!, unreadCount: Int!, lead: Lead! }
  type Message { id: ID!, body: String!, createdAt: DateTime! }
  type MessageReceived { id: ID!, cursor: Cursor!, message: Message!, conversation: Conversation! }
  type MessageSent { id: ID!, cursor: Cursor!, message: Message!, conversation: Conversation! }
  union InboxEvent = MessageReceived | MessageSent
  type Query { alive: Boolean! }
  type Subscription { inboxEvents(after: Cursor, filter: InboxEventFilter): InboxEvent! }
`);
const KINDS = { MessageReceived: "MESSAGE_RECEIVED", MessageSent: "MESSAGE_SENT" };

const published = new EventEmitter();
published.setMaxListeners(0);

schema.getSubscriptionType().getFields().inboxEvents.subscribe = async function* (_, { filter }) {
  for await (const [event] of on(published, "event")) {
    if (filter?.kinds && !filter.kinds.includes(KINDS[event.__typename])) continue;
    if (filter?.conversationId && filter.conversationId !== event.conversation.id) continue;
    yield { inboxEvents: event };
  }
};

const server = createServer();
useServer({ schema }, new WebSocketServer({ server, path: "/graphql" }));
const control = createControl((connection) => {
  createInterface(connection).on("line", (line) => published.emit("event", JSON.parse(line)));
});

await Promise.all([server, control].map((one) => new Promise((done) => one.listen(0, "127.0.0.1", 2048, done))));
process.stdout.write(`${server.address().port} ${control.address().port}\n`);

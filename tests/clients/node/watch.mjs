#!/usr/bin/env node
// Follows the feed: one JSON line per event. What comes while the connection is down is caught up on afterwards.
//
//   node watch.mjs ws://127.0.0.1:8000/graphql <token> <count> [<after>] [--seconds 60]
//
// Ends after `count` events, or after so many seconds with exit code 1. Starts behind the cursor `after`, or from now.
// Everything else (where it starts, when it connects again, what is wrong) goes to standard error.

import { parseArgs } from "node:util";
import { followFeed } from "./live-feed.ts";

const USAGE = "Usage: node watch.mjs <ws url> <token> <count> [<after>] [--seconds 60]";

const NOW = "query { eventCursor }";
const FEED = `
  subscription Watch($after: Cursor!) {
    inboxEvents(after: $after) {
      __typename
      ... on Event { id cursor at }
      ... on MessageReceived { message { id body } conversation { id } }
      ... on MessageSent { message { id body status } conversation { id } }
      ... on MessageStatusChanged { message { id status errorCode } conversation { id } }
      ... on ConversationRead { conversation { id unreadCount } }
      ... on ConversationAssigned { conversation { id assignee { id name } } }
      ... on ConversationChanged { conversation { id status } }
      ... on LeadChanged { lead { id lifecycle } }
      ... on InsightRaised { insight { id severity title description suggestion message { id } } }
    }
  }`;

const { url, token, count, after, seconds } = readArguments();
const enough = new AbortController();
let printed = 0;

setTimeout(() => end(1, `Only ${printed} of ${count} events in ${seconds} seconds.`), seconds * 1000).unref();

try {
  await followFeed({
    url,
    after,
    query: NOW,
    subscription: FEED,
    token: async () => token, // there is no newer one
    onSnapshot: ({ eventCursor }) => tell(`Starts after ${eventCursor}`),
    onEvent: print,
    onBreak: (why) => tell(`Connects again: ${why}`),
    signal: enough.signal,
  });
  end(0);
} catch (error) {
  end(1, error instanceof Error ? error.message : String(error));
}

/** @param {import("./live-feed.ts").FeedEvent} event */
function print(event) {
  if (printed === count) return;
  process.stdout.write(`${JSON.stringify(event)}\n`);
  if (++printed === count) enough.abort();
}

/** @param {string} sentence */
function tell(sentence) {
  process.stderr.write(`${sentence}\n`);
}

/**
 * @param {number} code
 * @param {string} [sentence]
 * @returns {never}
 */
function end(code, sentence) {
  if (sentence) tell(sentence);
  process.exit(code);
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seconds: { type: "string", default: "60" } },
  });
  const [url, token, count, after] = positionals;
  if (!url || !token || !(Number(count) > 0) || !(Number(values.seconds) > 0)) end(2, USAGE);
  return { url, token, count: Number(count), after, seconds: Number(values.seconds) };
}

#!/usr/bin/env node
// Follows the feed: one JSON line per event. What comes while the connection is down is caught up on afterwards.
//
//   node watch.mjs ws://127.0.0.1:8000/graphql <token> <count> [<after>] [--seconds 60]
//
// Ends after `count` events, or after so many seconds with exit code 1. Starts behind the cursor `after`, or from now.
// Everything else (where it starts, when it connects again, what is wrong) goes to standard error.

import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const USAGE = "Usage: node watch.mjs <ws url> <token> <count> [<after>] [--seconds 60]";
const LONGEST_WAIT = 5_000; // milliseconds between two attempts to connect
const PASSING = new Set(["TIMEOUT", "INTERNAL"]); // codes of errors that may be gone at the next attempt

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
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: `Bearer ${token}` },
  keepAlive: 10_000, // a ping, so that a connection that died in silence is noticed
  retryAttempts: 0, // we connect again ourselves, because only we know the cursor
});

setTimeout(() => end(1, `Only ${printed} of ${count} events in ${seconds} seconds.`), seconds * 1000).unref();

let cursor = after;
let printed = 0;
let failures = 0;
while (printed < count) {
  try {
    cursor ??= await startHere();
    await follow(cursor);
  } catch (error) {
    if (!mayPass(error)) end(1, explain(error));
    tell(`Connects again after ${cursor ?? "now"}: ${explain(error)}`);
    await wait(Math.min(100 * 2 ** failures++, LONGEST_WAIT));
  }
}
await client.dispose();
end(0);

/** The feed's cursor of this moment: without one, what comes before the first event could be lost with the connection. */
async function startHere() {
  for await (const result of client.iterate({ query: NOW })) {
    const position = String(dataOf(result).eventCursor);
    tell(`Starts after ${position}`);
    return position;
  }
  throw new Error("The server did not say where its feed stands.");
}

/**
 * Prints events until there are enough, or the connection breaks.
 * @param {string} start
 */
async function follow(start) {
  for await (const result of client.iterate({ query: FEED, variables: { after: start } })) {
    const event = /** @type {{cursor: string}} */ (dataOf(result).inboxEvents);
    process.stdout.write(`${JSON.stringify(event)}\n`);
    cursor = event.cursor;
    failures = 0;
    if (++printed >= count) return;
  }
}

/** @param {{data?: Record<string, unknown> | null, errors?: readonly object[]}} result */
function dataOf({ data, errors }) {
  if (errors || !data) throw errors ?? new Error("An answer without data.");
  return data;
}

/**
 * Whether another attempt could go better: not where the server has refused what we ask, or who we are.
 * @param {unknown} error
 */
function mayPass(error) {
  if (Array.isArray(error)) return error.every(({ extensions }) => PASSING.has(extensions?.code));
  const code = error instanceof Object && "code" in error ? Number(error.code) : 0;
  return !(code >= 4400 && code < 4500);
}

/** @param {any} error */
function explain(error) {
  if (Array.isArray(error)) return error.map(({ message }) => message).join(" ");
  return error?.reason || error?.message || `the connection broke (${error?.code ?? error}).`;
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

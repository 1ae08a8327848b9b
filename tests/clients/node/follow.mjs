#!/usr/bin/env node
// A page as `docs/live-feed.md` describes it, for the tests: `node follow.mjs <ws url>`.
//
// Prints a JSON object per line. After {"token": <old>} a token is read from standard input, an empty line is none;
// the end of the input ends the program, with the whole inbox as the last line.

import { createInterface } from "node:readline";
import { showInbox } from "./page.ts";

const [url] = process.argv.slice(2);
if (!url) throw new Error("Usage: node follow.mjs <ws url>");
const leaving = new AbortController();
const answers = createInterface({ input: process.stdin });
answers.on("close", () => leaving.abort());
/** @type {import("./inbox.ts").Row[]} */
let rows = [];

try {
  await showInbox({
    url,
    token: (old) => {
      print({ token: old ?? null });
      return new Promise((resolve) => answers.once("line", (line) => resolve(line || null)));
    },
    show: (inbox, news) => {
      rows = [...inbox.rows.values()];
      print("eventCursor" in news ? { snapshot: news.eventCursor } : { event: [news.cursor, news.id] });
    },
    showOffline: (why) => print({ broke: why }),
    signal: leaving.signal,
  });
  print({ rows });
  process.exit(0);
} catch (error) {
  print({ gaveUp: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}

/** @param {object} line */
function print(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

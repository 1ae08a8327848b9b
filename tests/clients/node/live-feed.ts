import { type Client, createClient } from "graphql-ws";

/** What every event carries: select it in the subscription. */
export interface FeedEvent {
  id: string;
  cursor: string;
}

export interface Feed<Snapshot, Event extends FeedEvent> {
  /** wss://inbox.example.com/graphql */
  url: string;
  /** A bearer token. `old` is one that has ended or is about to: bring a newer one, or null if there is none. */
  token: (old?: string) => Promise<string | null>;
  /** What is on the screen, with `eventCursor` beside it. */
  query: string;
  /** What changes it: one field, with `$after: Cursor!` handed to it. */
  subscription: string;
  /** Replace what is on the screen. */
  onSnapshot: (snapshot: Snapshot) => void;
  /** Change it. An event that this throws at comes again. */
  onEvent: (event: Event) => void;
  /** The line broke, and is tried again in so many milliseconds. */
  onBreak?: (why: string, milliseconds: number) => void;
  /** Where an earlier visit stopped, if its screen was kept: goes on from there without a snapshot. */
  after?: string;
  /** Aborted, the feed is left. */
  signal?: AbortSignal;
}

/** Follows the feed until `signal` says otherwise; throws GaveUp where trying again makes no sense. */
export async function followFeed<Snapshot extends { eventCursor: string }, Event extends FeedEvent>(
  feed: Feed<Snapshot, Event>,
): Promise<void> {
  const stay: Stay = { cursor: feed.after, isStale: !feed.after, seen: new Set(), failures: 0, refusals: 0 };
  while (!feed.signal?.aborted) {
    const client = connect(feed, stay);
    try {
      stay.token ??= await newerToken(feed, stay);
      if (stay.isStale) await begin(feed, stay, client);
      await listen(feed, stay, client);
    } catch (error) {
      client.terminate();
      if (!feed.signal?.aborted) await recover(feed, stay, error);
    }
  }
}

/** What outlives a connection. */
interface Stay {
  cursor?: string;
  /** Whether the screen has to be read, or read anew. */
  isStale: boolean;
  seen: Set<string>;
  token?: string;
  oldToken?: string;
  refusal?: unknown;
  /** How often in a row we were not let in, and how often the line broke before an event came. */
  refusals: number;
  failures: number;
}

async function begin<Snapshot extends { eventCursor: string }>(
  feed: Feed<Snapshot, never>,
  stay: Stay,
  client: Client,
): Promise<void> {
  for await (const result of client.iterate<Snapshot>({ query: feed.query })) {
    const snapshot = dataOf(result);
    feed.onSnapshot(snapshot);
    stay.cursor ??= snapshot.eventCursor;
    stay.isStale = false;
  }
}

async function listen<Event extends FeedEvent>(feed: Feed<never, Event>, stay: Stay, client: Client): Promise<never> {
  const request = { query: feed.subscription, variables: { after: stay.cursor } };
  for await (const result of client.iterate<Record<string, Event>>(request)) {
    for (const event of Object.values(dataOf(result))) {
      if (!stay.seen.has(event.id)) feed.onEvent(event);
      remember(stay.seen, event.id);
      stay.cursor = event.cursor;
      stay.failures = 0;
    }
  }
  throw new Error("The stream ended.");
}

function dataOf<Data>({ data, errors }: { data?: Data | null; errors?: readonly object[] }): Data {
  if (errors || !data) throw errors ?? new Error("An answer without data.");
  return data;
}

/** The last thousand are enough: an event could come again only close to where a line broke. */
function remember(seen: Set<string>, id: string): void {
  seen.add(id);
  for (const oldest of seen) {
    if (seen.size <= 1_000) return;
    seen.delete(oldest);
  }
}

async function recover(feed: Feed<never, never>, stay: Stay, error: unknown): Promise<void> {
  const verdict = judge(error);
  if (verdict === "never") throw new GaveUp(error);
  if (verdict === "read anew") {
    stay.cursor = cursorBeside(error);
    stay.isStale = true;
  }
  if (verdict === "new token") {
    if (stay.refusals++ > 0) throw new GaveUp(error); // the newest there is
    [stay.oldToken, stay.token, stay.refusal] = [stay.token, undefined, error];
    return;
  }
  const longest = verdict === "elsewhere" ? 1_000 : Math.min(100 * 2 ** stay.failures++, 10_000);
  const pause = Math.random() * longest; // whom one restart sent away must not all come back in the same instant
  feed.onBreak?.(explain(error), pause);
  await wait(pause, feed.signal);
}

type Verdict = "again" | "elsewhere" | "read anew" | "new token" | "never";

const PASSING = new Set<unknown>(["TIMEOUT", "INTERNAL"]);
const OUR_MISTAKE = new Set([4400, 4406, 4409, 4429]);

/** What an error of an answer, or the event that closed the socket, asks us to do. */
function judge(error: unknown): Verdict {
  if (Array.isArray(error)) {
    const codes = error.map(({ extensions }) => extensions?.code);
    if (codes.includes("RESYNC_REQUIRED")) return "read anew";
    return codes.every((code) => PASSING.has(code)) ? "again" : "never"; // BAD_USER_INPUT stays what it is
  }
  const code = closeCode(error);
  if (code === 1012) return "elsewhere";
  if (code === 4401 || code === 4403) return "new token";
  return OUR_MISTAKE.has(code) || error instanceof GaveUp ? "never" : "again";
}

function cursorBeside(errors: unknown): string {
  const [{ extensions }] = errors as [{ extensions: { cursor: string } }];
  return extensions.cursor;
}

type Door = Pick<Feed<never, never>, "url" | "token" | "signal">;

async function newerToken(door: Door, stay: Stay): Promise<string> {
  const newer = await door.token(stay.oldToken);
  if (!newer || newer === stay.oldToken) throw new GaveUp(stay.refusal ?? new Error("There is no token."));
  return newer;
}

function connect(door: Door, stay: Stay): Client {
  let socket: WebSocket | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url: door.url,
    connectionParams: () => ({ authorization: `Bearer ${stay.token}` }),
    retryAttempts: 0, // we connect again ourselves: only we know the cursor
    lazyCloseTimeout: 5_000, // so that the subscription finds the line of the query
    connectionAckWaitTimeout: 10_000,
    keepAlive: 10_000, // a ping, because a line can die without a word
    on: {
      opened: (opened) => (socket = opened as WebSocket),
      connected: () => (stay.refusals = 0),
      ping: (isTheirs, payload) => {
        if (!isTheirs) silence = setTimeout(() => client.terminate(), 5_000);
        if (isTheirs && payload?.type === "SessionExpiring") void refresh();
      },
      pong: (isTheirs) => isTheirs && clearTimeout(silence),
      closed: () => clearTimeout(silence),
    },
  });

  /** Answered with a pong that says SessionRefreshed; the stream goes on as if nothing had been. */
  async function refresh(): Promise<void> {
    const newer = await door.token(stay.token).catch(() => null);
    if (!newer || newer === stay.token || socket?.readyState !== WebSocket.OPEN) return; // then 4403 comes
    stay.token = newer;
    socket.send(JSON.stringify({ type: "ping", payload: { authorization: `Bearer ${newer}` } }));
  }

  const leave = () => client.terminate();
  door.signal?.addEventListener("abort", leave);
  client.on("closed", () => door.signal?.removeEventListener("abort", leave));
  return client;
}

export class GaveUp extends Error {
  constructor(why: unknown) {
    super(explain(why), { cause: why });
  }
}

function explain(error: unknown): string {
  if (Array.isArray(error)) return error.map(({ message }) => message).join(" ");
  const { reason, message } = error as { reason?: string; message?: string };
  return reason || message || `The connection broke (${closeCode(error) || "no code"}).`;
}

function closeCode(error: unknown): number {
  return error instanceof Object && "code" in error ? Number(error.code) : 0;
}

function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
  });
}

import { type Change, CHANGES, INBOX, Inbox, type Snapshot } from "./inbox.ts";
import { followFeed } from "./live-feed.ts";

/** What your page brings along. */
export interface Page {
  url: string;
  token: (old?: string) => Promise<string | null>;
  show: (inbox: Inbox, news: Snapshot | Change) => void;
  showOffline: (why: string) => void;
  signal: AbortSignal;
}

export function showInbox({ url, token, show, showOffline, signal }: Page): Promise<void> {
  const inbox = new Inbox();
  return followFeed<Snapshot, Change>({
    url,
    token,
    signal,
    query: INBOX,
    subscription: CHANGES,
    onSnapshot(snapshot) {
      inbox.replace(snapshot);
      show(inbox, snapshot);
    },
    onEvent(event) {
      inbox.change(event);
      show(inbox, event);
    },
    onBreak: showOffline,
  });
}

// Opens GraphiQL on this very address. A subscription sends its tab's headers as the payload of connection_init.

const READING = `# Your inbox, the newest message first.
#
# Paste your token under Headers below:
#   {"Authorization": "Bearer …"}
# and press Ctrl-Enter. The book at the top left
# explains every field.

query Inbox {
  conversations(first: 10) {
    totalCount
    nodes {
      id
      status
      unreadCount
      lastMessageAt
      lead { firstName lastName phone }
      assignee { name }
      lastMessage { direction body status }
    }
  }
}
`;

const HEARING = `# What an open inbox hears of, as it happens.
#
# Every tab has Headers of its own: paste your token
# here too, press Ctrl-Enter, and let somebody write.
#
# With inboxEvents(after: "…") and the last cursor you
# saw, it first catches up on what you missed.

subscription Feed {
  inboxEvents {
    __typename
    ... on Event { cursor at }
    ... on MessageReceived { message { body } }
    ... on MessageSent { message { body status } }
    ... on MessageStatusChanged { message { status } }
    ... on InsightRaised { insight { severity title } }
  }
}
`;

const HEADERS = JSON.stringify({ Authorization: "" }, null, 2);

const address = new URL(location.pathname, location.href);
const socket = new URL(address);
socket.protocol = address.protocol === "https:" ? "wss:" : "ws:";

const post = GraphiQL.createFetcher({ url: address.href, enableIncrementalDelivery: false });

function fetcher(request, { documentAST, headers }) {
  return isSubscription(documentAST, request.operationName) ? hear(request, headers) : post(request, { headers });
}

function isSubscription(document, name) {
  const operations = document?.definitions.filter(({ kind }) => kind === "OperationDefinition") ?? [];
  const chosen = operations.find((operation) => operation.name?.value === name) ?? operations[0];
  return chosen?.operation === "subscription";
}

// A socket of its own for each. It does not connect again by itself: what came meanwhile would be missing, unsaid.
function hear(request, headers) {
  const client = graphqlWs.createClient({ url: socket.href, connectionParams: headers, retryAttempts: 0 });
  return {
    subscribe(observer) {
      const sink = {
        next: (result) => observer.next(result),
        error: (error) => observer.error(error instanceof CloseEvent ? explain(error) : error),
        complete: () => observer.complete(),
      };
      return { unsubscribe: client.subscribe(request, sink) };
    },
  };
}

function explain({ code, reason }) {
  const hint = code === 4403 ? " Is there a good token under Headers?" : "";
  return { message: `The connection was closed: ${reason || "no reason given"} (${code}).${hint}` };
}

const explorer = React.createElement(
  GraphiQL,
  {
    fetcher,
    defaultTabs: [READING, HEARING].map((query) => ({ query, headers: HEADERS })),
    defaultQuery: READING,
    defaultHeaders: HEADERS,
    defaultEditorToolsVisibility: "headers",
  },
  React.createElement(GraphiQL.Logo, null, "Rekindle"),
);
ReactDOM.createRoot(document.getElementById("explorer")).render(explorer);

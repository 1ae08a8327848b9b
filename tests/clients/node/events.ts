/** The results of one operation over Server-Sent Events. Ends without a word when the line does: resume. */
export async function* events<Data>(
  url: string,
  token: string,
  query: string,
  variables: object = {},
): AsyncGenerator<{ data?: Data; errors?: { message: string; extensions: { code: string } }[] }> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { accept: "text/event-stream", "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  if (!answer.ok || !answer.body) throw new Error(`${answer.status}: ${await answer.text()}`);
  let text = "";
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    const parts = (text + chunk).split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) {
      const data = /^event: next\ndata: (.*)$/.exec(part)?.[1]; // the others are `complete`, and ":" to keep it open
      if (data) yield JSON.parse(data);
    }
  }
}

/** An answer holds more than whoever asked is ready to read. */
export class AnswerTooLong extends Error {}

/** `fetch` that gives an answer up when it becomes longer than that, however it is announced. @throws AnswerTooLong, as its body is read */
export async function boundedFetch(url: string | URL, options: RequestInit, mostBytes: number): Promise<Response> {
  const response = await fetch(url, options);
  if (response.body === null) return response;
  let bytes = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes > mostBytes) controller.error(new AnswerTooLong(`The answer has more than ${mostBytes} bytes`));
        else controller.enqueue(chunk);
      },
    }),
  );
  const { status, statusText, headers } = response;
  return new Response(counted, { status, statusText, headers });
}

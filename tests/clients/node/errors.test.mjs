// Errors come as the SDK's own types, with code, param and the words on retrying that it obeys.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { ask, client, countedFetch, eventually, key, mark, seen, url } from './gateway.mjs';

const chat = (from, body) => from.chat.completions.create({ model: 'echo', messages: ask(mark('error')), ...body });

async function fails(promise, type, status, code) {
  const error = await promise.then(() => assert.fail('it was answered'), (fault) => fault);
  assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
  assert.equal(error.status, status);
  if (code) assert.equal(error.code, code);
  return error;
}

test('a wrong key is an authentication error and names no reason', async () => {
  const error = await fails(chat(client('MAIN', { apiKey: 'sk-wrong' })), OpenAI.AuthenticationError, 401, 'invalid_api_key');
  const prefix = await fails(chat(client('MAIN', { apiKey: key('MAIN').slice(0, -1) })), OpenAI.AuthenticationError, 401);
  assert.equal(error.message, prefix.message);
});

test('a model that the key may not use is a permission error', async () => {
  await fails(chat(client('NARROW')), OpenAI.PermissionDeniedError, 403);
});

test('a model that nobody has is not found', async () => {
  await fails(chat(client(), { model: 'no-such-model' }), OpenAI.NotFoundError, 404, 'model_not_found');
});

test('a parameter of the wrong type is a bad request that names it', async () => {
  const error = await fails(chat(client(), { messages: 'hello' }), OpenAI.BadRequestError, 400);
  assert.equal(error.type, 'invalid_request_error');
  assert.equal(error.param, 'messages');
});

test("the provider's own refusal keeps its code and param", async () => {
  const error = await fails(chat(client(), { model: 'denied' }), OpenAI.BadRequestError, 400, 'unsupported_value');
  assert.equal(error.param, 'top_logprobs');
});

test('a broken body is a bad request', async () => {
  const answer = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key('MAIN')}`, 'content-type': 'application/json' },
    body: '{"model":"echo","messages":[',
  });
  assert.equal(answer.status, 400);
  assert.equal((await answer.json()).error.type, 'invalid_request_error');
});

test('a budget that is used up is not asked twice', async () => {
  const word = mark('broke');
  const { counted, statuses } = countedFetch();
  const broke = client('BROKE', { maxRetries: 3, fetch: counted });
  await fails(chat(broke, { messages: ask(word), max_tokens: 10 }), OpenAI.RateLimitError, 429, 'budget_exceeded');
  assert.deepEqual(statuses, [429]);
  assert.equal((await seen(word)).calls, 0);
});

test('an overloaded upstream is asked again by the SDK after the wait that we name', async () => {
  const word = mark('overloaded');
  const { counted, statuses } = countedFetch();
  const patient = client('MAIN', { maxRetries: 2, fetch: counted });
  const answer = await chat(patient, { model: 'overloaded-once', messages: ask(word) });
  assert.equal(answer.choices[0].message.content, word);
  assert.deepEqual(statuses, [503, 200]);
});

test('an overloaded upstream without patience is a server error with its wait', async () => {
  const error = await fails(chat(client(), { model: 'overloaded-once' }), OpenAI.InternalServerError, 503, 'upstream_overloaded');
  assert.ok(error.headers.get('retry-after') !== null);
});

test('a stream that is aborted in the middle is cancelled upstream', async () => {
  const word = mark('abort');
  const stream = await chat(client(), { model: 'drip', stream: true, messages: ask(word) });
  let chunks = 0;
  for await (const chunk of stream) {
    assert.ok(chunk);
    chunks += 1;
    if (chunks === 3) break;
  }
  stream.controller.abort();
  const found = await eventually(() => seen(word), ({ hung_up }) => hung_up === 1);
  assert.equal(found.hung_up, 1);
});

test('a client that does not wait leaves, and the upstream is let go', async () => {
  const word = mark('timeout');
  const hasty = client('MAIN', { timeout: 300 });
  await assert.rejects(chat(hasty, { model: 'slow', messages: ask(word) }), OpenAI.APIConnectionTimeoutError);
  const found = await eventually(() => seen(word), ({ hung_up }) => hung_up === 1);
  assert.equal(found.hung_up, 1);
});

test('a deadline that the request names ends as a gateway timeout', async () => {
  const headers = { 'x-tollgate-timeout-ms': '200' };
  const body = { model: 'slow', messages: ask(mark('deadline')) };
  await fails(client().chat.completions.create(body, { headers }), OpenAI.InternalServerError, 504, 'upstream_timeout');
});

// What is passed on unread: images, speech, transcriptions and moderations by their model's route, every other path of a provider through
// /passthrough/, with the provider's key in place of the caller's, and priced by what the answer reports.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI, { toFile } from 'openai';
import { ask, client, key, publicMockUrl, url } from './gateway.mjs';

const host = url.replace(/\/v1$/, '');
const behind = (provider, name = 'MAIN') => new OpenAI({ apiKey: key(name), baseURL: `${host}/passthrough/${provider}`, maxRetries: 0, timeout: 10_000 });
const skip = publicMockUrl ? false : 'the public mock is not installed';
const status = (wanted, code) => (error) => {
  assert.equal(error.status, wanted, error.message);
  if (code) assert.equal(error.code, code);
  return true;
};

test('an image is made and counted', { skip }, async () => {
  const { data, response } = await client().images.generate({ model: 'painter', prompt: 'a red square', n: 2 }).withResponse();
  assert.deepEqual(data.data.map((image) => image.b64_json), ['aVZCT1J3', 'aVZCT1J4']);
  assert.equal(Number(response.headers.get('x-tollgate-cost-usd')), 0.08);
});

test('speech comes as its bytes and type', { skip }, async () => {
  const answer = await client().audio.speech.create({ model: 'voice', voice: 'alloy', input: 'say hello' });
  assert.match(answer.headers.get('content-type'), /^audio\/mpeg/);
  assert.deepEqual([...Buffer.from(await answer.arrayBuffer())], [0x49, 0x44, 0x33, 0, 1, 2, 3]);
});

test('a form keeps its file, and its model is the target\'s', { skip }, async () => {
  const file = await toFile(Buffer.from([1, 2, 3, 13, 10, 45, 45]), 'tape.mp3');
  const answer = await client().audio.transcriptions.create({ model: 'ear', file });
  assert.equal(answer.text, 'hello from the tape');
});

test('moderation needs no model', { skip }, async () => {
  const answer = await client().moderations.create({ input: 'be nice' });
  assert.equal(answer.results[0].flagged, false);
});

test('what must be named is named', async () => {
  await assert.rejects(client().images.generate({ prompt: 'x' }), status(400, 'missing_required_parameter'));
  await assert.rejects(client().images.generate({ model: 'on-anthropic', prompt: 'x' }), status(400, 'unsupported_parameter'));
  await assert.rejects(client('NARROW').images.generate({ model: 'painter', prompt: 'x' }), status(403));
});

test('any path of a provider answers, priced by its usage', async () => {
  const { data, response } = await behind('mock').chat.completions.create({ model: 'gpt-4o-mini', messages: ask('Through') }).withResponse();
  assert.equal(data.choices[0].message.content, 'You said: Through');
  assert.ok(Number(response.headers.get('x-tollgate-cost-usd')) > 0);
  const models = await behind('mock').models.list();
  assert.ok(models.data.length > 0);
});

test('a stream passes and is priced', async () => {
  const stream = await behind('mock').chat.completions.create({ model: 'gpt-4o-mini', messages: ask('Through'), stream: true, stream_options: { include_usage: true } });
  let text = '', usage;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, 'You said: Through');
  assert.ok(usage.total_tokens > 0);
});

test('another dialect passes with its own way of showing the key', async () => {
  const anthropic = new Anthropic({ apiKey: key('MAIN'), baseURL: `${host}/passthrough/as-anthropic`, maxRetries: 0 });
  const answer = await anthropic.messages.create({ model: 'gpt-4o-mini', max_tokens: 50, messages: ask('Through') });
  assert.equal(answer.content[0].text, 'You said: Through');
});

test('a provider\'s no is the caller\'s to see, and what is not there is told', async () => {
  await assert.rejects(behind('mock').files.list(), status(404));
  await assert.rejects(behind('nobody').models.list(), status(404));
  await assert.rejects(behind('mock', 'NARROW').models.list(), status(403));
  assert.equal((await fetch(`${host}/passthrough/mock/../admin`, { headers: { authorization: `Bearer ${key('MAIN')}` } })).status, 404);
  assert.equal((await fetch(`${host}/passthrough/mock/models`)).status, 401);
});

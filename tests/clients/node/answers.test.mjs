// The official Node SDK gets its answers through the gateway as if the provider had given them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, client, key, mark, publicMockUrl, seen, url } from './gateway.mjs';

const weather = [
  {
    type: 'function',
    function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
];

test('a chat answer has text, usage and a finish reason', async () => {
  const answer = await client().chat.completions.create({ model: 'gpt-4o-mini', messages: ask('Hello') });
  assert.equal(answer.object, 'chat.completion');
  assert.ok(answer.choices[0].message.content.length > 0);
  assert.ok(answer.usage.prompt_tokens > 0);
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
});

test('text of any script arrives unchanged in both directions', async () => {
  const word = mark('text');
  const text = `${word} Grüße 你好 🏳️‍🌈 "quoted" \\ back \u2028 line`;
  const answer = await client().chat.completions.create({ model: 'echo', messages: ask(text) });
  assert.equal(answer.choices[0].message.content, text);
  assert.equal((await seen(word)).bodies[0].messages[0].content, text);
});

test('the provider sees its own credential, never the key of the caller', async () => {
  const word = mark('credential');
  await client().chat.completions.create({ model: 'echo', messages: ask(word) });
  const found = await seen(word);
  assert.deepEqual(found.authorization, ['Bearer sk-provider-secret']);
  assert.ok(!JSON.stringify(found).includes(key('MAIN')));
});

test('a stream gives its pieces in order and ends', async () => {
  const word = mark('stream');
  const stream = await client().chat.completions.create({ model: 'echo', stream: true, messages: ask(`${word} ä 🎈`) });
  let text = '';
  let finish = null;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
    assert.equal(chunk.usage ?? null, null, 'usage that nobody asked for');
  }
  assert.equal(text, `${word} ä 🎈`);
  assert.equal(finish, 'stop');
});

test('a stream of the scripted provider can be collected by the SDK', async () => {
  const stream = client().chat.completions.stream({ model: 'gpt-4o-mini', messages: ask('Count to ten') });
  const answer = await stream.finalChatCompletion();
  assert.ok(answer.choices[0].message.content.length > 0);
});

test('usage that was asked for comes with the last chunk of a stream', async () => {
  const stream = await client().chat.completions.create({
    model: 'echo', stream: true, stream_options: { include_usage: true }, messages: ask(mark('usage')),
  });
  let usage = null;
  for await (const chunk of stream) usage = chunk.usage ?? usage;
  assert.deepEqual(usage, { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 });
});

test('a tool is called, and its result goes back', async () => {
  const messages = ask(mark('tools'));
  const first = await client().chat.completions.create({ model: 'tools', tools: weather, messages });
  assert.equal(first.choices[0].finish_reason, 'tool_calls');
  const [call] = first.choices[0].message.tool_calls;
  assert.equal(call.function.name, 'get_weather');
  assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Zürich' });
  const result = { role: 'tool', tool_call_id: call.id, content: 'rain' };
  const second = await client().chat.completions.create({
    model: 'tools', tools: weather, messages: [...messages, first.choices[0].message, result],
  });
  assert.equal(second.choices[0].message.content, 'The tool said: rain');
});

test('a tool call that comes in pieces is put together', async () => {
  const stream = client().chat.completions.stream({ model: 'tools', tools: weather, messages: ask(mark('tools')) });
  const answer = await stream.finalChatCompletion();
  assert.equal(answer.choices[0].message.tool_calls[0].function.arguments, '{"city":"Zürich"}');
});

test('embeddings come in the form that the SDK asks for', async () => {
  const ask = { model: 'text-embedding-3-small', input: ['one', 'two'] };
  const packed = await client().embeddings.create(ask);
  assert.deepEqual(Array.from(packed.data[1].embedding), [0.25, -0.5, 1]);
  const plain = await client().embeddings.create({ ...ask, encoding_format: 'float' });
  assert.deepEqual(plain.data.map((each) => each.embedding), [[0.25, -0.5, 1], [0.25, -0.5, 1]]);
});

test('the list of models is what the key may use', async () => {
  const all = [];
  for await (const model of client().models.list()) all.push(model.id);
  assert.ok(all.includes('gpt-4o-mini') && all.includes('echo'));
  const narrow = [];
  for await (const model of client('NARROW').models.list()) narrow.push(model.id);
  assert.deepEqual(narrow, ['gpt-4o-mini']);
});

test('an answer says which request it was, what it cost and where it came from', async () => {
  const { data, response } = await client()
    .chat.completions.create({ model: 'echo', messages: ask(mark('headers')) })
    .withResponse();
  const said = (name) => response.headers.get(`x-tollgate-${name}`);
  assert.ok(said('request-id'));
  assert.equal(data._request_id, response.headers.get('x-request-id'));
  assert.equal(said('provider'), 'scripted');
  assert.equal(said('attempts'), '1');
  // 11 tokens in at 1 USD a million and 7 out at 2 USD a million.
  assert.equal(Number(said('cost-usd')), 0.000025);
  const row = await fetch(`${url}/usage?request=${said('request-id')}`, { headers: { authorization: `Bearer ${key('MAIN')}` } });
  assert.equal(row.status, 200);
  assert.match(await row.text(), /"cost_nano_usd"\s*:\s*25000\b/);
});

test('the mock of another project answers the same with and without the gateway', { skip: publicMockUrl === '' }, async () => {
  const through = await client().chat.completions.create({ model: 'public-mock', messages: ask('greet the gateway') });
  const straight = await client('MAIN', { baseURL: publicMockUrl }).chat.completions.create({
    model: 'gpt-4o-mini', messages: ask('greet the gateway'),
  });
  assert.deepEqual(through.choices, straight.choices);
  assert.deepEqual(through.usage, straight.usage);
  const streamed = await client()
    .chat.completions.stream({ model: 'public-mock', messages: ask('weather in Berlin'), tools: weather })
    .finalChatCompletion();
  assert.equal(streamed.choices[0].message.tool_calls[0].function.name, 'get_weather');
});

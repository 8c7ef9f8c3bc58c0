// A public mock of another project in the place of each provider: what it says in that provider's language arrives in the caller's.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { ask, client, key, publicMockUrl, url } from './gateway.mjs';

const host = url.replace(/\/v1$/, '');
const skip = publicMockUrl ? false : 'the public mock is not installed';
const greeting = 'Hello, gateway. Bytes of another mock pass as well.';
const tool = { type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } };

for (const provider of ['openai', 'anthropic', 'gemini', 'ollama', 'cohere', 'bedrock'])
  describe(`the public mock as ${provider}`, { skip, concurrency: 4 }, () => {
    const model = `public-${provider}`;

    test('answers', async () => {
      const answer = await client().chat.completions.create({ model, messages: ask('greet the gateway') });
      assert.equal(answer.choices[0].message.content, greeting);
      assert.equal(typeof answer.usage.total_tokens, 'number');  // most often 0: it counts for OpenAI alone
    });

    test('streams', async () => {
      const stream = await client().chat.completions.create({ model, messages: ask('greet the gateway'), stream: true });
      let text = '', finish;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta?.content ?? '';
        finish = chunk.choices[0]?.finish_reason ?? finish;
      }
      assert.equal(text, greeting);
      assert.equal(finish, 'stop');
    });

    test('calls a tool', async () => {
      const answer = await client().chat.completions.create({ model, messages: ask('weather in Berlin'), tools: [tool] });
      const call = answer.choices[0].message.tool_calls[0];
      assert.equal(call.function.name, 'get_weather');
      assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Berlin' });
      assert.ok(call.id);
    });

    test('calls a tool in a stream', async () => {
      const stream = client().chat.completions.stream({ model, messages: ask('weather in Berlin'), tools: [tool] });
      const call = (await stream.finalMessage()).tool_calls[0];
      assert.equal(call.function.name, 'get_weather');
      assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Berlin' });
    });

    test('answers an Anthropic client and a Responses client', async () => {
      const anthropic = new Anthropic({ apiKey: key('MAIN'), baseURL: host, maxRetries: 0 });
      const answer = await anthropic.messages.create({ model, max_tokens: 100, messages: ask('greet the gateway') });
      assert.equal(answer.content[0].text, greeting);
      assert.equal((await client().responses.create({ model, input: 'greet the gateway' })).output_text, greeting);
    });
  });

// Every official client against every provider's language: what a caller gets does not depend on who answers. What came of each pair
// is written to build/reports/ for docs/compatibility.md.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { clients } from './dialects.mjs';

const targets = ['openai', 'anthropic', 'gemini', 'ollama', 'cohere', 'bedrock'];
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const schema = { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'], additionalProperties: false };
const found = [];

// A test whose outcome is a cell of the table.
function cell(client, target, feature, check) {
  test(`${client} asks ${target}: ${feature}`, async () => {
    const entry = { client, target, feature, passed: false };
    found.push(entry);
    await check(`on-${target}`);
    entry.passed = true;
  });
}

for (const [name, client] of Object.entries(clients)) {
  describe(name, { concurrency: 4 }, () => {
    for (const target of targets) {
      cell(name, target, 'text', async (model) => {
        const answer = await client.text(model, 'Grüße 你好 🎈 "quoted"');
        assert.equal(answer.text, 'You said: Grüße 你好 🎈 "quoted"');
      });
      // Mistral's SDK refuses the `usage: null` that OpenAI sends with every chunk of a stream whose usage is asked for.
      if (!(name === 'mistral' && target === 'openai')) cell(name, target, 'stream', async (model) => {
        const answer = await client.stream(model, 'Count ä 🎈 to ten');
        assert.equal(answer.text, 'You said: Count ä 🎈 to ten');
      });
      cell(name, target, 'tools', async (model) => {
        const [first, second] = await client.tool(model, 'Use get_weather for Berlin');
        assert.equal(first.tools.length, 1);
        assert.equal(first.tools[0].name, 'get_weather');
        assert.equal(typeof first.tools[0].arguments, 'object');
        assert.match(second.text, /celsius/);
      });
      if (client.streamedTool)
        cell(name, target, 'streamed tools', async (model) => {
          const answer = await client.streamedTool(model, 'Use get_weather for Berlin');
          assert.equal(answer.tools[0].name, 'get_weather');
          assert.equal(typeof answer.tools[0].arguments, 'object');
        });
      if (client.image)
        cell(name, target, 'image', async (model) => {
          const answer = await client.image(model, pixel);
          assert.equal(answer.text, 'You said: Look');
        });
      if (client.json)
        cell(name, target, 'structured output', async (model) => {
          const answer = await client.json(model, schema);
          assert.equal(typeof JSON.parse(answer.text), 'object');
        });
    }
    cell(name, 'any', 'errors', async () => {
      await assert.rejects(() => client.error('no-such-model'), (error) => {
        const status = error.status ?? error.statusCode ?? error.status_code ?? error.$metadata?.httpStatusCode ?? error.response?.status;
        assert.equal(status, 404, `${error.name}: ${error.message}`);
        return true;
      });
    });
  });
}

after(() => {
  mkdirSync(new URL('../../../build/reports/', import.meta.url), { recursive: true });
  writeFileSync(new URL('../../../build/reports/compatibility-node.json', import.meta.url), JSON.stringify(found, null, 1));
});

// The official clients of every dialect that the gateway speaks, each asked in the same way: a text, a stream, a tool. Each answers
// { text, tools: [{ id, name, arguments }] }; `history` is what a second turn needs to go on.
import Anthropic from '@anthropic-ai/sdk';
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { GoogleGenAI } from '@google/genai';
import { ChatAnthropic } from '@langchain/anthropic';
import { ChatOpenAI } from '@langchain/openai';
import { Mistral } from '@mistralai/mistralai';
import { generateText, jsonSchema, streamText, tool } from 'ai';
import { CohereClientV2 } from 'cohere-ai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { key, url } from './gateway.mjs';

const host = url.replace(/\/v1$/, '');
const max = 200;
const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const about = 'The weather of a city';
const toolName = 'get_weather';
const openaiTool = { type: 'function', function: { name: toolName, description: about, parameters: city } };
const result = '{"celsius": 21}';
const parsed = (text) => JSON.parse(text || '{}');

async function collect(stream, textOf) {
  let text = '';
  for await (const event of stream) text += textOf(event) ?? '';
  return { text };
}

const openai = () => new OpenAI({ apiKey: key('MAIN'), baseURL: url, maxRetries: 0, timeout: 10_000 });
const anthropic = () => new Anthropic({ apiKey: key('MAIN'), baseURL: host, maxRetries: 0, timeout: 10_000 });
const google = () => new GoogleGenAI({ apiKey: key('MAIN'), httpOptions: { baseUrl: host } });
const mistral = () => new Mistral({ apiKey: key('MAIN'), serverURL: host });
const cohere = () => new CohereClientV2({ token: key('MAIN'), environment: host, maxRetries: 0 });
const ollama = () => new Ollama({ host, headers: { Authorization: `Bearer ${key('MAIN')}` } });
const bedrock = () => new BedrockRuntimeClient({
  region: 'us-east-1', endpoint: host, token: { token: key('MAIN') }, authSchemePreference: ['httpBearerAuth'], maxAttempts: 1,
  requestHandler: new NodeHttpHandler(),  // its own choice is HTTP/2
});

const ofOpenai = (answer) => {
  const message = answer.choices[0].message;
  const tools = (message.tool_calls ?? []).map((call) => ({ id: call.id, name: call.function.name, arguments: parsed(call.function.arguments) }));
  return { text: message.content ?? '', tools, message };
};
const ofAnthropic = (answer) => ({
  text: answer.content.filter((part) => part.type === 'text').map((part) => part.text).join(''),
  tools: answer.content.filter((part) => part.type === 'tool_use').map((part) => ({ id: part.id, name: part.name, arguments: part.input })),
  message: { role: 'assistant', content: answer.content },
});
const ofResponses = (answer) => ({
  text: answer.output_text,
  tools: answer.output.filter((item) => item.type === 'function_call').map((item) => ({ id: item.call_id, name: item.name, arguments: parsed(item.arguments) })),
  output: answer.output,
});
const ofBedrock = (answer) => {
  const content = answer.output.message.content;
  return {
    text: content.map((part) => part.text ?? '').join(''),
    tools: content.filter((part) => part.toolUse).map(({ toolUse }) => ({ id: toolUse.toolUseId, name: toolUse.name, arguments: toolUse.input })),
    message: answer.output.message,
  };
};

export const clients = {
  'openai chat': {
    text: async (model, content) => ofOpenai(await openai().chat.completions.create({ model, max_completion_tokens: max, messages: [{ role: 'user', content }] })),
    stream: async (model, content) => collect(
      await openai().chat.completions.create({ model, stream: true, max_completion_tokens: max, messages: [{ role: 'user', content }] }),
      (chunk) => chunk.choices[0]?.delta?.content),
    async tool(model, content) {
      const messages = [{ role: 'user', content }];
      const first = ofOpenai(await openai().chat.completions.create({ model, tools: [openaiTool], messages }));
      messages.push(first.message, { role: 'tool', tool_call_id: first.tools[0].id, content: result });
      return [first, ofOpenai(await openai().chat.completions.create({ model, tools: [openaiTool], messages }))];
    },
    streamedTool: async (model, content) => ofOpenai(await openai().chat.completions.stream({ model, tools: [openaiTool], messages: [{ role: 'user', content }] }).finalChatCompletion()),
    error: (model) => openai().chat.completions.create({ model, messages: [{ role: 'user', content: 'Hello' }] }),
    image: async (model, data) => ofOpenai(await openai().chat.completions.create({
      model, messages: [{ role: 'user', content: [{ type: 'text', text: 'Look' }, { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }] }] })),
    json: async (model, schema) => ofOpenai(await openai().chat.completions.create({
      model, messages: [{ role: 'user', content: 'As JSON' }], response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } } })),
  },
  'openai responses': {
    text: async (model, input) => ofResponses(await openai().responses.create({ model, input, max_output_tokens: max })),
    stream: async (model, input) => collect(await openai().responses.create({ model, input, stream: true }), (event) => (event.type === 'response.output_text.delta' ? event.delta : '')),
    async tool(model, content) {
      const tools = [{ type: 'function', name: toolName, description: about, parameters: city, strict: false }];
      const input = [{ role: 'user', content }];
      const first = ofResponses(await openai().responses.create({ model, tools, input, store: false }));
      input.push(...first.output, { type: 'function_call_output', call_id: first.tools[0].id, output: result });
      return [first, ofResponses(await openai().responses.create({ model, tools, input, store: false }))];
    },
    streamedTool: async (model, input) => ofResponses(await openai().responses.stream({ model, input, tools: [{ type: 'function', name: toolName, parameters: city, strict: false }] }).finalResponse()),
    error: (model) => openai().responses.create({ model, input: 'Hello' }),
    image: async (model, data) => ofResponses(await openai().responses.create({
      model, input: [{ role: 'user', content: [{ type: 'input_text', text: 'Look' }, { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${data}` }] }] })),
    json: async (model, schema) => ofResponses(await openai().responses.create({ model, input: 'As JSON', text: { format: { type: 'json_schema', name: 'answer', schema, strict: true } } })),
  },
  anthropic: {
    text: async (model, content) => ofAnthropic(await anthropic().messages.create({ model, max_tokens: max, messages: [{ role: 'user', content }] })),
    stream: async (model, content) => {
      const stream = anthropic().messages.stream({ model, max_tokens: max, messages: [{ role: 'user', content }] });
      return ofAnthropic(await stream.finalMessage());
    },
    async tool(model, content) {
      const tools = [{ name: toolName, description: about, input_schema: city }];
      const messages = [{ role: 'user', content }];
      const first = ofAnthropic(await anthropic().messages.create({ model, max_tokens: max, tools, messages }));
      messages.push(first.message, { role: 'user', content: [{ type: 'tool_result', tool_use_id: first.tools[0].id, content: result }] });
      return [first, ofAnthropic(await anthropic().messages.create({ model, max_tokens: max, tools, messages }))];
    },
    streamedTool: async (model, content) => ofAnthropic(await anthropic().messages.stream({
      model, max_tokens: max, tools: [{ name: toolName, input_schema: city }], messages: [{ role: 'user', content }] }).finalMessage()),
    error: (model) => anthropic().messages.create({ model, max_tokens: max, messages: [{ role: 'user', content: 'Hello' }] }),
    image: async (model, data) => ofAnthropic(await anthropic().messages.create({
      model, max_tokens: max, messages: [{ role: 'user', content: [{ type: 'text', text: 'Look' }, { type: 'image', source: { type: 'base64', media_type: 'image/png', data } }] }] })),
    json: async (model, schema) => ofAnthropic(await anthropic().messages.create({
      model, max_tokens: max, messages: [{ role: 'user', content: 'As JSON' }], output_config: { format: { type: 'json_schema', schema } } })),
  },
  'google genai': {
    text: async (model, contents) => ({ text: (await google().models.generateContent({ model, contents })).text, tools: [] }),
    stream: async (model, contents) => collect(await google().models.generateContentStream({ model, contents }), (chunk) => chunk.text),
    async tool(model, text) {
      const config = { tools: [{ functionDeclarations: [{ name: toolName, description: about, parametersJsonSchema: city }] }] };
      const contents = [{ role: 'user', parts: [{ text }] }];
      const answer = await google().models.generateContent({ model, contents, config });
      const call = answer.functionCalls[0];
      contents.push(answer.candidates[0].content, { role: 'user', parts: [{ functionResponse: { id: call.id, name: call.name, response: { output: result } } }] });
      const second = await google().models.generateContent({ model, contents, config });
      return [{ tools: [{ name: call.name, arguments: call.args }] }, { text: second.text, tools: [] }];
    },
    streamedTool: async (model, contents) => {
      const config = { tools: [{ functionDeclarations: [{ name: toolName, parametersJsonSchema: city }] }] };
      const calls = [];
      for await (const chunk of await google().models.generateContentStream({ model, contents, config })) calls.push(...(chunk.functionCalls ?? []));
      return { tools: calls.map((call) => ({ name: call.name, arguments: call.args })) };
    },
    error: (model) => google().models.generateContent({ model, contents: 'Hello' }),
    image: async (model, data) => ({ text: (await google().models.generateContent({ model, contents: [{ role: 'user', parts: [{ text: 'Look' }, { inlineData: { mimeType: 'image/png', data } }] }] })).text }),
    json: async (model, schema) => ({ text: (await google().models.generateContent({ model, contents: 'As JSON', config: { responseMimeType: 'application/json', responseJsonSchema: schema } })).text }),
  },
  mistral: {
    text: async (model, content) => ({ text: (await mistral().chat.complete({ model, messages: [{ role: 'user', content }] })).choices[0].message.content, tools: [] }),
    stream: async (model, content) => collect(await mistral().chat.stream({ model, messages: [{ role: 'user', content }] }), (event) => event.data.choices[0]?.delta?.content),
    async tool(model, content) {
      const messages = [{ role: 'user', content }];
      const first = (await mistral().chat.complete({ model, tools: [openaiTool], messages })).choices[0].message;
      const call = first.toolCalls[0];
      messages.push(first, { role: 'tool', toolCallId: call.id, name: toolName, content: result });
      const second = await mistral().chat.complete({ model, tools: [openaiTool], messages });
      const args = typeof call.function.arguments === 'string' ? parsed(call.function.arguments) : call.function.arguments;
      return [{ tools: [{ name: call.function.name, arguments: args }] }, { text: second.choices[0].message.content, tools: [] }];
    },
    error: (model) => mistral().chat.complete({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  },
  cohere: {
    text: async (model, content) => ({ text: (await cohere().chat({ model, messages: [{ role: 'user', content }] })).message.content.map((part) => part.text).join(''), tools: [] }),
    stream: async (model, content) => collect(await cohere().chatStream({ model, messages: [{ role: 'user', content }] }), (event) => (event.type === 'content-delta' ? event.delta.message.content.text : '')),
    async tool(model, content) {
      const messages = [{ role: 'user', content }];
      const first = (await cohere().chat({ model, tools: [openaiTool], messages })).message;
      const call = first.toolCalls[0];
      messages.push({ role: 'assistant', toolCalls: first.toolCalls }, { role: 'tool', toolCallId: call.id, content: result });
      const second = await cohere().chat({ model, tools: [openaiTool], messages });
      return [{ tools: [{ name: call.function.name, arguments: parsed(call.function.arguments) }] }, { text: second.message.content.map((part) => part.text).join(''), tools: [] }];
    },
    error: (model) => cohere().chat({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  },
  ollama: {
    text: async (model, content) => ({ text: (await ollama().chat({ model, messages: [{ role: 'user', content }] })).message.content, tools: [] }),
    stream: async (model, content) => collect(await ollama().chat({ model, stream: true, messages: [{ role: 'user', content }] }), (part) => part.message.content),
    async tool(model, content) {
      const messages = [{ role: 'user', content }];
      const first = (await ollama().chat({ model, tools: [openaiTool], messages })).message;
      const call = first.tool_calls[0];
      messages.push(first, { role: 'tool', tool_name: toolName, content: result });
      const second = await ollama().chat({ model, tools: [openaiTool], messages });
      return [{ tools: [{ name: call.function.name, arguments: call.function.arguments }] }, { text: second.message.content, tools: [] }];
    },
    error: (model) => ollama().chat({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  },
  bedrock: {
    text: async (modelId, text) => ofBedrock(await bedrock().send(new ConverseCommand({ modelId, messages: [{ role: 'user', content: [{ text }] }] }))),
    stream: async (modelId, text) => {
      const answer = await bedrock().send(new ConverseStreamCommand({ modelId, messages: [{ role: 'user', content: [{ text }] }] }));
      return collect(answer.stream, (event) => event.contentBlockDelta?.delta?.text);
    },
    async tool(modelId, text) {
      const toolConfig = { tools: [{ toolSpec: { name: toolName, description: about, inputSchema: { json: city } } }] };
      const messages = [{ role: 'user', content: [{ text }] }];
      const first = ofBedrock(await bedrock().send(new ConverseCommand({ modelId, toolConfig, messages })));
      messages.push(first.message, { role: 'user', content: [{ toolResult: { toolUseId: first.tools[0].id, content: [{ text: result }] } }] });
      return [first, ofBedrock(await bedrock().send(new ConverseCommand({ modelId, toolConfig, messages })))];
    },
    error: (modelId) => bedrock().send(new ConverseCommand({ modelId, messages: [{ role: 'user', content: [{ text: 'Hello' }] }] })),
    image: async (modelId, data) => ofBedrock(await bedrock().send(new ConverseCommand({
      modelId, messages: [{ role: 'user', content: [{ text: 'Look' }, { image: { format: 'png', source: { bytes: Buffer.from(data, 'base64') } } }] }] }))),
  },
  'vercel ai (openai)': ofVercel(() => createOpenAI({ apiKey: key('MAIN'), baseURL: url }).chat),
  'vercel ai (responses)': ofVercel(() => createOpenAI({ apiKey: key('MAIN'), baseURL: url }).responses),
  'vercel ai (anthropic)': ofVercel(() => createAnthropic({ apiKey: key('MAIN'), baseURL: url })),
  'langchain (openai)': ofLangchain((model) => new ChatOpenAI({ model, apiKey: key('MAIN'), maxRetries: 0, configuration: { baseURL: url } })),
  'langchain (anthropic)': ofLangchain((model) => new ChatAnthropic({ model, apiKey: key('MAIN'), maxRetries: 0, anthropicApiUrl: host })),
};

function ofVercel(provider) {
  const tools = () => ({ [toolName]: tool({ description: about, inputSchema: jsonSchema(city), execute: async () => result }) });
  return {
    text: async (model, prompt) => ({ text: (await generateText({ model: provider()(model), prompt, maxRetries: 0 })).text, tools: [] }),
    stream: async (model, prompt) => collect(streamText({ model: provider()(model), prompt, maxRetries: 0 }).textStream, (text) => text),
    async tool(model, prompt) {
      const answer = await generateText({ model: provider()(model), prompt, tools: tools(), maxRetries: 0, stopWhen: ({ steps }) => steps.length === 2 });
      const call = answer.steps[0].toolCalls[0];
      return [{ tools: [{ name: call.toolName, arguments: call.input }] }, { text: answer.text, tools: [] }];
    },
    error: (model) => generateText({ model: provider()(model), prompt: 'Hello', maxRetries: 0 }),
  };
}

function ofLangchain(make) {
  const textOf = (message) => (typeof message.content === 'string' ? message.content : message.content.map((part) => part.text ?? '').join(''));
  return {
    text: async (model, content) => ({ text: textOf(await make(model).invoke(content)), tools: [] }),
    stream: async (model, content) => collect(await make(model).stream(content), textOf),
    async tool(model, content) {
      const bound = make(model).bindTools([openaiTool]);
      const first = await bound.invoke([{ role: 'user', content }]);
      const call = first.tool_calls[0];
      const second = await bound.invoke([{ role: 'user', content }, first, { role: 'tool', tool_call_id: call.id, content: result }]);
      return [{ tools: [{ name: call.name, arguments: call.args }] }, { text: textOf(second), tools: [] }];
    },
    error: (model) => make(model).invoke('Hello'),
  };
}

// What every test file needs: clients for each key, a fetch that counts, and a look at what reached the upstream.
import OpenAI from 'openai';

const wanted = (name) => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run through tests/clients/with_gateway.py`);
  return value;
};

export const url = wanted('TOLLGATE_URL');
export const upstreamUrl = wanted('UPSTREAM_URL');
export const publicMockUrl = wanted('PUBLIC_MOCK_URL');
export const key = (name) => wanted(`KEY_${name}`);

export const client = (name = 'MAIN', options = {}) =>
  new OpenAI({ apiKey: key(name), baseURL: url, maxRetries: 0, timeout: 10_000, ...options });

// A fetch that remembers the status of each answer.
export function countedFetch() {
  const statuses = [];
  const counted = async (...call) => {
    const answer = await fetch(...call);
    statuses.push(answer.status);
    return answer;
  };
  return { counted, statuses };
}

let marks = 0;
// A word that no other request of this run begins with.
export const mark = (about) => `${about}-${process.pid}-${(marks += 1)}`;

export const seen = async (word) => (await fetch(`${upstreamUrl}/seen?mark=${word}`)).json();

export const ask = (text) => [{ role: 'user', content: text }];

// Asks again until the condition holds, at most 3 s.
export async function eventually(read, holds) {
  const end = Date.now() + 3000;
  for (;;) {
    const value = await read();
    if (holds(value) || Date.now() > end) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

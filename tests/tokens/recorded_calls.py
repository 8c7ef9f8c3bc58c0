"""Recorded calls whose provider reported the tokens of their input, each with what our program needs to count it."""
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools/tokens"))
import prompts  # noqa: E402
from lib import shared  # noqa: E402

DIALECTS = {"openai.chat": "openai_chat", "mistral.chat": "openai_chat", "openai.responses": "openai_responses", "anthropic.messages": "anthropic_messages",
            "gemini.generateContent": "gemini", "bedrock.converse": "bedrock_converse", "cohere.chat": "cohere", "ollama.chat": "ollama"}
REPORTED = {**prompts.REPORTED, "openai.responses": ("input_tokens",)}
EXACT_HOSTS = ("openai.", "azure.")  # whose models of OpenAI have OpenAI's own prompts
# Beside them the provider reads what the body does not show: a stored conversation, pages of a search, a prompt of its own.
UNSEEN = ("previous_response_id", "conversation", "web_search_options", "context_management")
INPUTS = ("input_image", "input_file")
CALLS = ("tool_calls", "function_call", "tool_call_id", "functionCall", "functionResponse", "function_call_output", "tool_use", "tool_result", "toolUse",
         "toolResult", "reasoning", "thinking", "compaction")
# As src/providers/types.cpp has it.
HOST_PROMPT, PROMPTING_HOSTS = 1024, ("huggingface.", "groq.", "xai.", "openrouter.", "together.", "cerebras.", "databricks.", "lmstudio.", "ollama.", "proxy_litellm.")
CUT = "<MASSIVE_TEXT_FOR_PROMPT_CACHING>"  # stands where who recorded it has left out a text
EDITED = ("ollm-478acdc552a8",)  # an answer that was written by hand: 1,024 tokens of a prompt of ten words


@dataclass
class Call:
    id: str
    family: str
    target: str
    model: str
    dialect: str
    form: str  # texts, tools, other
    reported: int
    host_prompt: int  # as the provider's type has it
    body: dict

    def line(self):
        return json.dumps({"target": self.target, "model": self.model, "dialect": self.dialect, "reported": self.reported, "host_prompt": self.host_prompt, "body": self.body})


def form_of(body):
    """texts: nothing else in it; tools: function tools and their calls; other: pictures, files, schemas and what providers add themselves."""
    if prompts.holds(body, (*prompts.FOREIGN, *INPUTS)) or any(body.get(name) for name in UNSEEN) or (body.get("reasoning") or {}).get("mode"): return "other"
    if (body.get("text") or {}).get("format", {}).get("type", "text") != "text" or prompts.tools_of(body) is None: return "other"
    has_tools = any(body.get(name) for name in ("tools", "toolConfig", "functions"))
    asked = [body.get(name) for name in ("messages", "contents", "input")]
    return "tools" if has_tools or prompts.holds(asked, CALLS) else "texts"


def family_of(api, model):
    family = prompts.family_of(model) or "other"
    if family == "openai": return "openai" if api.startswith(EXACT_HOSTS) else "openai elsewhere"
    return family


def model_of(record):
    named = record["request"]["body"].get("model")
    if named: return named
    found = re.search(r"/(?:models?|deployments)/([^/:?]+)", record["request"]["path"] or "")
    return unquote(found[1]) if found else ""


def call_of(record):
    body, wire, answer = record["request"].get("body"), record["wire"], record["response"]
    if wire not in DIALECTS or answer.get("status") != 200 or not isinstance(body, dict) or answer["body_encoding"] != "utf8": return None
    raw = answer["body_raw"]
    if record["id"] in EDITED or CUT in json.dumps(body): return None
    if wire == "cohere.chat": raw = raw[raw.rfind('"billed_units"'):].partition("}")[0]
    tokens, model = prompts.reported(raw, REPORTED[wire]), model_of(record)
    if tokens < 1 or not model: return None
    return Call(record["id"], family_of(record["api"], model), f"{record['api']} {model}", model, DIALECTS[wire], form_of(body), tokens, HOST_PROMPT if record["api"].startswith(PROMPTING_HOSTS) else 0, body)


def read(folder):
    """In the order of the files; a call that was recorded twice once."""
    seen = set()
    for path in sorted(folder.glob("*.jsonl.gz")):
        if path.name.startswith("responses-only"): continue
        for call in filter(None, map(call_of, shared.lines(path))):
            key = (call.target, call.reported, json.dumps(call.body, sort_keys=True))
            if key not in seen: yield call
            seen.add(key)

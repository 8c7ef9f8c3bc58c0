"""Recorded calls whose provider reported the tokens of their input, each with what our program needs to count it."""
import json
import re
from dataclasses import dataclass
from urllib.parse import unquote

from lib import shared

# The name of a model or a path says whose tokenizer it is.
FAMILIES = (("gpt-oss", "gpt_oss"), ("claude", "anthropic"), ("gemini", "gemini"), ("gemma", "gemini"), ("mistral", "mistral"), ("magistral", "mistral"),
            ("codestral", "mistral"), ("ministral", "mistral"), ("pixtral", "mistral"), ("command", "cohere"), ("deepseek", "deepseek"), ("llama", "llama"),
            ("grok", "grok"), ("qwen", "qwen"), ("gpt-", "openai"), ("o1", "openai"), ("o3", "openai"), ("o4", "openai"))
DIALECTS = {"openai.chat": "openai_chat", "mistral.chat": "openai_chat", "openai.responses": "openai_responses", "anthropic.messages": "anthropic_messages",
            "gemini.generateContent": "gemini", "bedrock.converse": "bedrock_converse", "cohere.chat": "cohere", "ollama.chat": "ollama"}
REPORTED = {
    "anthropic.messages": ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"),
    "bedrock.converse": ("inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens"),
    "gemini.generateContent": ("promptTokenCount",),
    "cohere.chat": ("input_tokens",),
    "openai.chat": ("prompt_tokens",),
    "mistral.chat": ("prompt_tokens",),
    "ollama.chat": ("prompt_eval_count",),
    "openai.responses": ("input_tokens",),
}
EXACT_HOSTS = ("openai.", "azure.")  # whose models of OpenAI have OpenAI's own prompts
# What is no text, or is counted by other rules.
FOREIGN = ("image", "image_url", "input_audio", "file", "document", "audio", "video", "inlineData", "inline_data", "fileData", "file_data", "documents", "cachedContent", "cached_content",
           "response_format", "responseSchema", "response_schema", "responseJsonSchema", "output_config", "reasoning_details", "thoughtSignature", "signature", "images", "functions", "format",
           "cachePoint", "toolUsePromptTokenCount", "server_tool_use", "web_search_options", "mcp_servers", "container", "prediction", "data_sources", "redacted_thinking", "reasoningContent",
           "output_format", "outputConfig", "thought_signature", "models", "function_response_parts", "responseMimeType", "response_mime_type")
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


def maker_of(name):
    name = name.lower()
    return next((family for mark, family in FAMILIES if mark in name), None)


def holds(value, keys):
    if isinstance(value, list): return any(holds(one, keys) for one in value)
    if not isinstance(value, dict): return False
    return any(key in keys or value.get("type") in keys or holds(one, keys) for key, one in value.items() if one is not None)


def callers_tools(body):
    """Whether all of its tools are the caller's, and none is the provider's own."""
    tools = body.get("tools") or (body.get("toolConfig") or {}).get("tools") or []
    for tool in tools:
        declared = tool.get("functionDeclarations") or tool.get("function_declarations") if isinstance(tool, dict) else None
        for one in declared or [tool]:
            if not isinstance(one, dict): return False
            plain = one.get("function") or one.get("toolSpec") or one
            if "name" not in plain or one.get("type", "function") not in ("function", "custom"): return False
    return True


def reported(raw, fields):
    """The largest value of each field, summed: streams say some of them twice."""
    values = []
    for field in fields:
        seen = [int(number) for number in re.findall(rf'"{field}":\s*(\d+)', raw)]
        if seen: values.append(max(seen))
    return sum(values)


def form_of(body):
    """texts: nothing else in it; tools: function tools and their calls; other: pictures, files, schemas and what providers add themselves."""
    if holds(body, (*FOREIGN, *INPUTS)) or any(body.get(name) for name in UNSEEN) or (body.get("reasoning") or {}).get("mode"): return "other"
    if (body.get("text") or {}).get("format", {}).get("type", "text") != "text" or not callers_tools(body): return "other"
    has_tools = any(body.get(name) for name in ("tools", "toolConfig", "functions"))
    asked = [body.get(name) for name in ("messages", "contents", "input")]
    return "tools" if has_tools or holds(asked, CALLS) else "texts"


def family_of(api, model):
    family = maker_of(model) or "other"
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
    tokens, model = reported(raw, REPORTED[wire]), model_of(record)
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

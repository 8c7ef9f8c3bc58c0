"""Prompts of ../shared/recordings whose tokens the provider reported, in the parts that the estimator knows."""
import gzip
import json
import re
from dataclasses import dataclass

# The name of a model or a path says whose tokenizer it is.
FAMILIES = (("gpt-oss", "gpt_oss"), ("claude", "anthropic"), ("gemini", "gemini"), ("gemma", "gemini"), ("mistral", "mistral"), ("magistral", "mistral"),
            ("codestral", "mistral"), ("ministral", "mistral"), ("pixtral", "mistral"), ("command", "cohere"), ("deepseek", "deepseek"), ("llama", "llama"),
            ("grok", "grok"), ("qwen", "qwen"), ("gpt-", "openai"), ("o1", "openai"), ("o3", "openai"), ("o4", "openai"))
REPORTED = {
    "anthropic.messages": ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"),
    "bedrock.converse": ("inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens"),
    "gemini.generateContent": ("promptTokenCount",),
    "cohere.chat": ("input_tokens",),
    "openai.chat": ("prompt_tokens",),
    "mistral.chat": ("prompt_tokens",),
    "ollama.chat": ("prompt_eval_count",),
}
# What is no text, or is counted by other rules.
FOREIGN = ("image", "image_url", "input_audio", "file", "document", "audio", "video", "inlineData", "inline_data", "fileData", "file_data", "documents", "cachedContent", "cached_content",
           "response_format", "responseSchema", "response_schema", "responseJsonSchema", "output_config", "reasoning_details", "thoughtSignature", "signature", "images", "functions", "format",
           "cachePoint", "toolUsePromptTokenCount", "server_tool_use", "web_search_options", "mcp_servers", "container", "prediction", "data_sources", "redacted_thinking", "reasoningContent",
           "output_format", "outputConfig", "thought_signature", "models", "function_response_parts", "responseMimeType", "response_mime_type")
# Not counted as prompt, or not by everyone.
LEFT_OUT_KEYS = ("role", "type", "id", "tool_use_id", "toolUseId", "tool_call_id", "cache_control", "is_error", "status", "reasoning", "reasoning_content", "thinking")
TOKENS_MIN = 4


@dataclass
class Prompt:
    id: str
    family: str
    texts: list
    messages: int
    tools: int
    tokens: int


def family_of(name):
    name = name.lower()
    return next((family for mark, family in FAMILIES if mark in name), None)


def holds(value, keys):
    if isinstance(value, list): return any(holds(one, keys) for one in value)
    if not isinstance(value, dict): return False
    return any(key in keys or value.get("type") in keys or holds(one, keys) for key, one in value.items() if one is not None)


def texts_of(value):
    """What the model reads of a message: texts, names and arguments of calls, results. No ids, no types."""
    if isinstance(value, str): yield value
    elif isinstance(value, list):
        for one in value: yield from texts_of(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key in LEFT_OUT_KEYS: continue
            if key in ("input", "args", "response", "json") and not isinstance(one, str): yield json.dumps(one, ensure_ascii=False)
            else: yield from texts_of(one)


def tools_of(body):
    """Each tool as text, or None where one is the provider's own."""
    found = []
    tools = body.get("tools") or (body.get("toolConfig") or {}).get("tools") or []
    for tool in tools:
        declared = tool.get("functionDeclarations") or tool.get("function_declarations") if isinstance(tool, dict) else None
        for one in declared or [tool]:
            if not isinstance(one, dict): return None
            plain = one.get("function") or one.get("toolSpec") or one
            if "name" not in plain or one.get("type", "function") not in ("function", "custom"): return None
            found.append(json.dumps({key: value for key, value in plain.items() if key not in ("type", "cache_control", "strict")}, ensure_ascii=False))
    return found


def reported(raw, fields):
    """The largest value of each field, summed: streams say some of them twice."""
    values = []
    for field in fields:
        seen = [int(number) for number in re.findall(rf'"{field}":\s*(\d+)', raw)]
        if seen: values.append(max(seen))
    return sum(values)


def prompt_of(record):
    body, wire = record["request"].get("body"), record["wire"]
    if record["response"].get("status") != 200 or wire not in REPORTED or not isinstance(body, dict) or record["response"]["body_encoding"] != "utf8": return None
    family = family_of(str(body.get("model") or "") + " " + (record["request"].get("path") or ""))
    raw = record["response"]["body_raw"]
    if family is None or holds(body, FOREIGN) or "server_tool_use\"" in raw or "toolUsePromptTokenCount" in raw or "00000000" in raw or "_FOR_PROMPT_CACHING>" in json.dumps(body): return None
    if body.get("tool_choice") == "none": return None
    if wire == "cohere.chat": raw = raw[raw.rfind('"billed_units"'):].partition("}")[0]
    messages = body.get("messages") or body.get("contents") or []
    if isinstance(messages, str): messages = [messages]
    tools, tokens = tools_of(body), reported(raw, REPORTED[wire])
    system = body.get("system") or body.get("systemInstruction") or body.get("system_instruction") or ""
    texts = [text for text in (*texts_of(system), *texts_of(messages)) if text]
    if tools is None or tokens < TOKENS_MIN or not texts: return None
    return Prompt(record["id"], family, [*texts, *tools], len(messages) + (1 if system else 0), len(tools), tokens)


def read(folder):
    seen = set()
    for path in sorted(folder.glob("*.jsonl.gz")):
        if path.name.startswith("responses-only"): continue
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                prompt = prompt_of(json.loads(line))
                if prompt is None: continue
                # The same request by another client says nothing new.
                key = (prompt.family, prompt.tokens, tuple(prompt.texts))
                if key not in seen: yield prompt
                seen.add(key)

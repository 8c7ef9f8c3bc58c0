"""What a provider would say of the attempts that a ledger holds, in the shapes of their APIs. Computed from the attempts, so that equal
sums mean no drift; the numbers of a test's own drift are changed afterwards."""
from collections import defaultdict
from datetime import datetime, timezone

NANO_PER_USD = 1_000_000_000
DAY_S = 86_400


def day_of(attempt): return attempt["started_at"][:10]


def start_of(day): return int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=timezone.utc).timestamp())


def input_of(attempt):
    return sum(attempt[name] for name in ("input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "audio_input_tokens"))


def output_of(attempt): return sum(attempt[name] for name in ("output_tokens", "reasoning_tokens", "audio_output_tokens"))


def sums(attempts):
    """(day, key, model) -> input, cached, output, nano-USD, attempts."""
    places = defaultdict(lambda: [0, 0, 0, 0, 0])
    for attempt in attempts:
        more = (input_of(attempt), attempt["cache_read_tokens"], output_of(attempt), attempt["cost_nano_usd"], 1)
        place = places[day_of(attempt), attempt["key"], attempt["model"]]
        for index, number in enumerate(more): place[index] += number
    return {place: numbers for place, numbers in sorted(places.items()) if any(numbers[:4])}


def usd(nano): return f"{nano // NANO_PER_USD}.{nano % NANO_PER_USD:09}"


def plain_csv(attempts):
    lines = ["day,key,model,input_tokens,cached_tokens,output_tokens,cost_usd"]
    lines += [f"{day},{key},{model},{n[0]},{n[1]},{n[2]},{usd(n[3])}" for (day, key, model), n in sums(attempts).items()]
    return "\n".join(lines) + "\n"


def page(buckets): return {"object": "page", "data": buckets, "has_more": False, "next_page": None}


def openai_usage(attempts, key_ids):
    """`key_ids`: our credential's name -> id of the key at the provider."""
    buckets = defaultdict(list)
    for (day, key, model), n in sums(attempts).items():
        buckets[day].append({"object": "organization.usage.completions.result", "input_tokens": n[0], "output_tokens": n[2],
                             "input_cached_tokens": n[1], "input_audio_tokens": 0, "output_audio_tokens": 0, "num_model_requests": n[4],
                             "project_id": None, "user_id": None, "api_key_id": key_ids[key], "model": model, "batch": None})
    return page([{"object": "bucket", "start_time": start_of(day), "end_time": start_of(day) + DAY_S, "results": results}
                 for day, results in buckets.items()])


def openai_costs(attempts):
    """Not grouped: a sum for each day, as a number of dollars."""
    totals = defaultdict(int)
    for (day, _, _), n in sums(attempts).items(): totals[day] += n[3]
    return page([{"object": "bucket", "start_time": start_of(day), "end_time": start_of(day) + DAY_S, "results": [
        {"object": "organization.costs.result", "amount": {"value": nano / NANO_PER_USD, "currency": "usd"}, "line_item": None, "project_id": None}]}
        for day, nano in totals.items()])


def anthropic_usage(attempts):
    """Grouped by model alone; what was written to a cache stands for itself."""
    buckets = defaultdict(lambda: defaultdict(lambda: [0, 0, 0, 0]))
    for attempt in attempts:
        place = buckets[day_of(attempt)][attempt["model"]]
        fresh = attempt["input_tokens"] + attempt["audio_input_tokens"]
        for index, number in enumerate((fresh, attempt["cache_read_tokens"], attempt["cache_write_5m_tokens"], output_of(attempt))): place[index] += number
    return {"data": [{"starting_at": f"{day}T00:00:00Z", "ending_at": f"{day}T23:59:59Z", "results": [
        {"uncached_input_tokens": n[0], "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": n[2]},
         "cache_read_input_tokens": n[1], "output_tokens": n[3], "server_tool_use": {"web_search_requests": 0}, "api_key_id": None,
         "workspace_id": None, "model": model, "service_tier": None, "context_window": None} for model, n in models.items()]}
        for day, models in buckets.items()], "has_more": False, "next_page": None}


def anthropic_costs(attempts):
    """Cents as decimal texts."""
    totals = defaultdict(int)
    for (day, _, model), n in sums(attempts).items(): totals[day, model] += n[3]
    return {"data": [{"starting_at": f"{day}T00:00:00Z", "ending_at": f"{day}T23:59:59Z", "results": [
        {"currency": "USD", "amount": usd(nano * 100), "workspace_id": None, "description": None, "cost_type": "tokens", "context_window": None,
         "model": model, "service_tier": None, "token_type": None}]} for (day, model), nano in totals.items()], "has_more": False, "next_page": None}

"""Turns the results of bench/run.py into a page and a JSON file."""
import json
import statistics

# column: field of a result; with "x nginx" the ratio is shown beside it
COLUMNS = {
    "single": [("p50 us", "p50_us", True), ("p99 us", "p99_us", True), ("CPU us/request", "cpu_us_per_request", True)],
    "paced": [("CPU us/event", "cpu_us_per_event", True), ("event p50 us", "event_p50_us", True), ("event p99 us", "event_p99_us", True),
              ("first p50 us", "first_p50_us", True)],
    "fast": [("events/s", "events_per_second", True), ("CPU us/event", "cpu_us_per_event", True)],
}
USUAL = [("requests/s", "requests_per_second", True), ("CPU us/request", "cpu_us_per_request", True), ("without the view", "cpu_us_without_view", True), ("p50 us", "p50_us", True),
         ("p99 us", "p99_us", True), ("core share", "cpu_share", False), ("switches/request", "context_switches_per_request", False)]


NOISY = 0.2


def kept(results, rounds): return [results[number] for number in rounds if number < len(results)]


def shown(number):
    if abs(number) >= 1000: return f"{number:,.0f}"
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}"


def ratio(mine, theirs):
    """Median of the ratios within each round, with their range; empty where nothing can be divided."""
    ratios = [a / b for a, b in zip(mine, theirs) if b]
    if not ratios: return ""
    return f" (x{statistics.median(ratios):.2f}, {min(ratios):.2f}-{max(ratios):.2f})"


def cell_table(cell, by_subject, rounds):
    columns = COLUMNS.get(cell, USUAL)
    lines = [["", *(name for name, _, _ in columns), "errors"]]
    lines.append(["---"] * len(lines[0]))
    base = kept(by_subject.get("nginx", []), rounds)
    for subject, results in by_subject.items():
        good = kept(results, rounds)
        row = [subject]
        for _, field, compared in columns:
            values = [result[field] for result in good]
            text = shown(statistics.median(values)) if values else ""
            if compared and subject not in ("nginx", "direct"): text += ratio(values, [result[field] for result in base])
            row.append(text)
        lines.append([*row, str(sum(result["errors"] for result in results))])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page_of(outcome, title):
    lines = [f"# {title}", "", f"{outcome['at']}, {outcome['rounds']} shuffled rounds of {outcome['seconds']} s a cell; medians, and in brackets the",
             "ratio to nginx (median and range of the ratios within a round). Client and stub on one core, the proxy alone on the other.", ""]
    lines += [f"- {name.replace('_', ' ')}: {value}" for name, value in outcome["machine"].items()]
    for cell, words in outcome["cells"].items():
        rounds = outcome["kept"][cell]
        left_out = outcome["rounds"] - len(rounds)
        lines += ["", f"## {cell}: {words}", "", cell_table(cell, outcome["results"][cell], rounds)]
        if left_out: lines += ["", f"{left_out} of {outcome['rounds']} rounds left out: the run without a proxy drifted by more than a tenth."]
        elif outcome["drift"][cell] > NOISY:
            lines += ["", f"A noisy machine: the run without a proxy moved by {outcome['drift'][cell]:.0%}; believe only the ratios."]
    if "idle" in outcome: lines += ["", "## idle: memory", "", *idle_table(outcome["idle"])]
    if "start" in outcome: lines += ["", "## start: from the start of the process to its first answer", "", *start_table(outcome["start"])]
    return "\n".join(lines) + "\n"


def idle_table(found):
    lines = ["| | MiB after start | KiB an idle connection (own) | KiB a waiting stream (own) |", "| --- | --- | --- | --- |"]
    for name, memory in found.items():
        each = [f"{memory[kind]['resident_kib_each']:.2f} ({memory[kind]['own_kib_each']:.2f})" for kind in ("connections", "streams")]
        lines.append(f"| {name} | {memory['connections']['start_kib'] / 1024:.1f} | {' | '.join(each)} |")
    return lines


def start_table(found):
    lines = ["| | median ms | range |", "| --- | --- | --- |"]
    return lines + [f"| {name} | {times['median_ms']:.1f} | {times['min_ms']:.1f}-{times['max_ms']:.1f} |" for name, times in found.items()]


def write_report(outcome, folder, name):
    """Writes NAME.json with every round and NAME.md with the tables; returns the page's path."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(outcome, indent=1) + "\n")
    page = folder / f"{name}.md"
    page.write_text(page_of(outcome, f"Benchmark {name}"))
    return page

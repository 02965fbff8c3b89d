"""Shows an evaluation: tables for a terminal, a Markdown page for the docs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

from rich.table import Table

from nlp import segment
from nlp.classify import MODEL
from nlp.evaluate import COPIES, Evaluation, TopicScore, score_topics
from nlp.examples import Example, near_duplicate_share, read_corpus, read_examples
from nlp.noise import strip_accents
from nlp.reader import Reader
from nlp.trials import rows_of, try_danger, try_promises, try_replies

FINDINGS = MODEL.parent / "findings.md"
_COPY_NAMES = {"clean": "as written", "stripped": "no accents", "noisy": "no accents, noisy"}
_SIDE_NAMES = {
    "urgency_rows": "rows labelled for urgency",
    "urgent_recall": "urgent found (recall)",
    "urgent_precision": "called urgent rightly (precision)",
    "urgency_accuracy": "urgency right, of three",
    "danger_recall": "danger to life found (recall)",
    "outside_rows": "rows out of scope",
    "outside_found": "out of scope found",
    "outside_named": "out of scope, right class",
    "turned_away": "true complaints turned away",
    "second_rows": "rows with a second topic",
    "second_recall": "both topics named (recall)",
    "second_precision": "both topics right when two are named",
}
# What was measured at first stands beside what the mended rules reach: only the first is a figure of strangers' texts.
_DANGERS = {
    "danger_development.jsonl": (
        "Texts of danger and texts that only sound like it. When they were first read, 0.889 of the dangers were found "
        "and 0.819 given a right number, as written, and so were 0.421 of the harmless; the rules were mended since."
    ),
    "danger_second.jsonl": (
        "A second such set, against rules mended on the first. When it was first read, 0.868 of the dangers were "
        "found, 0.684 given a right number, and 0.231 of the harmless ones; the rules were mended once more."
    ),
}
_REPLIES = ("replies_development.jsonl", "replies_unseen.jsonl")
_PROMISES = ("promises_development.jsonl", "promises_unseen.jsonl")
Rows = Sequence[Sequence[object]]


def as_rows(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation as plain values, for JSON."""
    return asdict(evaluation)


def _parts(evaluation: Evaluation) -> Iterator[tuple[str, Sequence[str], Rows]]:
    """Title, column names and rows of each table, in the order in which they are shown."""
    heads = ("text", "rows", "top-1", "top-3", "macro-F1", "proposed alone", "right when proposed", "ECE")
    yield "Category", heads, [(_COPY_NAMES[copy], *_figures(score)) for copy, score in evaluation.topics.items()]
    if evaluation.baselines:
        yield "Baselines, as written", ("baseline", "top-1"), list(evaluation.baselines.items())
    sides = [
        (words, *(_figure(getattr(side, slot)) for side in evaluation.side.values()))
        for slot, words in _SIDE_NAMES.items()
    ]
    yield "Beside the category", ("what", *(_COPY_NAMES[copy] for copy in COPIES)), sides
    by_category = [(code, s.rows, s.precision, s.recall, s.f1) for code, s in evaluation.categories.items()]
    yield "By category, as written", ("category", "n", "precision", "recall", "F1"), by_category
    yield "Most frequent mistakes", ("meant", "said", "times"), evaluation.confusion


def _figures(score: TopicScore) -> tuple[object, ...]:
    shares = (score.top1, score.top3, score.macro_f1, score.coverage, score.precision, score.ece)
    return score.rows, *(_figure(value) for value in shares)


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def tables(evaluation: Evaluation) -> list[Table]:
    """One table a part, for a terminal."""
    shown = []
    for title, heads, rows in _parts(evaluation):
        table = Table(*heads, title=title, title_justify="left")
        for row in rows:
            table.add_row(*(str(cell) for cell in row))
        shown.append(table)
    return shown


def _markdown(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def reference_scores(examples: Sequence[Example], corpus: Sequence[Example]) -> Mapping[str, float]:
    """Top-1 of underthesea_core's TextClassifier trained once on the corpus, as written and without accents."""
    learned = [example for example in corpus if example.is_complaint]
    rows = [example for example in examples if example.is_complaint]
    if not learned or not rows:
        return {}
    named = segment.reference_classifier([e.text for e in learned], [str(e.category) for e in learned])
    if named is None:
        return {}
    return {
        "as written": round(sum(named(e.text) in e.accepted for e in rows) / len(rows), 4),
        "no accents": round(sum(named(strip_accents(e.text)) in e.accepted for e in rows) / len(rows), 4),
    }


def write_report(path: Path, file: Path, evaluation: Evaluation, examples: Sequence[Example], reader: Reader) -> None:
    """Writes the page: what was measured on which rows, the corpus behind it, and where the reader is weak."""
    corpus = read_corpus()
    authors = sorted({example.author for example in corpus})
    voices = {(example.author, example.voice) for example in corpus}
    blocks = [
        "# How well the reader reads",
        f"Written by `phananh eval {file} --report {path}`; every figure was measured by that command.",
        f"Corpus: {len(corpus)} sentences by {len(authors)} writers in {len(voices)} voices; "
        f"near duplicates (five-character Jaccard over 0.5): {near_duplicate_share([e.text for e in corpus]):.2%}. "
        f"Model: {MODEL.stat().st_size / 1e6:.2f} MB, {reader.features:,} features."
        if MODEL.exists()
        else "No model.",
    ]
    for title, heads, rows in _parts(evaluation):
        blocks += [f"## {title}", _markdown(heads, rows)]
        if title.startswith("Baselines"):
            reference = reference_scores(examples, corpus)
            if reference:
                rows_ = [(f"underthesea_core TextClassifier, {name}", value) for name, value in reference.items()]
                blocks.append(_markdown(("trained once on the same corpus", "top-1"), rows_))
    blocks += _trials(file.parent, reader)
    blocks += ["## What is weak, and why", _weaknesses(evaluation), FINDINGS.read_text("utf-8").strip()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def _trials(folder: Path, reader: Reader) -> Iterator[str]:
    """What the small files beside the development test say, each where it exists."""
    for name, told in _DANGERS.items():
        danger = try_danger(reader, rows_of(folder / name))
        if danger["clean"].dangers:
            yield f"## Danger to life ({name})"
            yield told
            heads = ("text", "dangers", "found", "right number", "harmless", "given a number", "taken for an emergency")
            yield _markdown(
                heads, [(_COPY_NAMES[copy], *map(_figure, astuple(score))) for copy, score in danger.items()]
            )
    english = read_examples(folder / "english.jsonl") if (folder / "english.jsonl").exists() else []
    if english:
        score = score_topics([(example, reader.read(example.text)) for example in english])
        yield "## English"
        yield f"{score.rows} complaints in English: top-1 {score.top1:.3f}, top-3 {score.top3:.3f}."
    replies = [(name, try_replies(rows_of(folder / name))) for name in _REPLIES]
    if any(scores for _, scores in replies):
        yield "## Replies and promised dates"
        yield _markdown(
            ("file", "rows", "what", "right"),
            [(name, n, verdict, right) for name, scores in replies for verdict, (n, right) in scores.items()]
            + [(name, *_with_name(try_promises(rows_of(folder / name)))) for name in _PROMISES],
        )


def _with_name(score: tuple[int, float | None]) -> tuple[object, ...]:
    return score[0], "promised day", score[1]


def _weaknesses(evaluation: Evaluation) -> str:
    weak = sorted(evaluation.categories.items(), key=lambda item: item[1].f1)[:5]
    lines = [f"- `{code}`: F1 {score.f1} on {score.rows} rows." for code, score in weak]
    lines += [f"- `{meant}` read as `{said}` {count} times." for meant, said, count in evaluation.confusion[:5]]
    lost = evaluation.topics["clean"].top1 - evaluation.topics["stripped"].top1
    noise = evaluation.topics["clean"].top1 - evaluation.topics["noisy"].top1
    lines.append(f"- Without accents {lost * 100:.1f} points are lost, with noise as well {noise * 100:.1f}.")
    return "\n".join(lines)

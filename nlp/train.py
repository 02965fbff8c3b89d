"""Fits the model on labelled sentences: the only place that needs scikit-learn."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from nlp.classify import Head, Model, Rows, Thresholds
from nlp.diacritics import Restorer, learn_restorer
from nlp.document import Document
from nlp.examples import Example
from nlp.features import sign_features, word_features
from nlp.lexicon import Lexicon, english, is_english, shipped_lexicon, situations
from nlp.noise import roughen, strip_accents
from nlp.reader import Reader
from nlp.reading import Scope, Urgency
from nlp.spelling import Speller, learn_speller
from nlp.words import default_tokenizer

SCOPES = tuple(scope.value for scope in Scope)
URGENCIES = tuple(urgency.value for urgency in Urgency)
Tell = Callable[[str], None]
STEPS = 4  # how often one model tells what it is about to do
_LEAST_WEIGHT = 0.06  # one feature in twelve lies below; figures of the development test stay the same without
_WEIGHT_STEPS = 47  # from nothing to a feature's largest weight: finer ones change no figure, but the file is larger


@dataclass(frozen=True, slots=True)
class Recipe:
    """Choices made by comparing scores on folds split by author (see docs/nlp.md)."""

    strength: float = 0.5  # inverse regularisation of the topic head
    scope_strength: float = 1.0
    urgency_strength: float = 6.0
    balance: float = 0.5  # 0 = classes as they come, 1 = all classes weigh the same
    topic_signs: float = 0.04  # how loudly lexicon signs speak beside words, by head
    urgency_signs: float = 0.08
    scope_signs: float = 0.08
    rarest: int = 1  # words seen in fewer rows are left out
    phrase_weight: float = 1.0  # a phrase of the lexicon is learned as a tiny sentence, at this weight
    copies: tuple[str, ...] = ("clean", "stripped", "noisy")


@dataclass(slots=True)
class Space:
    """Which feature has which column; word features first, then signs."""

    words: dict[str, int]
    rarity: NDArray[np.float32]
    signs: dict[str, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence or an altered copy of it, as features."""

    words: frozenset[str]
    signs: dict[str, float]


def copies_of(text: str, kinds: Sequence[str]) -> list[str]:
    """The text and its altered copies; the same text always gets the same noise."""
    chance = random.Random(hashlib.sha256(text.encode()).digest()[:8])  # noqa: S311 - noise, not a secret
    made = {
        "clean": lambda: text,
        "stripped": lambda: strip_accents(text),
        "noisy": lambda: strip_accents(roughen(text, chance)),
        "rough": lambda: roughen(text, chance),
    }
    return [made[kind]() for kind in kinds]


def fit_speller(examples: Iterable[Example], lexicon: Lexicon) -> Speller:
    """Learns which syllables people write, from sentences as written and the phrases of the lexicon.

    English words count twice, which is just enough: none shall be mended, and few slips shall be mended to one. What is
    English as a whole is not mended and teaches nothing here.
    """
    tokenizer = default_tokenizer()
    sentences = [words for words in (tokenizer.words(e.text).bare for e in examples) if not is_english(words)]
    sentences += [tokenizer.words(" ".join(phrase.words)).bare for phrase in lexicon.phrases]
    spoken = [*english()["plain"], *(text for code in english()["sentences"].values() for text in code)]
    return learn_speller(sentences + [tokenizer.words(str(text)).bare for text in spoken] * 2)


def fit_restorer(examples: Iterable[Example], lexicon: Lexicon | None = None) -> Restorer:
    """Learns accents from the sentences that carry them and from the phrases of the lexicon."""
    tokenizer = default_tokenizer()
    sentences = [
        words.written for words in (tokenizer.words(example.text) for example in examples) if words.accented > 0.4
    ]
    sentences += [list(phrase.words) for phrase in (lexicon or shipped_lexicon()).phrases]
    return learn_restorer(sentences)


class Sampler:
    """Turns texts into features through the same stages as the reader."""

    def __init__(self, restorer: Restorer, speller: Speller) -> None:
        self.restorer = restorer
        self.speller = speller
        self._reader = Reader.bare(restorer, speller)

    def sample(self, text: str) -> Sample:
        document: Document = self._reader.prepare(text)
        return Sample(
            frozenset(word_features(document.words, document.hints)),
            sign_features(document.words, document.hits, document.rules, document.normal),
        )


def learn_space(samples: Sequence[Sample], originals: int, rarest: int) -> Space:
    """Columns for all signs, and for words in at least `rarest` of the first `originals` samples, with their rarity."""
    counts: Counter[str] = Counter()
    for sample in samples:
        counts.update(sample.words)
    first: Counter[str] = Counter()
    for sample in samples[:originals]:
        first.update(sample.words)
    kept = sorted(word for word, count in counts.items() if first[word] >= rarest or count >= rarest * 2)
    rarity = np.array([np.log((1 + len(samples)) / (1 + counts[word])) + 1 for word in kept], dtype=np.float32)
    signs = sorted({sign for sample in samples for sign in sample.signs})
    return Space({word: at for at, word in enumerate(kept)}, rarity, {sign: at for at, sign in enumerate(signs)})


def matrix(space: Space, samples: Sequence[Sample]) -> csr_matrix:
    """One row a sample: word columns by rarity and to length one, sign columns as they are."""
    starts, columns, values = [0], [], []
    sign_starts, sign_columns, sign_values = [0], [], []
    for sample in samples:
        at = [column for column in map(space.words.get, sample.words) if column is not None]
        weights = space.rarity[at] if at else np.zeros(0, dtype=np.float32)
        length = float(np.sqrt(np.dot(weights, weights))) or 1.0
        columns += at
        values += (weights / length).tolist()
        starts.append(len(columns))
        for sign, value in sample.signs.items():
            column = space.signs.get(sign)
            if column is not None:
                sign_columns.append(column)
                sign_values.append(value)
        sign_starts.append(len(sign_columns))
    words = csr_matrix((values, columns, starts), shape=(len(samples), len(space.words)), dtype=np.float32)
    signs = csr_matrix(
        (sign_values, sign_columns, sign_starts), shape=(len(samples), len(space.signs)), dtype=np.float32
    )
    return hstack([words, signs], format="csr", dtype=np.float32)


@dataclass(slots=True)
class Fitted:
    """Weights of one head over the whole space: (labels, features)."""

    labels: tuple[str, ...]
    weights: NDArray[np.float32]

    def raw(self, rows: csr_matrix) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = np.asarray(rows @ self.weights.T, dtype=np.float32)
        return scores


@dataclass(frozen=True, slots=True)
class Way:
    """How one head learns: inverse regularisation, how far classes are balanced, how loudly signs speak.

    By margins (each label against the rest, hinge loss) or by probabilities (logistic).
    """

    strength: float
    balance: float
    signs: float
    by_margins: bool = False


def fit_head(
    rows: csr_matrix, words: int, answers: Sequence[str], labels: Sequence[str], weights: Sequence[float], way: Way
) -> Fitted:
    """A linear classifier over `words` word columns and the signs after them; labels without examples never win."""
    counts = Counter(answers)
    mean = len(answers) / len(counts)
    factor = [weight * (mean / counts[answer]) ** way.balance for answer, weight in zip(answers, weights, strict=True)]
    loudness = np.ones(rows.shape[1], dtype=np.float32)
    loudness[words:] = way.signs
    if way.by_margins:
        learner = LinearSVC(C=way.strength, max_iter=300, tol=1e-3, fit_intercept=False, random_state=0)
    else:
        learner = LogisticRegression(C=way.strength, max_iter=150, tol=1e-4, fit_intercept=False)
    learner.fit((rows @ diags(loudness)).astype(np.float64), np.array(answers), sample_weight=np.array(factor))
    coefficients = learner.coef_
    if len(learner.classes_) == 2:
        coefficients = np.vstack([-coefficients[0] / 2, coefficients[0] / 2])
    table = np.zeros((len(labels), rows.shape[1]), dtype=np.float32)
    for label, line in zip(learner.classes_, coefficients, strict=True):
        table[list(labels).index(label)] = line * loudness
    return Fitted(tuple(labels), table)


@dataclass(slots=True)
class Lesson:
    """Everything that the heads learn from: samples with their features, and whose answers each carries."""

    sampler: Sampler
    space: Space
    rows: csr_matrix
    owners: list[Example]
    fragments: list[Example]

    def rows_with_weight(self, fragment_weight: float) -> list[tuple[Example, float]]:
        """Whose answer each row carries, and how much it counts."""
        return [(owner, 1.0) for owner in self.owners] + [(fragment, fragment_weight) for fragment in self.fragments]


def prepare_lesson(examples: Sequence[Example], recipe: Recipe, lexicon: Lexicon) -> Lesson:
    """Features of all sentences, their altered copies, and the fragments of the lexicon with and without accents."""
    sampler = Sampler(fit_restorer(examples, lexicon), fit_speller(examples, lexicon))
    copies = [copies_of(example.text, recipe.copies) for example in examples]
    samples = [sampler.sample(made[kind]) for kind in range(len(recipe.copies)) for made in copies]
    owners = [example for _ in recipe.copies for example in examples]
    fragments = lexicon_fragments(lexicon)
    samples += [sampler.sample(fragment.text) for fragment in fragments]
    samples += [sampler.sample(strip_accents(fragment.text)) for fragment in fragments]
    space = learn_space(samples, len(examples), recipe.rarest)
    return Lesson(sampler, space, matrix(space, samples), owners, fragments * 2)


def lexicon_fragments(lexicon: Lexicon) -> list[Example]:
    """Phrases and situations of the lexicon as tiny sentences: each of its category, or outside the scope."""
    fragments = [
        Example(" ".join(p.words), p.tag[2:], scope="in_scope") for p in lexicon.phrases if p.tag.startswith("t:")
    ]
    fragments += [Example(text, code, (), "binh_thuong", "in_scope") for text, code in situations()]
    fragments += [Example(text, code, (), "khan", "in_scope") for text, code in situations("urgent.yaml")]
    fragments += [Example(text, code, (), "binh_thuong", "in_scope") for text, code in situations("calm.yaml")]
    return fragments + [Example(text, None, scope=code) for text, code in situations("outside.yaml")]


def fit_topics(lesson: Lesson, recipe: Recipe, labels: Sequence[str]) -> Fitted:
    """The head that says what a text is about; the phrases of the lexicon count a little less than sentences."""
    kept = [
        (row, str(example.category), weight)
        for row, (example, weight) in enumerate(lesson.rows_with_weight(recipe.phrase_weight))
        if example.is_complaint
    ]
    way = Way(recipe.strength, recipe.balance, recipe.topic_signs, by_margins=True)
    rows = lesson.rows[[row for row, _, _ in kept]]
    answers, weights = [label for _, label, _ in kept], [weight for _, _, weight in kept]
    return fit_head(rows, len(lesson.space.words), answers, labels, weights, way)


def fit_urgency(lesson: Lesson, recipe: Recipe) -> Fitted:
    """The head that says how urgent a complaint is."""
    way = Way(recipe.urgency_strength, recipe.balance, recipe.urgency_signs)
    return _fit_plain(lesson, URGENCIES, way, _urgency_of)


def fit_scope(lesson: Lesson, recipe: Recipe) -> Fitted:
    """The head that says whether a text is a complaint for this service, and what it is otherwise."""
    way = Way(recipe.scope_strength, recipe.balance, recipe.scope_signs, by_margins=True)
    return _fit_plain(lesson, SCOPES, way, lambda example: example.scope)


def _urgency_of(example: Example) -> str | None:
    return example.urgency if example.is_complaint or example.scope == "khan_cap" else None


def _fit_plain(lesson: Lesson, labels: Sequence[str], way: Way, answer: Callable[[Example], str | None]) -> Fitted:
    named = [(row, answer(example), weight) for row, (example, weight) in enumerate(lesson.rows_with_weight(0.3))]
    kept = [(row, str(label), weight) for row, label, weight in named if label in labels]
    answers = [label for _, label, _ in kept]
    if len(set(answers)) < 2:
        return _only(answers[0] if answers else labels[0], labels, lesson)
    rows = lesson.rows[[row for row, _, _ in kept]]
    return fit_head(rows, len(lesson.space.words), answers, labels, [weight for _, _, weight in kept], way)


def _only(label: str, labels: Sequence[str], lesson: Lesson) -> Fitted:
    """A head that always gives the one label it has seen."""
    table = np.zeros((len(labels), lesson.rows.shape[1]), dtype=np.float32)
    table[list(labels).index(label), len(lesson.space.words) + lesson.space.signs["=bias"]] = 20.0
    return Fitted(tuple(labels), table)


def fit_model(examples: Sequence[Example], recipe: Recipe, tell: Tell = lambda _: None) -> Model:
    """A model of all three heads, not yet calibrated: sharpness 1 and the thresholds of an untuned reader."""
    lexicon = shipped_lexicon()
    tell("đặc trưng")
    lesson = prepare_lesson(examples, recipe, lexicon)
    known = {code for example in examples if example.is_complaint for code in example.accepted}
    labels = tuple(dict.fromkeys((*lexicon.topics, *sorted(known))))
    tell("lĩnh vực")
    topics = fit_topics(lesson, recipe, labels)
    tell("mức khẩn")
    urgency = fit_urgency(lesson, recipe)
    tell("phạm vi")
    scope = fit_scope(lesson, recipe)
    return pack(lesson, {"topics": topics, "urgency": urgency, "scope": scope}, len(examples))


def pack(lesson: Lesson, heads: Mapping[str, Fitted], sentences: int) -> Model:
    """Weights of all heads as small integers, one scale a feature; features that weigh next to nothing are left out."""
    table = np.concatenate([head.weights for head in heads.values()]).T
    size = np.abs(table).max(axis=1)
    names = [*lesson.space.words, *lesson.space.signs]
    rarity = np.concatenate([lesson.space.rarity, np.ones(len(lesson.space.signs), dtype=np.float32)])
    kept = np.flatnonzero(size > _LEAST_WEIGHT)
    # Half precision changes no answer and is half as long in the file.
    scales = (size[kept] / _WEIGHT_STEPS).astype(np.float16).astype(np.float32)
    weights = np.round(table[kept] / scales[:, None]).astype(np.int8)
    return Model(
        heads={name: Head(head.labels, 1.0) for name, head in heads.items()},
        rows=Rows.of(names[at] for at in kept),
        weights=weights,
        scales=scales,
        rarity=rarity[kept].astype(np.float32),
        restorer=lesson.sampler.restorer,
        speller=lesson.sampler.speller,
        thresholds=Thresholds(),
        made_from={"sentences": sentences, "features": len(kept)},
    )

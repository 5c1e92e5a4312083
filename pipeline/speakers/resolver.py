"""From a parsed ``Doc`` with attributions to speakers, mentions, and attributions that know their speaker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from spacy.tokens import Doc

from pipeline.records import Attribution, Mention, Span, Speaker, text_hash
from pipeline.speakers.article import Article
from pipeline.speakers.confidence import confidence
from pipeline.speakers.discourse import Discourse, Found
from pipeline.speakers.entities import Entity, speaker_id
from pipeline.speakers.index import store
from pipeline.speakers.knowledge import Knowledge
from pipeline.speakers.names import NameMention, turn_name
from pipeline.speakers.people import People
from pipeline.speakers.phrases import Phrases
from pipeline.speakers.shortenings import Shortenings
from pipeline.speakers.sources import Sources


@dataclass(slots=True)
class Resolution:
    """Everything found in one article. ``speakers`` are the persons named and whoever else speaks."""

    speakers: tuple[Speaker, ...]
    mentions: tuple[Mention, ...]
    attributions: tuple[Attribution, ...]


@dataclass(slots=True)
class Resolver:
    """One reading of one article."""

    doc: Doc
    attributions: Sequence[Attribution]
    knowledge: Knowledge
    byline: str | None = None
    text: str = ""
    article: Article = field(init=False)
    discourse: Discourse = field(init=False)
    phrases: Phrases = field(init=False)
    sources: Sources = field(init=False)
    bodies: dict[int, int] = field(init=False)
    asked: tuple[Entity | None] | None = None
    subject_at: dict[int, int] = field(default_factory=dict)
    found: dict[int, Found] = field(default_factory=dict)
    spoken: dict[int, Found] = field(default_factory=dict)
    subjects: list[Found] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.text = self.doc.text
        self.article = Article.of(self.doc)
        people = People.of(self.article, self.text, self.knowledge, self.turns())
        self.discourse = Discourse(self.article, people)
        self.phrases = Phrases(self.article, self.discourse, self.found, Shortenings.of(self.article))
        self.sources = Sources(self.article, self.discourse, self.phrases, self.found)
        self.bodies = {start: end for start, end, label in self.article.ent_spans if label in ("ORG", "GPE")}

    def turns(self) -> list[NameMention]:
        """The names before the colon of turns at the start of a paragraph, in capitals or marked as turns."""
        names: dict[int, NameMention] = {}
        for index, (start, end) in self.source_tokens().items():
            attribution, paragraphs = self.attributions[index], self.article.paragraphs
            turn = attribution.rule == "turn" or (attribution.cue is not None and attribution.cue.text == ":")
            first = start == 0 or paragraphs[start - 1] != paragraphs[start]
            source = attribution.source
            if turn and first and source is not None and (source.text.isupper() or attribution.rule == "turn"):
                name = turn_name(self.article, start, end)
                if name is not None:
                    names[name.start] = name
        return list(names.values())

    def run(self) -> Resolution:
        """Read the article once from start to end, then resolve first persons and quotes without a source."""
        places = self.source_tokens()
        pending = sorted(places.items(), key=lambda p: (p[1][1], p[1][0]))
        at = 0
        for i in range(len(self.article)):
            self.token(i)
            while at < len(pending) and pending[at][1][1] <= i + 1:
                index, (start, end) = pending[at]
                at += 1
                self.source(index, start, end)
        self.first_persons(places)
        self.without_source()
        self.not_oneself()
        return self.result()

    def source_tokens(self) -> dict[int, tuple[int, int]]:
        """Attribution index -> the tokens of its source."""
        places = {}
        for index, attribution in enumerate(self.attributions):
            if attribution.source is not None and attribution.source.end > attribution.source.start:
                span = self.doc.char_span(attribution.source.start, attribution.source.end, alignment_mode="expand")
                if span is not None and len(span):
                    places[index] = (span.start, span.end)
        return places

    def token(self, i: int) -> None:
        """Resolve what starts at a token: a name, a pronoun, a description of one person."""
        article = self.article
        mention = self.discourse.people.mentions.get(i)
        if mention is not None:
            self.keep(self.discourse.name(mention))
        elif article.lower[i] in article.lexicon.pronoun_class:
            if article.lexicon.pronoun_class[article.lower[i]] in ("masculine", "feminine"):
                self.keep(self.discourse.pronoun(i))
        elif (
            article.tags[i] in ("NN", "NNP") and i and article.lexicon.is_role(article.lower[i]) and i not in self.found
        ):
            self.role_description(i)
        if i in self.bodies and not any(
            k in self.found or k in self.discourse.people.mentions for k in range(i, self.bodies[i])
        ):
            self.subjects.extend(filter(None, [self.phrases.body_named(i, self.bodies[i])]))
        elif article.deps[i] in ("nsubj", "nsubjpass") and i not in self.found and article.tags[i][:2] == "NN":
            subject = self.phrases.subject(i)
            if subject is not None:
                self.subjects.append(subject)

    def role_description(self, head: int) -> None:
        """ "the senator" anywhere in the text, where nothing shows that it introduces a name or is part of one."""
        article = self.article
        following = head + 1 < len(article) and (
            head + 1 in self.discourse.people.mentions or article.tags[head + 1][:2] == "NN"
        )
        if following or article.deps[head] in ("compound", "appos", "attr"):
            return
        start = article.subtree_left(head)
        if article.lower[start] == "the":
            self.keep(self.discourse.description(start, head))

    def keep(self, found: Found | None) -> None:
        if found is not None:
            for i in range(found.start, found.end):
                self.found[i] = found

    def source(self, index: int, start: int, end: int) -> None:
        """Resolve the source of one attribution once all its words are read."""
        found = self.question_or_answer(start, end) or self.sources.resolve(start, end)
        if found is not None:
            self.spoken[index] = found
            found.entity.one_person |= found.rule == "unnamed person"
            self.discourse.speaks(found.entity, self.article.root(start, end))

    def question_or_answer(self, start: int, end: int) -> Found | None:
        """ "Q:" is somebody unnamed; "A:" is whom the introduction is about."""
        article = self.article
        lower, lex = article.text(start, end).lower(), article.lexicon
        first = start == 0 or article.paragraphs[start - 1] != article.paragraphs[start]
        if not first or lower not in lex.questions | lex.answers:
            return None
        if lower in lex.questions:
            return Found(start, end, self.phrases.entity("unnamed", ("questioner",)), "question")
        asked = self.interviewee(start)
        if asked is not None:
            return Found(start, end, asked, "answer")
        return Found(start, end, self.phrases.entity("unnamed", ("respondent",)), "answer")

    def interviewee(self, before: int) -> Entity | None:
        """The person that the introduction of an interview names at least twice as often as anybody else."""
        if self.asked is None:
            names = Counter(
                id(f.entity) for i, f in self.found.items() if i < before and f.entity.full and i == f.start
            )
            entities = {id(f.entity): f.entity for f in self.found.values()}
            top = names.most_common(2)
            alone = bool(top) and (len(top) == 1 or top[0][1] >= 2 * top[1][1])
            self.asked = (entities[top[0][0]] if alone else None,)
        return self.asked[0]

    def first_persons(self, places: dict[int, tuple[int, int]]) -> None:
        """ "I" and "we" as a source: the speaker of the quote around them, else the article's author."""
        waiting = {i: p for i, p in places.items() if self.is_first_person(*p)}
        if not waiting:
            return
        around = enclosing(self.attributions)
        for index in sorted(waiting, key=lambda i: places[i]):
            start, end = waiting[index]
            outer = around.get(index)
            if outer is None:
                if not self.article.in_quotes[start]:
                    self.spoken[index] = Found(start, end, self.author(), "author")
            elif outer in self.spoken:
                self.spoken[index] = Found(start, end, self.spoken[outer].entity, "first person in quotation")

    def is_first_person(self, start: int, end: int) -> bool:
        kinds = self.article.lexicon.pronoun_class
        return end - start == 1 and kinds.get(self.article.lower[start]) == "first"

    def author(self) -> Entity:
        name = tuple((self.byline or "author").split())
        return self.phrases.entity("author", name)

    def without_source(self) -> None:
        """A direct quote without a source goes on with the speaker before it."""
        self.subject_at = {h: i for i, h in enumerate(self.article.heads) if self.article.deps[i] == "nsubj"}
        order = sorted(range(len(self.attributions)), key=lambda i: first_offset(self.attributions[i]))
        previous: int | None = None
        for index in order:
            attribution = self.attributions[index]
            if attribution.source is None and attribution.cue is not None:
                subject = self.subject_of(attribution.cue)
                if subject is not None:
                    self.spoken[index] = Found(-1, -1, subject.entity, "subject of the cue")
            elif attribution.source is None and attribution.quote_type == "direct" and previous is not None:
                entity = self.spoken[previous].entity
                self.spoken[index] = Found(-1, -1, entity, "continued quote")
            if index in self.spoken:
                previous = index

    def not_oneself(self) -> None:
        """Nobody says "he" of himself in his own words: such pronouns in a quote stay unresolved."""
        for index, found in self.spoken.items():
            for part in self.attributions[index].content:
                span = self.doc.char_span(part.start, part.end, alignment_mode="expand")
                for i in range(span.start, span.end) if span is not None else ():
                    inside = self.found.get(i)
                    if inside is not None and inside.rule == "pronoun: in quotation" and inside.entity is found.entity:
                        del self.found[i]

    def subject_of(self, cue: Span) -> Found | None:
        """The person who is the subject of a cue that came without a source."""
        span = self.doc.char_span(cue.start, cue.end, alignment_mode="expand")
        if span is None or not len(span):
            return None
        verb = self.article.root(span.start, span.end)
        for _ in range(3):
            subject = self.subject_at.get(verb)
            if subject is not None:
                found = self.found.get(subject)
                return found if found is not None and found.entity.kind == "person" else None
            if self.article.deps[verb] not in ("conj", "xcomp"):
                return None
            verb = self.article.heads[verb]
        return None

    def result(self) -> Resolution:
        """The records, in text order."""
        document = text_hash(self.text)
        spans: dict[tuple[int, int], Found] = {}
        for found in (*self.found.values(), *self.subjects, *self.spoken.values()):
            if found.start >= 0:
                spans[found.start, found.end] = found
        ids: dict[int, str] = {}
        speakers: dict[str, Speaker] = {}
        for found in (*(f for _, f in sorted(spans.items())), *self.spoken.values()):
            if id(found.entity) not in ids:
                identifier = ids[id(found.entity)] = speaker_id(found.entity, document)
                speakers.setdefault(identifier, speaker(found.entity, identifier))
        mentions = [(s, e, self.mention(f, ids[id(f.entity)])) for (s, e), f in sorted(spans.items())]
        speaking = {ids[id(f.entity)] for f in self.spoken.values()}
        listed = {key: s for key, s in speakers.items() if s.kind == "person" or key in speaking}
        attributions = tuple(
            replace(a, speaker_id=ids[id(self.spoken[i].entity)] if i in self.spoken else None)
            for i, a in enumerate(self.attributions)
        )
        kept = tuple(m for _, _, m in mentions if m.speaker_id in listed)
        store(self.doc, mentions, speakers, listed)
        return Resolution(tuple(listed.values()), kept, attributions)

    def mention(self, found: Found, identifier: str) -> Mention:
        start = self.article.starts[found.start]
        end = self.article.starts[found.end - 1] + len(self.article.words[found.end - 1])
        return Mention(identifier, Span.of(self.text, start, end), found.rule, confidence(found.rule))


def first_offset(attribution: Attribution) -> int:
    """Where an attribution's content begins; its cue or source where it has none."""
    spans = attribution.content or tuple(filter(None, (attribution.cue, attribution.source)))
    return min((s.start for s in spans), default=0)


def enclosing(attributions: Sequence[Attribution]) -> dict[int, int]:
    """For each attribution whose source lies in another's content, the innermost such other."""
    edges: list[tuple[int, int, int, int, int]] = []
    for index, a in enumerate(attributions):
        edges.extend((s.start, 0, -s.end, index, s.end) for s in a.content)
        if a.source is not None:
            edges.append((a.source.start, 1, 0, index, a.source.end))
    around: dict[int, int] = {}
    open_: list[tuple[int, int]] = []
    for start, what, _, index, end in sorted(edges):
        while open_ and open_[-1][0] <= start:
            open_.pop()
        if what == 0:
            open_.append((end, index))
        else:
            outer = next((k for e, k in reversed(open_[-4:]) if e >= end and k != index), None)
            if outer is not None:
                around[index] = outer
    return around


def speaker(entity: Entity, identifier: str) -> Speaker:
    """The public record of an entity: the knowledge file's name where linked, else the fullest the article gives."""
    figure = entity.figure
    name = figure.name if figure else " ".join(entity.name)
    aliases = tuple(sorted({f for f in (*entity.forms, " ".join(entity.name)) if f != name}))
    return Speaker(
        speaker_id=identifier,
        name=name,
        kind=entity.kind,
        role=entity.role,
        aliases=aliases,
        wikidata=figure.wikidata if figure else None,
        party=entity.party,
    )

"""Words that remember where they come from, and French spelling between words.

A `Phrase` is the same thing said twice.  Its English half is a list of `Word` objects, its French
half a list of `(text, sources)` where `sources` are the English `Word`s that the text renders; gold
alignments fall out of that, whatever the order.  `spell` then applies elision (je aime -> j' aime)
and contraction (de le -> du), which change words but keep their sources.

Limits: no aspirated h is known, so the lexicon must not contain one.
"""

from dataclasses import dataclass, field

VOWELS = tuple("aeiouyhéèêàâîôû")
ELIDED = {"je", "ne", "que", "le", "la", "de", "me", "te"}
CONTRACTED = {("de", "le"): "du", ("de", "les"): "des", ("à", "le"): "au", ("à", "les"): "aux"}


@dataclass(eq=False)
class Word:
    """One English word; equal to itself only, so that repeated words stay apart."""

    text: str


French = tuple[str, tuple[Word, ...]]


@dataclass
class Phrase:
    """English and French of one phrase, and the (verb, noun) pairs it contains."""

    english: list[Word] = field(default_factory=list)
    french: list[French] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.english)

    def then(self, *others: "Phrase") -> "Phrase":
        """This phrase followed by `others`, in both languages."""
        phrases = (self, *others)
        return Phrase(
            [word for phrase in phrases for word in phrase.english],
            [token for phrase in phrases for token in phrase.french],
            [pair for phrase in phrases for pair in phrase.pairs],
        )


@dataclass
class Nominal(Phrase):
    """A subject or object; `person` indexes je, tu, il, nous, ils; `kind` is a noun class."""

    feminine: bool = False
    plural: bool = False
    person: int = 2
    kind: str = "p"

    @property
    def third(self) -> bool:
        """Whether the English verb takes its -s."""
        return self.person == 2


def words(text: str) -> list[Word]:
    """English words, blanks between them."""
    return [Word(each) for each in text.split()]


def render(text: str, *sources: Word) -> list[French]:
    """French tokens, each of them aligned to all `sources`."""
    return [(each, sources) for each in text.split()]


def fixed(english: str, french: str) -> Phrase:
    """An idiom: every French word is aligned to every English one."""
    said = words(english)
    return Phrase(said, render(french, *said))


def starts_with_vowel(word: str) -> bool:
    """Whether the word before is elided; `y` counts, as in il n'y a pas."""
    return word.startswith(VOWELS)


def _elide(tokens: list[French]) -> list[French]:
    spelled = []
    for index, (text, sources) in enumerate(tokens):
        following = tokens[index + 1][0] if index + 1 < len(tokens) else ","
        elided = text in ELIDED and starts_with_vowel(following)
        if elided or (text == "si" and following in ("il", "ils")):
            text = text[:-1] + "'"
        spelled.append((text, sources))
    return spelled


def spell(tokens: list[French]) -> list[French]:
    """Applies elision, then contraction."""
    spelled: list[French] = []
    for text, sources in _elide(tokens):
        before = spelled[-1][0] if spelled else ""
        if (before, text) in CONTRACTED:
            merged = spelled.pop()[1]
            text = CONTRACTED[before, text]
            sources = merged + tuple(word for word in sources if word not in merged)
        spelled.append((text, sources))
    return spelled


def alignment(phrase: Phrase, spelled: list[French]) -> list[tuple[int, int]]:
    """Sorted (source index, target index) pairs."""
    index = {id(word): place for place, word in enumerate(phrase.english)}
    return sorted(
        (index[id(word)], target)
        for target, (_, sources) in enumerate(spelled)
        for word in sources
    )

"""Clauses: who does what, how, to what, where and when; statements, questions, commands.

French puts the negation around the finite verb, object pronouns before the verb they belong to,
adverbs after the finite verb and `est-ce que` where English puts `do`:

  i never look for it       je ne le cherche jamais
  she can't see me          elle ne peut pas me voir
  did you often eat bread ? est-ce que tu as souvent mangé du pain ?

Limits: the past takes avoir only, and in the past only object pronouns without visible agreement.
"""

from dataclasses import dataclass

from inflection import Noun, Verb
from nominals import OBJECTS, Nominals
from phrases import French, Nominal, Phrase, Word, fixed, render, words

AUXILIARY = ("ai", "as", "a", "avons", "ont")
BE = {
    "present": (("am", "are", "is", "are", "are"), ("suis", "es", "est", "sommes", "sont")),
    "past": (
        ("was", "were", "was", "were", "were"),
        ("étais", "étais", "était", "étions", "étaient"),
    ),
}  # fmt: skip
MODALS = {
    "can": ("can't", ("peux", "peux", "peut", "pouvons", "peuvent")),
    "must": ("mustn't", ("dois", "dois", "doit", "devons", "doivent")),
    "will": ("won't", ("vais", "vas", "va", "allons", "vont")),
}
ADVERBS = {"often": "souvent", "always": "toujours", "sometimes": "parfois", "also": "aussi"}
TIMES = {
    "today": "aujourd'hui", "now": "maintenant", "here": "ici", "every day": "tous les jours",
    "in the morning": "le matin", "in the evening": "le soir", "together": "ensemble",
    "slowly": "lentement", "again": "encore",
}  # fmt: skip
PLACES = {
    "in": ("dans", "l"), "near": ("près de", "lpo"), "behind": ("derrière", "lo"),
    "in front of": ("devant", "lo"), "under": ("sous", "o"), "on": ("sur", "o"),
    "with": ("avec", "p"), "without": ("sans", "p"), "for": ("pour", "p"),
}  # fmt: skip
DEGREES = {"very": "très", "too": "trop"}
OBJECT_OPTIONAL = {"eat", "drink", "read", "write", "sing", "draw"}


@dataclass
class Verbal:
    """How a verb is said: tense (present, past, a modal), polarity, adverb, mood."""

    verb: Verb
    tense: str = "present"
    polarity: str = "yes"
    adverb: str = ""
    question: bool = False


class Clauses(Nominals):
    """Draws clauses; every one is a `Phrase`."""

    def __init__(self, rng, split: str, core: bool):
        super().__init__(rng, split, core)
        self.relative = self.relative_clause
        self.has_past = self.has_relatives = not core

    # --- verbs -----------------------------------------------------------------------------

    def verbal(self, question: bool = False, verb: Verb | None = None) -> Verbal:
        """Draws verb, tense, polarity and adverb."""
        verb = verb or self.rng.choice(self.verbs)
        tense = self.rng.choices(["present", "past", self.rng.choice(list(MODALS))], [6, 2, 2])[0]
        if tense == "past" and not (verb.past and self.has_past):
            tense = "present"
        polarity = self.rng.choices(["yes", "not", "never"], [7, 3, 0 if question else 1])[0]
        if question and self.chance(0.8):
            polarity = "yes"
        plain = polarity == "yes" and tense in ("present", "past")
        adverb = self.rng.choice(list(ADVERBS)) if plain and self.chance(0.12) else ""
        return Verbal(verb, tense, polarity, adverb, question)

    def target(self, subject: Nominal, how: Verbal) -> tuple[Nominal | None, bool]:
        """The object, if any, and whether it is a pronoun; both refer to nouns of this split."""
        verb = how.verb
        nouns = self.allowed[verb.name]
        if not verb.objects or (verb.name in OBJECT_OPTIONAL and self.chance(0.15)):
            return None, False
        if not verb.preposition and (not nouns or self.chance(0.13)):
            return self.object_pronoun(subject, how), True
        if not nouns:
            return None, False
        role = "after" if verb.preposition else "generic" if verb.generic else "object"
        if how.polarity != "yes" and role == "object":
            role = "negated"
        return self.object_phrase(verb, nouns, role), False

    def object_phrase(self, verb: Verb, nouns: list[Noun], role: str) -> Nominal:
        """One noun phrase, or `bread , cheese and milk`."""
        count = 1
        if role in ("object", "generic") and self.chance((0.02, 0.1, 0.2)[self.rich]):
            count = self.rng.choice((2, 2, 3))
        whole: Phrase = Phrase()
        for index in range(count):
            noun = self.rng.choice(nouns)
            phrase = self.noun_phrase(noun, role)
            phrase.pairs.append((verb.name, noun.name))
            if index:
                whole = whole.then(fixed("and", "et") if index == count - 1 else fixed(",", ","))
            whole = whole.then(phrase)
        return Nominal(whole.english, whole.french, whole.pairs)

    def object_pronoun(self, subject: Nominal, how: Verbal) -> Nominal:
        """me, it, them, ... as far as verb and tense allow."""
        names = ["it", "them"] if set(how.verb.objects) - {"p"} else []
        if "p" in how.verb.objects:
            names += ["me", "you", "him", "her", "us", "them"]
        if how.tense == "past":
            names = [name for name in names if name in ("me", "you", "him", "it")]
        banned = {0: ("me", "us"), 1: ("you",), 3: ("me", "us")}.get(subject.person, ())
        name = self.rng.choice([name for name in names if name not in banned] or ["it"])
        said = Word(name)
        return Nominal([said], render(OBJECTS[name], said))

    def clause(self, question: bool = False, bare: bool = False, subject: Nominal | None = None,
               omit_object: bool = False) -> Phrase:  # fmt: skip
        """Subject, verb, object, and what follows; `do` is left to the questions below."""
        how = self.verbal(question)
        while omit_object and (not how.verb.objects or how.verb.preposition):
            how = self.verbal(question)
        if subject is None:
            subject = self.subject(bare and not question)
        target, pronoun = (None, False) if omit_object else self.target(subject, how)
        said = self.conjugate(subject, how, target if pronoun else None)
        if target and not pronoun:
            said = said.then(target)
        return said.then(self.tail())

    def conjugate(self, subject: Nominal, how: Verbal, pronoun: Nominal | None) -> Phrase:
        """Subject and verb group in both languages, with an object pronoun where it goes."""
        verb, person = how.verb, subject.person
        helper, adverb, main = self._english_verb(subject, how)
        parts = words(main)
        preposition = parts[1:] if verb.preposition else []
        sources = tuple(parts[: len(parts) - len(preposition)])
        inverted, straight = (helper, []) if how.question else ([], helper)
        english = inverted + subject.english + straight + adverb + parts
        finite, rest = [(verb.present_fr[person], sources)], []
        if how.tense == "past":
            finite, rest = [(AUXILIARY[person], sources)], [(verb.participle, sources)]
        elif how.tense in MODALS:
            finite = [(MODALS[how.tense][1][person], tuple(helper))]
            rest = [(verb.infinitive, sources)]
        first, second = self._negation(how, helper, adverb)
        before = pronoun.french if pronoun else []
        if how.tense in MODALS:
            group = first + finite + second + before + rest
        else:
            group = first + before + finite + second + rest
        opening = render("est-ce que", *helper) if how.question else []
        group += render(verb.preposition, *preposition)
        english += pronoun.english if pronoun else []
        return Phrase(english, opening + subject.french + group, list(subject.pairs))

    @staticmethod
    def _english_verb(subject: Nominal, how: Verbal) -> tuple[list[Word], list[Word], str]:
        """Helper (do, doesn't, can), adverb, and the verb's own form."""
        verb, third = how.verb, subject.third
        negative = how.polarity == "not"
        adverb = words("never" if how.polarity == "never" else how.adverb)
        if how.tense in MODALS:
            helper = MODALS[how.tense][0] if negative else how.tense
        elif negative or how.question:
            helper = "did" if how.tense == "past" else "does" if third else "do"
            helper += "n't" if negative else ""
        else:
            form = verb.past if how.tense == "past" else verb.third if third else verb.name
            return [], adverb, form.replace("_", " ")
        return words(helper), adverb, verb.name.replace("_", " ")

    @staticmethod
    def _negation(how: Verbal, helper: list[Word], adverb: list[Word]) -> tuple[list, list[French]]:
        """What stands before and after the finite verb: ne ... pas, ne ... jamais, an adverb."""
        if how.polarity == "not":
            return render("ne", *helper), render("pas", *helper)
        if how.polarity == "never":
            return render("ne", *adverb), render("jamais", *adverb)
        return [], render(ADVERBS[how.adverb], *adverb) if how.adverb else []

    def tail(self) -> Phrase:
        """Perhaps a place or company, perhaps a time."""
        said = Phrase()
        if self.chance((0.04, 0.15, 0.25)[self.rich]):
            said = said.then(self.place("in near behind under on with without for".split()))
        if self.chance((0.05, 0.12, 0.2)[self.rich]):
            said = said.then(fixed(*self.rng.choice(list(TIMES.items()))))
        return said

    def place(self, names: list[str]) -> Phrase:
        """A preposition and its noun phrase."""
        name = self.rng.choice(names)
        french, kinds = PLACES[name]
        return fixed(name, french).then(self.noun_phrase(self.noun(kinds), "after"))

    # --- to be -----------------------------------------------------------------------------

    def copula(self, question: bool = False) -> Phrase:
        """the cars aren't very old -> les voitures ne sont pas très vieilles"""
        subject = self.subject() if self.chance(0.5) else self.thing()
        tense = "past" if self.has_past and self.chance(0.25) else "present"
        english, french = (forms[subject.person] for forms in BE[tense])
        negative = self.chance(0.15 if question else 0.3)
        if negative and english == "am":
            be, sources = words("am not"), 1
        else:
            be, sources = words(english + ("n't" if negative else "")), 0
        middle = [(french, (be[0],))]
        if negative:
            middle = render("ne", be[sources]) + middle + render("pas", be[sources])
        order = be + subject.english if question else subject.english + be
        opening = render("est-ce que", *be) if question else []
        said = Phrase(order, opening + subject.french + middle, list(subject.pairs))
        return said.then(self.predicate(subject))

    def thing(self) -> Nominal:
        """Any noun phrase as a subject."""
        return self.noun_phrase(self.noun("pafdocrl"), "after")

    def predicate(self, subject: Nominal) -> Phrase:
        """An adjective that agrees, a comparison, or a place."""
        if self.chance(0.25):
            return self.place(["in", "near", "behind", "in front of", "under", "on", "with"])
        adjective = self.rng.choice([a for a in self.adjectives if subject.kind in a.kinds])
        word = Word(adjective.name)
        form = adjective.french(subject.feminine, subject.plural)
        said = Phrase([word], [(form, (word,))])
        if self.chance(0.15):
            opening, than = self.rng.choice([(("as", "aussi"), "as"), (("less", "moins"), "than")])
            return fixed(*opening).then(said, fixed(than, "que"), self.thing())
        if self.chance(0.25):
            return fixed(*self.rng.choice(list(DEGREES.items()))).then(said)
        return said

    # --- clauses inside noun phrases -------------------------------------------------------

    def relative_clause(self, noun: Noun, head: Nominal) -> Phrase | None:
        """who eats bread -> qui mange du pain; that i see -> que je vois"""
        if not self.has_relatives or self.rich == 0:
            return None
        rich, self.rich = self.rich, 0
        if noun.kind in "pa" and self.chance(0.6):
            gap = Nominal(feminine=head.feminine, plural=head.plural, person=head.person)
            link = fixed("who" if noun.kind == "p" else "that", "qui")
            said = link.then(self.clause(subject=gap))
        else:
            said = self._object_relative(noun)
        self.rich = rich
        return said

    def _object_relative(self, noun: Noun) -> Phrase | None:
        fitting = [verb for verb in self.verbs if noun in self.allowed[verb.name]]
        fitting = [verb for verb in fitting if not verb.preposition]
        if not fitting:
            return None
        how = Verbal(self.rng.choice(fitting), polarity=self.rng.choice(("yes", "yes", "not")))
        said = fixed("that", "que").then(self.conjugate(self.subject(), how, None))
        said.pairs.append((how.verb.name, noun.name))
        return said

"""What people call lights, and how they say what to do with them.

A *thing* is what is said of lights and whom of them it means; a *frame* is a clause with a hole for
a thing (`{}`) and, for blinking, one for a number (`#`).
"""

from dataclasses import dataclass
from itertools import permutations

COLOURS = ("red", "green", "blue")
LIGHTS = (*COLOURS, "lamp")
NOUNS = ("light", "lamp", "led", "bulb", "one")


@dataclass(frozen=True)
class Thing:
    """What is said, and the words of the command: one `who` for each action."""

    said: str
    who: tuple[str, ...]

    @property
    def pronoun(self) -> str:
        """What it is called when it is spoken of again."""
        return "it" if len(self.who) == 1 and self.who[0] in LIGHTS else "them"


@dataclass(frozen=True)
class Frame:
    """A clause with a hole, and what it orders; None: what the clause before ordered."""

    said: str
    what: str | None

    @property
    def orders(self) -> bool:
        """Can "could you" or "don't" stand before it?"""
        return not self.said.startswith(("i ", "{}", "also", "not"))

    @property
    def takes_pronouns(self) -> bool:
        """Not "turn on it"."""
        return not self.said.endswith((" on {}", " off {}", " out {}")) and self.orders


def singles() -> list[Thing]:
    """One light each."""
    found = [Thing(colour, (colour,)) for colour in COLOURS]
    found += [Thing(f"the {colour} {noun}", (colour,)) for colour in COLOURS for noun in NOUNS]
    lamps = ("the lamp", "the big lamp", "the desk lamp")
    return found + [Thing(said, ("lamp",)) for said in lamps]


def short(name: str) -> list[str]:
    """What a light is called beside others."""
    return ["the lamp"] if name == "lamp" else [name, f"the {name} one", f"the {name} light"]


def everything() -> list[Thing]:
    """All lights, and all but one or two."""
    alls = ("everything", "all lights", "all the lights", "every light")
    more = ("lights", "the lights", "all of them", "all lamps", "all", "all leds", "the leds")
    found = [Thing(said, ("all",)) for said in (*alls, *more)]
    for said in alls:
        for link in ("except", "but"):
            for name in LIGHTS:
                who = (f"all but {name}",)
                found += [Thing(f"{said} {link} {one}", who) for one in short(name)]
            for one, other in permutations(LIGHTS, 2):
                both = f"{short(one)[0]} and {short(other)[0]}"
                found.append(Thing(f"{said} {link} {both}", (f"all but {one} {other}",)))
    return found


def lists() -> list[Thing]:
    """Two or three lights by their names."""
    found = []
    for one, other in permutations(LIGHTS, 2):
        pairs = zip(short(one)[:3], short(other)[:3])
        found += [Thing(f"{a} and {b}", (one, other)) for a, b in pairs]
        if "lamp" not in (one, other):
            found += [Thing(f"the {one} and the {other} light", (one, other)),
                      Thing(f"the {one} and {other} lights", (one, other)),
                      Thing(f"the {one} and {other} ones", (one, other)),
                      Thing(f"both {one} and {other}", (one, other))]  # fmt: skip
    for three in permutations(LIGHTS, 3):
        a, b, c = (short(name)[0] for name in three)
        found.append(Thing(f"{a} , {b} and {c}", three))
    return found


def frames(what: str, *said: str) -> list[Frame]:
    """Frames that order the same."""
    return [Frame(one, what) for one in said]


FRAMES = {
    "on": frames(
        "on", "turn {} on", "turn on {}", "switch {} on", "switch on {}", "put {} on",
        "light {} up", "set {} to on", "power {} on", "make {} shine", "let {} shine",
        "turn {} back on", "activate {}", "enable {}", "i want {} on", "i need {} on", "{} on",
    ),
    "off": frames(
        "off", "turn {} off", "turn off {}", "switch {} off", "switch off {}", "put {} out",
        "put out {}", "shut {} off", "set {} to off", "power {} off", "make {} dark", "kill {}",
        "deactivate {}", "disable {}", "i want {} off", "{} off",
    ),
    "toggle": frames("toggle", "toggle {}", "flip {}", "change {}", "invert {}"),
    "blink": frames(
        "blink", "blink {} #", "flash {} #", "let {} blink #", "make {} blink #",
        "let {} flash #", "make {} flash #", "i want {} to blink #",
    ),
}  # fmt: skip
#: "… and the blue one too"
AGAIN = [Frame(said, None) for said in ("{} too", "{} as well", "also {}")]
#: "… but not the blue one"
SPARED = [Frame(said, None) for said in ("not {}", "leave {} alone", "don't touch {}")]
LEFT = [Frame(said, None) for said in ("leave {} alone", "don't touch {}", "leave {} as it is")]
NOTHING = ("do nothing", "never mind", "forget it", "nothing", "stop", "leave it", "don't do it")

NUMBERS = {
    1: ("once", "one time"), 2: ("twice", "two times", "2 times"),
    3: ("three times", "3 times", "a few times", ""), 4: ("four times", "4 times"),
    5: ("five times", "5 times"), 6: ("six times", "6 times"), 7: ("seven times", "7 times"),
    8: ("eight times", "8 times"), 9: ("nine times", "9 times"), 10: ("ten times", "10 times"),
}  # fmt: skip

NOT = ("don't", "do not")
LINKS = ("and", "then", "and then", ", then", "and also", ",")
ASKING = ("could you", "could you please", "can you", "can you please", "would you",
          "would you please", "will you", "i would like you to", "i want you to")  # fmt: skip
OPENINGS = ("please", "ok ,", "hey ,", "hello ,", "now", "so")
CLOSINGS = ("please", ", please", "now", "again", "for me", "right now", ", thanks")

#: Things that are no lights, and what is said of lights that orders nothing.
OTHERS = tuple(
    f"the {colour}{noun}"
    for colour in ("", "red ", "green ", "blue ", "big ")
    for noun in ("radio", "heater", "fan", "door", "window", "oven", "car", "house", "cat")
) + ("music", "milk", "me", "you", "my phone", "the time", "a joke", "the weather")  # fmt: skip
REMARKS = (
    "is {} on", "is {} off", "{} is on", "{} is off", "{} is too bright", "why is {} on",
    "why is {} off", "where is {}", "what is {}", "i like {}", "do you like {}", "buy {}",
    "sell {}", "paint {} red", "paint {} blue", "clean {}", "look at {}", "who made {}", "open {}",
    "close {}", "tell me about {}", "how are {}", "play {}", "drink {}", "i see {}", "show me {}",
)  # fmt: skip
CHAT = ("hello", "good morning", "how are you", "what is your name", "thank you", "who are you",
        "what can you do", "tell me a joke", "good night", "i am hungry", "what time is it",
        "yes", "no", "why", "it is too dark", "is it dark", "i am tired")  # fmt: skip

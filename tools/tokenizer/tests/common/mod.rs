//! Tokenizers on the engine, and texts that are real, or hostile.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use regard::Error;
use std::path::PathBuf;
use tokenizer::{Found, Host, Texts};

/// Room for a source, in tokens.
const MOST_TOKENS: usize = 1 << 16;

pub fn golden(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../tests/golden/tokenizers", name].iter().collect()
}

/// A tokenizer on the engine.
pub struct Engine {
    pub host: &'static Host,
    texts: Texts<'static>,
    pub found: Found,
}

impl Engine {
    pub fn read(name: &str) -> Self {
        Self::of(Found::read(&golden(name)).unwrap())
    }

    pub fn of(found: Found) -> Self {
        let host = Host::new(&found.tokenizer, &found.words, found.marks).unwrap();
        let host: &Host = Box::leak(Box::new(host));
        Self { host, texts: host.texts().unwrap(), found }
    }

    /// The tokens of a text, with the end mark that the engine puts behind every source.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, Error> {
        self.texts.encode(text, MOST_TOKENS)
    }

    pub fn decode(&self, tokens: &[u32]) -> String {
        self.texts.decode(tokens)
    }
}

/// Numbers that look random and are the same each time.
pub struct Noise(u64);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ z >> 31) % limit as u64) as usize
    }

    fn letter(&mut self) -> char {
        const POOLS: [&str; 9] = [
            "abcdefghijklmnopqrstuvwxyz",
            "ABCXYZ0123456789",
            " \t\n\r\u{a0}\u{2003}\u{200b}\u{3000}\u{2028}\u{85}\u{1c}\u{b}",
            ".,;:!?'\"()[]{}<>|#@&%$€…«»—-_/\\",
            "éèàùçœâêîôûëïüÉÀŒßẞǅĲŉﬁﬃ",
            "\u{300}\u{301}\u{302}\u{303}\u{308}\u{323}\u{327}\u{483}\u{20d0}\u{200d}\u{fe0f}\u{93f}\u{600}",
            "▁▁▁ ",
            "Ａｂ①½Ⅷ㌀㎏ｶﾞ中文字한글ᄒ\u{1161}คำहि٣αβΩΣжЖא",
            "😀👍🏽👨👩🇫🇷❤™©🤖\u{1f3fb}𝐀𝓫𝟙\u{fffd}\u{feff}\u{0}\u{7f}\u{ad}",
        ];
        let pool = POOLS.get(self.below(12)).copied();
        let letters: Vec<char> = pool.map(|pool| pool.chars().collect()).unwrap_or_default();
        if letters.is_empty() {
            let limit = [0x250, 0x3000, 0x11_0000][self.below(3)];
            return char::from_u32(self.below(limit) as u32).unwrap_or('\u{fffd}');
        }
        letters[self.below(letters.len())]
    }

    /// Letters of all kinds.
    pub fn text(&mut self) -> String {
        let len = [0, 1, 2, 3, 8, 20, 60][self.below(7)];
        (0..len).map(|_| self.letter()).collect()
    }

    /// A real text, spoiled.
    pub fn spoiled(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        for _ in 0..self.below(10) {
            let at = self.below(letters.len() + 1);
            let (letter, times) = (self.letter(), [1, 1, 1, 2, 3, 30][self.below(6)]);
            letters.splice(at..at, std::iter::repeat_n(letter, times));
        }
        letters.into_iter().collect()
    }
}

/// Sentences, captions and orders of the models' tests.
pub fn real() -> Vec<String> {
    let mut texts = Vec::new();
    for name in ["eng-fra", "scenes", "act"] {
        let path = format!("{}/../../models/{name}/test.tsv", env!("CARGO_MANIFEST_DIR"));
        let file = std::fs::read_to_string(path).unwrap();
        let parts = file.lines().flat_map(|line| line.split('\t').take(2));
        texts.extend(parts.filter(|part| part.parse::<u32>().is_err()).map(str::to_owned));
    }
    texts.sort();
    texts.dedup();
    texts
}

/// Texts of one kind each.
pub fn odd() -> Vec<String> {
    let long = ["a", "ab", "é", "▁", " ", "'", "1", "😀", "e\u{301}", "aa b", "\u{301}"];
    let mut texts: Vec<String> = long.iter().map(|part| part.repeat(700)).collect();
    texts.extend(
        [
            "",
            " ",
            "  ",
            "▁",
            "▁▁",
            " ▁",
            "▁ ",
            "\0",
            "\r\n",
            "a\r\nb",
            "a",
            " a",
            "a ",
            "  a  b  ",
            "<0x41>",
            "don't we'll 're '",
            "''s",
            " 's",
            "x  y",
            "x \t y",
            "\t\tx",
            "e\u{301}\u{323}",
            "ﬁ\u{301}",
            "Ａ\u{301}",
            "\u{301}a",
            "\u{600}A\u{301}",
            "한국어",
            "\u{1112}\u{1161}\u{11ab}",
            "日本語のテキスト",
            "ノ゛",
            "½ ¨ ㎏ …",
            "ﬃ\u{20dd}",
            "Straße ΣΊΣΥΦΟΣ İ",
            "\u{200b}\u{301}",
            "\u{feff}a",
        ]
        .map(str::to_owned),
    );
    texts
}

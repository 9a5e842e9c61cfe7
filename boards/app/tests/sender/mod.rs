//! The other end of an update: a sender as the protocol describes it, and a line that loses bytes.

use app::banks::frame::{DATA, MOST};
use embedded_io::{ErrorType, Read, Write};
use regard::format::Checksum;
use std::collections::VecDeque;

use crate::typing::HungUp;

/// The frame of `model` from `at` on, between zeros.
pub fn frame(model: &[u8], at: usize) -> Vec<u8> {
    let bytes = &model[at..model.len().min(at + MOST)];
    let mut frame = [&[DATA], &(at as u32).to_le_bytes()[..], bytes].concat();
    frame.extend(Checksum::new().bytes(&frame).finish().to_le_bytes());
    cobs::encode_vec_including_sentinels(&frame)
}

/// What announces `model`.
pub fn announcement(model: &[u8]) -> String {
    format!(":update {} {:08x}\n", model.len(), Checksum::new().bytes(model).finish())
}

/// A port with a sender at the other end, which types `before`, sends `model`, and types `behind`.
/// Of 1,000 bytes of a frame `lost` are lost, and as many are changed; of its answers, as many lines.
pub struct Link<'m> {
    model: &'m [u8],
    behind: &'static str,
    lost: u64,
    state: u64,
    coming: VecDeque<u8>,
    pub heard: Vec<u8>,
    /// Where the lines that the sender has not read start.
    read: usize,
    at: usize,
    pub sent: usize,
    done: bool,
}

impl<'m> Link<'m> {
    pub fn new(model: &'m [u8], behind: &'static str, lost: u64) -> Self {
        let coming = announcement(model).into_bytes().into();
        let (heard, sent) = (Vec::new(), 0);
        Self { model, behind, lost, state: 1, coming, heard, read: 0, at: 0, sent, done: false }
    }

    /// So many of 1,000 times.
    fn by_chance(&mut self) -> bool {
        // Knuth's MMIX generator.
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005);
        self.state = self.state.wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % 1_000 < self.lost
    }

    /// No byte is on its way: the device waits. Reads what it said last, and acts on it.
    fn silence(&mut self) -> Result<(), HungUp> {
        let said = String::from_utf8_lossy(&self.heard[self.read..]).into_owned();
        self.read = self.heard.len();
        if self.done {
            return Err(HungUp);
        }
        for line in said.lines() {
            let ended = line.starts_with("bank 0") || line.starts_with("refused");
            if self.sent > 0 && ended {
                self.done = true;
                self.coming.extend(self.behind.bytes());
                return Ok(());
            }
            let (answer, rest) = line.split_once(' ').unwrap_or_default();
            let number = rest.split(' ').next().and_then(|number| number.parse().ok());
            let lost = answer != "ready" && self.by_chance();
            if let (true, false, Some(at)) = (["ready", "+", "-"].contains(&answer), lost, number) {
                self.at = at;
            }
        }
        self.sent += 1;
        for byte in frame(self.model, self.at) {
            if self.by_chance() {
                continue;
            }
            let bit = u8::from(self.by_chance()) << (self.state >> 40 & 7);
            self.coming.push_back(byte ^ bit);
        }
        Ok(())
    }
}

impl ErrorType for Link<'_> {
    type Error = HungUp;
}

impl Read for Link<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, HungUp> {
        while self.coming.is_empty() {
            self.silence()?;
        }
        buffer[0] = self.coming.pop_front().ok_or(HungUp)?;
        Ok(1)
    }
}

impl Write for Link<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, HungUp> {
        self.heard.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), HungUp> {
        Ok(())
    }
}

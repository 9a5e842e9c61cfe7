//! An engine in a place of the caller's.

use core::fmt::Write;
use core::mem::MaybeUninit;
use core::ptr::addr_of_mut;
use regard::text::Joiner;
use regard::{Error, Model, Progress, SelfTest, Seq2Seq, Token, Work};

/// Words of a `regard_t`: the number behind `room[` of the header.
const ROOM: usize = {
    let (header, name) = (include_bytes!("../include/regard.h"), b"room[");
    let (mut at, mut read, mut room) = (0, 0, 0);
    while read < name.len() {
        read = if header[at] == name[read] { read + 1 } else { 0 };
        at += 1;
    }
    while header[at].is_ascii_digit() {
        room = room * 10 + (header[at] - b'0') as usize;
        at += 1;
    }
    room
};

/// A `regard_t`: bytes that an [`Engine`] fits into.
#[repr(C)]
pub struct Room([MaybeUninit<usize>; ROOM]);

const _: () = assert!(size_of::<Fields>() <= size_of::<Room>());
const _: () = assert!(align_of::<Fields>() <= align_of::<Room>());

/// What lies there. Fields below refer to those above.
struct Fields {
    model: MaybeUninit<Model<'static>>,
    runner: Option<Seq2Seq<'static>>,
    work: Option<Work<'static>>,
    joiner: Option<Joiner<'static>>,
    error: Option<Error>,
}

/// A way to it, which touches one field at a time.
pub(crate) struct Engine(*mut Fields);

impl Engine {
    /// # Safety
    /// `room` was given to [`Engine::open`], and nobody else uses it now.
    pub(crate) unsafe fn of(room: *mut Room) -> Self {
        Self(room.cast())
    }

    /// Makes an engine of whatever `room` holds.
    ///
    /// # Safety
    /// `room` points to a `regard_t` that nobody else uses now.
    pub(crate) unsafe fn open(
        room: *mut Room,
        file: &'static [u8],
        arena: &'static mut [u8],
    ) -> bool {
        let fields: *mut Fields = room.cast();
        let model = MaybeUninit::uninit();
        // SAFETY: it has room for the fields, which need no drop: they own nothing outside.
        unsafe {
            fields.write(Fields { model, runner: None, work: None, joiner: None, error: None });
        }
        let engine = Self(fields);
        let runner = Model::load(file).and_then(|model| {
            // SAFETY: the model stays there as long as the runner, which `open` alone replaces.
            let model: &'static Model<'static> =
                unsafe { (*addr_of_mut!((*fields).model)).write(model) };
            Seq2Seq::new(model, arena)
        });
        engine.done(runner.map(|runner| {
            // SAFETY: a field of its own.
            unsafe { *addr_of_mut!((*fields).runner) = Some(runner) };
        }))
    }

    /// Notes how a call went.
    fn done(&self, result: Result<(), Error>) -> bool {
        let error = result.err();
        // SAFETY: a field of its own.
        unsafe { *addr_of_mut!((*self.0).error) = error };
        error.is_none()
    }

    /// Why the last call failed.
    pub(crate) fn error(&self) -> Option<Error> {
        // SAFETY: a field of its own.
        unsafe { *addr_of_mut!((*self.0).error) }
    }

    /// The runner, whose work is dropped.
    fn runner(&self) -> Result<&'static mut Seq2Seq<'static>, Error> {
        // SAFETY: fields of their own; no other reference to the runner is left, since work was the
        // only one to have it.
        let runner = unsafe {
            *addr_of_mut!((*self.0).work) = None;
            *addr_of_mut!((*self.0).joiner) = None;
            (*addr_of_mut!((*self.0).runner)).as_mut()
        };
        runner.ok_or(Error::Truncated { need: 1, have: 0 })
    }

    /// Begins work.
    pub(crate) fn begin(
        &self,
        begin: impl FnOnce(&'static mut Seq2Seq<'static>) -> Result<Work<'static>, Error>,
    ) -> bool {
        let begun = self.runner().and_then(|runner| {
            let joiner = Joiner::new(runner.model());
            Ok((begin(runner)?, joiner))
        });
        self.done(begun.map(|(work, joiner)| {
            // SAFETY: fields of their own.
            unsafe {
                *addr_of_mut!((*self.0).work) = Some(work);
                *addr_of_mut!((*self.0).joiner) = Some(joiner);
            }
        }))
    }

    /// Does a piece of work.
    pub(crate) fn advance(&self) -> Progress<'static> {
        // SAFETY: a field of its own; what the last call returned is no longer used, as the header says.
        let work: Option<&'static mut Work<'static>> =
            unsafe { (*addr_of_mut!((*self.0).work)).as_mut() };
        let progress = work.map_or(Progress::Done, Work::advance);
        self.done(match progress {
            Progress::Failed(error) => Err(error),
            _ => Ok(()),
        });
        progress
    }

    /// Writes a word that was said behind those before it, or what they leave.
    pub(crate) fn join(&self, token: Option<Token>, out: &mut impl Write) {
        // SAFETY: a field of its own.
        let joiner = unsafe { (*addr_of_mut!((*self.0).joiner)).as_mut() };
        // What does not fit is left out.
        _ = joiner.map(|joiner| match token {
            Some(token) => joiner.write(token, out),
            None => joiner.finish(out),
        });
    }

    /// Runs the model's own test.
    pub(crate) fn self_test(&self) -> bool {
        let tested = self.runner().and_then(|runner| SelfTest::of(runner.model()).run(runner));
        self.done(tested)
    }
}

//! One update, from its announcement to the record.

use super::frame::{Frame, Frames};
use super::{Banks, Failure, Place, Target, Update};
use crate::Outcome;
use embedded_io::{Read, Write, WriteFmtError};
use embedded_storage::nor_flash::{ErrorType, NorFlash};
use regard::format::bank::{Record, Refusal};
use regard::{Error, Model};

/// Why an update of such banks failed.
type FailureOf<B> = Failure<<<B as Banks>::Flash as ErrorType>::Error>;
/// Inside, how the update went; outside, how the port did.
type Both<T, E, P> = Result<Result<T, Failure<E>>, WriteFmtError<P>>;

/// Receives a model into the bank that is not in use and gives it a record, if it is one that
/// `accept` takes. `announced`: the bank in use, and length and checksum of the new model.
/// `begun`: an update that stopped earlier, and what is left when this one stops.
pub(super) fn receive<B: Banks, Port: Read + Write>(
    port: &mut Port,
    banks: &mut B,
    (in_use, (length, checksum)): (Option<usize>, (u32, u32)),
    begun: &mut Option<Update>,
    accept: impl FnOnce(&Model<'_>) -> Result<(), Error>,
) -> Outcome<Port::Error> {
    let earlier = begun.take();
    let target = Target::beside([banks.bytes(0), banks.bytes(1)], in_use);
    let started = target.and_then(|Target { bank, generation }| {
        let record = Record { generation, length, checksum };
        match earlier.filter(|update| update.record() == record) {
            Some(update) => Ok((bank, update)),
            None => Ok((bank, Update::start(&mut banks.place(bank), record)?)),
        }
    });
    let (bank, mut update) = match started {
        Ok(started) => started,
        Err(failure) => return refuse::<_, B>(port, &failure),
    };
    let came = take(port, &mut banks.place(bank), &mut update)?;
    match came.and_then(|()| finish(banks, bank, &mut update, accept)) {
        Ok(()) => Ok(()),
        Err(failure) => {
            *begun = matches!(failure, Failure::Unfinished { .. }).then_some(update);
            refuse::<_, B>(port, &failure)
        }
    }
}

fn refuse<Port: Write, B: Banks>(port: &mut Port, failure: &FailureOf<B>) -> Outcome<Port::Error> {
    write!(port, "refused: {failure}\r\n")
}

/// Takes frames until the model is there.
fn take<F: NorFlash, Port: Read + Write>(
    port: &mut Port,
    place: &mut Place<'_, F>,
    update: &mut Update,
) -> Both<(), F::Error, Port::Error> {
    let (mut frames, length) = (Frames::new(), update.record().length);
    write!(port, "ready {} of {length}\r\n", update.taken())?;
    while update.taken() < length {
        let wanted = update.taken();
        let trouble = match frames.next(port)? {
            Frame::Cancelled => return Ok(Err(Failure::Unfinished { have: wanted, length })),
            Frame::Damaged => Some("the frame is damaged"),
            Frame::Data { at, .. } if at > wanted => Some("bytes are missing"),
            Frame::Data { at, .. } if at < wanted => None, // Sent again: the answer was lost.
            Frame::Data { bytes, .. } => match update.write(place, bytes) {
                Ok(()) => None,
                Err(failure) => return Ok(Err(failure)),
            },
        };
        match trouble {
            Some(trouble) => write!(port, "- {wanted} {trouble}\r\n")?,
            None => write!(port, "+ {}\r\n", update.taken())?,
        }
        port.flush()?;
    }
    Ok(Ok(()))
}

/// Checks the model where it lies, and writes its record.
fn finish<B: Banks>(
    banks: &mut B,
    bank: usize,
    update: &mut Update,
    accept: impl FnOnce(&Model<'_>) -> Result<(), Error>,
) -> Result<(), FailureOf<B>> {
    let whole = update.verify(&mut banks.place(bank))?;
    let model = whole.record().load(banks.bytes(bank)).map_err(Failure::Refused)?;
    accept(&model).map_err(|error| Failure::Refused(Refusal::Model(error)))?;
    whole.commit(&mut banks.place(bank))
}

//! A storage of HDF5 that gives no more than a budget until what lies in it was listed.
//!
//! A group of the older kind is a tree of nodes `SNOD`, each with the addresses of names in one heap. The
//! reader makes all names of a group before it can be asked how many there are, and the same node may be
//! named any number of times, so the bytes that it reads are counted instead: of a node also as many for
//! each entry as the longest name that was read may have.

use hdf5_reader::error::Result;
use hdf5_reader::{Storage, StorageBuffer};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

/// Bytes that may be read of any file, and how many times those that it has.
const MOST: [u64; 2] = [1 << 24, 2];
/// Bytes of an entry of a node.
const ENTRY: u64 = 40;

/// What names may cost so far.
#[derive(Default)]
struct Names {
    entries: u64,
    /// Most bytes without a 0 among them, of any range.
    longest: u64,
}

/// Counts what is read.
pub(super) struct Metered {
    inner: Arc<dyn Storage>,
    left: AtomicU64,
    names: Mutex<Names>,
}

impl Metered {
    pub(super) fn of(inner: Arc<dyn Storage>) -> Arc<Self> {
        let left = inner.len().saturating_mul(MOST[1]).saturating_add(MOST[0]);
        Arc::new(Self { inner, left: AtomicU64::new(left), names: Mutex::default() })
    }

    /// Everything was listed: tensors are read from now on, each within its own size.
    pub(super) fn listed(&self) {
        self.left.store(u64::MAX, Relaxed);
    }

    fn pay(&self, bytes: u64) -> io::Result<()> {
        let pay = |left: u64| match left {
            u64::MAX => Some(left),
            _ => left.checked_sub(bytes),
        };
        let paid = self.left.fetch_update(Relaxed, Relaxed, pay);
        paid.map(drop)
            .map_err(|_| io::Error::other("its groups lead to far more bytes than it has"))
    }
}

impl Storage for Metered {
    fn len(&self) -> u64 {
        self.inner.len()
    }

    fn read_range(&self, offset: u64, len: usize) -> Result<StorageBuffer> {
        self.pay(len as u64)?;
        let range = self.inner.read_range(offset, len)?;
        if self.left.load(Relaxed) == u64::MAX {
            return Ok(range);
        }
        let longest = range.split(|byte| *byte == 0).map(<[u8]>::len).max().unwrap_or(0) as u64;
        let entries = if range.starts_with(b"SNOD") { len as u64 / ENTRY } else { 0 };
        let mut names = self.names.lock().map_err(|_| io::Error::from(io::ErrorKind::Other))?;
        let before = names.entries.saturating_mul(names.longest);
        names.entries = names.entries.saturating_add(entries);
        names.longest = names.longest.max(longest);
        self.pay(names.entries.saturating_mul(names.longest) - before)?;
        Ok(range)
    }
}

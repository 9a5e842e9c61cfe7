//! A memory-mapped register.

/// One 32-bit register.
pub struct Register(*mut u32);

impl Register {
    /// The register at `address`.
    ///
    /// # Safety
    /// A 32-bit register that may be read and written at any time lies at `address`.
    #[must_use]
    pub const unsafe fn at(address: usize) -> Self {
        Self(core::ptr::without_provenance_mut(address))
    }

    /// Its value.
    #[must_use]
    pub fn read(&self) -> u32 {
        // SAFETY: promised to `at`.
        unsafe { self.0.read_volatile() }
    }

    /// Sets it.
    pub fn write(&self, value: u32) {
        // SAFETY: promised to `at`.
        unsafe { self.0.write_volatile(value) }
    }
}

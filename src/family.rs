//! Which encoders and decoders a firmware links: those of one family, or all.

/// A choice of encoders and decoders.
pub trait Family: sealed::Sealed {
    #[doc(hidden)]
    const TRANSFORMER_ENCODER: bool;
    #[doc(hidden)]
    const RECURRENT_ENCODER: bool;
    #[doc(hidden)]
    const CONVOLUTIONAL_ENCODER: bool;
    #[doc(hidden)]
    const TRANSFORMER_DECODER: bool;
    #[doc(hidden)]
    const RECURRENT_DECODER: bool;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! family {
    ($(#[$doc:meta])* $name:ident:
        encoders [$transformer:literal $recurrent:literal $convolutional:literal],
        decoders [$transformer_decoder:literal $recurrent_decoder:literal]) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl sealed::Sealed for $name {}

        impl Family for $name {
            const TRANSFORMER_ENCODER: bool = $transformer;
            const RECURRENT_ENCODER: bool = $recurrent;
            const CONVOLUTIONAL_ENCODER: bool = $convolutional;
            const TRANSFORMER_DECODER: bool = $transformer_decoder;
            const RECURRENT_DECODER: bool = $recurrent_decoder;
        }
    };
}

// Transformer, recurrent, convolutional.
family! {
    /// Every encoder and every decoder.
    Any: encoders [true true true], decoders [true true]
}
family! {
    /// Every encoder of words, and every decoder.
    Text: encoders [true true false], decoders [true true]
}
family! {
    /// The Transformer alone.
    Attention: encoders [true false false], decoders [true false]
}
family! {
    /// Recurrent encoders and decoders alone.
    Recurrence: encoders [false true false], decoders [false true]
}
family! {
    /// Convolutional encoders and recurrent decoders alone.
    Vision: encoders [false false true], decoders [false true]
}

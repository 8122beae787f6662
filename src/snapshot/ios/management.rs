//! Who manages the phone, and which configuration profiles it has.

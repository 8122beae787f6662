//! The apps of a phone: three lists, reconciled.

//! Mistakes in examples.

//! Getting bytes from phones and files. All input and output of the library is here.

pub mod adb;

//! A phone on which a shell command can be run, by whatever road.

use std::time::Instant;

use crate::evidence::SourceKind;

/// How a shell call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The command ran to its end, as far as the transport can tell: shell protocol version 1 has no exit status, and
    /// there a dropped connection looks the same.
    Completed,
    /// Our deadline passed.
    TimedOut,
    /// The phone or the server closed the connection before the end.
    Dropped(String),
    /// More bytes came than the call may answer.
    TooLong,
    /// The call could not be made, or the answer was not in the protocol's form; what the other side said.
    Failed(String),
}

/// What a shell call printed. Partial output is kept however the call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellOutput {
    /// Standard output; where the transport cannot tell them apart, standard error is mixed in.
    pub stdout: Vec<u8>,
    /// Standard error, where the transport keeps it apart (shell protocol version 2).
    pub stderr: Vec<u8>,
    /// The exit status of the command, where the transport tells (shell protocol version 2).
    pub status: Option<u8>,
    /// How the call ended.
    pub ended: Ended,
}

impl ShellOutput {
    /// No output, for this reason.
    pub(crate) fn nothing(ended: Ended) -> Self {
        ShellOutput { stdout: Vec::new(), stderr: Vec::new(), status: None, ended }
    }
}

/// A phone on which a shell command can be run.
pub trait Phone: Send + Sync {
    /// Runs one command and returns what it printed, at most `limit` bytes and at the latest at `deadline`. Never fails:
    /// [`ShellOutput::ended`] says how far it came.
    fn shell(&self, command: &str, limit: usize, deadline: Instant) -> ShellOutput;

    /// Whether several calls may run at the same time.
    fn concurrent(&self) -> bool {
        true
    }

    /// By which road the phone is reached.
    fn source(&self) -> SourceKind;

    /// The serial number by which the phone was found, where it was found by one.
    fn serial(&self) -> Option<&str> {
        None
    }

    /// Whether the ADB server through which the phone was found has ended since.
    fn server_ended(&self) -> bool {
        false
    }
}

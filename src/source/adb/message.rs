//! The messages of the ADB protocol, as bytes: a head of six numbers and its data (AOSP `adb/protocol.txt`, `adb/types.h`).
//!
//! What a phone sends is hostile input: a message is taken only with a known command, its proof (the command inverted) and no
//! more data than was announced, and nothing is made room for before that is checked.

use std::io::{self, Read};

/// The most data of one message, in both directions: 1 MiB, as `adb` announces it (AOSP `adb/adb.h`, `MAX_PAYLOAD`).
pub(crate) const MOST_DATA: usize = 1 << 20;
/// The protocol version announced: from this on the sums of the data are zero where both sides say so (AOSP `adb/adb.h`,
/// `A_VERSION_SKIP_CHECKSUM`).
pub(crate) const VERSION: u32 = 0x0100_0001;
/// The protocol version of whoever still wants the sums.
pub(crate) const VERSION_WITH_SUMS: u32 = 0x0100_0000;
/// The version of the request to go on over TLS (AOSP `adb/adb.h`, `A_STLS_VERSION`).
pub(crate) const TLS_VERSION: u32 = 0x0100_0000;

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// The greeting: version, most data, banner.
    Connect,
    /// Who the computer is: 1 a token to sign, 2 the signature, 3 a public key.
    Auth,
    /// Go on over TLS.
    Tls,
    /// A stream is wanted.
    Open,
    /// A stream is ready for the next data.
    Ready,
    /// Data of a stream.
    Write,
    /// A stream is closed, or was never opened.
    Close,
    /// Of old, within one side; means nothing to the other.
    Sync,
}

impl Command {
    const WORDS: [(&'static [u8; 4], Command); 8] = [
        (b"CNXN", Command::Connect),
        (b"AUTH", Command::Auth),
        (b"STLS", Command::Tls),
        (b"OPEN", Command::Open),
        (b"OKAY", Command::Ready),
        (b"WRTE", Command::Write),
        (b"CLSE", Command::Close),
        (b"SYNC", Command::Sync),
    ];

    fn of(word: [u8; 4]) -> Option<Command> {
        Self::WORDS.iter().find(|(known, _)| **known == word).map(|(_, command)| *command)
    }

    fn number(self) -> u32 {
        let word = Self::WORDS.iter().find(|(_, command)| *command == self).map(|(word, _)| **word);
        u32::from_le_bytes(word.unwrap_or_default())
    }
}

/// One message; its data are in the reader's buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// What it is about.
    pub(crate) command: Command,
    /// The first number; of a stream's messages the sender's own number of the stream.
    pub(crate) first: u32,
    /// The second number; of a stream's messages the receiver's number of the stream.
    pub(crate) second: u32,
}

/// Why no message came.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The connection failed, or the deadline passed.
    Io(io::Error),
    /// It ended where a message could begin.
    Ended,
    /// These bytes begin no message.
    NoMessage([u8; 8]),
    /// The data do not add up to the sum that was sent with them.
    WrongSum,
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Broken::Io(error)
    }
}

impl std::fmt::Display for Broken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Broken::Io(error) => error.fmt(formatter),
            Broken::Ended => formatter.write_str("the phone closed the connection"),
            Broken::NoMessage(_) => formatter.write_str("what came is no ADB message"),
            Broken::WrongSum => formatter.write_str("a message came damaged"),
        }
    }
}

/// Reads one message; its data replace what is in `data`. `sums` says whether the phone sends the sums of its data.
pub(crate) fn read(reader: &mut impl Read, sums: bool, data: &mut Vec<u8>) -> Result<Head, Broken> {
    data.clear();
    let mut head = [0; 24];
    let mut got = 0;
    while let Some(rest) = head.get_mut(got..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) if got == 0 => return Err(Broken::Ended),
            Ok(0) => return Err(no_message(&head)),
            Ok(count) => got += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        // Whoever speaks another protocol may wait for an answer to its first words, and says with them what it is.
        if got >= 4 && head.first_chunk::<4>().is_none_or(|word| Command::of(*word).is_none()) {
            return Err(no_message(&head));
        }
    }
    let number = |index: usize| {
        let bytes = head.as_chunks::<4>().0.get(index).copied();
        u32::from_le_bytes(bytes.unwrap_or_default())
    };
    let command = head.first_chunk::<4>().and_then(|word| Command::of(*word));
    let length = usize::try_from(number(3)).unwrap_or(usize::MAX);
    let Some(command) = command.filter(|_| number(5) == !number(0) && length <= MOST_DATA) else {
        return Err(no_message(&head));
    };
    data.resize(length, 0);
    reader.read_exact(data)?;
    if sums && number(4) != sum(data) {
        return Err(Broken::WrongSum);
    }
    Ok(Head { command, first: number(1), second: number(2) })
}

fn no_message(head: &[u8; 24]) -> Broken {
    Broken::NoMessage(head.first_chunk::<8>().copied().unwrap_or_default())
}

/// The message as bytes.
pub(crate) fn write(head: Head, sums: bool, data: &[u8]) -> Vec<u8> {
    let command = head.command.number();
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let sum = if sums { sum(data) } else { 0 };
    let mut message = Vec::with_capacity(24 + data.len());
    for number in [command, head.first, head.second, length, sum, !command] {
        message.extend_from_slice(&number.to_le_bytes());
    }
    message.extend_from_slice(data);
    message
}

/// The sum of the bytes: the field that AOSP calls a CRC is none.
fn sum(data: &[u8]) -> u32 {
    data.iter().fold(0, |sum, byte| sum.wrapping_add(u32::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(bytes: &[u8]) -> Result<(Head, Vec<u8>), Broken> {
        let mut data = Vec::new();
        read(&mut &*bytes, false, &mut data).map(|head| (head, data))
    }

    #[test]
    fn what_is_no_message_is_known_by_its_first_bytes() {
        for bytes in [
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            b"\x15\x03\x03\x00\x02\x02\x46",
            b"SSH-2.0-OpenSSH_9.7\r\n",
            b"CNXNabcdefgh",
            &[0xff; 30],
        ] {
            assert!(matches!(one(bytes), Err(Broken::NoMessage(_))), "{bytes:?}");
        }
        assert!(matches!(one(b""), Err(Broken::Ended)));
    }

    #[test]
    fn no_room_is_made_for_more_than_was_announced() {
        let mut message = write(Head { command: Command::Write, first: 1, second: 2 }, false, b"x");
        message[12..16].copy_from_slice(&u32::try_from(MOST_DATA + 1).unwrap().to_le_bytes());
        assert!(matches!(one(&message), Err(Broken::NoMessage(_))));
        message[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(one(&message), Err(Broken::NoMessage(_))));
    }

    #[test]
    fn sums_are_looked_at_where_they_are_sent() {
        let head = Head { command: Command::Write, first: 1, second: 2 };
        let mut data = Vec::new();
        assert_eq!(read(&mut &*write(head, true, b"abc"), true, &mut data).unwrap(), head);
        assert!(matches!(read(&mut &*write(head, false, b"abc"), true, &mut data), Err(Broken::WrongSum)));
        assert_eq!(read(&mut &*write(head, false, b"abc"), false, &mut data).unwrap(), head);
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic_and_are_never_read_twice(bytes in prop::collection::vec(any::<u8>(), 0..200), sums in any::<bool>()) {
            let mut reader = &*bytes;
            let mut data = Vec::new();
            while read(&mut reader, sums, &mut data).is_ok() {
                prop_assert!(data.len() <= MOST_DATA);
            }
        }

        /// However the bytes arrive, every message comes out as it went in, and one that was altered in its head never hides another.
        #[test]
        fn messages_come_out_as_they_went_in(
            messages in prop::collection::vec((0usize..8, any::<u32>(), any::<u32>(), prop::collection::vec(any::<u8>(), 0..50)), 1..6),
            piece in 1usize..40,
            sums in any::<bool>(),
        ) {
            struct Pieces<'a>(&'a [u8], usize);
            impl Read for Pieces<'_> {
                fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                    let most = buffer.len().min(self.1);
                    self.0.read(&mut buffer[..most])
                }
            }
            let messages: Vec<_> = messages
                .into_iter()
                .map(|(command, first, second, data)| (Head { command: Command::WORDS[command].1, first, second }, data))
                .collect();
            let bytes: Vec<u8> = messages.iter().flat_map(|(head, data)| write(*head, sums, data)).collect();
            let mut reader = Pieces(&bytes, piece);
            let mut data = Vec::new();
            for (head, wanted) in &messages {
                let got = read(&mut reader, sums, &mut data).unwrap();
                prop_assert_eq!(&got, head);
                prop_assert_eq!(&data, wanted);
            }
            prop_assert!(matches!(read(&mut reader, sums, &mut data), Err(Broken::Ended)));
        }
    }
}
